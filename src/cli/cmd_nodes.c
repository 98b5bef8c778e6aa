/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_nodes.c - jeton nodes, jeton cluster key. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"

#include <inttypes.h>
#include <stdio.h>

static void fill_nothing(void *user, jt_tree *tree, jt_node *to)
{
    (void)user;
    (void)tree;
    (void)to;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static int64_t number(const jt_val *node, const char *name)
{
    int64_t value = 0;
    (void)jt_val_int(jt_get(node, name), &value);
    return value;
}

static void print_node(const jt_val *node)
{
    bool fresh = false;
    bool keys = false;
    const jeton_span name = jt_get_text(node, "name");
    const jeton_span kind = jt_get_text(node, "kind");
    const jeton_span version = jt_get_text(node, "version");
    (void)jt_val_bool(jt_get(node, "fresh"), &fresh);
    (void)jt_val_bool(jt_get(node, "keys_current"), &keys);
    printf("%-24.*s  %-5.*s  applied %" PRId64 "  lag %" PRId64 "  lease %" PRId64
           " ms  seen %" PRId64 " ms ago  %s  %s  %.*s\n",
           (int)name.len, (const char *)name.ptr, (int)kind.len, (const char *)kind.ptr,
           number(node, "applied"), number(node, "lag"), number(node, "lease_ms"),
           number(node, "age_ms"), fresh ? "fresh" : "stale", keys ? "keys current" : "keys behind",
           (int)version.len, (const char *)version.ptr);
}

static int print_nodes(const jd_args *args, const jt_val *result)
{
    bool more = false;
    const jt_val *nodes = jt_get(result, "nodes");
    (void)jt_val_bool(jt_get(result, "more"), &more);
    for (jt_iter it = jt_iter_of(nodes); jt_iter_next(&it);)
        print_node(it.val);
    if (jt_val_count(nodes) == 0)
        fputs("jeton nodes: none: only a store that is shared lists them\n", stderr);
    if (more)
        fputs("jeton nodes: there are more\n", stderr);
    return jd_report_bytes(args, jeton_str(""));
}

static int nodes(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status =
        jd_operation_run(args, "node.list", false, fill_nothing, NULL, &result, &err);
    if (status == JETON_OK && !jd_args_has(args, "--json"))
        return print_nodes(args, jt_json_root(result));
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_tree(args, tree, jt_tree_copy(tree, jt_get(jt_json_root(result), "nodes")));
}

/* ---- the cluster key ------------------------------------------------------------------------ */

static int cluster_key(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, "cluster.key", false, fill_nothing, NULL, &result, &err);
    return status == JETON_OK ? jd_report_line(args, jt_get_text(jt_json_root(result), "key"))
                              : jd_report_failure(args, status, &err);
}

static const jd_option nodes_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option key_options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_nodes_commands[] = {
    {.noun = "nodes",
     .summary = "Lists servers and agents: name, kind, log applied, lag, lease, last seen, keys.",
     .options = nodes_options,
     .run = nodes},
    {.noun = NULL},
};

const jd_command jd_cluster_commands[] = {
    {.noun = "cluster",
     .verb = "key",
     .summary = "Prints the cluster key, a secret, for the files of agents.",
     .options = key_options,
     .run = cluster_key},
    {.noun = NULL},
};
