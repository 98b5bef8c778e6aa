/* SPDX-License-Identifier: Apache-2.0 */
/* cli/listing.c - the commands as JSON: {"commands":[{"noun","verb","operand",…,"options":[…]}]}.
 */
#include "cli/listing.h"

#include "cli/report.h"
#include "core/auto.h"

/* Absent texts are left out. */
static void put(jt_tree *tree, jt_node *to, const char *name, const char *text)
{
    if (text != NULL)
        jt_put_text(tree, to, name, jeton_str(text));
}

static jt_node *describe_option(jt_tree *tree, const jd_option *option)
{
    jt_node *node = jt_tree_object(tree);
    put(tree, node, "name", option->name);
    put(tree, node, "value", option->value);
    put(tree, node, "help", option->help);
    jt_put_bool(tree, node, "required", option->required);
    jt_put_bool(tree, node, "many", option->many);
    return node;
}

static jt_node *describe(jt_tree *tree, const jd_command *command)
{
    jt_node *node = jt_tree_object(tree);
    jt_node *options = jt_tree_array(tree);
    put(tree, node, "noun", command->noun);
    put(tree, node, "verb", command->verb);
    put(tree, node, "operand", command->operand);
    jt_put_bool(tree, node, "operand_optional", command->operand_optional);
    put(tree, node, "summary", command->summary);
    for (const jd_option *option = command->options; option->name != NULL; option++)
        jt_add_node(tree, options, describe_option(tree, option));
    jt_put_node(tree, node, "options", options);
    return node;
}

int jd_listing_print(const jd_command *const *commands, size_t count)
{
    /* The row that failures are told under. */
    static const jd_option json[] = {{.name = "--json"}, {.name = NULL}};
    static const jd_command help = {.noun = "help", .options = json};
    const jd_args args = {
        .command = &help, .count = 1, .given = {{.option = &json[0], .value = ""}}};
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(&args, status, &err);
    jt_node *all = jt_tree_array(tree);
    jt_node *root = jt_tree_object(tree);
    for (size_t i = 0; i < count; i++)
        for (const jd_command *c = commands[i]; c->noun != NULL; c++)
            jt_add_node(tree, all, describe(tree, c));
    jt_put_node(tree, root, "commands", all);
    return jd_report_tree(&args, tree, root);
}
