/* SPDX-License-Identifier: Apache-2.0 */
/* store/reseal.c - walks over everything that is sealed, in one transaction. */
#include "store/reseal.h"

#include "core/auto.h"
#include "store/sql.h"

#define PAGE 500U /* rows in memory at one time */

/* Where something sealed may be. Keys of rows and values are texts or blobs. */
typedef struct place {
    const char *column;
    jd_sql list, set;
    bool blob_row, text_value;
} place;

static const place places[] = {
    {"keys.sealed", JD_SQL_SEALED_KEYS, JD_SQL_RESEAL_KEY, false, false},
    {"sessions.sealed_key", JD_SQL_SEALED_SESSIONS, JD_SQL_RESEAL_SESSION, true, false},
    {"meta.value", JD_SQL_SEALED_META, JD_SQL_RESEAL_META, false, true},
};

typedef struct row {
    jeton_span name, sealed;
} row;

typedef struct resealing {
    jd_reseal *reseal;
    void *user;
} resealing;

static void bind(jd_query *query, bool blob, jeton_span bytes)
{
    if (blob)
        jd_bind_blob(query, bytes);
    else
        jd_bind_text(query, bytes);
}

static jeton_span take(jd_query *query, bool blob, jt_arena *arena)
{
    return blob ? jd_take_blob(query, arena) : jd_take_text(query, arena);
}

/* The rows behind `after`, at most PAGE. */
static jeton_status read_page(jd_conn *conn, const place *of, jeton_span after, jd_rows *rows,
                              jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, of->list);
    bind(&query, of->blob_row, after);
    jd_bind_count(&query, PAGE);
    while (jd_query_row(&query)) {
        row *next = jd_rows_add(rows, &query);
        if (next == NULL)
            break;
        next->name = take(&query, of->blob_row, rows->arena);
        next->sealed = take(&query, !of->text_value, rows->arena);
    }
    return jd_query_end(&query, err);
}

static jeton_status reseal_row(jd_conn *conn, const place *of, const resealing *asked,
                               const row *at, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf again = jt_buf_init(NULL);
    JT_TRY(asked->reseal(asked->user, of->column, at->name, at->sealed, &again, err));
    if (again.len == 0)
        return JETON_OK;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, of->set);
    bind(&query, !of->text_value, jt_buf_span(&again));
    bind(&query, of->blob_row, at->name);
    return jd_query_run(&query, NULL, err);
}

/* Copies the name of the page's last row, where the next page begins. */
static jeton_status keep_last(const jd_rows *rows, jt_buf *last, jeton_err *err)
{
    jt_buf_done(last);
    return jt_buf_add(last, ((const row *)rows->at)[rows->count - 1].name, err);
}

static jeton_status reseal_place(jd_conn *conn, const place *of, const resealing *asked,
                                 jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf last = jt_buf_init(NULL);
    size_t count = PAGE;
    while (count == PAGE) {
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jd_rows rows = {.arena = &arena, .size = sizeof(row)};
        JT_TRY(read_page(conn, of, jt_buf_span(&last), &rows, err));
        for (size_t i = 0; i < rows.count; i++)
            JT_TRY(reseal_row(conn, of, asked, (const row *)rows.at + i, err));
        count = rows.count;
        if (count > 0)
            JT_TRY(keep_last(&rows, &last, err));
    }
    return JETON_OK;
}

static jeton_status reseal_all(jd_conn *conn, void *args, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(places); i++)
        JT_TRY(reseal_place(conn, &places[i], args, err));
    return JETON_OK;
}

jeton_status jd_store_reseal(jd_store *store, jd_reseal *reseal, void *user, jeton_err *err)
{
    resealing args = {reseal, user};
    return jd_sql_write(store, reseal_all, &args, err); /* the audit log's own key is among it */
}
