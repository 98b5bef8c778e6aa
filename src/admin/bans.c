/* SPDX-License-Identifier: Apache-2.0 */
/* admin/bans.c - the operations on bans. */
#include "accounts/bans.h"

#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/bans.h"
#include "sys/clock.h"

static jeton_status put_network(const jd_task *task)
{
    jt_put_text(task->tree, task->result, "network", jd_task_text(task, "network"));
    return JETON_OK;
}

static jeton_status ban_add(jd_task *task, jeton_err *err)
{
    JT_TRY(jd_ban_add(task->accounts, jd_task_text(task, "network"), jd_task_text(task, "why"),
                      jd_task_number(task, "seconds"), err));
    return put_network(task);
}

static jeton_status ban_lift(jd_task *task, jeton_err *err)
{
    JT_TRY(jd_ban_lift(task->accounts, jd_task_text(task, "network"), err));
    return put_network(task);
}

static jeton_status ban_list(jd_task *task, jeton_err *err)
{
    jd_ban_list bans;
    jt_tree *tree = task->tree;
    JT_TRY(jd_store_ban_list(task->accounts->store, jd_now(), task->arena, &bans, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < bans.count; i++) {
        jt_node *ban = jt_tree_object(tree);
        jt_put_text(tree, ban, "network", bans.at[i].network);
        jt_put_text(tree, ban, "why", bans.at[i].why);
        jd_put_time(tree, ban, "made_at", bans.at[i].made);
        jd_put_time(tree, ban, "until", bans.at[i].until);
        jt_add_node(tree, list, ban);
    }
    jt_put_node(tree, task->result, "bans", list);
    return JETON_OK;
}

const jd_operation jd_ban_operations[] = {
    /* → {"network"} */
    {.name = "ban.add",
     .arguments = {{"network", JT_TEXT, true},
                   {"why", JT_TEXT, false},
                   {"seconds", JT_NUMBER, false}},
     .run = ban_add,
     .method = "POST",
     .path = "/admin/bans",
     .status = 201},
    /* → {"network"}. The network has a slash, which not every proxy leaves alone in a path. */
    {.name = "ban.lift",
     .arguments = {{"network", JT_TEXT, true}},
     .run = ban_lift,
     .method = "DELETE",
     .path = "/admin/bans",
     .status = 204,
     .fresh = true},
    /* → {"bans":[{"network","why","made_at","until"}]}; no "until": until it is lifted */
    {.name = "ban.list", .run = ban_list, .method = "GET", .path = "/admin/bans", .status = 200},
    {.name = NULL},
};
