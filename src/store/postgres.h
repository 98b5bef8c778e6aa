/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres.h - the PostgreSQL driver inside: one connection, and what is on its way on it.
 *
 * Statements travel in libpq's pipeline mode. What begins a transaction or a part of one is kept
 * back and goes out together with the first statement that needs an answer, so that an operation
 * costs one round trip for each answer it waits for, and one for its commit. Statements that cannot
 * but do what they are to do are sent and not waited for: their answers are read with the next one,
 * and a failure among them ends the transaction. What ends a transaction that has changed nothing
 * is sent, and its answer is read when the connection is used next.
 *
 * No call waits longer than its limit: a connection whose answer does not come is given up.
 *
 * Of several hosts in the address each is tried by itself, one after the other: libpq goes on to
 * the next only when it cannot connect at all, not when whoever accepts for a dead server closes
 * again, or says nothing.
 */
#ifndef JD_STORE_POSTGRES_H
#define JD_STORE_POSTGRES_H

#include "store/driver.h"

#include <libpq-fe.h>

/* An SQLSTATE as a number above 0: jd_query.rc of this driver. */
#define JD_PG_STATE(a, b, c, d, e)                                                                 \
    ((a) + 128 * ((b) - '0') + 128 * 75 * ((c) - '0') + 128 * 75 * 75 * ((d) - '0') +              \
     128 * 75 * 75 * 75 * ((e) - '0'))

#define JD_PG_GONE JD_PG_STATE('0', '8', '0', '0', '6') /* connection_failure */
/* transaction_resolution_unknown */
#define JD_PG_UNKNOWN_END JD_PG_STATE('0', '8', '0', '0', '7')

#define JD_PG_BAD_TEXT JD_PG_STATE('2', '2', '0', '2', '1') /* character_not_in_repertoire */
#define JD_PG_TAKEN    JD_PG_STATE('2', '3', '5', '0', '5') /* unique_violation */
#define JD_PG_ABORTED  JD_PG_STATE('2', '5', 'P', '0', '2') /* in_failed_sql_transaction */
#define JD_PG_FULL     JD_PG_STATE('5', '4', '0', '0', '0') /* program_limit_exceeded */

#define JD_PG_SENT_MAX 64U
#define JD_PG_KEPT_MAX 8U

/* Something that is on its way, whose answer is still to come. */
typedef struct jd_pg_sent {
    enum { JD_PG_PREPARE, JD_PG_RUN, JD_PG_SYNC } what;
    jd_sql sql;
    bool forgotten; /* nobody wants to know how it ended */
    bool late;      /* nobody waits for it: its failure is everybody's in the transaction */
    jd_query *whom; /* who gets the rows later; NULL: nobody */
} jd_pg_sent;

typedef struct jd_pg_conn {
    jd_conn conn;            /* the first member */
    struct jd_pg_conn *next; /* of those that are not in use */
    PGconn *pq;
    int limit;     /* milliseconds for an answer */
    int64_t until; /* and not beyond this moment of jd_monotonic(), whatever it is for */
    bool hasty;    /* kept for those in haste (haste.h) */
    bool broken;
    bool open;    /* a transaction has begun, or will with what is kept back */
    bool reading; /* it is one that changes nothing */
    bool spoiled; /* something that nobody waited for has failed in it */
    int last;     /* the last failure */
    jd_sql kept[JD_PG_KEPT_MAX];
    unsigned kept_count;
    jd_pg_sent sent[JD_PG_SENT_MAX];
    unsigned sent_count;
    enum { JD_PG_UNKNOWN, JD_PG_ASKED, JD_PG_PREPARED } prepared[JD_SQL_COUNT];
} jd_pg_conn;

typedef struct jd_pg_limits {
    int statement;        /* milliseconds */
    int connect;          /* the same, for each place */
    const char *password; /* where the address has none; NULL: none */
    const char *schema;   /* jd_store_limits.schema; NULL: that of the address */
} jd_pg_limits;

/* Whether it leads to another machine without TLS that tells who is there: whoever sits in between
 * may read and change what the store holds. */
bool jd_pg_url_is_exposed(const char *url);

#define JD_PG_PLACES 16U

/* One place where a server of the address may be; empty: as libpq has it. */
typedef struct jd_pg_place {
    char host[256], address[64], port[8];
} jd_pg_place;

/* The places of an address, in its order: each host with all that its name stands for now. At least
 * one, for what libpq itself knows to find is one. */
size_t jd_pg_places(const char *url, jd_pg_place places[JD_PG_PLACES]);

/* Connects to a server that can write, and makes the connection ready. Tries one place after the
 * other, each for as long as `limits` says, so that a dead one does not keep the others from being
 * found.
 *
 * first  the place to begin with, counted from 0 and around; on success the one that it was
 *
 * JETON_E_STORE: err says why of the first place that was tried, without the password. */
JETON_MUST jeton_status jd_pg_connect(const jeton_ctx *ctx, const char *url,
                                      const jd_pg_limits *limits, unsigned *first,
                                      jd_pg_conn **conn, jeton_err *err);
void jd_pg_disconnect(const jeton_ctx *ctx, jd_pg_conn **conn);

/* Whether it can be used, for all that can be known without asking. */
bool jd_pg_is_alive(jd_pg_conn *conn);

/* Whether the last failure was the database's to keep order between transactions, so that the same
 * once more may succeed. */
bool jd_pg_lost_race(const jd_conn *conn);

/* The driver's functions for statements; see driver.h. */
bool jd_pg_row(jd_query *query);
int64_t jd_pg_int(jd_query *query, int column);
jeton_span jd_pg_bytes(jd_query *query, int column, jd_bytes as);
unsigned jd_pg_changed(const jd_query *query);
void jd_pg_send(jd_query *query);
void jd_pg_ahead(jd_query *query);
void jd_pg_done(jd_query *query);
jeton_status jd_pg_script(jd_conn *conn, const char *sql, jeton_err *err);
jeton_status jd_pg_fail(jeton_err *err, int rc, const char *what);

/* Waits for the next answer; NULL: between two, or the connection is broken. */
PGresult *jd_pg_answer(jd_pg_conn *conn, int milliseconds);

/* The SQLSTATE of an answer as a number. */
int jd_pg_state(const PGresult *answer);

#endif
