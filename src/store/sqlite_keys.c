/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite_keys.c - signing keys. */
#include "core/auto.h"
#include "core/err.h"
#include "store/sqlite.h"

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_stored_key *key = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_ADD);
    jd_bind_text(&query, key->kid);
    jd_bind_text(&query, key->alg);
    jd_bind_text(&query, key->state);
    jd_bind_text(&query, key->public);
    jd_bind_blob(&query, key->sealed);
    jd_bind_int(&query, key->created);
    return jd_query_run(&query, NULL, err);
}

jeton_status jd_sqlite_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err)
{
    jd_stored_key args = *key;
    return jd_sqlite_write(store, add, &args, err);
}

typedef struct listing {
    jt_arena *arena;
    jd_stored_keys *keys;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_stored_key)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_LIST);
    while (jd_query_row(&query)) {
        jd_stored_key *key = jd_rows_add(&rows, &query);
        if (key == NULL)
            break;
        key->kid = jd_take_text(&query, asked->arena);
        key->alg = jd_take_text(&query, asked->arena);
        key->state = jd_take_text(&query, asked->arena);
        key->public = jd_take_text(&query, asked->arena);
        key->sealed = jd_take_blob(&query, asked->arena);
        key->created = jd_take_int(&query);
    }
    *asked->keys = (jd_stored_keys){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_sqlite_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                                jeton_err *err)
{
    listing args = {arena, keys};
    return jd_sqlite_read(store, list, &args, err);
}

typedef struct change {
    jeton_span kid, state;
} change;

static jeton_status set_state(jd_conn *conn, void *args, jeton_err *err)
{
    const change *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_SET_STATE);
    jd_bind_text(&query, asked->state);
    jd_bind_text(&query, asked->kid);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such key");
}

jeton_status jd_sqlite_key_set_state(jd_store *store, jeton_span kid, jeton_span state,
                                     jeton_err *err)
{
    change args = {kid, state};
    return jd_sqlite_write(store, set_state, &args, err);
}
