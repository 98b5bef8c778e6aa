/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_verify.c - jeton token verify: a verdict about one token, or about each line. */
#include "cli/input.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/token.h"
#include "cli/token_policy.h"
#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <jeton/segment.h>
#include <jeton/verifier.h>
#include <stdlib.h>

/* What the options say, made ready. */
typedef struct judge {
    jeton_time now; /* 0: the system's */
    jeton_ctx *ctx;
    jeton_segment *segment; /* where the keys come from, if not from --key */
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
    jeton_segment_free(&on->segment);
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

static jeton_status use_keys(const char *path, const jeton_policy *policy, judge *on,
                             jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(jd_input_keys(path, &keys, err));
    if (policy->algs == 0 && !jd_input_any_bound(keys))
        return jd_input_unbound(err);
    return jeton_verifier_new(on->ctx, policy, keys, &on->verifier, err);
}

static jeton_status use_segment(const char *path, const jeton_policy *policy, judge *on,
                                jeton_err *err)
{
    JT_TRY(jeton_segment_open(on->ctx, path, NULL, &on->segment, err));
    return jeton_segment_verifier_new(on->ctx, policy, on->segment, NULL, &on->verifier, err);
}

/* `on` must stay where it is: its context points to it. */
static jeton_status judge_init(const jd_args *args, judge *on, jeton_err *err)
{
    const char *key = jd_args_get(args, "--key");
    const char *segment = jd_args_get(args, "--segment");
    JT_AUTO(jd_token_policy_done) jd_token_policy from = {0};
    if ((key != NULL) == (segment != NULL))
        return jt_fail(err, JETON_E_ARGUMENT, "give either --key or --segment");
    JT_TRY(jd_token_policy_read(args, &from, err));
    JT_TRY(set_clock(args, on, err));
    if (key != NULL)
        JT_TRY(use_keys(key, &from.policy, on, err));
    else
        JT_TRY(use_segment(segment, &from.policy, on, err));
    return jeton_verdict_new(on->ctx, &on->verdict, err);
}

/* {"ok":true,"claims":{…}} or {"ok":false,"error":"E_EXPIRED","reason":"…"} */
static jeton_status describe(const jeton_verdict *verdict, jt_tree *tree, jt_node **answer,
                             jeton_err *err)
{
    const jeton_status status = jeton_verdict_status(verdict);
    *answer = jt_tree_object(tree);
    jt_put_bool(tree, *answer, "ok", status == JETON_OK);
    if (status == JETON_OK) {
        JT_AUTO(jt_json_free) jt_json *claims = NULL;
        JT_TRY(jt_json_parse(NULL, jeton_verdict_payload(verdict), &claims, err));
        jt_put_node(tree, *answer, "claims", jt_tree_copy(tree, jt_json_root(claims)));
        return JETON_OK;
    }
    jt_put_text(tree, *answer, "error", jeton_str(jeton_status_name(status)));
    jt_put_text(tree, *answer, "reason", jeton_str(jeton_verdict_why(verdict)));
    return JETON_OK;
}

/* Whether the line could be written, not what it says. */
static int report_json(const jd_args *args, const jeton_verdict *verdict)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    jt_node *answer = NULL;
    jeton_err err = {0};
    jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status == JETON_OK)
        status = describe(verdict, tree, &answer, &err);
    if (status == JETON_OK)
        status = jd_terminal_add_tree(&line, tree, answer, JT_COMPACT, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jt_buf_span(&line));
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
 * status says only whether any was refused. It ends where an answer cannot be written. */
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
        const int written = report_json(args, on->verdict);
        if (written != JD_EXIT_DONE)
            return written;
        const int exit = jd_exit_of(outcome);
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
    if (!jd_args_has(args, "--json"))
        return report_claims(args, outcome, on->verdict);
    const int written = report_json(args, on->verdict);
    return written != JD_EXIT_DONE ? written : jd_exit_of(outcome);
}

int jd_token_verify(const jd_args *args)
{
    JT_AUTO(judge_done) judge on = {0};
    jeton_err err = {0};
    jeton_status status = JETON_OK;
    const bool batch = jd_args_has(args, "--batch");
    if (batch == (args->operand != NULL))
        status = jt_fail(&err, JETON_E_ARGUMENT, "give either a token, - or --batch");
    if (status == JETON_OK)
        status = jd_token_stdin_once(args, batch || jd_token_is_stdin(args->operand), "the tokens",
                                     &err);
    if (status == JETON_OK)
        status = judge_init(args, &on, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return batch ? verify_batch(args, &on) : verify_one(args, &on);
}

const jd_option jd_token_verify_options[] = {
    {.name = "--key", .value = "FILE", .help = "JWK, JWK Set or PEM; -: stdin"},
    {.name = "--segment",
     .value = "FILE",
     .help = "keys and revocations of the jeton serve on this host, instead of --key"},
    {.name = "--alg", .value = "ALG,…", .help = "algorithms taken; by default the key's own"},
    {.name = "--iss", .value = "ISSUER", .help = "the issuer demanded", .many = true},
    {.name = "--aud", .value = "AUDIENCE", .help = "the audience demanded", .many = true},
    {.name = "--typ", .value = "TYP", .help = "the header's typ demanded"},
    {.name = "--sub", .value = "SUBJECT", .help = "the subject demanded"},
    {.name = "--jti", .value = "ID", .help = "the token's id demanded"},
    {.name = "--all-aud", .help = "each --aud has to be in the token, instead of any"},
    {.name = "--require", .value = "NAME", .help = "a claim that must be there", .many = true},
    {.name = "--rule",
     .value = "'PATH OP VALUE'",
     .help = "a rule for a claim: exists, absent, equals, one-of, contains, contains-all, "
             "starts-with, ends-with, at-least, at-most",
     .many = true},
    {.name = "--max-age", .value = "TIME", .help = "time since iat at most"},
    {.name = "--max-life", .value = "TIME", .help = "time from iat to exp at most"},
    {.name = "--allow",
     .value = "WHAT,…",
     .help = "no-exp, future-iat, number-sub, any-aud: what is otherwise refused"},
    {.name = "--preset",
     .value = "NAME",
     .help = "demands to start from: jeton, rfc9068 (with --iss and --aud) or pyjwt"},
    {.name = "--leeway", .value = "TIME", .help = "difference of clocks tolerated"},
    {.name = "--now", .value = "EPOCH", .help = "judge as of this moment, seconds since 1970"},
    {.name = "--json", .help = "one line of JSON, also for a refusal"},
    {.name = "--batch", .help = "tokens from stdin, one a line; a line of JSON for each"},
    {.name = NULL},
};
