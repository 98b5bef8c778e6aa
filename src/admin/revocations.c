/* SPDX-License-Identifier: Apache-2.0 */
/* admin/revocations.c - has tokens refused, and lists what is refused. */
#include "accounts/revoke.h"

#include "accounts/client.h"
#include "accounts/waits.h"
#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "revoke/names.h"
#include "store/clients.h"
#include "store/keys.h"
#include "store/log.h"
#include "store/users.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>

#define ENTRIES_MOST 500U

/* ---- revoke --------------------------------------------------------------------------------- */

/* How far a revocation must have got before it is answered. What differs between the last two is
 * what one makes of the nodes that are missing (docs/revocation.md). */
static const char *const modes[] = {"durable", "wait=all", "strict"};

static jeton_status mode_of(const jd_task *task, bool *wait, jeton_err *err)
{
    const jeton_span mode = jd_task_text(task, "mode");
    *wait = jd_task_has(task, "mode") && !jeton_span_equal(mode, jeton_str(modes[0]));
    for (size_t i = 0; i < JT_COUNT(modes); i++)
        if (!jd_task_has(task, "mode") || jeton_span_equal(mode, jeton_str(modes[i])))
            return JETON_OK;
    return jt_fail(err, JETON_E_REQUEST, "mode is one of: durable, wait=all, strict");
}

/* What is on its way to the disk, and of what kind. */
typedef struct revoking {
    jt_revocation entry;
    jeton_span what;
} revoking;

static jeton_status make(const jd_task *task, revoking *of, bool wait, jeton_err *err)
{
    jd_accounts_hurry(wait);
    const jeton_status status =
        jd_revoke_by_word(task->accounts, of->what, jd_task_text(task, "name"), &of->entry, err);
    jd_accounts_hurry(false);
    return status;
}

/* The ticket comes first: what is revoked cannot be taken back when there is none. */
static jeton_status revoke(jd_task *task, jeton_err *err)
{
    bool wait;
    uint64_t ticket = 0;
    revoking *of = jt_arena_alloc(task->arena, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "revocation");
    of->what = jd_task_text(task, "what");
    JT_TRY(mode_of(task, &wait, err));
    if (wait)
        JT_TRY(jd_waits_ticket(task->accounts->waits, &ticket, err));
    const jeton_status status = make(task, of, wait, err);
    if (status != JETON_OK) {
        jd_waits_drop(task->accounts->waits, ticket);
        return status;
    }
    task->ticket = ticket;
    task->left = of;
    jt_put_text(task->tree, task->result, "what", of->what);
    if (wait)
        jt_put_int(task->tree, task->result, "ticket", (int64_t)ticket);
    return JETON_OK;
}

/* The entry has its number from here on, and the wait begins; unless nothing was committed. */
static void revoked(jd_task *task, jeton_status status)
{
    const revoking *of = task->left;
    if (status != JETON_OK) {
        jd_waits_drop(task->accounts->waits, task->ticket);
        return;
    }
    if (task->ticket != 0)
        jd_waits_begin(task->accounts->waits, task->ticket, &of->entry);
    jd_log(JD_INFO, EV_REVOKED, JD_SPAN("what", of->what), JD_INT("n", (int64_t)of->entry.n));
}

static jeton_status told(jd_task *task, jeton_err *err)
{
    jd_waited waited;
    jt_tree *tree = task->tree;
    JT_TRY(jd_waits_take(task->accounts->waits, task->ticket, task->arena, &waited, err));
    jt_put_int(tree, task->result, "n", (int64_t)waited.n);
    jd_put_texts(tree, task->result, "confirmed", waited.confirmed, waited.confirmed_count);
    jd_put_texts(tree, task->result, "missing", waited.missing, waited.missing_count);
    jt_put_int(tree, task->result, "waited_ms", waited.ms);
    return JETON_OK;
}

/* For those who ask again and again: the command line. */
static jeton_status ask_told(jd_task *task, jeton_err *err)
{
    jeton_err why = {0};
    task->ticket = (uint64_t)jd_task_number(task, "ticket");
    const jeton_status status = told(task, &why);
    if (status == JETON_E_BUSY)
        jt_put_bool(task->tree, task->result, "pending", true);
    return status == JETON_OK || status == JETON_E_BUSY ? JETON_OK
                                                        : jt_fail(err, status, "%s", why.text);
}

/* ---- names ---------------------------------------------------------------------------------- */

/* What is known by a digest, and what the digest is of. */
typedef struct known {
    uint8_t id[JT_REVOKED_ID];
    jeton_span name;
} known;

/* Clients and keys: the log has digests of their names. */
typedef struct names {
    known *clients, *keys;
    size_t client_count, key_count;
} names;

static jeton_status know_clients(const jd_task *task, names *of, jeton_err *err)
{
    jd_client_list list;
    JT_TRY(jd_store_client_list(task->accounts->store, jeton_str(NULL), JD_CLIENTS_MAX, task->arena,
                                &list, err));
    of->clients = jt_arena_alloc(task->arena, (list.count + 1) * sizeof *of->clients);
    if (of->clients == NULL)
        return jt_fail(err, JETON_E_NOMEM, "names of clients");
    for (of->client_count = 0; of->client_count < list.count; of->client_count++) {
        of->clients[of->client_count].name = list.at[of->client_count].id;
        jt_revoked_name(list.at[of->client_count].id, of->clients[of->client_count].id);
    }
    return JETON_OK;
}

static jeton_status know_keys(const jd_task *task, names *of, jeton_err *err)
{
    jd_stored_keys list;
    JT_TRY(jd_signer_list(task->accounts->signer, task->arena, &list, err));
    of->keys = jt_arena_alloc(task->arena, (list.count + 1) * sizeof *of->keys);
    if (of->keys == NULL)
        return jt_fail(err, JETON_E_NOMEM, "names of keys");
    for (of->key_count = 0; of->key_count < list.count; of->key_count++) {
        of->keys[of->key_count].name = list.at[of->key_count].kid;
        jt_revoked_name(list.at[of->key_count].kid, of->keys[of->key_count].id);
    }
    return JETON_OK;
}

static jeton_span name_of(const known *among, size_t count, const uint8_t id[JT_REVOKED_ID])
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(among[i].id, id, JT_REVOKED_ID) == 0)
            return among[i].name;
    return jeton_str(NULL);
}

/* A user who is gone has no name any more, nor has a client; the id tells them apart all the same.
 */
static jeton_span user_name(const jd_task *task, const uint8_t id[JT_REVOKED_ID])
{
    jd_id of;
    jd_user user;
    jeton_err none = {0};
    memcpy(of.bytes, id, JD_ID_BYTES);
    const jeton_status status =
        jd_store_user_get(task->accounts->store, &of, task->arena, &user, &none);
    return status == JETON_OK ? user.name : jeton_str(NULL);
}

static jeton_span entry_name(const jd_task *task, const names *of, const jt_revocation *entry)
{
    if (entry->kind == JT_REVOKED_SUBJECT)
        return user_name(task, entry->id);
    if (entry->kind == JT_REVOKED_CLIENT)
        return name_of(of->clients, of->client_count, entry->id);
    if (entry->kind == JT_REVOKED_KEY)
        return name_of(of->keys, of->key_count, entry->id);
    return jeton_str(NULL);
}

/* ---- list ----------------------------------------------------------------------------------- */

static const char *const kinds[] = {
    [JT_REVOKED_SESSION] = "session", [JT_REVOKED_SUBJECT] = "user", [JT_REVOKED_ALL] = "all",
    [JT_REVOKED_CLIENT] = "client",   [JT_REVOKED_KEY] = "key",      [JT_REVOKED_TOKEN] = "token",
    [JT_REVOKED_INDEX] = "index",
};

/* The number that is the token's idx. */
static void put_index(jt_tree *tree, jt_node *object, const jt_revocation *entry)
{
    uint64_t list;
    uint64_t place;
    char text[24];
    jt_revoked_pair_of(entry->id, &list, &place);
    const int len = snprintf(text, sizeof text, "%" PRIu64, jt_index_of(list, place));
    jt_put_text(tree, object, "id", jeton_bytes(text, (size_t)len));
}

/* The id is that of the user or the session, the jti or idx of a token, a digest of a client or a
 * key. */
static void put_entry(const jd_task *task, jt_node *list, const names *of,
                      const jt_revocation *entry)
{
    jd_id id;
    jt_tree *tree = task->tree;
    const size_t kind = (size_t)entry->kind;
    jt_node *object = jt_tree_object(tree);
    const jeton_span name = entry_name(task, of, entry);
    memcpy(id.bytes, entry->id, JD_ID_BYTES);
    jt_put_int(tree, object, "n", (int64_t)entry->n);
    jt_put_text(tree, object, "what", jeton_str(kind < JT_COUNT(kinds) ? kinds[kind] : "unknown"));
    if (entry->kind == JT_REVOKED_TOKEN)
        jt_put_text(tree, object, "id", jeton_bytes(entry->id, JT_REVOKED_ID));
    else if (entry->kind == JT_REVOKED_INDEX)
        put_index(tree, object, entry);
    else if (entry->kind != JT_REVOKED_ALL)
        jd_put_id(tree, object, "id", &id);
    if (name.len > 0)
        jt_put_text(tree, object, "name", name);
    jd_put_time(tree, object, "expires_at", entry->expires);
    jt_add_node(tree, list, object);
}

/* A page that is being filled, and how far the log was read for it. */
typedef struct page {
    jt_node *list;
    size_t left; /* entries that it still takes */
    uint64_t seen;
    bool more;
} page;

/* Whether an entry refuses anything: notices and lists are for nodes, not for people. */
static bool counts(const jt_revocation *entry, jeton_time now)
{
    return entry->expires > now && !jt_is_notice(entry->kind) && entry->kind != JT_REVOKED_LIST;
}

static jeton_status fill(const jd_task *task, const names *of, page *to, jeton_err *err)
{
    jd_entries entries;
    const jeton_time now = jd_now();
    JT_TRY(jd_store_log_after(task->accounts->store, to->seen, ENTRIES_MOST, task->arena, &entries,
                              err));
    size_t i = 0;
    for (; i < entries.count && to->left > 0; i++) {
        to->seen = entries.at[i].n;
        if (!counts(&entries.at[i], now))
            continue;
        put_entry(task, to->list, of, &entries.at[i]);
        to->left--;
    }
    to->more = i < entries.count || entries.count == ENTRIES_MOST;
    return JETON_OK;
}

static jeton_status revocation_list(jd_task *task, jeton_err *err)
{
    names of = {0};
    page to = {.list = jt_tree_array(task->tree),
               .seen = (uint64_t)jd_task_number(task, "after"),
               .more = true};
    JT_TRY(jd_task_limit(task, ENTRIES_MOST, ENTRIES_MOST, &to.left, err));
    JT_TRY(know_clients(task, &of, err));
    JT_TRY(know_keys(task, &of, err));
    while (to.more && to.left > 0)
        JT_TRY(fill(task, &of, &to, err));
    jt_put_node(task->tree, task->result, "revocations", to.list);
    if (to.more)
        jt_put_int(task->tree, task->result, "next", (int64_t)to.seen);
    return JETON_OK;
}

const jd_operation jd_revocation_operations[] = {
    /* what: user, client, key, token, index or all; mode: durable, wait=all or strict → {"what"};
     * and, when nodes are waited for, {"ticket"} here and, over HTTP, {"n","confirmed","missing",
     * "waited_ms"} with 200 */
    {.name = "revoke",
     .arguments = {{"what", JT_TEXT, true}, {"name", JT_TEXT, false}, {"mode", JT_TEXT, false}},
     .run = revoke,
     .joins = true,
     .settled = revoked,
     .told = told,
     .method = "POST",
     .path = "/admin/revocations",
     .status = 204},
    /* → {"n","confirmed","missing","waited_ms"}, or {"pending"} */
    {.name = "revoke.told", .arguments = {{"ticket", JT_NUMBER, true}}, .run = ask_told},
    /* → {"revocations":[{"n","what","id","name","expires_at"}],"next"}: what still counts, in the
     * order of the log */
    {.name = "revocation.list",
     .arguments = {{"after", JT_NUMBER, false}, {"limit", JT_NUMBER, false}},
     .run = revocation_list,
     .method = "GET",
     .path = "/admin/revocations",
     .status = 200},
    {.name = NULL},
};
