/* SPDX-License-Identifier: Apache-2.0 */
/* store/driver.h - what a back end is: a database with its connections and how one statement is run
 * on it, as one constant table of functions. The operations (sql_*.c) are written once, for all.
 *
 * A driver says what its own codes mean to a caller (`fail`); 0 is none of them, and negative ones
 * are those of jd_query_trouble, the same for all.
 */
#ifndef JD_STORE_DRIVER_H
#define JD_STORE_DRIVER_H

#include "crypto/hmac.h"
#include "store/log.h"
#include "store/migrations.h"
#include "store/sql_query.h"
#include "store/store.h"

/* What a connection is taken for. */
typedef enum jd_purpose {
    JD_TO_READ,
    JD_TO_WRITE,
} jd_purpose;

typedef struct jd_driver {
    bool whole_address; /* `where` is all of the address, and not what is behind the scheme */
    bool many_writers;  /* several connections may write: see jd_sql_write_beside() */
    const jd_migrations *migrations;
    const char *migrations_table; /* makes the table of them, unless it is there */
    const char *schema_lock;      /* what a change of the schema begins with; may be NULL */

    jeton_status (*open)(const jeton_ctx *ctx, const char *where, const jd_store_limits *limits,
                         jd_store **store, jeton_err *err);
    void (*close)(jd_store *store);
    jeton_status (*backup)(jd_store *store, const char *file, jeton_err *err);

    /* A connection for the calling thread alone, until it is given back. */
    jeton_status (*take)(jd_store *store, jd_purpose purpose, jd_conn **conn, jeton_err *err);
    void (*give)(jd_store *store, jd_conn *conn);
    /* Within a transaction: that it is there no more, whatever has ended it. */
    bool (*is_lost)(const jd_conn *conn);
    /* After a failure: that it was another's transaction in the way, and the same again may do. May
     * be NULL: that does not happen. */
    bool (*lost_race)(const jd_conn *conn);
    /* Runs the statements of a text, which give no rows. */
    jeton_status (*script)(jd_conn *conn, const char *sql, jeton_err *err);

    /* One statement, with jd_query_params(): goes to the first or next row. False: there is none,
     * or query->rc has become the driver's code of a failure. */
    bool (*row)(jd_query *query);
    /* The same of one that gives no rows, whose answer may come with a later statement's: the
     * transaction is lost then if it failed. May be NULL: nothing would be gained. */
    void (*send)(jd_query *query);
    /* Asks for a row that is wanted later in the transaction. Likewise. */
    void (*ahead)(jd_query *query);
    /* The columns of the row: borrowed until the next one. */
    int64_t (*column_int)(jd_query *query, int column);
    jeton_span (*column_bytes)(jd_query *query, int column, jd_bytes as);
    /* How many rows the statement has changed. */
    unsigned (*changed)(const jd_query *query);
    void (*done)(jd_query *query);
    /* Never called with 0 or what is negative. */
    jeton_status (*fail)(jeton_err *err, int rc, const char *what);
} jd_driver;

/* The first member of each driver's own object. */
struct jd_store {
    const jd_driver *driver;
    const jeton_ctx *ctx;
    jt_hmac_key audit_key;       /* set by jd_store_open() */
    jt_hmac_key log_key;         /* likewise */
    _Atomic uint64_t keys;       /* jd_store_keys_changed() */
    _Atomic uint64_t told;       /* the highest head a node was told of here; see numbers.c */
    jd_store_notified *notified; /* of notices that this process has committed; NULL: nobody */
    void *notified_user;
};

#define JD_NOTICES 8U /* of one transaction; of more, nobody is told */

/* The same of a connection. */
struct jd_conn {
    const jd_driver *driver;
    jd_store *store;                   /* set by whoever takes it */
    jt_revocation notices[JD_NOTICES]; /* of the transaction that it is in */
    unsigned noticed;
};

extern const jd_driver jd_sqlite_driver;
extern const jd_driver jd_postgres_driver;

#endif
