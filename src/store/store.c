/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.c - finds the driver of an address, and calls the operations. The rule that results
 * are empty unless an operation succeeds is kept here. */
#include "store/store.h"

#include "core/auto.h"
#include "core/err.h"
#include "revoke/entry_mac.h"
#include "store/audit.h"
#include "store/sql.h"

#include <stdio.h>

/* The first one also takes addresses without a scheme. */
static const struct {
    const char *scheme;
    const jd_driver *driver;
} drivers[] = {
    {"sqlite:", &jd_sqlite_driver},
    {"postgres:", &jd_postgres_driver},
    {"postgresql:", &jd_postgres_driver},
};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static jeton_status open_with(const jd_driver *driver, const jeton_ctx *ctx, const char *where,
                              const jd_store_limits *limits, jd_store **store, jeton_err *err)
{
    JT_TRY(driver->open(ctx, where, limits, store, err));
    jd_store_audit_key(*store, jeton_str(NULL));
    jd_store_log_key(*store, jeton_str(NULL));
    return JETON_OK;
}

jeton_status jd_store_open(const jeton_ctx *ctx, const char *address, jd_store **store,
                           jeton_err *err)
{
    const jd_store_limits usual = {0};
    return jd_store_open_within(ctx, address, &usual, store, err);
}

bool jd_store_is_shared(const jd_store *store)
{
    return store->driver->many_writers;
}

jeton_status jd_store_open_within(const jeton_ctx *ctx, const char *address,
                                  const jd_store_limits *limits, jd_store **store, jeton_err *err)
{
    *store = NULL;
    for (size_t i = 0; i < JT_COUNT(drivers); i++) {
        const size_t skip = drivers[i].driver->whole_address ? 0 : strlen(drivers[i].scheme);
        if (begins_with(address, drivers[i].scheme))
            return open_with(drivers[i].driver, ctx, address + skip, limits, store, err);
    }
    return open_with(drivers[0].driver, ctx, address, limits, store, err);
}

void jd_store_close(jd_store **store)
{
    if (store == NULL || *store == NULL)
        return;
    jt_hmac_done(&(*store)->audit_key);
    jt_hmac_done(&(*store)->log_key);
    (*store)->driver->close(*store);
    *store = NULL;
}

jeton_status jd_store_schema(jd_store *store, jd_schema *schema, jeton_err *err)
{
    *schema = (jd_schema){0};
    const jeton_status status = jd_sql_schema(store, schema, err);
    if (status != JETON_OK)
        *schema = (jd_schema){0};
    return status;
}

jeton_status jd_store_check(jd_store *store, jeton_err *err)
{
    return jd_sql_check(store, err);
}

jeton_status jd_store_migrate(jd_store *store, unsigned *applied, jeton_err *err)
{
    *applied = 0;
    const jeton_status status = jd_sql_migrate(store, applied, err);
    if (status != JETON_OK)
        *applied = 0;
    return status;
}

jeton_status jd_store_batch_begin(jd_store *store, jeton_err *err)
{
    return jd_sql_batch_begin(store, err);
}

jeton_status jd_store_batch_end(jd_store *store, jeton_err *err)
{
    return jd_sql_batch_end(store, err);
}

void jd_store_batch_undo(jd_store *store)
{
    jd_sql_batch_undo(store);
}

/* --- what the audit log says of an operation ------------------------------------------------- */

#define JD_AUDIT_LIST 400U /* more is cut: the log is no copy of the store */

static void add_text(char list[JD_AUDIT_LIST], const char *sign, jeton_span text)
{
    const size_t len = strlen(list);
    (void)snprintf(list + len, JD_AUDIT_LIST - len, "%s%s%.*s", len > 0 ? " " : "", sign,
                   (int)text.len, (const char *)text.ptr);
}

static jeton_span list_texts(const jeton_span *texts, size_t count, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    for (size_t i = 0; i < count; i++)
        add_text(list, "", texts[i]);
    return jeton_str(list);
}

static jeton_span list_change(const jd_role_change *change, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    for (size_t i = 0; i < change->give_count; i++)
        add_text(list, "+", change->give[i]);
    for (size_t i = 0; i < change->take_count; i++)
        add_text(list, "-", change->take[i]);
    return jeton_str(list);
}

static const char *revoked_kind(jt_revoked kind)
{
    static const char *const kinds[] = {
        [JT_REVOKED_SESSION] = "session", [JT_REVOKED_SUBJECT] = "user",
        [JT_REVOKED_ALL] = "all",         [JT_REVOKED_CLIENT] = "client",
        [JT_REVOKED_KEY] = "key",         [JT_REVOKED_TOKEN] = "token",
        [JT_REVOKED_INDEX] = "index",
    };
    return (size_t)kind < JT_COUNT(kinds) ? kinds[kind] : NULL;
}

/* A client by its name, a token by its jti, a user or a key's digest by the id. */
static jeton_span revoked_id(const jd_revoking *asked, char text[JD_AUDIT_LIST])
{
    jd_id id;
    memcpy(id.bytes, asked->id, sizeof id.bytes);
    if (asked->kind == JT_REVOKED_ALL)
        return jeton_str(NULL);
    if (asked->kind == JT_REVOKED_CLIENT)
        return asked->client;
    jd_id_print(&id, text);
    return jeton_str(text);
}

/* --- meta ----------------------------------------------------------------------------------- */

jeton_status jd_store_meta_get(jd_store *store, const char *name, jt_arena *arena,
                               jeton_span *value, jeton_err *err)
{
    *value = (jeton_span){0};
    const jeton_status status = jd_sql_meta_get(store, name, arena, value, err);
    if (status != JETON_OK)
        *value = (jeton_span){0};
    return status;
}

jeton_status jd_store_meta_set(jd_store *store, const char *name, jeton_span value, jeton_err *err)
{
    return jd_sql_meta_set(store, name, value, err);
}

jeton_status jd_store_meta_claim(jd_store *store, const char *name, jeton_span value,
                                 jt_arena *arena, jeton_span *winner, jeton_err *err)
{
    *winner = (jeton_span){0};
    const jeton_status status = jd_sql_meta_claim(store, name, value, arena, winner, err);
    if (status != JETON_OK)
        *winner = (jeton_span){0};
    return status;
}

/* --- users ---------------------------------------------------------------------------------- */

jeton_status jd_store_user_add(jd_store *store, const jd_user *user, jeton_err *err)
{
    jd_audit_note("user.add", jd_audit_id(&user->id), user->name);
    return jd_audit_end(jd_sql_user_add(store, user, err));
}

jeton_status jd_store_user_find(jd_store *store, jeton_span name, jt_arena *arena, jd_user *user,
                                jeton_err *err)
{
    *user = (jd_user){0};
    const jeton_status status = jd_sql_user_find(store, name, arena, user, err);
    if (status != JETON_OK)
        *user = (jd_user){0};
    return status;
}

jeton_status jd_store_user_get(jd_store *store, const jd_id *id, jt_arena *arena, jd_user *user,
                               jeton_err *err)
{
    *user = (jd_user){0};
    const jeton_status status = jd_sql_user_get(store, id, arena, user, err);
    if (status != JETON_OK)
        *user = (jd_user){0};
    return status;
}

jeton_status jd_store_user_find_email(jd_store *store, jeton_span email, jt_arena *arena,
                                      jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    const jeton_status status = jd_sql_user_find_email(store, email, arena, user, err);
    if (status != JETON_OK)
        *user = (jd_user){0};
    return status;
}

jeton_status jd_store_user_list(jd_store *store, const jd_user_page *page, jt_arena *arena,
                                jd_users *users, jeton_err *err)
{
    *users = (jd_users){0};
    const jeton_status status = jd_sql_user_list(store, page, arena, users, err);
    if (status != JETON_OK)
        *users = (jd_users){0};
    return status;
}

jeton_status jd_store_user_disable(jd_store *store, const jd_id *id, jeton_time now,
                                   jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("user.disable", jd_audit_id(id), jeton_str(NULL));
    const jeton_status status =
        jd_audit_end(jd_sql_user_disable(store, id, now, expires, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_user_enable(jd_store *store, const jd_id *id, jeton_err *err)
{
    jd_audit_note("user.enable", jd_audit_id(id), jeton_str(NULL));
    return jd_audit_end(jd_sql_user_enable(store, id, err));
}

jeton_status jd_store_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                  jeton_span password, jeton_err *err)
{
    return jd_sql_user_rehash(store, id, old, password, err);
}

jeton_status jd_store_user_remove(jd_store *store, const jd_id *id, jeton_time expires,
                                  jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("user.remove", jd_audit_id(id), jeton_str(NULL));
    const jeton_status status = jd_audit_end(jd_sql_user_remove(store, id, expires, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

static jeton_span list_user_change(const jd_user_changes *change, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    if (change->name != NULL)
        add_text(list, "name=", *change->name);
    if (change->email != NULL)
        add_text(list, "", jeton_str("email"));
    if (change->disabled != NULL)
        add_text(list, "", jeton_str(*change->disabled ? "disabled" : "enabled"));
    if (change->must_change)
        add_text(list, "", jeton_str("must_change"));
    return jeton_str(list);
}

jeton_status jd_store_user_change(jd_store *store, const jd_id *id, const jd_user_changes *change,
                                  jeton_time now, jeton_time expires, jt_revocation *entry,
                                  jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    *entry = (jt_revocation){0};
    jd_audit_note("user.change", jd_audit_id(id), list_user_change(change, list));
    const jeton_status status =
        jd_audit_end(jd_sql_user_change(store, id, change, now, expires, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_user_roles(jd_store *store, const jd_id *id, const jd_role_change *change,
                                 jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("user.roles", jd_audit_id(id), list_change(change, list));
    return jd_audit_end(jd_sql_user_roles(store, id, change, err));
}

jeton_status jd_store_user_import(jd_store *store, jd_import *imports, size_t count, bool dry,
                                  jeton_err *err)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", count);
    if (!dry)
        jd_audit_note("user.import", jeton_str(number), jeton_str(NULL));
    return jd_audit_end(jd_sql_user_import(store, imports, count, dry, err));
}

/* --- passwords ------------------------------------------------------------------------------ */

jeton_status jd_store_password_set(jd_store *store, const jd_password_change *change,
                                   jt_arena *arena, jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    jd_audit_note("password.set", jd_audit_id(&change->user),
                  change->code.len > 0 ? jeton_str("with a code") : jeton_str(NULL));
    const jeton_status status =
        jd_audit_end(jd_sql_password_set(store, change, arena, entries, err));
    if (status != JETON_OK)
        *entries = (jd_entries){0};
    return status;
}

jeton_status jd_store_reset_put(jd_store *store, const jd_id *user, jeton_span digest,
                                jeton_time expires, jeton_err *err)
{
    jd_audit_note("password.reset_code", jd_audit_id(user), jeton_str(NULL));
    return jd_audit_end(jd_sql_reset_put(store, user, digest, expires, err));
}

jeton_status jd_store_reset_find(jd_store *store, jeton_span digest, jeton_time now,
                                 jt_arena *arena, jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    const jeton_status status = jd_sql_reset_find(store, digest, now, arena, user, err);
    if (status != JETON_OK)
        *user = (jd_user){0};
    return status;
}

/* --- roles ---------------------------------------------------------------------------------- */

jeton_status jd_store_role_add(jd_store *store, const jd_role *role, jeton_err *err)
{
    jd_audit_note("role.add", role->name, jeton_str(NULL));
    return jd_audit_end(jd_sql_role_add(store, role, err));
}

jeton_status jd_store_role_list(jd_store *store, jt_arena *arena, jd_roles *roles, jeton_err *err)
{
    *roles = (jd_roles){0};
    const jeton_status status = jd_sql_role_list(store, arena, roles, err);
    if (status != JETON_OK)
        *roles = (jd_roles){0};
    return status;
}

jeton_status jd_store_role_grant(jd_store *store, const jd_role *role, jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("role.grant", role->name,
                  list_texts(role->permissions, role->permission_count, list));
    return jd_audit_end(jd_sql_role_grant(store, role, err));
}

jeton_status jd_store_role_revoke(jd_store *store, const jd_role *role, jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("role.revoke", role->name,
                  list_texts(role->permissions, role->permission_count, list));
    return jd_audit_end(jd_sql_role_revoke(store, role, err));
}

jeton_status jd_store_role_remove(jd_store *store, jeton_span name, jeton_err *err)
{
    if (jeton_span_equal(name, jeton_str(JD_ROLE_ADMIN)))
        return jt_fail(err, JETON_E_LAST_ADMIN, "the role " JD_ROLE_ADMIN " stays");
    jd_audit_note("role.remove", name, jeton_str(NULL));
    return jd_audit_end(jd_sql_role_remove(store, name, err));
}

/* --- sessions ------------------------------------------------------------------------------- */

jeton_status jd_store_session_add(jd_store *store, const jd_session *session, uint64_t *rev,
                                  jeton_err *err)
{
    *rev = 0;
    if (session->device.len > JD_DEVICE_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "a device is described in %u bytes", JD_DEVICE_MAX);
    jd_audit_note_by(jd_audit_id(&session->user), session->address, "session.add",
                     jd_audit_id(&session->id));
    const jeton_status status = jd_audit_end(jd_sql_session_add(store, session, rev, err));
    if (status != JETON_OK)
        *rev = 0;
    return status;
}

jeton_status jd_store_session_get(jd_store *store, const jd_id *id, jt_arena *arena,
                                  jd_session_view *view, jeton_err *err)
{
    *view = (jd_session_view){0};
    const jeton_status status = jd_sql_session_get(store, id, arena, view, err);
    if (status != JETON_OK)
        *view = (jd_session_view){0};
    return status;
}

jeton_status jd_store_session_rotate(jd_store *store, const jd_rotation *rotation, uint64_t *rev,
                                     jeton_err *err)
{
    *rev = 0;
    const jeton_status status = jd_sql_session_rotate(store, rotation, rev, err);
    if (status != JETON_OK)
        *rev = 0;
    return status;
}

jeton_status jd_store_session_end(jd_store *store, const jd_id *id, jeton_time now,
                                  jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("session.end", jd_audit_id(id), jeton_str(NULL));
    const jeton_status status =
        jd_audit_end(jd_sql_session_end(store, id, now, expires, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_session_end_all(jd_store *store, const jd_id *user, const jd_id *keep,
                                      jeton_time now, jeton_time expires, jt_arena *arena,
                                      jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    jd_audit_note("session.end_all", jd_audit_id(user),
                  keep != NULL ? jd_audit_id(keep) : jeton_str(NULL));
    const jeton_status status =
        jd_audit_end(jd_sql_session_end_all(store, user, keep, now, expires, arena, entries, err));
    if (status != JETON_OK)
        *entries = (jd_entries){0};
    return status;
}

jeton_status jd_store_session_list(jd_store *store, const jd_id *user, jeton_time now,
                                   jt_arena *arena, jd_sessions *sessions, jeton_err *err)
{
    *sessions = (jd_sessions){0};
    const jeton_status status = jd_sql_session_list(store, user, now, arena, sessions, err);
    if (status != JETON_OK)
        *sessions = (jd_sessions){0};
    return status;
}

/* --- the log -------------------------------------------------------------------------------- */

jeton_status jd_store_log_add(jd_store *store, jt_revocation *entry, jeton_err *err)
{
    entry->n = 0;
    const jeton_status status = jd_sql_log_add(store, entry, err);
    if (status != JETON_OK)
        entry->n = 0;
    return status;
}

jeton_status jd_store_log_after(jd_store *store, uint64_t n, size_t most, jt_arena *arena,
                                jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    const jeton_status status = jd_sql_log_after(store, n, most, arena, entries, err);
    if (status != JETON_OK)
        *entries = (jd_entries){0};
    return status;
}

jeton_status jd_store_log_add_many(jd_store *store, jt_revocation *entries, size_t count,
                                   jeton_err *err)
{
    const jeton_status status = jd_sql_log_add_many(store, entries, count, err);
    for (size_t i = 0; i < count && status != JETON_OK; i++)
        entries[i].n = 0;
    return status;
}

void jd_store_log_key(jd_store *store, jeton_span cluster)
{
    jt_entry_key(cluster, &store->log_key);
}

bool jd_store_log_genuine(const jd_store *store, const jt_revocation *entry)
{
    return jt_entry_genuine(&store->log_key, entry);
}

jeton_status jd_store_log_claim(jd_store *store, const jd_log_claim *claim, jt_arena *arena,
                                jeton_span *winner, jeton_err *err)
{
    *winner = (jeton_span){0};
    const jeton_status status = jd_sql_log_claim(store, claim, arena, winner, err);
    if (status != JETON_OK)
        *winner = (jeton_span){0};
    return status;
}

jeton_status jd_store_log_head(jd_store *store, uint64_t *head, jeton_err *err)
{
    *head = 0;
    const jeton_status status = jd_sql_log_head(store, head, err);
    if (status != JETON_OK)
        *head = 0;
    return status;
}

/* --- keys and housekeeping ------------------------------------------------------------------ */

/* A name that is not here would be kept but never found by whoever looks for a state. */
static bool is_state(jeton_span state)
{
    static const char *const states[] = {"next", "active", "retiring", "withdrawn"};
    for (size_t i = 0; i < JT_COUNT(states); i++)
        if (jeton_span_equal(state, jeton_str(states[i])))
            return true;
    return false;
}

jeton_status jd_store_revoke(jd_store *store, const jd_revoking *asked, jt_revocation *entry,
                             jeton_err *err)
{
    *entry = (jt_revocation){0};
    char id[JD_AUDIT_LIST];
    jd_audit_note("revoke", revoked_id(asked, id), jeton_str(revoked_kind(asked->kind)));
    const jeton_status status = jd_audit_end(jd_sql_revoke(store, asked, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

/* The row of the audit log that goes with one of many. */
static jeton_status note_one(const jd_revoke_one *one, jt_arena *arena, jd_audit_row *row,
                             jeton_err *err)
{
    char *id = jt_arena_alloc(arena, JD_AUDIT_LIST);
    if (id == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rows of the audit log");
    *row = jd_audit_row_of(one->who, "revoke", revoked_id(&one->asked, id),
                           jeton_str(revoked_kind(one->asked.kind)));
    return JETON_OK;
}

static jeton_status revoke_many(jd_store *store, jd_revoke_one *ones, size_t count, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(store->ctx);
    jd_audit_row *rows = jt_arena_alloc(&arena, count * sizeof *rows);
    if (rows == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rows of the audit log");
    for (size_t i = 0; i < count; i++)
        JT_TRY(note_one(&ones[i], &arena, &rows[i], err));
    return jd_sql_revoke_many(store, ones, rows, count, err);
}

jeton_status jd_store_revoke_many(jd_store *store, jd_revoke_one *ones, size_t count,
                                  jeton_err *err)
{
    for (size_t i = 0; i < count; i++)
        ones[i].entry = (jt_revocation){0};
    const jeton_status status = count > 0 ? revoke_many(store, ones, count, err) : JETON_OK;
    for (size_t i = 0; i < count && status != JETON_OK; i++)
        ones[i].entry = (jt_revocation){0};
    return status;
}

/* --- nodes ---------------------------------------------------------------------------------- */

jeton_status jd_store_node_beat(jd_store *store, const jd_beat *beat, jt_arena *arena,
                                jd_beat_answer *answer, jeton_err *err)
{
    *answer = (jd_beat_answer){0};
    if (!jeton_span_equal(beat->kind, jeton_str("serve")) &&
        !jeton_span_equal(beat->kind, jeton_str("agent")))
        return jt_fail(err, JETON_E_ARGUMENT, "not a kind of node");
    const jeton_status status = jd_sql_node_beat(store, beat, arena, answer, err);
    if (status != JETON_OK)
        *answer = (jd_beat_answer){0};
    return status;
}

jeton_status jd_store_node_list(jd_store *store, jt_arena *arena, jd_nodes *nodes, jeton_err *err)
{
    *nodes = (jd_nodes){0};
    const jeton_status status = jd_sql_node_list(store, arena, nodes, err);
    if (status != JETON_OK)
        *nodes = (jd_nodes){0};
    return status;
}

jeton_status jd_store_node_remove(jd_store *store, const jd_id *id, jeton_err *err)
{
    return jd_sql_node_remove(store, id, err);
}

/* --- indexes of tokens ---------------------------------------------------------------------- */

jeton_status jd_store_index_lease(jd_store *store, const jd_index_asking *asked,
                                  jd_index_block *block, jt_revocation *entry, jeton_err *err)
{
    *block = (jd_index_block){0};
    *entry = (jt_revocation){0};
    if (asked->count == 0 || asked->count > JT_BITS_PLACES)
        return jt_fail(err, JETON_E_ARGUMENT, "a list has not so many places");
    const jeton_status status = jd_sql_index_lease(store, asked, block, entry, err);
    if (status != JETON_OK) {
        *block = (jd_index_block){0};
        *entry = (jt_revocation){0};
    }
    return status;
}

/* --- clients -------------------------------------------------------------------------------- */

jeton_status jd_store_client_add(jd_store *store, const jd_client *client, jeton_err *err)
{
    jd_audit_note("client.add", client->id, client->scopes);
    return jd_audit_end(jd_sql_client_add(store, client, err));
}

jeton_status jd_store_ban_add(jd_store *store, const jd_ban *ban, jeton_err *err)
{
    jd_audit_note("ban.add", ban->network, ban->why);
    return jd_audit_end(jd_sql_ban_add(store, ban, err));
}

jeton_status jd_store_ban_list(jd_store *store, jeton_time now, jt_arena *arena, jd_ban_list *bans,
                               jeton_err *err)
{
    *bans = (jd_ban_list){0};
    const jeton_status status = jd_sql_ban_list(store, now, arena, bans, err);
    if (status != JETON_OK)
        *bans = (jd_ban_list){0};
    return status;
}

jeton_status jd_store_ban_lift(jd_store *store, jeton_span network, jeton_err *err)
{
    jd_audit_note("ban.lift", network, jeton_str(NULL));
    return jd_audit_end(jd_sql_ban_lift(store, network, err));
}

jeton_status jd_store_client_list(jd_store *store, jeton_span after, size_t most, jt_arena *arena,
                                  jd_client_list *clients, jeton_err *err)
{
    *clients = (jd_client_list){0};
    const jeton_status status = jd_sql_client_list(store, after, most, arena, clients, err);
    if (status != JETON_OK)
        *clients = (jd_client_list){0};
    return status;
}

jeton_status jd_store_client_change(jd_store *store, const jd_client *was, const jd_client *becomes,
                                    jeton_err *err)
{
    jd_audit_note("client.change", was->id, jeton_str(NULL));
    return jd_audit_end(jd_sql_client_change(store, was, becomes, err));
}

jeton_status jd_store_client_set_secret(jd_store *store, jeton_span id, jeton_span hash,
                                        jeton_err *err)
{
    jd_audit_note("client.secret", id, jeton_str(NULL));
    return jd_audit_end(jd_sql_client_set_secret(store, id, hash, err));
}

jeton_status jd_store_client_disable(jd_store *store, const jd_revoking *revoking,
                                     jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("client.disable", revoking->client, jeton_str(NULL));
    const jeton_status status = jd_audit_end(jd_sql_client_disable(store, revoking, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_client_enable(jd_store *store, jeton_span id, jeton_err *err)
{
    jd_audit_note("client.enable", id, jeton_str(NULL));
    return jd_audit_end(jd_sql_client_enable(store, id, err));
}

jeton_status jd_store_client_remove(jd_store *store, const jd_revoking *revoking,
                                    jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("client.remove", revoking->client, jeton_str(NULL));
    const jeton_status status = jd_audit_end(jd_sql_client_remove(store, revoking, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err)
{
    if (!is_state(key->state))
        return jt_fail(err, JETON_E_ARGUMENT, "not a state of a key");
    jd_audit_note("key.add", key->kid, key->state);
    return jd_audit_end(jd_sql_key_add(store, key, err));
}

jeton_status jd_store_key_add_first(jd_store *store, const jd_stored_key *key, jeton_err *err)
{
    if (!is_state(key->state))
        return jt_fail(err, JETON_E_ARGUMENT, "not a state of a key");
    jd_audit_note("key.add", key->kid, key->state);
    return jd_audit_end(jd_sql_key_add_first(store, key, err));
}

jeton_status jd_store_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                               jeton_err *err)
{
    *keys = (jd_stored_keys){0};
    const jeton_status status = jd_sql_key_list(store, arena, keys, err);
    if (status != JETON_OK)
        *keys = (jd_stored_keys){0};
    return status;
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
    const jeton_status status =
        jd_audit_end(jd_sql_key_change(store, changes, count, mark, entry, err));
    if (status != JETON_OK)
        *entry = (jt_revocation){0};
    return status;
}

jeton_status jd_store_reseal(jd_store *store, jd_reseal *reseal, void *user, jeton_err *err)
{
    return jd_sql_reseal(store, reseal, user, err); /* the audit log's own key is among it */
}

jeton_status jd_store_purge(jd_store *store, jeton_time before, size_t *removed, jeton_err *err)
{
    *removed = 0;
    const jeton_status status = jd_sql_purge(store, before, removed, err);
    if (status != JETON_OK)
        *removed = 0;
    return status;
}

/* --- the audit log -------------------------------------------------------------------------- */

void jd_store_audit_key(jd_store *store, jeton_span key)
{
    jt_hmac_init(&store->audit_key, JT_SHA256, key);
}

jeton_status jd_store_audit_add(jd_store *store, const jd_audit_row *row, jeton_err *err)
{
    jd_audit_note_row(row);
    return jd_audit_end(jd_sql_audit_add(store, err));
}

jeton_status jd_store_audit_list(jd_store *store, uint64_t after, size_t most, jt_arena *arena,
                                 jd_audit_rows *rows, jeton_err *err)
{
    *rows = (jd_audit_rows){0};
    const jeton_status status = jd_sql_audit_list(store, after, most, arena, rows, err);
    if (status != JETON_OK)
        *rows = (jd_audit_rows){0};
    return status;
}

jeton_status jd_store_audit_check(jd_store *store, jd_audit_head *head, jeton_err *err)
{
    *head = (jd_audit_head){0};
    const jeton_status status = jd_sql_audit_check(store, head, err);
    if (status != JETON_OK)
        *head = (jd_audit_head){0};
    return status;
}

/* --- backup and restore --------------------------------------------------------------------- */

jeton_status jd_store_backup(jd_store *store, const char *file, jeton_err *err)
{
    return store->driver->backup(store, file, err);
}

jeton_status jd_store_copy(jd_store *from, jd_store *to, jd_store_copied *told, void *user,
                           jeton_err *err)
{
    return jd_sql_copy(from, to, told, user, err);
}

jeton_status jd_store_restart(jd_store *store, uint64_t head, jeton_time now, jeton_time expires,
                              jeton_err *err)
{
    jd_audit_note("store.restore", jeton_str(NULL), jeton_str(NULL));
    return jd_audit_end(jd_sql_restart(store, head, now, expires, err));
}
