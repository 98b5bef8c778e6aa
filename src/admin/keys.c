/* SPDX-License-Identifier: Apache-2.0 */
/* admin/keys.c - the operations on signing keys. */
#include "accounts/key.h"

#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"

#define KEYS_AT_ONCE 200U /* they fit a line of the control socket; the last ones count */

static void put_key(jt_tree *tree, jt_node *list, const jd_stored_key *key)
{
    jt_node *object = jt_tree_object(tree);
    jt_put_text(tree, object, "kid", key->kid);
    jt_put_text(tree, object, "alg", key->alg);
    jt_put_text(tree, object, "state", key->state);
    if (key->announced != 0 && !jeton_span_equal(key->state, jeton_str("withdrawn")))
        jt_put_bool(tree, object, "awaits_nodes", true);
    if (key->client.len > 0)
        jt_put_text(tree, object, "client", key->client);
    jd_put_time(tree, object, "created", key->created);
    jd_put_time(tree, object, "since", key->since);
    if (jeton_span_equal(key->state, jeton_str("next")))
        jd_put_time(tree, object, "ready", key->ready);
    jd_put_time(tree, object, "until", key->until);
    jt_add_node(tree, list, object);
}

static jeton_status key_list(jd_task *task, jeton_err *err)
{
    jd_stored_keys keys;
    JT_TRY(jd_signer_list(task->accounts->signer, task->arena, &keys, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = keys.count > KEYS_AT_ONCE ? keys.count - KEYS_AT_ONCE : 0; i < keys.count; i++)
        put_key(task->tree, list, &keys.at[i]);
    jt_put_node(task->tree, task->result, "keys", list);
    return JETON_OK;
}

static jeton_status key_rotate(jd_task *task, jeton_err *err)
{
    jd_key_news news;
    JT_TRY(jd_signer_rotate(task->accounts->signer, jd_task_text(task, "alg"), &news, err));
    jt_put_text(task->tree, task->result, "kid", jeton_str(news.kid));
    jt_put_int(task->tree, task->result, "signs_from", news.signs_from / 1000);
    jt_put_bool(task->tree, task->result, "signs", news.signs);
    return JETON_OK;
}

static jeton_status key_withdraw(jd_task *task, jeton_err *err)
{
    const jeton_span kid = jd_task_text(task, "kid");
    JT_TRY(jd_key_withdraw(task->accounts, kid, err));
    jt_put_text(task->tree, task->result, "kid", kid);
    return JETON_OK;
}

const jd_operation jd_key_operations[] = {
    /* → {"keys":[…]}, oldest first; of very many the last */
    {.name = "key.list", .run = key_list, .method = "GET", .path = "/admin/keys", .status = 200},
    /* → {"kid","signs_from","signs"} */
    {.name = "key.rotate",
     .arguments = {{"alg", JT_TEXT, false}},
     .run = key_rotate,
     .method = "POST",
     .path = "/admin/keys/rotate",
     .status = 200,
     .fresh = true},
    /* → {"kid"} */
    {.name = "key.withdraw",
     .arguments = {{"kid", JT_TEXT, true}},
     .run = key_withdraw,
     .method = "POST",
     .path = "/admin/keys/{kid}/withdraw",
     .status = 200,
     .fresh = true},
    {.name = NULL},
};
