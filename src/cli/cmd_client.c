/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_client.c - jeton client add|list|secret|disable|enable|remove. */
#include "cli/pages.h"
#include "cli/report.h"
#include "cli/signing_secret.h"
#include "core/auto.h"
#include "core/err.h"
#include "sys/config.h"

#include <stdio.h>

/* ---- add, secret ---------------------------------------------------------------------------- */

/* The words of an option that may be given more than once, as one list. */
static jeton_status join(const jd_args *args, const char *option, jt_buf *words, jeton_err *err)
{
    size_t at = 0;
    const char *word;
    while ((word = jd_args_next(args, option, &at)) != NULL)
        JT_TRY(jt_buf_addf(words, err, "%s%s", words->len > 0 ? " " : "", word));
    return JETON_OK;
}

/* Seconds with a unit are what the settings take; the one that reads them is theirs. */
static jeton_status read_life(const jd_args *args, const char *option, int64_t *seconds,
                              jeton_err *err)
{
    const char *text = jd_args_get(args, option);
    *seconds = 0;
    if (text == NULL)
        return JETON_OK;
    jd_config config;
    jd_config_init(&config);
    /* the setting with the widest bounds: the server judges the value */
    if (jd_config_set(&config, jeton_str("session-ttl"), jeton_str(text), NULL) != JETON_OK)
        return jt_fail(err, JETON_E_ARGUMENT, "%s is a time: 90s, 15m, 12h or 7d", option);
    *seconds = config.session_ttl;
    return JETON_OK;
}

static const struct {
    const char *option, *argument;
} lives[] = {
    {"--access-ttl", "access_ttl"},
    {"--refresh-ttl", "refresh_ttl"},
    {"--session-ttl", "session_ttl"},
};

typedef struct addition {
    const jd_args *args;
    jt_buf scopes, grants, signing;
    int64_t lives[JT_COUNT(lives)];
} addition;

static void fill_addition(void *user, jt_tree *tree, jt_node *to)
{
    const addition *of = user;
    static const char *const texts[][2] = {
        {"--name", "name"}, {"--audience", "audience"}, {"--alg", "alg"}};
    if (of->args->operand != NULL)
        jt_put_text(tree, to, "id", jeton_str(of->args->operand));
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        if (jd_args_has(of->args, texts[i][0]))
            jt_put_text(tree, to, texts[i][1], jeton_str(jd_args_get(of->args, texts[i][0])));
    for (size_t i = 0; i < JT_COUNT(lives); i++)
        jt_put_int(tree, to, lives[i].argument, of->lives[i]);
    jt_put_text(tree, to, "scopes", jt_buf_span(&of->scopes));
    jt_put_text(tree, to, "grants", jt_buf_span(&of->grants));
    jt_put_bool(tree, to, "public", jd_args_has(of->args, "--public"));
    if (of->signing.len > 0)
        jt_put_text(tree, to, "signing_secret", jt_buf_span(&of->signing));
}

static jeton_status read_addition(addition *of, jeton_err *err)
{
    JT_TRY(join(of->args, "--scope", &of->scopes, err));
    JT_TRY(join(of->args, "--grant", &of->grants, err));
    if (of->grants.len == 0)
        JT_TRY(jt_buf_add(&of->grants, jeton_str("password refresh_token"), err));
    if (jd_args_has(of->args, "--alg") || jd_args_has(of->args, "--signing-secret-file"))
        JT_TRY(jd_signing_secret_read(of->args, &of->signing, err));
    for (size_t i = 0; i < JT_COUNT(lives); i++)
        JT_TRY(read_life(of->args, lives[i].option, &of->lives[i], err));
    return JETON_OK;
}

/* The one time that a secret is told. */
static int report_secret(const jd_args *args, const jt_json *result)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jt_val *root = jt_json_root(result);
    const jeton_span id = jt_get_text(root, "client_id");
    const jeton_span secret = jt_get_text(root, "client_secret");
    const jeton_span signing = jt_get_text(root, "signing_secret");
    if (jd_args_has(args, "--json")) {
        const jeton_status status = jt_tree_new(NULL, &tree, &err);
        return status == JETON_OK ? jd_report_tree(args, tree, jt_tree_copy(tree, root))
                                  : jd_report_failure(args, status, &err);
    }
    printf("client_id      %.*s\n", (int)id.len, (const char *)id.ptr);
    if (secret.len > 0)
        printf("client_secret  %.*s\n", (int)secret.len, (const char *)secret.ptr);
    if (signing.len > 0)
        printf("signing_secret %.*s\n", (int)signing.len, (const char *)signing.ptr);
    return jd_report_bytes(args, jeton_str(""));
}

static int client_add(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    addition of = {.args = args,
                   .scopes = jt_buf_init(NULL),
                   .grants = jt_buf_init(NULL),
                   .signing = jt_buf_init(NULL)};
    jeton_status status = read_addition(&of, &err);
    if (status == JETON_OK)
        status = jd_operation_run(args, "client.add", true, fill_addition, &of, &result, &err);
    jt_buf_done(&of.scopes);
    jt_buf_done(&of.grants);
    jt_buf_done(&of.signing);
    return status == JETON_OK ? report_secret(args, result) : jd_report_failure(args, status, &err);
}

static void fill_id(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "id", jeton_str(args->operand));
}

static int client_secret(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = jd_operation_run(args, "client.secret", false, fill_id,
                                                 (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? report_secret(args, result) : jd_report_failure(args, status, &err);
}

/* ---- disable, enable, remove ---------------------------------------------------------------- */

static int by_id(const jd_args *args, const char *operation, const char *sentence)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, operation, false, fill_id, (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? jd_report_line(args, jeton_str(sentence))
                              : jd_report_failure(args, status, &err);
}

static int client_disable(const jd_args *args)
{
    return by_id(args, "client.disable", "the client is disabled; its tokens are refused");
}

static int client_enable(const jd_args *args)
{
    return by_id(args, "client.enable", "the client may get tokens");
}

static int client_remove(const jd_args *args)
{
    return by_id(args, "client.remove", "the client is removed; its tokens are refused");
}

/* ---- list ----------------------------------------------------------------------------------- */

static void print_client(const jt_val *client)
{
    bool disabled = false;
    bool public = false;
    const jeton_span id = jt_get_text(client, "client_id");
    const jeton_span grants = jt_get_text(client, "grants");
    const jeton_span name = jt_get_text(client, "name");
    (void)jt_val_bool(jt_get(client, "disabled"), &disabled);
    (void)jt_val_bool(jt_get(client, "public"), &public);
    printf("%-24.*s %s  %.*s  %.*s%s\n", (int)id.len, (const char *)id.ptr,
           public ? "public" : "secret", (int)grants.len, (const char *)grants.ptr, (int)name.len,
           (const char *)name.ptr, disabled ? " (disabled)" : "");
}

static int client_list(const jd_args *args)
{
    static const jd_pages pages = {
        .operation = "client.list", .rows = "clients", .print = print_client};
    return jd_pages_report(args, &pages);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option add_options[] = {
    JD_DATA_OPTION,
    {.name = "--name", .value = "TEXT", .help = "what people call it"},
    {.name = "--public", .help = "it has no secret: a page in a browser, an app on a telephone"},
    {.name = "--grant",
     .value = "TYPE",
     .help = "password, refresh_token or client_credentials; by default the first two",
     .many = true},
    {.name = "--scope", .value = "WORD", .help = "what its tokens may be good for", .many = true},
    {.name = "--audience", .value = "TEXT", .help = "the aud of its tokens; else the server's"},
    {.name = "--alg",
     .value = "ALG",
     .help = "how its tokens are signed: ES256, Ed25519, EdDSA, RS256, PS256, or HS256 with a "
             "secret it shares; by default the setting token-alg"},
    JD_SIGNING_SECRET_OPTION,
    {.name = "--access-ttl", .value = "TIME", .help = "how long its access tokens live"},
    {.name = "--refresh-ttl", .value = "TIME", .help = "how long a session lives without use"},
    {.name = "--session-ttl", .value = "TIME", .help = "how long a session lives at most"},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option json_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_client_commands[] = {
    {.noun = "client",
     .verb = "add",
     .operand = "ID",
     .operand_optional = true,
     .summary = "Adds a client and prints its secret, this once; without ID one is made.",
     .options = add_options,
     .run = client_add},
    {.noun = "client",
     .verb = "list",
     .summary = "Lists the clients: id, with or without secret, grant types, name.",
     .options = json_options,
     .run = client_list},
    {.noun = "client",
     .verb = "secret",
     .operand = "ID",
     .summary = "Gives a client another secret and prints it, this once.",
     .options = json_options,
     .run = client_secret},
    {.noun = "client",
     .verb = "disable",
     .operand = "ID",
     .summary = "Gives a client no tokens any more; sessions end and tokens are refused at once.",
     .options = options,
     .run = client_disable},
    {.noun = "client",
     .verb = "enable",
     .operand = "ID",
     .summary = "Lets a disabled client get tokens again.",
     .options = options,
     .run = client_enable},
    {.noun = "client",
     .verb = "remove",
     .operand = "ID",
     .summary = "Removes a client; sessions end and tokens are refused at once.",
     .options = options,
     .run = client_remove},
    {.noun = NULL},
};
