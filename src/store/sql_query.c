/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql_query.c - bind, go from row to row, take; what no driver needs to know. */
#include "store/sql_query.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/driver.h"

#include <assert.h>

jd_query jd_query_of(jd_conn *conn, jd_sql sql)
{
    return (jd_query){.conn = conn, .sql = sql, .room = JD_PARAMS_MAX};
}

jd_query jd_query_wide(jd_conn *conn, jd_sql sql, jd_param *many, int room)
{
    return (jd_query){.conn = conn, .sql = sql, .many = many, .room = room};
}

const jd_param *jd_query_params(const jd_query *query)
{
    return query->many != NULL ? query->many : query->few;
}

void jd_query_done(jd_query *query)
{
    if (query->running)
        query->conn->driver->done(query);
    query->running = false;
}

/* --- binding -------------------------------------------------------------------------------- */

static void bind(jd_query *query, jd_param param)
{
    assert(query->bound < query->room && !query->running);
    jd_param *to = query->many != NULL ? query->many : query->few;
    to[query->bound++] = param;
}

void jd_bind_text(jd_query *query, jeton_span text)
{
    bind(query, (jd_param){.kind = JD_PARAM_TEXT, .as.bytes = text});
}

void jd_bind_octets(jd_query *query, jeton_span text)
{
    bind(query, (jd_param){.kind = JD_PARAM_OCTETS, .as.bytes = text});
}

void jd_bind_blob(jd_query *query, jeton_span bytes)
{
    bind(query, (jd_param){.kind = JD_PARAM_BLOB, .as.bytes = bytes});
}

void jd_bind_id(jd_query *query, const jd_id *id)
{
    jd_bind_blob(query, jd_id_span(id));
}

void jd_bind_int(jd_query *query, int64_t number)
{
    bind(query, (jd_param){.kind = JD_PARAM_INT, .as.number = number});
}

void jd_bind_count(jd_query *query, uint64_t number)
{
    jd_bind_int(query, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

/* --- rows ----------------------------------------------------------------------------------- */

bool jd_query_row(jd_query *query)
{
    if (query->rc != JD_QUERY_FINE || query->ended)
        return false;
    query->column = 0;
    query->running = true;
    query->ended = !query->conn->driver->row(query);
    return !query->ended;
}

static jeton_span take(jd_query *query, jt_arena *arena, jd_bytes as)
{
    const jeton_span borrowed = query->conn->driver->column_bytes(query, query->column++, as);
    if (query->rc != JD_QUERY_FINE)
        return (jeton_span){0};
    const char *kept = jt_arena_text(arena, borrowed);
    if (kept == NULL) {
        query->rc = JD_QUERY_NOMEM;
        return (jeton_span){0};
    }
    return jeton_bytes(kept, borrowed.len);
}

jeton_span jd_take_text(jd_query *query, jt_arena *arena)
{
    return take(query, arena, JD_TEXT_BYTES);
}

jeton_span jd_take_blob(jd_query *query, jt_arena *arena)
{
    return take(query, arena, JD_BLOB_BYTES);
}

int64_t jd_take_int(jd_query *query)
{
    return query->conn->driver->column_int(query, query->column++);
}

void jd_take_bytes(jd_query *query, void *to, size_t len)
{
    const jeton_span got = query->conn->driver->column_bytes(query, query->column++, JD_BLOB_BYTES);
    if (query->rc == JD_QUERY_FINE && (got.ptr == NULL || got.len != len))
        query->rc = JD_QUERY_SHAPE;
    if (query->rc == JD_QUERY_FINE)
        memcpy(to, got.ptr, len);
}

/* --- outcomes ------------------------------------------------------------------------------- */

jeton_status jd_query_end(const jd_query *query, jeton_err *err)
{
    static const char what[] = "the store failed";
    switch (query->rc) {
    case JD_QUERY_FINE: return JETON_OK;
    case JD_QUERY_NOMEM: return jt_fail(err, JETON_E_NOMEM, "%s: out of memory", what);
    case JD_QUERY_SHAPE:
        return jt_fail(err, JETON_E_STORE, "%s: a value is not what it must be", what);
    default: return query->conn->driver->fail(err, query->rc, what);
    }
}

jeton_status jd_query_missing(const jd_query *query, jeton_err *err, const char *text)
{
    JT_TRY(jd_query_end(query, err));
    return jt_fail(err, JETON_E_NOT_FOUND, "%s", text);
}

jeton_status jd_query_run(jd_query *query, unsigned *changed, jeton_err *err)
{
    if (changed != NULL)
        *changed = 0;
    while (jd_query_row(query))
        continue;
    JT_TRY(jd_query_end(query, err));
    if (changed != NULL)
        *changed = query->conn->driver->changed(query);
    return JETON_OK;
}

jeton_status jd_query_send(jd_query *query, jeton_err *err)
{
    const jd_driver *driver = query->conn->driver;
    if (driver->send == NULL)
        return jd_query_run(query, NULL, err);
    query->running = query->ended = true;
    if (query->rc == JD_QUERY_FINE)
        driver->send(query);
    return jd_query_end(query, err);
}

static jeton_status add_some(jd_conn *conn, const jd_adding *how, jd_sql sql, const uint8_t *rows,
                             size_t count, jeton_err *err)
{
    jd_param params[JD_PARAMS_WIDE];
    JT_AUTO(jd_query_done)
    jd_query query = jd_query_wide(conn, sql, params, how->columns * (int)count);
    for (size_t i = 0; i < count; i++)
        how->bind(&query, rows + i * how->size);
    return jd_query_send(&query, err);
}

jeton_status jd_query_add_rows(jd_conn *conn, const jd_adding *how, const void *rows, size_t count,
                               jeton_err *err)
{
    const struct {
        jd_sql sql;
        size_t rows;
    } steps[] = {{how->by_64, 64}, {how->by_8, 8}, {how->by_1, 1}};
    const uint8_t *at = rows;
    for (size_t i = 0; i < JT_COUNT(steps); i++)
        for (; count >= steps[i].rows; count -= steps[i].rows) {
            JT_TRY(add_some(conn, how, steps[i].sql, at, steps[i].rows, err));
            at += steps[i].rows * how->size;
        }
    return JETON_OK;
}

void jd_query_ahead(jd_query *query)
{
    const jd_driver *driver = query->conn->driver;
    if (driver->ahead == NULL || query->rc != JD_QUERY_FINE)
        return;
    query->running = true;
    driver->ahead(query);
}

void *jd_rows_add(jd_rows *rows, jd_query *query)
{
    if (rows->count == rows->room) {
        const size_t room = rows->room > 0 ? rows->room * 2 : 8;
        size_t size;
        void *larger = jt_mul(room, rows->size, &size) ? jt_arena_alloc(rows->arena, size) : NULL;
        if (larger == NULL) {
            query->rc = JD_QUERY_NOMEM;
            return NULL;
        }
        if (rows->count > 0)
            memcpy(larger, rows->at, rows->count * rows->size);
        rows->at = larger;
        rows->room = room;
    }
    return (char *)rows->at + rows->count++ * rows->size;
}
