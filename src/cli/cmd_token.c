/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_token.c - jeton token sign|verify: make tokens and judge them with a key of your own. */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/report.h"
#include "cli/token_inspect.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "json/tree.h"

#include <errno.h>
#include <jeton/signer.h>
#include <jeton/verifier.h>
#include <stdlib.h>

#define DEFAULT_LIFETIME 900U /* seconds: a token without "exp" would be refused everywhere */

static bool is_stdin(const char *text)
{
    return text != NULL && strcmp(text, "-") == 0;
}

/* The key and `what` cannot both come from stdin: whoever reads second would find nothing there. */
static jeton_status stdin_once(const jd_args *args, bool also, const char *what, jeton_err *err)
{
    if (is_stdin(jd_args_get(args, "--key")) && also)
        return jt_fail(err, JETON_E_ARGUMENT, "the key and %s cannot both come from stdin", what);
    return JETON_OK;
}

/* ---- sign ----------------------------------------------------------------------------------- */

static jeton_status start_claims(const jd_args *args, jeton_claims **claims, jeton_err *err)
{
    const char *path = jd_args_get(args, "--claims");
    if (path == NULL)
        return jeton_claims_new(NULL, claims, err);
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(NULL);
    JT_TRY(jd_input_read_trimmed(path, jt_limits(NULL)->payload, &json, err));
    return jeton_claims_parse(NULL, jt_buf_span(&json), claims, err);
}

/* Claims that RFC 7519 §4.1 says are texts: --set sub=42 means the text. */
static bool is_text_claim(const char *name)
{
    static const char *const names[] = {"iss", "sub", "jti"};
    for (size_t i = 0; i < JT_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* One --set name=value: a value that is JSON is taken as JSON (--set admin=true, --set
 * roles='["a"]'), anything else as a text. */
static jeton_status set_claim(jeton_claims *claims, const char *assignment, jeton_err *err)
{
    const char *equals = strchr(assignment, '=');
    char name[128];
    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= sizeof name)
        return jt_fail(err, JETON_E_ARGUMENT, "--set takes NAME=VALUE");
    memcpy(name, assignment, (size_t)(equals - assignment));
    name[equals - assignment] = '\0';

    const jeton_span value = jeton_str(equals + 1);
    JT_AUTO(jt_json_free) jt_json *json = NULL;
    if (!is_text_claim(name) && jt_json_parse(NULL, value, &json, NULL) == JETON_OK)
        jeton_claims_set_json(claims, name, value);
    else
        jeton_claims_set_text(claims, name, value);
    return JETON_OK;
}

static jeton_status collect_claims(const jd_args *args, jeton_claims **claims, jeton_err *err)
{
    JT_TRY(start_claims(args, claims, err));
    size_t at = 0;
    const char *assignment;
    while ((assignment = jd_args_next(args, "--set", &at)) != NULL)
        JT_TRY(set_claim(*claims, assignment, err));
    return JETON_OK;
}

static jeton_status lifetime_of(const jd_args *args, unsigned *seconds, jeton_err *err)
{
    const char *text = jd_args_get(args, "--expires");
    *seconds = DEFAULT_LIFETIME;
    if (text == NULL)
        return JETON_OK;
    *seconds = 0;
    return strcmp(text, "never") == 0 ? JETON_OK : jd_input_duration(text, seconds, err);
}

static jeton_status one_alg(const jd_args *args, jeton_alg *alg, jeton_err *err)
{
    const char *name = jd_args_get(args, "--alg");
    *alg = JETON_ALG_UNSET;
    if (name == NULL)
        return JETON_OK;
    *alg = jeton_alg_find(jeton_str(name));
    return *alg != JETON_ALG_UNSET
               ? JETON_OK
               : jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm of that name");
}

/* Without --alg the algorithm is the key's own; a key that is bound to none needs --alg. */
static jeton_status unbound(jeton_err *err)
{
    return jt_fail(err, JETON_E_ARGUMENT, "the key is bound to no algorithm: name one by --alg");
}

static jeton_status sign(const jd_args *args, jeton_text **token, jeton_err *err)
{
    jeton_token_defaults defaults = {.typ = jd_args_get(args, "--typ")};
    jeton_alg alg;
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_AUTO(jeton_signer_free) jeton_signer *signer = NULL;
    JT_TRY(stdin_once(args, is_stdin(jd_args_get(args, "--claims")), "the claims", err));
    JT_TRY(lifetime_of(args, &defaults.lifetime, err));
    JT_TRY(one_alg(args, &alg, err));
    JT_TRY(jd_input_key(jd_args_get(args, "--key"), jd_args_get(args, "--kid"), &key, err));
    if (alg == JETON_ALG_UNSET && jeton_key_alg(key) == JETON_ALG_UNSET)
        return unbound(err);
    JT_TRY(collect_claims(args, &claims, err));
    JT_TRY(jeton_signer_new(NULL, key, alg, &defaults, &signer, err));
    return jeton_sign(signer, claims, token, err);
}

static int token_sign(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *token = NULL;
    jeton_err err = {0};
    const jeton_status status = sign(args, &token, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_text_span(token));
}

/* ---- verify --------------------------------------------------------------------------------- */

/* What the options say, made ready. */
typedef struct judge {
    jeton_time now; /* 0: the system's */
    jeton_ctx *ctx;
    jeton_verifier *verifier;
    jeton_verdict *verdict;
} judge;

static jeton_time fixed_now(void *user)
{
    return ((const judge *)user)->now;
}

static void judge_done(judge *on)
{
    jeton_verdict_free(&on->verdict);
    jeton_verifier_free(&on->verifier);
    jeton_ctx_free(&on->ctx);
}

static jeton_status set_clock(const jd_args *args, judge *on, jeton_err *err)
{
    const char *text = jd_args_get(args, "--now");
    if (text == NULL)
        return JETON_OK;
    char *end;
    errno = 0;
    const long long seconds = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || seconds > INT64_MAX / 1000 ||
        seconds < INT64_MIN / 1000)
        return jt_fail(err, JETON_E_ARGUMENT, "--now takes seconds since 1970");
    on->now = seconds * 1000;
    const jeton_ctx_options options = {.now = fixed_now, .user = on};
    return jeton_ctx_new(&options, &on->ctx, err);
}

static jeton_status list_names(const jd_args *args, const char *option, const char **to,
                               jeton_err *err)
{
    size_t at = 0;
    const char *name;
    for (size_t i = 0; (name = jd_args_next(args, option, &at)) != NULL; i++) {
        if (i == JETON_POLICY_NAMES)
            return jt_fail(err, JETON_E_ARGUMENT, "%s: at most %d", option, JETON_POLICY_NAMES);
        to[i] = name;
    }
    return JETON_OK;
}

static jeton_status read_policy(const jd_args *args, jeton_policy *policy, jeton_err *err)
{
    *policy = (jeton_policy){.typ = jd_args_get(args, "--typ")};
    JT_TRY(jd_input_algs(jd_args_get(args, "--alg"), &policy->algs, err));
    JT_TRY(list_names(args, "--iss", policy->issuers, err));
    JT_TRY(list_names(args, "--aud", policy->audiences, err));
    const char *leeway = jd_args_get(args, "--leeway");
    return leeway != NULL ? jd_input_duration(leeway, &policy->leeway, err) : JETON_OK;
}

static bool any_bound(const jeton_keyset *keys)
{
    for (size_t i = 0; i < jeton_keyset_count(keys); i++)
        if (jeton_key_alg(jeton_keyset_get(keys, i)) != JETON_ALG_UNSET)
            return true;
    return false;
}

/* `on` must stay where it is: its context points to it. */
static jeton_status judge_init(const jd_args *args, judge *on, jeton_err *err)
{
    jeton_policy policy;
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(read_policy(args, &policy, err));
    JT_TRY(set_clock(args, on, err));
    JT_TRY(jd_input_keys(jd_args_get(args, "--key"), &keys, err));
    if (policy.algs == 0 && !any_bound(keys))
        return unbound(err);
    JT_TRY(jeton_verifier_new(on->ctx, &policy, keys, &on->verifier, err));
    return jeton_verdict_new(on->ctx, &on->verdict, err);
}

/* {"ok":true,"claims":{…}} or {"ok":false,"error":"E_EXPIRED","reason":"…"} */
static jt_node *describe(const jeton_verdict *verdict, jt_tree *tree)
{
    const jeton_status status = jeton_verdict_status(verdict);
    jt_node *answer = jt_tree_object(tree);
    jt_put_bool(tree, answer, "ok", status == JETON_OK);
    if (status == JETON_OK) {
        JT_AUTO(jt_json_free) jt_json *claims = NULL;
        if (jt_json_parse(NULL, jeton_verdict_payload(verdict), &claims, NULL) == JETON_OK)
            jt_put_node(tree, answer, "claims", jt_tree_copy(tree, jt_json_root(claims)));
        return answer;
    }
    jt_put_text(tree, answer, "error", jeton_str(jeton_status_name(status)));
    jt_put_text(tree, answer, "reason", jeton_str(jeton_verdict_why(verdict)));
    return answer;
}

static int report_json(const jd_args *args, jeton_status outcome, const jeton_verdict *verdict)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    jeton_err err = {0};
    jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status == JETON_OK)
        status = jt_tree_print(tree, describe(verdict, tree), JT_COMPACT, &line, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const int exit = jd_report_line(args, jt_buf_span(&line));
    return exit != JD_EXIT_DONE ? exit : jd_exit_of(outcome);
}

static int report_claims(const jd_args *args, jeton_status outcome, const jeton_verdict *verdict)
{
    JT_AUTO(jt_json_free) jt_json *claims = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    if (outcome != JETON_OK) {
        (void)jt_fail(&err, outcome, "refused: %s", jeton_verdict_why(verdict));
        return jd_report_failure(args, outcome, &err);
    }
    jeton_status status = jt_json_parse(NULL, jeton_verdict_payload(verdict), &claims, &err);
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_tree(args, tree, jt_tree_copy(tree, jt_json_root(claims)));
}

/* One line of answer for each line of input. Refused tokens are answers, not failures; the exit
 * status says only whether any was refused. */
static int verify_batch(const jd_args *args, judge *on)
{
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    jeton_err err = {0};
    int worst = JD_EXIT_DONE;
    bool end = false;
    for (;;) {
        const jeton_status status = jd_input_line(&line, &end, &err);
        if (status != JETON_OK)
            return jd_report_failure(args, status, &err);
        if (end)
            return worst;
        const jeton_status outcome = jeton_verify(on->verifier, jt_buf_span(&line), on->verdict);
        const int exit = report_json(args, outcome, on->verdict);
        worst = exit > worst ? exit : worst;
    }
}

static int verify_one(const jd_args *args, judge *on)
{
    JT_AUTO(jt_buf_done) jt_buf token = jt_buf_init(NULL);
    jeton_err err = {0};
    const jeton_status status = jd_input_token(args->operand, &token, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jeton_status outcome = jeton_verify(on->verifier, jt_buf_span(&token), on->verdict);
    return jd_args_has(args, "--json") ? report_json(args, outcome, on->verdict)
                                       : report_claims(args, outcome, on->verdict);
}

static int token_verify(const jd_args *args)
{
    JT_AUTO(judge_done) judge on = {0};
    jeton_err err = {0};
    jeton_status status = JETON_OK;
    const bool batch = jd_args_has(args, "--batch");
    if (batch == (args->operand != NULL))
        status = jt_fail(&err, JETON_E_ARGUMENT, "give either a token, - or --batch");
    if (status == JETON_OK)
        status = stdin_once(args, batch || is_stdin(args->operand), "the tokens", &err);
    if (status == JETON_OK)
        status = judge_init(args, &on, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return batch ? verify_batch(args, &on) : verify_one(args, &on);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option sign_options[] = {
    {.name = "--key", .value = "FILE", .help = "JWK, JWK Set or PEM; -: stdin", .required = true},
    {.name = "--alg", .value = "ALG", .help = "needed when the key is bound to none"},
    {.name = "--kid", .value = "KID", .help = "which key of a set"},
    {.name = "--claims", .value = "FILE", .help = "a JSON object with the claims; -: stdin"},
    {.name = "--set", .value = "NAME=VALUE", .help = "a claim; JSON or text", .many = true},
    {.name = "--expires", .value = "TIME", .help = "life, such as 15m (the default), or never"},
    {.name = "--typ", .value = "TYP", .help = "the header's typ; by default JWT"},
    {.name = NULL},
};

static const jd_option verify_options[] = {
    {.name = "--key", .value = "FILE", .help = "JWK, JWK Set or PEM; -: stdin", .required = true},
    {.name = "--alg", .value = "ALG,…", .help = "algorithms taken; by default the key's own"},
    {.name = "--iss", .value = "ISSUER", .help = "the issuer demanded", .many = true},
    {.name = "--aud", .value = "AUDIENCE", .help = "the audience demanded", .many = true},
    {.name = "--typ", .value = "TYP", .help = "the header's typ demanded"},
    {.name = "--leeway", .value = "TIME", .help = "difference of clocks tolerated"},
    {.name = "--now", .value = "EPOCH", .help = "judge as of this moment, seconds since 1970"},
    {.name = "--json", .help = "one line of JSON, also for a refusal"},
    {.name = "--batch", .help = "tokens from stdin, one a line; a line of JSON for each"},
    {.name = NULL},
};

static const jd_option inspect_options[] = {
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

const jd_command jd_token_commands[] = {
    {.noun = "token",
     .verb = "sign",
     .summary = "Makes a token and prints it.",
     .options = sign_options,
     .run = token_sign},
    {.noun = "token",
     .verb = "verify",
     .operand = "TOKEN|-",
     .operand_optional = true,
     .summary = "Verifies a token and prints its claims: 0 accepted, 1 refused.",
     .options = verify_options,
     .run = token_verify},
    {.noun = "token",
     .verb = "inspect",
     .operand = "TOKEN|-",
     .summary = "Shows what is in a token, without verifying anything.",
     .options = inspect_options,
     .run = jd_token_inspect},
    {.noun = NULL},
};
