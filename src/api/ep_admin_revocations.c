/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_admin_revocations.c - POST /admin/revocations: has tokens refused, as jeton revoke does.
 * GET: the entries of the revocation log that still refuse something. */
#include "accounts/revoke.h"
#include "api/body.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "http/form.h"

#define ENTRIES_AT_ONCE 500U

/* ---- revoke --------------------------------------------------------------------------------- */

typedef struct revocation {
    jeton_span what, name;
} revocation;

static jeton_status check(jd_call *call, jeton_err *err)
{
    revocation *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "revocation");
    call->state = on;
    JT_TRY(jd_guard_admin(call, err));
    const jd_want wants[] = {{"what", &on->what, true}, {"name", &on->name, false}};
    return jd_body_read(call, wants, JT_COUNT(wants), err);
}

static jeton_status revoke(jd_call *call, jeton_err *err)
{
    const revocation *on = call->state;
    JT_TRY(jd_revoke_by_word(call->app->accounts, on->what, on->name, err));
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

const jd_step jd_ep_admin_revoke[] = {
    {JD_ON_LOOP, check},
    {JD_ON_COMMIT, revoke},
    {.run = NULL},
};

/* ---- list ----------------------------------------------------------------------------------- */

static const char *const kinds[] = {
    [JT_REVOKED_SESSION] = "session", [JT_REVOKED_SUBJECT] = "user", [JT_REVOKED_ALL] = "all",
    [JT_REVOKED_CLIENT] = "client",   [JT_REVOKED_KEY] = "key",      [JT_REVOKED_TOKEN] = "token",
};

/* ?after=N, a number of the log; absent, from the first. */
static jeton_status read_after(jd_call *call, uint64_t *after, jeton_err *err)
{
    jeton_span text;
    size_t count;
    *after = 0;
    JT_TRY(jd_request_query(call->request, "after", &text, &count, err));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || text.len > 18)
            return jt_fail(err, JETON_E_REQUEST, "after is a number");
        *after = *after * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return count <= 1 ? JETON_OK : jt_fail(err, JETON_E_REQUEST, "after is given twice");
}

/* Users and sessions are named by their ids, a token by its jti. Of clients and keys the log has a
 * digest only, which is told as it is. */
static void put_entry(jt_tree *tree, jt_node *list, const jt_revocation *entry)
{
    jd_id id;
    char text[JD_ID_CHARS + 1];
    const size_t kind = (size_t)entry->kind;
    jt_node *object = jt_tree_object(tree);
    memcpy(id.bytes, entry->id, JD_ID_BYTES);
    jd_id_print(&id, text);
    jt_put_int(tree, object, "n", (int64_t)entry->n);
    jt_put_text(tree, object, "what", jeton_str(kind < JT_COUNT(kinds) ? kinds[kind] : "unknown"));
    if (entry->kind == JT_REVOKED_TOKEN)
        jt_put_text(tree, object, "id", jeton_bytes(entry->id, JT_REVOKED_ID));
    else if (entry->kind != JT_REVOKED_ALL)
        jt_put_text(tree, object, "id", jeton_str(text));
    jt_put_int(tree, object, "expires_at", entry->expires / 1000);
    jt_add_node(tree, list, object);
}

static jeton_status list(jd_call *call, jeton_err *err)
{
    uint64_t after;
    jd_entries entries;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jd_guard_admin(call, err));
    JT_TRY(read_after(call, &after, err));
    JT_TRY(jd_store_log_after(call->app->accounts->store, after, ENTRIES_AT_ONCE, call->arena,
                              &entries, err));
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jt_node *all = jt_tree_array(tree);
    const jeton_time now = jt_now(NULL);
    for (size_t i = 0; i < entries.count; i++)
        if (entries.at[i].expires > now)
            put_entry(tree, all, &entries.at[i]);
    jt_put_node(tree, answer, "revocations", all);
    if (entries.count == ENTRIES_AT_ONCE)
        jt_put_int(tree, answer, "next", (int64_t)entries.at[entries.count - 1].n);
    return jd_call_answer(call, 200, tree, answer, err);
}

const jd_step jd_ep_admin_revocations[] = {
    {JD_ON_LOOP, list},
    {.run = NULL},
};
