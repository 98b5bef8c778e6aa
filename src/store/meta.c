/* SPDX-License-Identifier: Apache-2.0 */
/* store/meta.c - a few texts by name. */
#include "store/meta.h"

#include "core/auto.h"
#include "store/sql.h"

typedef struct meta {
    const char *name;
    jeton_span value;
    jt_arena *arena;
    jeton_span *found;
} meta;

static jeton_status get(jd_conn *conn, void *args, jeton_err *err)
{
    const meta *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_META_GET);
    jd_bind_text(&query, jeton_str(asked->name));
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "it was never set");
    *asked->found = jd_take_text(&query, asked->arena);
    return jd_query_end(&query, err);
}

static jeton_status put(jd_conn *conn, jd_sql sql, const meta *given, unsigned *changed,
                        jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_text(&query, jeton_str(given->name));
    jd_bind_text(&query, given->value);
    return jd_query_run(&query, changed, err);
}

static jeton_status set(jd_conn *conn, void *args, jeton_err *err)
{
    return put(conn, JD_SQL_META_SET, args, NULL, err);
}

static jeton_status claim(jd_conn *conn, void *args, jeton_err *err)
{
    JT_TRY(put(conn, JD_SQL_META_CLAIM, args, NULL, err));
    return get(conn, args, err);
}

jeton_status jd_sql_meta_take(jd_conn *conn, const char *name, jeton_span value, bool *ours,
                              jeton_err *err)
{
    const meta given = {.name = name, .value = value};
    unsigned changed;
    JT_TRY(put(conn, JD_SQL_META_CLAIM, &given, &changed, err));
    *ours = changed > 0;
    return JETON_OK;
}

jeton_status jd_sql_meta_read(jd_conn *conn, const char *name, jt_arena *arena, jeton_span *value,
                              jeton_err *err)
{
    meta asked = {.name = name, .arena = arena, .found = value};
    return get(conn, &asked, err);
}

jeton_status jd_store_meta_get(jd_store *store, const char *name, jt_arena *arena,
                               jeton_span *value, jeton_err *err)
{
    *value = (jeton_span){0};
    meta args = {.name = name, .arena = arena, .found = value};
    return jd_or_empty(jd_sql_read(store, get, &args, err), value, sizeof *value);
}

jeton_status jd_store_meta_set(jd_store *store, const char *name, jeton_span value, jeton_err *err)
{
    meta args = {.name = name, .value = value};
    return jd_sql_write(store, set, &args, err);
}

jeton_status jd_store_meta_claim(jd_store *store, const char *name, jeton_span value,
                                 jt_arena *arena, jeton_span *winner, jeton_err *err)
{
    *winner = (jeton_span){0};
    meta args = {.name = name, .value = value, .arena = arena, .found = winner};
    return jd_or_empty(jd_sql_write(store, claim, &args, err), winner, sizeof *winner);
}
