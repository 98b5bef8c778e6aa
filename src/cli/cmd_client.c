/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_client.c - jeton client add|list|show|set|secret|disable|enable|remove. */
#include "cli/client_fields.h"
#include "cli/pages.h"
#include "cli/report.h"
#include "cli/signing_secret.h"
#include "core/auto.h"

#include <stdio.h>

/* ---- add --------------------------------------------------------------------------------- */

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

static int change(const jd_args *args, const char *operation, bool first,
                  int (*report)(const jd_args *args, const jt_json *result))
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jd_client_fields_done) jd_client_fields fields = jd_client_fields_of(args);
    jeton_err err = {0};
    jeton_status status = jd_client_fields_read(&fields, &err);
    if (status == JETON_OK)
        status =
            jd_operation_run(args, operation, first, jd_client_fields_fill, &fields, &result, &err);
    return status == JETON_OK ? report(args, result) : jd_report_failure(args, status, &err);
}

static int client_add(const jd_args *args)
{
    return change(args, "client.add", true, report_secret);
}

/* ---- set, show ------------------------------------------------------------------------------ */

static int report_all(const jd_args *args, const jt_json *result)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    return status == JETON_OK ? jd_report_tree(args, tree, jt_tree_copy(tree, jt_json_root(result)))
                              : jd_report_failure(args, status, &err);
}

static int report_change(const jd_args *args, const jt_json *result)
{
    const jeton_span signing = jt_get_text(jt_json_root(result), "signing_secret");
    if (jd_args_has(args, "--json"))
        return report_all(args, result);
    if (signing.len > 0)
        printf("signing_secret %.*s\n", (int)signing.len, (const char *)signing.ptr);
    return jd_report_line(args, jeton_str("the client is changed; its next tokens are as it says"));
}

static int client_set(const jd_args *args)
{
    return change(args, "client.set", false, report_change);
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

static int client_show(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = jd_operation_run(args, "client.show", false, fill_id,
                                                 (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? report_all(args, result) : jd_report_failure(args, status, &err);
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

static const jd_option set_options[] = {
    JD_DATA_OPTION,
    {.name = "--name", .value = "TEXT", .help = "what people call it; empty: nothing"},
    {.name = "--grant", .value = "TYPE", .help = "in the place of all that it had", .many = true},
    {.name = "--scope",
     .value = "WORD",
     .help = "in the place of all that it had; empty: none",
     .many = true},
    {.name = "--audience", .value = "TEXT", .help = "the aud of its tokens; empty: the server's"},
    {.name = "--alg", .value = "ALG", .help = "as for add; empty: the setting token-alg"},
    JD_SIGNING_SECRET_OPTION,
    {.name = "--access-ttl", .value = "TIME", .help = "as for add; 0: the server's setting"},
    {.name = "--refresh-ttl", .value = "TIME", .help = "the same"},
    {.name = "--session-ttl", .value = "TIME", .help = "the same"},
    {.name = "--json", .help = "one line of JSON: all of it"},
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
     .verb = "show",
     .operand = "ID",
     .summary = "Prints what is known of a client, as JSON.",
     .options = options,
     .run = client_show},
    {.noun = "client",
     .verb = "set",
     .operand = "ID",
     .summary = "Changes a client: what is given takes the place of what was there.",
     .options = set_options,
     .run = client_set},
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
