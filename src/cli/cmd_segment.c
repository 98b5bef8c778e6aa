/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_segment.c - jeton segment show: what guards on this host go by. */
#include "agent/agent.h"
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "segment/layout.h"

#include <inttypes.h>
#include <jeton/segment.h>
#include <stdio.h>
#include <time.h>

typedef struct seen {
    const char *path;
    jeton_segment_info info;
    jeton_keyset *keys;
} seen;

static bool is_fresh(const seen *of)
{
    return of->info.age_ms <= of->info.stale_ms;
}

/* "fresh", "stale", or, when its server has been stopped, that: readers take a while to mind. */
static const char *state_of(const seen *of)
{
    if (of->info.stopped)
        return "stopped";
    return is_fresh(of) ? "fresh" : "stale";
}

static jeton_status look(const jd_args *args, jd_path *path, seen *to, jeton_err *err)
{
    JT_AUTO(jeton_segment_free) jeton_segment *segment = NULL;
    jd_config config;
    to->path = args->operand;
    if (to->path == NULL) {
        JT_TRY(jd_operation_config(args, &config, err));
        JT_TRY(jd_agent_path(&config, path, err));
        to->path = path->chars;
    }
    jeton_err why = {0};
    const jeton_status status = jeton_segment_open(NULL, to->path, NULL, &segment, &why);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s: %.90s", why.text, to->path);
    jeton_segment_describe(segment, &to->info);
    return jeton_segment_keys(segment, &to->keys, NULL, err);
}

/* ---- for programs --------------------------------------------------------------------------- */

static int report_json(const jd_args *args, const seen *of)
{
    const jeton_segment_info *info = &of->info;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    jt_node *all = jt_tree_object(tree);
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"generation", info->generation},
        {"keys_generation", info->keys_generation},
        {"log_head", info->log_head},
        {"mark", info->mark},
        {"entries", info->entries},
        {"sessions", info->sessions},
        {"users", info->subjects},
        {"clients", info->clients},
        {"revoked_keys", info->keys},
        {"tokens", info->tokens},
        {"lost", info->lost},
        {"bytes", info->bytes},
        {"room", info->room},
        {"writer", (uint64_t)info->writer},
        {"created", (uint64_t)(info->created / 1000)},
    };
    jt_put_text(tree, all, "file", jeton_str(of->path));
    jt_put_text(tree, all, "state", jeton_str(state_of(of)));
    if (info->age_ms != INT64_MAX)
        jt_put_int(tree, all, "age_ms", info->age_ms);
    for (size_t i = 0; i < JT_COUNT(numbers); i++)
        jt_put_int(tree, all, numbers[i].name, (int64_t)numbers[i].value);
    jt_node *kids = jt_tree_array(tree);
    for (size_t i = 0; i < jeton_keyset_count(of->keys); i++)
        jt_add_text(tree, kids, jeton_key_id(jeton_keyset_get(of->keys, i)));
    jt_put_node(tree, all, "keys", kids);
    return jd_report_tree(args, tree, all);
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_state(const seen *of)
{
    printf("state    %s", state_of(of));
    if (of->info.age_ms == INT64_MAX)
        puts(": nobody knows how old, the machine has been started since");
    else
        printf(", %" PRId64 " ms old\n", of->info.age_ms);
}

static void print_writer(const jeton_segment_info *info)
{
    char text[24] = "?";
    struct tm parts;
    const time_t when = (time_t)(info->created / 1000);
    if (gmtime_r(&when, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    printf("file     number %" PRIu64 ", made %s by process %" PRId64 "\n", info->generation, text,
           info->writer);
    printf("size     %" PRIu64 " bytes, room for %" PRIu64 " revocations\n", info->bytes,
           info->room);
}

static void print_revoked(const jeton_segment_info *info)
{
    printf("revoked  %" PRIu64 ": sessions %" PRIu64 ", users %" PRIu64 ", clients %" PRIu64
           ", keys %" PRIu64 ", tokens %" PRIu64 "\n",
           info->entries, info->sessions, info->subjects, info->clients, info->keys, info->tokens);
    printf("log      up to %" PRIu64 "\n", info->log_head);
    if (info->mark == JT_SEGMENT_VOID)
        puts("mark     everything is refused: the server could not publish a change of keys");
    else if (info->mark > 0)
        printf("mark     tokens from before %" PRIu64 " are refused\n", info->mark);
    if (info->lost > 0)
        printf("lost     %" PRIu64 ": there is no room for them, hence the mark\n", info->lost);
}

static void print_keys(const seen *of)
{
    printf("keys     set number %" PRIu64 "\n", of->info.keys_generation);
    for (size_t i = 0; i < jeton_keyset_count(of->keys); i++) {
        const jeton_key *key = jeton_keyset_get(of->keys, i);
        const jeton_span kid = jeton_key_id(key);
        printf("         %-8s %.*s\n", jeton_alg_name(jeton_key_alg(key)), (int)kid.len,
               (const char *)kid.ptr);
    }
}

static int report_lines(const jd_args *args, const seen *of)
{
    printf("segment  %s\n", of->path);
    print_state(of);
    print_writer(&of->info);
    print_revoked(&of->info);
    print_keys(of);
    return jd_report_bytes(args, jeton_str(""));
}

/* ---- the command ---------------------------------------------------------------------------- */

static int segment_show(const jd_args *args)
{
    seen of = {0};
    jd_path path;
    jeton_err err = {0};
    const jeton_status status = look(args, &path, &of, &err);
    int exit = JD_EXIT_DONE;
    if (status != JETON_OK)
        exit = jd_report_failure(args, status, &err);
    else
        exit = (jd_args_has(args, "--json") ? report_json : report_lines)(args, &of);
    if (exit == JD_EXIT_DONE && !is_fresh(&of))
        exit = JD_EXIT_REFUSED;
    jeton_keyset_free(&of.keys);
    return exit;
}

static const jd_option show_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

const jd_command jd_segment_commands[] = {
    {.noun = "segment",
     .verb = "show",
     .operand = "FILE",
     .operand_optional = true,
     .summary = "Shows what guards on this host go by; exit status 1 when it is stale.",
     .options = show_options,
     .run = segment_show},
    {.noun = NULL},
};
