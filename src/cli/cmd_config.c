/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_config.c - jeton config check|show|reference: settings before a server has them. */
#include "cli/config_findings.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "core/auto.h"

#include <stdio.h>

/* ---- check ---------------------------------------------------------------------------------- */

static int check(const jd_args *args)
{
    JT_AUTO(jd_findings_done) jd_findings findings = {0};
    jd_config_sources sources;
    jd_config_loaded loaded;
    jeton_err err = {0};
    jd_settings_sources(args, &sources);
    jeton_status status = jd_findings_init(&findings, &err);
    if (status == JETON_OK)
        status = jd_config_findings(&sources, &loaded, JD_FINDING_WARNING, &findings, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const int exit = jd_findings_report(args, &findings);
    if (exit == JD_EXIT_DONE && !jd_args_has(args, "--json"))
        return jd_report_line(args, jeton_str("no mistakes"));
    return exit;
}

/* ---- show ----------------------------------------------------------------------------------- */

static void show_line(const jd_config_sources *sources, const jd_config_loaded *loaded,
                      const jd_setting *setting)
{
    char value[JD_CONFIG_TEXT];
    char where[JD_CONFIG_WHERE];
    jd_config_print(&loaded->config, setting, value);
    jd_config_whence(sources, loaded, setting, where);
    printf("%-18s %-24s %s\n", setting->name, value[0] != '\0' ? value : "-", where);
}

static jt_node *describe(const jd_config_sources *sources, const jd_config_loaded *loaded,
                         const jd_setting *setting, size_t index, jt_tree *tree)
{
    char where[JD_CONFIG_WHERE];
    jt_node *node = jt_tree_object(tree);
    jd_config_whence(sources, loaded, setting, where);
    jt_put_text(tree, node, "name", jeton_str(setting->name));
    jd_config_put(&loaded->config, setting, "value", tree, node);
    jt_put_text(tree, node, "from", jeton_str(jd_config_source_name(loaded->from[index])));
    if (loaded->from[index] != JD_FROM_DEFAULT)
        jt_put_text(tree, node, "where", jeton_str(where));
    jt_put_bool(tree, node, "needs_restart", setting->when == JD_RESTART);
    return node;
}

static int show_json(const jd_args *args, const jd_config_sources *sources,
                     const jd_config_loaded *loaded)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    size_t count;
    const jd_setting *all = jd_settings(&count);
    jt_node *list = jt_tree_array(tree);
    jt_node *root = jt_tree_object(tree);
    for (size_t i = 0; i < count; i++)
        jt_add_node(tree, list, describe(sources, loaded, &all[i], i, tree));
    jt_put_node(tree, root, "settings", list);
    return jd_report_tree(args, tree, root);
}

static int show(const jd_args *args)
{
    jd_config_sources sources;
    jd_config_loaded loaded;
    jd_settings_sources(args, &sources);
    const int exit = jd_settings_load(args, &sources, &loaded);
    if (exit != JD_EXIT_DONE)
        return exit;
    if (jd_args_has(args, "--json"))
        return show_json(args, &sources, &loaded);
    size_t count;
    const jd_setting *all = jd_settings(&count);
    for (size_t i = 0; i < count; i++)
        show_line(&sources, &loaded, &all[i]);
    return jd_report_bytes(args, jeton_str(""));
}

/* ---- reference ------------------------------------------------------------------------------ */

static const char head[] =
    "// Settings of jeton serve: jeton serve --config FILE, or JETON_CONFIG=FILE.\n"
    "//\n"
    "// Every setting stands here with its default; take the // off those you change. The same "
    "names\n"
    "// are flags (--access-ttl) and variables of the environment (JETON_ACCESS_TTL), which win "
    "over\n"
    "// this file. Check it with jeton config check; a running server takes it when it gets "
    "SIGHUP,\n"
    "// but for settings that need a restart.\n"
    "{\n";

/* "access-ttl": "15m" */
static jeton_status add_member(const jd_config *config, const jd_setting *setting, jt_buf *to,
                               jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *object = jt_tree_object(tree);
    jd_config_put(config, setting, "value", tree, object);
    JT_TRY(jt_tree_print(tree, object, JT_COMPACT, &text, err));
    const size_t before = strlen("{\"value\":");
    return jt_buf_addf(to, err, "    // \"%s\": %.*s,\n", setting->name,
                       (int)(text.len - before - strlen("}")), (const char *)text.ptr + before);
}

static jeton_status add_setting(const jd_config *config, const jd_setting *setting, jt_buf *to,
                                jeton_err *err)
{
    char range[96];
    jd_setting_range(setting, range, sizeof range);
    JT_TRY(jt_buf_addf(to, err, "\n    // %s%s\n    // %s%s\n", setting->help,
                       setting->help[0] != '\0' ? "." : "", range,
                       setting->when == JD_RESTART ? "; needs a restart" : ""));
    return add_member(config, setting, to, err);
}

static jeton_status print_reference(jt_buf *to, jeton_err *err)
{
    jd_config config;
    size_t count;
    const jd_setting *all = jd_settings(&count);
    jd_config_init(&config);
    JT_TRY(jt_buf_add(to, jeton_str(head), err));
    for (size_t i = 0; i < count; i++)
        JT_TRY(add_setting(&config, &all[i], to, err));
    return jt_buf_add(to, jeton_str("}\n"), err);
}

static int reference(const jd_args *args)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    jeton_err err = {0};
    const jeton_status status = print_reference(&text, &err);
    return status == JETON_OK ? jd_report_bytes(args, jt_buf_span(&text))
                              : jd_report_failure(args, status, &err);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option check_options[] = {
    JD_CONFIG_OPTION,
    {.name = "--json", .help = "print one line of JSON: {\"ok\":…,\"findings\":[…]}"},
    JD_CONFIG_LIST(JD_SETTING_OPTION){.name = NULL},
};

static const jd_option show_options[] = {
    JD_CONFIG_OPTION,
    {.name = "--json", .help = "print one line of JSON: {\"settings\":[…]}"},
    JD_CONFIG_LIST(JD_SETTING_OPTION){.name = NULL},
};

static const jd_option no_options[] = {{.name = NULL}};

const jd_command jd_config_commands[] = {
    {.noun = "config",
     .verb = "check",
     .summary = "Tells every mistake in the settings, with its place, and which of them are weak.",
     .options = check_options,
     .run = check},
    {.noun = "config",
     .verb = "show",
     .summary = "Shows each setting: the value that holds, and where it came from.",
     .options = show_options,
     .run = show},
    {.noun = "config",
     .verb = "reference",
     .summary = "Prints a file with every setting, its meaning and its default.",
     .options = no_options,
     .run = reference},
    {.noun = NULL},
};
