/* SPDX-License-Identifier: Apache-2.0 */
/* store/keys.c - signing keys. */
#include "store/keys.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/sql.h"

/* A notice, whose number is kept as that of the last change. */
static jeton_status announce(jd_conn *conn, uint64_t *n, jeton_err *err)
{
    JT_TRY(jd_sql_notice(conn, JT_NOTICE_KEYS, n, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_KEYS);
    jd_bind_count(&query, *n);
    return jd_query_run(&query, NULL, err);
}

/* Whether there may be somebody who has the keys and not this one. Before there is a first key
 * nobody accepts anything; a row of `nodes` is from an agent then, which waits for one. */
static jeton_status is_alone(jd_conn *conn, bool *alone, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_ALONE);
    *alone = jd_query_row(&query);
    return jd_query_end(&query, err);
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_stored_key *key = args;
    bool alone = true;
    uint64_t n;
    if (jd_store_is_shared(conn->store))
        JT_TRY(is_alone(conn, &alone, err));
    JT_TRY(announce(conn, &n, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_ADD);
    jd_bind_text(&query, key->kid);
    jd_bind_text(&query, key->alg);
    jd_bind_text(&query, key->state);
    jd_bind_text(&query, key->public);
    jd_bind_blob(&query, key->sealed);
    jd_bind_int(&query, key->created);
    jd_bind_text(&query, key->client);
    jd_bind_int(&query, key->since);
    jd_bind_int(&query, key->ready);
    jd_bind_int(&query, key->until);
    jd_bind_count(&query, alone ? 0 : n);
    return jd_query_run(&query, NULL, err);
}

/* A name that is not here would be kept but never found by whoever looks for a state. */
static bool is_state(jeton_span state)
{
    static const char *const states[] = {"next", "active", "retiring", "withdrawn"};
    for (size_t i = 0; i < JT_COUNT(states); i++)
        if (jeton_span_equal(state, jeton_str(states[i])))
            return true;
    return false;
}

jeton_status jd_store_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err)
{
    if (!is_state(key->state))
        return jt_fail(err, JETON_E_ARGUMENT, "not a state of a key");
    jd_audit_note("key.add", key->kid, key->state);
    jd_stored_key args = *key;
    return jd_audit_end(jd_sql_write(store, add, &args, err));
}

/* Under the lock that orders what is written, so nobody adds one between this and add(). */
static jeton_status refuse_second(jd_conn *conn, const jd_stored_key *key, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_HAS);
    jd_bind_text(&query, key->state);
    jd_bind_text(&query, key->alg);
    jd_bind_text(&query, key->client);
    const bool has = jd_query_row(&query);
    JT_TRY(jd_query_end(&query, err));
    return has ? jt_fail(err, JETON_E_EXISTS, "there is such a key in that state") : JETON_OK;
}

static jeton_status add_first(jd_conn *conn, void *args, jeton_err *err)
{
    JT_TRY(refuse_second(conn, args, err));
    return add(conn, args, err);
}

jeton_status jd_store_key_add_first(jd_store *store, const jd_stored_key *key, jeton_err *err)
{
    if (!is_state(key->state))
        return jt_fail(err, JETON_E_ARGUMENT, "not a state of a key");
    jd_audit_note("key.add", key->kid, key->state);
    jd_stored_key args = *key;
    return jd_audit_end(jd_sql_write(store, add_first, &args, err));
}

uint64_t jd_store_keys_changed(const jd_store *store)
{
    return atomic_load(&store->keys);
}

void jd_store_keys_told(jd_store *store, uint64_t n)
{
    uint64_t known = atomic_load(&store->keys);
    while (known < n && !atomic_compare_exchange_weak(&store->keys, &known, n))
        continue;
}

/* When the store knows of no change any more that it had told of, it was put back: that is
 * forgotten, unless somebody tells of one at this very moment. */
static jeton_status read_changed(jd_conn *conn, uint64_t *changed, jeton_err *err)
{
    uint64_t told = jd_store_keys_changed(conn->store);
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEYS_CHANGED);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the log has no head");
    *changed = (uint64_t)jd_take_int(&query);
    JT_TRY(jd_query_end(&query, err));
    if (*changed < told)
        (void)atomic_compare_exchange_strong(&conn->store->keys, &told, *changed);
    jd_store_keys_told(conn->store, *changed);
    return JETON_OK;
}

typedef struct listing {
    jt_arena *arena;
    jd_stored_keys *keys;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    uint64_t changed = 0;
    JT_TRY(read_changed(conn, &changed, err));
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
        key->client = jd_take_text(&query, asked->arena);
        key->since = jd_take_int(&query);
        key->ready = jd_take_int(&query);
        key->until = jd_take_int(&query);
        key->announced = (uint64_t)jd_take_int(&query);
    }
    *asked->keys = (jd_stored_keys){rows.at, rows.count, changed};
    return jd_query_end(&query, err);
}

jeton_status jd_store_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                               jeton_err *err)
{
    *keys = (jd_stored_keys){0};
    listing args = {arena, keys};
    return jd_or_empty(jd_sql_read(store, list, &args, err), keys, sizeof *keys);
}

static jeton_status know(jd_conn *conn, void *args, jeton_err *err)
{
    const uint64_t *upto = args;
    unsigned changed;
    uint64_t n;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_KNOWN);
    jd_bind_count(&query, *upto);
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed > 0 ? announce(conn, &n, err) : JETON_OK;
}

jeton_status jd_store_key_known(jd_store *store, uint64_t n, jeton_err *err)
{
    return jd_sql_write(store, know, &n, err);
}

typedef struct changing {
    const jd_key_change *changes;
    size_t count;
    const jd_revoking *mark;
    jt_revocation *entry;
} changing;

static jeton_status change_one(jd_conn *conn, const jd_key_change *change, jeton_err *err)
{
    unsigned changed;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_KEY_CHANGE);
    jd_bind_text(&query, change->to);
    jd_bind_int(&query, change->since);
    jd_bind_int(&query, change->until);
    jd_bind_int(&query, change->destroy);
    jd_bind_text(&query, change->kid);
    jd_bind_text(&query, change->from);
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK
                        : jt_fail(err, JETON_E_NOT_FOUND, "there is no such key in that state");
}

static jeton_status change(jd_conn *conn, void *args, jeton_err *err)
{
    const changing *asked = args;
    for (size_t i = 0; i < asked->count; i++)
        JT_TRY(change_one(conn, &asked->changes[i], err));
    uint64_t n;
    JT_TRY(announce(conn, &n, err));
    return asked->mark != NULL ? jd_sql_revoke_piece(conn, asked->mark, asked->entry, err)
                               : JETON_OK;
}

jeton_status jd_store_key_change(jd_store *store, const jd_key_change *changes, size_t count,
                                 const jd_revoking *mark, jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    for (size_t i = 0; i < count; i++)
        if (!is_state(changes[i].from) || !is_state(changes[i].to))
            return jt_fail(err, JETON_E_ARGUMENT, "not a state of a key");
    if (count > 0) /* what was asked for comes first, what follows from it behind */
        jd_audit_note("key.state", changes[0].kid, changes[0].to);
    changing args = {changes, count, mark, entry};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, change, &args, err)), entry, sizeof *entry);
}
