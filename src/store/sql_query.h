/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql_query.h - one run of one prepared statement.
 *
 *     JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_META_GET);
 *     jd_bind_text(&query, name);
 *     if (!jd_query_row(&query))
 *         return jd_query_missing(&query, err, "no such setting");
 *     *value = jd_take_text(&query, arena);
 *     return jd_query_end(&query, err);
 *
 * The first failure is kept and makes everything after it do nothing, so it needs to be looked at
 * once, at the end. What is bound is borrowed until jd_query_done(); what is taken is copied.
 */
#ifndef JD_STORE_SQL_QUERY_H
#define JD_STORE_SQL_QUERY_H

#include "core/arena.h"
#include "store/sql_list.h"
#include "sys/id.h"

/* A connection and its statements. For one thread at a time. */
typedef struct jd_conn jd_conn;

typedef enum jd_bytes {
    JD_TEXT_BYTES,
    JD_BLOB_BYTES,
} jd_bytes;

typedef struct jd_param {
    enum { JD_PARAM_INT, JD_PARAM_TEXT, JD_PARAM_BLOB, JD_PARAM_OCTETS } kind;
    union {
        int64_t number;
        jeton_span bytes;
    } as;
} jd_param;

#define JD_PARAMS_MAX  20  /* of one statement, unless it was made with room for more */
#define JD_PARAMS_WIDE 640 /* of any */

/* Failures that are not the driver's. */
typedef enum jd_query_trouble {
    JD_QUERY_FINE = 0,
    JD_QUERY_NOMEM = -1,
    JD_QUERY_SHAPE = -2, /* a value is not what it must be */
} jd_query_trouble;

typedef struct jd_query {
    jd_conn *conn;
    jd_sql sql;
    int rc; /* a driver's code or a jd_query_trouble: the first failure */
    jd_param few[JD_PARAMS_MAX];
    jd_param *many; /* in the place of the few; NULL: they do */
    int room;
    int bound;    /* parameters so far */
    int column;   /* the next one */
    bool running; /* its first row was asked for */
    bool ended;   /* there are no more rows */
    void *handle; /* the driver's */
    int at;       /* the driver's */
} jd_query;

jd_query jd_query_of(jd_conn *conn, jd_sql sql);

/* One with more than JD_PARAMS_MAX parameters, for which there is room in `many`, borrowed. */
jd_query jd_query_wide(jd_conn *conn, jd_sql sql, jd_param *many, int room);

/* What is bound, query->bound of them. */
const jd_param *jd_query_params(const jd_query *query);

/* Makes the statement ready for the next run and forgets what was bound. */
void jd_query_done(jd_query *query);

/* Binds the next parameter. */
void jd_bind_text(jd_query *query, jeton_span text);
/* A text that may be any bytes: not all databases have such texts, and then it is a blob there. */
void jd_bind_octets(jd_query *query, jeton_span text);
void jd_bind_blob(jd_query *query, jeton_span bytes);
void jd_bind_id(jd_query *query, const jd_id *id);
void jd_bind_int(jd_query *query, int64_t number);
/* A number without sign; what is too large for a database is bound as the largest it has. */
void jd_bind_count(jd_query *query, uint64_t number);

/* Goes to the first or next row. False when there is none, and after a failure. */
bool jd_query_row(jd_query *query);

/* Takes the next column of the row. */
jeton_span jd_take_text(jd_query *query, jt_arena *arena);
jeton_span jd_take_blob(jd_query *query, jt_arena *arena);
int64_t jd_take_int(jd_query *query);
/* Exactly `len` bytes; any other number of them is a failure. */
void jd_take_bytes(jd_query *query, void *to, size_t len);

/* JETON_OK, or the failure that was kept. */
JETON_MUST jeton_status jd_query_end(const jd_query *query, jeton_err *err);

/* After jd_query_row() said false: the failure that was kept, or else JETON_E_NOT_FOUND with this
 * text. */
JETON_MUST jeton_status jd_query_missing(const jd_query *query, jeton_err *err, const char *text);

/* Runs a statement that gives no rows.
 *
 * changed  how many rows it changed; may be NULL
 *
 * JETON_E_EXISTS  there is one of that name or id already */
JETON_MUST jeton_status jd_query_run(jd_query *query, unsigned *changed, jeton_err *err);

/* The same without waiting, for a statement that always changes what it is to change: where the
 * database is far away its answer comes with that of a later one, or of the commit. Should it fail
 * after all, the whole transaction has. */
JETON_MUST jeton_status jd_query_send(jd_query *query, jeton_err *err);

/* How rows of a table are added, 64 or 8 with a statement where there are so many. */
typedef struct jd_adding {
    jd_sql by_64, by_8, by_1;
    int columns; /* at most JD_PARAMS_WIDE / 64 */
    size_t size; /* of a row in memory */
    void (*bind)(jd_query *query, const void *row);
} jd_adding;

/* Adds rows in their order, without waiting, as jd_query_send() does. */
JETON_MUST jeton_status jd_query_add_rows(jd_conn *conn, const jd_adding *how, const void *rows,
                                          size_t count, jeton_err *err);

/* Asks now for rows that jd_query_row() is to give later in the same transaction; the answer comes
 * with that of another statement. Until then the query stays where it is. */
void jd_query_ahead(jd_query *query);

/* An array in an arena that grows by doubling. */
typedef struct jd_rows {
    jt_arena *arena;
    size_t size; /* of one element */
    void *at;
    size_t count, room;
} jd_rows;

/* One more element, zeroed; NULL when there is no memory, which *query keeps as its failure. */
void *jd_rows_add(jd_rows *rows, jd_query *query);

#endif
