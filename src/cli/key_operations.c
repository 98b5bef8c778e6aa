/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_operations.c - jeton key list|rotate|withdraw|secret: the signing keys of a server, at
 * work or not. */
#include "cli/key_operations.h"

#include "cli/operation.h"
#include "cli/report.h"
#include "cli/signing_secret.h"
#include "core/auto.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define TIME_CHARS 21U

/* "2031-05-04T03:02:01Z"; "-" for no time. */
static void print_time(const jt_val *object, const char *name, char to[TIME_CHARS])
{
    int64_t seconds = 0;
    struct tm tm;
    (void)snprintf(to, TIME_CHARS, "-");
    if (!jt_val_int(jt_get(object, name), &seconds))
        return;
    const time_t moment = (time_t)seconds;
    if (gmtime_r(&moment, &tm) != NULL)
        (void)strftime(to, TIME_CHARS, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static int report_copy(const jd_args *args, const jt_val *val)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    return status == JETON_OK ? jd_report_tree(args, tree, jt_tree_copy(tree, val))
                              : jd_report_failure(args, status, &err);
}

/* ---- list ----------------------------------------------------------------------------------- */

static void fill_nothing(void *user, jt_tree *tree, jt_node *to)
{
    (void)user;
    (void)tree;
    (void)to;
}

static void print_key(const jt_val *key)
{
    char since[TIME_CHARS];
    char ready[TIME_CHARS];
    const jeton_span kid = jt_get_text(key, "kid");
    const jeton_span alg = jt_get_text(key, "alg");
    const jeton_span state = jt_get_text(key, "state");
    const jeton_span client = jt_get_text(key, "client");
    print_time(key, "since", since);
    print_time(key, "ready", ready);
    printf("%-43.*s  %-7.*s  %-9.*s  since %s", (int)kid.len, (const char *)kid.ptr, (int)alg.len,
           (const char *)alg.ptr, (int)state.len, (const char *)state.ptr, since);
    if (ready[0] != '-')
        printf("  may sign from %s", ready);
    if (client.len > 0)
        printf("  secret of %.*s", (int)client.len, (const char *)client.ptr);
    if (jt_get(key, "awaits_nodes") != NULL)
        fputs("  not all nodes have it", stdout);
    putchar('\n');
}

int jd_key_list(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, "key.list", false, fill_nothing, NULL, &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jt_val *keys = jt_get(jt_json_root(result), "keys");
    if (jd_args_has(args, "--json"))
        return report_copy(args, keys);
    for (jt_iter it = jt_iter_of(keys); jt_iter_next(&it);)
        print_key(it.val);
    return jd_report_bytes(args, jeton_str(""));
}

/* ---- rotate --------------------------------------------------------------------------------- */

static void fill_alg(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    if (jd_args_has(args, "--alg"))
        jt_put_text(tree, to, "alg", jeton_str(jd_args_get(args, "--alg")));
}

int jd_key_rotate(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    char from[TIME_CHARS];
    bool signs = false;
    jeton_err err = {0};
    const jeton_status status = jd_operation_run(args, "key.rotate", false, fill_alg,
                                                 (void *)(uintptr_t)args, &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jt_val *root = jt_json_root(result);
    if (jd_args_has(args, "--json"))
        return report_copy(args, root);
    const jeton_span kid = jt_get_text(root, "kid");
    (void)jt_val_bool(jt_get(root, "signs"), &signs);
    print_time(root, "signs_from", from);
    printf("%.*s signs %s %s\n", (int)kid.len, (const char *)kid.ptr,
           signs ? "since" : "from the moment everybody knows it:", from);
    return jd_report_bytes(args, jeton_str(""));
}

/* ---- withdraw ------------------------------------------------------------------------------- */

static void fill_kid(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "kid", jeton_str(args->operand));
}

int jd_key_withdraw_one(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = jd_operation_run(args, "key.withdraw", false, fill_kid,
                                                 (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK
               ? jd_report_line(args, jeton_str("the key is withdrawn; its tokens are refused"))
               : jd_report_failure(args, status, &err);
}

/* ---- secret --------------------------------------------------------------------------------- */

typedef struct giving {
    const jd_args *args;
    jt_buf secret;
} giving;

static void fill_secret(void *user, jt_tree *tree, jt_node *to)
{
    const giving *of = user;
    jt_put_text(tree, to, "id", jeton_str(of->args->operand));
    if (of->secret.len > 0)
        jt_put_text(tree, to, "signing_secret", jt_buf_span(&of->secret));
}

int jd_key_secret(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    giving of = {.args = args, .secret = jt_buf_init(NULL)};
    jeton_status status = jd_signing_secret_read(args, &of.secret, &err);
    if (status == JETON_OK)
        status =
            jd_operation_run(args, "client.signing_secret", false, fill_secret, &of, &result, &err);
    jt_buf_done(&of.secret);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jeton_span made = jt_get_text(jt_json_root(result), "signing_secret");
    if (jd_args_has(args, "--json"))
        return report_copy(args, jt_json_root(result));
    if (made.len > 0)
        printf("signing_secret  %.*s\n", (int)made.len, (const char *)made.ptr);
    return jd_report_bytes(args, jeton_str(""));
}

/* ---- options -------------------------------------------------------------------------------- */

#define JSON_OPTION                                                                                \
    {                                                                                              \
        .name = "--json", .help = "one line of JSON"                                               \
    }

const jd_option jd_key_list_options[] = {
    JD_DATA_OPTION,
    JSON_OPTION,
    {.name = NULL},
};

const jd_option jd_key_rotate_options[] = {
    JD_DATA_OPTION,
    {.name = "--alg",
     .value = "ALG",
     .help = "the keys of this algorithm; by default those of the setting token-alg"},
    JSON_OPTION,
    {.name = NULL},
};

const jd_option jd_key_withdraw_options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_option jd_key_secret_options[] = {
    JD_DATA_OPTION,
    JD_SIGNING_SECRET_OPTION,
    JSON_OPTION,
    {.name = NULL},
};
