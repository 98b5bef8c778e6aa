/* SPDX-License-Identifier: Apache-2.0 */
/* store/log.c - the revocation log, and what is removed once it has expired. */
#include "store/log.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "revoke/entry_mac.h"
#include "store/keys.h"
#include "store/sql.h"

#include <inttypes.h>

uint64_t jd_sql_take_head(jd_query *query)
{
    const uint64_t head = (uint64_t)jd_take_int(query);
    jd_store_keys_told(query->conn->store, (uint64_t)jd_take_int(query));
    return head;
}

void jd_store_log_key(jd_store *store, jeton_span cluster)
{
    jt_entry_key(cluster, &store->log_key);
}

bool jd_store_log_genuine(const jd_store *store, const jt_revocation *entry)
{
    return jt_entry_genuine(&store->log_key, entry);
}

/* ---- adding --------------------------------------------------------------------------------- */

static void bind_entry(jd_query *query, const void *of)
{
    const jt_revocation *entry = of;
    jd_bind_count(query, entry->n);
    jd_bind_int(query, entry->kind);
    jd_bind_blob(query, jeton_bytes(entry->id, sizeof entry->id));
    jd_bind_int(query, entry->expires);
    jd_bind_blob(query, jeton_bytes(entry->mac, sizeof entry->mac));
}

static const jd_adding adding = {.by_64 = JD_SQL_LOG_ADD_64,
                                 .by_8 = JD_SQL_LOG_ADD_8,
                                 .by_1 = JD_SQL_LOG_ADD_1,
                                 .columns = 5,
                                 .size = sizeof(jt_revocation),
                                 .bind = bind_entry};

jeton_status jd_sql_put_entries(jd_conn *conn, jt_revocation *entries, size_t count, jeton_err *err)
{
    for (size_t i = 0; i < count; i++)
        jt_entry_sign(&conn->store->log_key, &entries[i]);
    return jd_query_add_rows(conn, &adding, entries, count, err);
}

jeton_status jd_sql_append_many(jd_conn *conn, jt_revocation *entries, size_t count, jeton_err *err)
{
    uint64_t last = 0;
    if (count == 0)
        return JETON_OK;
    JT_TRY(jd_sql_take_numbers(conn, count, &last, err));
    for (size_t i = 0; i < count; i++)
        entries[i].n = last - count + 1 + i;
    return jd_sql_put_entries(conn, entries, count, err);
}

jeton_status jd_sql_append(jd_conn *conn, jt_revocation *entry, jeton_err *err)
{
    return jd_sql_append_many(conn, entry, 1, err);
}

jeton_status jd_sql_notice(jd_conn *conn, jt_revoked kind, uint64_t *n, jeton_err *err)
{
    jt_revocation notice = {.kind = kind, .expires = jt_now(conn->store->ctx)};
    JT_TRY(jd_sql_append(conn, &notice, err));
    if (conn->noticed < JD_NOTICES)
        conn->notices[conn->noticed++] = notice;
    if (n != NULL)
        *n = notice.n;
    return JETON_OK;
}

void jd_store_on_notice(jd_store *store, jd_store_notified *notified, void *user)
{
    store->notified = notified;
    store->notified_user = user;
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    return jd_sql_append(conn, args, err);
}

jeton_status jd_store_log_add(jd_store *store, jt_revocation *entry, jeton_err *err)
{
    entry->n = 0;
    const jeton_status status = jd_sql_write(store, add, entry, err);
    if (status != JETON_OK)
        entry->n = 0;
    return status;
}

typedef struct many {
    jt_revocation *entries;
    size_t count;
} many;

static jeton_status add_many(jd_conn *conn, void *args, jeton_err *err)
{
    const many *of = args;
    return jd_sql_append_many(conn, of->entries, of->count, err);
}

jeton_status jd_store_log_add_many(jd_store *store, jt_revocation *entries, size_t count,
                                   jeton_err *err)
{
    many args = {entries, count};
    const jeton_status status = jd_sql_write(store, add_many, &args, err);
    for (size_t i = 0; i < count && status != JETON_OK; i++)
        entries[i].n = 0;
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

static jeton_status read_head(jd_conn *conn, void *args, jeton_err *err)
{
    uint64_t *head = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_HEAD);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the log has no head");
    *head = jd_sql_take_head(&query);
    return jd_query_end(&query, err);
}

jeton_status jd_store_log_head(jd_store *store, uint64_t *head, jeton_err *err)
{
    *head = 0;
    return jd_or_empty(jd_sql_read(store, read_head, head, err), head, sizeof *head);
}

static jeton_status read_entries(jd_conn *conn, jd_sql sql, const jd_log_span *asked,
                                 jt_arena *arena, jd_entries *entries, jeton_err *err)
{
    jd_rows rows = {.arena = arena, .size = sizeof(jt_revocation)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_count(&query, asked->after);
    jd_bind_count(&query, asked->most);
    while (jd_query_row(&query)) {
        jt_revocation *entry = jd_rows_add(&rows, &query);
        if (entry == NULL)
            break;
        entry->n = (uint64_t)jd_take_int(&query);
        entry->kind = (jt_revoked)jd_take_int(&query);
        jd_take_bytes(&query, entry->id, sizeof entry->id);
        entry->expires = jd_take_int(&query);
        if (sql == JD_SQL_LOG_AFTER)
            jd_take_bytes(&query, entry->mac, sizeof entry->mac);
    }
    *entries = (jd_entries){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_sql_entries_after(jd_conn *conn, const jd_log_span *asked, jt_arena *arena,
                                  jd_entries *entries, jeton_err *err)
{
    JT_TRY(read_entries(conn, JD_SQL_LOG_AFTER, asked, arena, entries, err));
    for (size_t i = 0; i < entries->count; i++)
        if (!jt_entry_genuine(&conn->store->log_key, &entries->at[i]))
            return jt_fail(err, JETON_E_SIGNATURE,
                           "entry %" PRIu64 " of the revocation log is not what was written",
                           entries->at[i].n);
    return JETON_OK;
}

typedef struct listing {
    jd_log_span span;
    jt_arena *arena;
    jd_entries *entries;
} listing;

static jeton_status after(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    return jd_sql_entries_after(conn, &asked->span, asked->arena, asked->entries, err);
}

jeton_status jd_store_log_after(jd_store *store, uint64_t n, size_t most, jt_arena *arena,
                                jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    listing args = {{n, most}, arena, entries};
    return jd_or_empty(jd_sql_read(store, after, &args, err), entries, sizeof *entries);
}

/* ---- the cluster key comes ------------------------------------------------------------------ */

#define SIGN_ROWS 1000U /* at a time: as much as is held in memory */

static jeton_status sign_row(jd_conn *conn, const jt_revocation *entry, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_SIGN);
    jd_bind_blob(&query, jeton_bytes(entry->mac, sizeof entry->mac));
    jd_bind_count(&query, entry->n);
    return jd_query_run(&query, NULL, err);
}

/* Signs some of the rows that have no mac, those above *seen. */
static jeton_status sign_some(jd_conn *conn, const jt_hmac_key *key, uint64_t *seen, size_t *count,
                              jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(conn->store->ctx);
    const jd_log_span asked = {*seen, SIGN_ROWS};
    jd_entries entries;
    JT_TRY(read_entries(conn, JD_SQL_LOG_UNSIGNED, &asked, &arena, &entries, err));
    for (size_t i = 0; i < entries.count; i++) {
        jt_revocation entry = entries.at[i];
        jt_entry_sign(key, &entry);
        JT_TRY(sign_row(conn, &entry, err));
        *seen = entry.n;
    }
    *count = entries.count;
    return JETON_OK;
}

static jeton_status sign_rest(jd_conn *conn, jeton_span cluster, jeton_err *err)
{
    JT_AUTO(jt_hmac_done) jt_hmac_key key;
    jt_entry_key(cluster, &key);
    uint64_t seen = 0;
    size_t count = SIGN_ROWS;
    while (count == SIGN_ROWS)
        JT_TRY(sign_some(conn, &key, &seen, &count, err));
    return JETON_OK;
}

typedef struct claiming {
    const jd_log_claim *claim;
    jt_arena *arena;
    jeton_span *winner;
} claiming;

static jeton_status claim_key(jd_conn *conn, void *args, jeton_err *err)
{
    const claiming *of = args;
    bool ours;
    JT_TRY(jd_sql_meta_take(conn, of->claim->name, of->claim->value, &ours, err));
    if (ours)
        JT_TRY(sign_rest(conn, of->claim->cluster, err));
    return jd_sql_meta_read(conn, of->claim->name, of->arena, of->winner, err);
}

jeton_status jd_store_log_claim(jd_store *store, const jd_log_claim *claim, jt_arena *arena,
                                jeton_span *winner, jeton_err *err)
{
    *winner = (jeton_span){0};
    claiming args = {claim, arena, winner};
    return jd_or_empty(jd_sql_write(store, claim_key, &args, err), winner, sizeof *winner);
}
