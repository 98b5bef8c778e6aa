/* SPDX-License-Identifier: Apache-2.0 */
/* admin/nodes.c - who follows the revocation log and how far, and the key they need for it. */
#include "accounts/cluster.h"

#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "store/nodes.h"

#define NODES_MOST 800U  /* they fit a line of the control socket */
#define GONE_MS    60000 /* longer than any lease, and than a node is away that comes back */

/* ---- the cluster key ------------------------------------------------------------------------ */

static jeton_status cluster_key(jd_task *task, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    JT_TRY(jd_cluster_key_text(task->accounts->store, task->accounts->sealer, &text, err));
    jt_put_text(task->tree, task->result, "key", jt_secret_span(&text));
    return JETON_OK;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

/* Whether the node had all there was when it asked last, and asked within its lease. */
static bool is_fresh(const jd_nodes *nodes, const jd_node *node)
{
    return node->applied >= nodes->head && nodes->now - node->seen <= node->lease;
}

/* Whether this is an earlier run of a node that is there again: of the same name and kind, and
 * silent for long. Each run has a row of its own, for the guards beside it may go by what the one
 * before has said. They are in the order of names, then of when they began. */
static bool is_past(const jd_nodes *nodes, size_t i)
{
    const jd_node *node = &nodes->at[i];
    if (nodes->now - node->seen <= GONE_MS)
        return false;
    for (size_t k = i + 1; k < nodes->count; k++) {
        if (!jeton_span_equal(nodes->at[k].name, node->name))
            return false;
        if (jeton_span_equal(nodes->at[k].kind, node->kind))
            return true;
    }
    return false;
}

static void put_node(const jd_task *task, jt_node *list, const jd_nodes *nodes, const jd_node *node)
{
    jt_tree *tree = task->tree;
    jt_node *object = jt_tree_object(tree);
    const int64_t lag = (int64_t)(nodes->head - node->applied);
    jd_put_id(tree, object, "id", &node->id);
    jt_put_text(tree, object, "name", node->name);
    jt_put_text(tree, object, "kind", node->kind);
    jt_put_text(tree, object, "version", node->version);
    jt_put_int(tree, object, "applied", (int64_t)node->applied);
    jt_put_int(tree, object, "lag", node->applied < nodes->head ? lag : 0);
    jt_put_int(tree, object, "lease_ms", node->lease);
    jt_put_int(tree, object, "age_ms", nodes->now > node->seen ? nodes->now - node->seen : 0);
    jt_put_bool(tree, object, "keys_current", node->applied >= nodes->keys);
    jt_put_bool(tree, object, "fresh", is_fresh(nodes, node));
    jd_put_time(tree, object, "began_at", node->began);
    jt_add_node(tree, list, object);
}

static jeton_status node_list(jd_task *task, jeton_err *err)
{
    jd_nodes nodes;
    JT_TRY(jd_store_node_list(task->accounts->store, task->arena, &nodes, err));
    jt_node *list = jt_tree_array(task->tree);
    size_t found = 0;
    for (size_t i = 0; i < nodes.count; i++)
        if (!is_past(&nodes, i) && found++ < NODES_MOST)
            put_node(task, list, &nodes, &nodes.at[i]);
    jt_put_node(task->tree, task->result, "nodes", list);
    jt_put_int(task->tree, task->result, "head", (int64_t)nodes.head);
    jt_put_int(task->tree, task->result, "keys_changed", (int64_t)nodes.keys);
    if (found > NODES_MOST)
        jt_put_bool(task->tree, task->result, "more", true);
    return JETON_OK;
}

const jd_operation jd_node_operations[] = {
    /* → {"key"}. Not over HTTP: who is at the files may read it, and nobody else. */
    {.name = "cluster.key", .run = cluster_key},
    /* → {"nodes":[{"id","name","kind","version","applied","lag","lease_ms","age_ms",
     * "keys_current","fresh","began_at"}],"head","keys_changed","more"} */
    {.name = "node.list", .run = node_list, .method = "GET", .path = "/admin/nodes", .status = 200},
    {.name = NULL},
};
