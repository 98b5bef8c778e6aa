/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_jws.c - jeton jws sign|verify: signatures over any bytes, in every form. */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "json/tree.h"

#include <jeton/jws.h>
#include <string.h>

/* More than tokens need: what is signed here may be a document. Larger ones are detached. */
#define PAYLOAD_MAX ((size_t)1024 * 1024)
#define TEXT_MAX    (2 * PAYLOAD_MAX)

/* Detached, for the algorithms that need all of it at once. */
#define WHOLE_MAX ((size_t)64 * 1024 * 1024)

#define FORMS (JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL)

static jeton_status new_ctx(jeton_ctx **ctx, jeton_err *err)
{
    const jeton_ctx_options options = {.limits = {.token = TEXT_MAX, .payload = PAYLOAD_MAX}};
    return jeton_ctx_new(&options, ctx, err);
}

/* How often standard input is asked for by an option. */
static unsigned from_stdin(const jd_args *args, const char *option)
{
    unsigned count = 0;
    size_t at = 0;
    const char *value;
    while ((value = jd_args_next(args, option, &at)) != NULL)
        count += strcmp(value, "-") == 0;
    return count;
}

/* Whoever reads second would find nothing there. */
static jeton_status stdin_once(const jd_args *args, jeton_err *err)
{
    const unsigned operand = args->operand != NULL && strcmp(args->operand, "-") == 0;
    if (from_stdin(args, "--key") + from_stdin(args, "--detached") + operand > 1)
        return jt_fail(err, JETON_E_ARGUMENT, "only one thing can come from stdin");
    return JETON_OK;
}

static void add_part(void *user, jeton_span part)
{
    jeton_jws_add(user, part);
}

/* ---- sign ----------------------------------------------------------------------------------- */

/* What the options say, made ready: the same for each key. */
typedef struct work {
    jeton_ctx *ctx;
    jeton_key *keys[JT_LIMIT_SIGNATURES];
    jeton_jws_signature signatures[JT_LIMIT_SIGNATURES];
    size_t count;
    jeton_jws_options options;
    jt_buf further, unprotected; /* JSON objects; empty: none */
} work;

static void work_done(work *on)
{
    for (size_t i = 0; i < JT_LIMIT_SIGNATURES; i++)
        jeton_key_free(&on->keys[i]);
    jt_buf_done(&on->further);
    jt_buf_done(&on->unprotected);
    jeton_ctx_free(&on->ctx);
}

/* One NAME=VALUE: a value that is JSON is taken as JSON, anything else as a text. */
static jeton_status put_member(jt_tree *tree, jt_node *object, const char *assignment,
                               jeton_err *err)
{
    const char *equals = strchr(assignment, '=');
    char name[128] = {0};
    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= sizeof name)
        return jt_fail(err, JETON_E_ARGUMENT, "a header member is NAME=VALUE");
    memcpy(name, assignment, (size_t)(equals - assignment));
    if (jt_node_has(object, name))
        return jt_fail(err, JETON_E_ARGUMENT, "a header member is given twice");
    JT_AUTO(jt_json_free) jt_json *json = NULL;
    if (jt_json_parse(NULL, jeton_str(equals + 1), &json, NULL) == JETON_OK)
        jt_put_node(tree, object, name, jt_tree_copy(tree, jt_json_root(json)));
    else
        jt_put_text(tree, object, name, jeton_str(equals + 1));
    return JETON_OK;
}

static jeton_status read_members(const jd_args *args, const char *option, jt_buf *json,
                                 jeton_err *err)
{
    if (!jd_args_has(args, option))
        return JETON_OK;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *object = jt_tree_object(tree);
    size_t at = 0;
    const char *assignment;
    while ((assignment = jd_args_next(args, option, &at)) != NULL)
        JT_TRY(put_member(tree, object, assignment, err));
    return jt_tree_print(tree, object, JT_COMPACT, json, err);
}

static const struct {
    const char *name;
    jeton_jws_form form;
} forms[] = {
    {"compact", JETON_JWS_COMPACT},
    {"flattened", JETON_JWS_FLATTENED},
    {"general", JETON_JWS_GENERAL},
};

/* Several keys make several signatures, which only one form has room for. */
static jeton_status read_form(const jd_args *args, const work *on, jeton_jws_form *form,
                              jeton_err *err)
{
    const char *name = jd_args_get(args, "--form");
    *form = on->count > 1 ? JETON_JWS_GENERAL : JETON_JWS_COMPACT;
    if (name == NULL)
        return JETON_OK;
    for (size_t i = 0; i < JT_COUNT(forms); i++) {
        if (strcmp(forms[i].name, name) == 0) {
            *form = forms[i].form;
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_ARGUMENT, "--form is compact, flattened or general");
}

static jeton_status add_key(const jd_args *args, const char *path, jeton_alg alg, work *on,
                            jeton_err *err)
{
    if (on->count == JT_LIMIT_SIGNATURES)
        return jt_fail(err, JETON_E_ARGUMENT, "--key: at most %u", JT_LIMIT_SIGNATURES);
    jeton_key **key = &on->keys[on->count];
    JT_TRY(jd_input_key(path, jd_args_get(args, "--kid"), key, err));
    if (alg == JETON_ALG_UNSET && jeton_key_alg(*key) == JETON_ALG_UNSET)
        return jd_input_unbound(err);
    on->signatures[on->count++] =
        (jeton_jws_signature){.key = *key,
                              .alg = alg,
                              .typ = jd_args_get(args, "--typ"),
                              .cty = jd_args_get(args, "--cty"),
                              .protected_as = jt_buf_span(&on->further),
                              .unprotected = jt_buf_span(&on->unprotected)};
    return JETON_OK;
}

static jeton_status work_init(const jd_args *args, work *on, jeton_err *err)
{
    size_t at = 0;
    const char *path;
    jeton_alg alg;
    JT_TRY(stdin_once(args, err));
    JT_TRY(new_ctx(&on->ctx, err));
    JT_TRY(jd_input_alg(jd_args_get(args, "--alg"), &alg, err));
    JT_TRY(read_members(args, "--header", &on->further, err));
    JT_TRY(read_members(args, "--unprotected", &on->unprotected, err));
    while ((path = jd_args_next(args, "--key", &at)) != NULL)
        JT_TRY(add_key(args, path, alg, on, err));
    on->options.detached = jd_args_has(args, "--detached");
    on->options.unencoded = jd_args_has(args, "--unencoded");
    return read_form(args, on, &on->options.form, err);
}

static jeton_status sign_whole(const jd_args *args, const work *on, size_t most, jeton_text **text,
                               jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf payload = jt_buf_init(NULL);
    JT_TRY(jd_input_read(args->operand, most, &payload, err));
    return jeton_jws_sign(on->ctx, on->signatures, on->count, jt_buf_span(&payload), &on->options,
                          text, err);
}

/* Without holding the payload, where the algorithms can do that. */
static jeton_status sign_detached(const jd_args *args, const work *on, jeton_text **text,
                                  jeton_err *err)
{
    JT_AUTO(jeton_jws_stream_free) jeton_jws_stream *stream = NULL;
    jeton_err why = {0};
    const jeton_status begun =
        jeton_jws_sign_begin(on->ctx, on->signatures, on->count, &on->options, &stream, &why);
    if (begun == JETON_E_UNSUPPORTED)
        return sign_whole(args, on, WHOLE_MAX, text, err);
    if (begun != JETON_OK)
        return jt_fail(err, begun, "%s", why.text);
    JT_TRY(jd_input_each(args->operand, add_part, stream, err));
    return jeton_jws_sign_end(stream, text, err);
}

static jeton_status sign(const jd_args *args, work *on, jeton_text **text, jeton_err *err)
{
    JT_TRY(work_init(args, on, err));
    return on->options.detached ? sign_detached(args, on, text, err)
                                : sign_whole(args, on, PAYLOAD_MAX, text, err);
}

static int jws_sign(const jd_args *args)
{
    JT_AUTO(work_done) work on = {0};
    JT_AUTO(jeton_text_free) jeton_text *text = NULL; /* goes before the context it is from */
    jeton_err err = {0};
    const jeton_status status = sign(args, &on, &text, &err);
    return status == JETON_OK ? jd_report_line(args, jeton_text_span(text))
                              : jd_report_failure(args, status, &err);
}

/* ---- verify --------------------------------------------------------------------------------- */

typedef struct judge {
    jeton_ctx *ctx;
    jeton_keyset *keys;
    jeton_jws_policy policy;
    jt_buf text;
} judge;

static void judge_done(judge *on)
{
    jt_buf_done(&on->text);
    jeton_keyset_free(&on->keys);
    jeton_ctx_free(&on->ctx);
}

static jeton_status judge_init(const jd_args *args, judge *on, jeton_err *err)
{
    on->policy = (jeton_jws_policy){.forms = FORMS,
                                    .all = jd_args_has(args, "--all"),
                                    .typ = jd_args_get(args, "--typ"),
                                    .allow = JETON_JWS_ALLOW_UNENCODED};
    if (jd_args_has(args, "--unprotected-alg"))
        on->policy.allow |= JETON_JWS_ALLOW_UNPROTECTED_ALG;
    JT_TRY(stdin_once(args, err));
    JT_TRY(new_ctx(&on->ctx, err));
    JT_TRY(jd_input_algs(jd_args_get(args, "--alg"), &on->policy.algs, err));
    JT_TRY(jd_input_keys(jd_args_get(args, "--key"), &on->keys, err));
    if (on->policy.algs == 0 && !jd_input_any_bound(on->keys))
        return jd_input_unbound(err);
    if (strcmp(args->operand, "-") == 0)
        return jd_input_read_trimmed("-", TEXT_MAX, &on->text, err);
    return jt_buf_add(&on->text, jeton_str(args->operand), err);
}

static jeton_status verify_whole(const judge *on, const char *path, jeton_jws **jws, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf payload = jt_buf_init(NULL);
    JT_TRY(jd_input_read(path, WHOLE_MAX, &payload, err));
    const jeton_span span = jt_buf_span(&payload);
    return jeton_jws_verify(on->ctx, on->keys, &on->policy, jt_buf_span(&on->text), &span, jws,
                            err);
}

/* Without holding the payload, where the algorithms can do that. */
static jeton_status verify_detached(const judge *on, const char *path, jeton_jws **jws,
                                    jeton_err *err)
{
    JT_AUTO(jeton_jws_stream_free) jeton_jws_stream *stream = NULL;
    jeton_err why = {0};
    const jeton_status begun = jeton_jws_verify_begin(on->ctx, on->keys, &on->policy,
                                                      jt_buf_span(&on->text), &stream, &why);
    if (begun == JETON_E_UNSUPPORTED)
        return verify_whole(on, path, jws, err);
    if (begun != JETON_OK)
        return jt_fail(err, begun, "%s", why.text);
    JT_TRY(jd_input_each(path, add_part, stream, err));
    return jeton_jws_verify_end(stream, jws, err);
}

static jeton_status verify(const jd_args *args, const judge *on, jeton_jws **jws, jeton_err *err)
{
    const char *path = jd_args_get(args, "--detached");
    return path != NULL ? verify_detached(on, path, jws, err)
                        : jeton_jws_verify(on->ctx, on->keys, &on->policy, jt_buf_span(&on->text),
                                           NULL, jws, err);
}

/* A refusal is an answer, not a failure, and says so. */
static int report_refusal(const jd_args *args, jeton_status status, const jeton_err *why)
{
    jeton_err err = {0};
    if (jd_exit_of(status) != JD_EXIT_REFUSED)
        return jd_report_failure(args, status, why);
    (void)jt_fail(&err, status, "refused: %.140s", why->text);
    return jd_report_failure(args, status, &err);
}

/* The payload and nothing else. A detached one is not repeated: what is in the file by now nobody
 * has verified. */
static int jws_verify(const jd_args *args)
{
    JT_AUTO(judge_done) judge on = {0};
    JT_AUTO(jeton_jws_free) jeton_jws *jws = NULL;
    jeton_err err = {0};
    jeton_status status = judge_init(args, &on, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    status = verify(args, &on, &jws, &err);
    if (status != JETON_OK)
        return report_refusal(args, status, &err);
    return jd_report_bytes(args, jeton_jws_payload(jws));
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option sign_options[] = {
    {.name = "--key",
     .value = "FILE",
     .help = "JWK, JWK Set or PEM; -: stdin; a signature for each",
     .required = true,
     .many = true},
    {.name = "--alg", .value = "ALG", .help = "needed when a key is bound to none"},
    {.name = "--kid", .value = "KID", .help = "which key of a set"},
    {.name = "--form",
     .value = "FORM",
     .help = "compact, flattened or general; general where there are several keys"},
    {.name = "--detached",
     .help = "leave the payload out; of any size, unless Ed25519 and the like"},
    {.name = "--unencoded", .help = "do not encode the payload: b64 is false (RFC 7797)"},
    {.name = "--typ", .value = "TYP", .help = "the header's typ; by default none"},
    {.name = "--cty", .value = "CTY", .help = "the header's cty, what the payload is"},
    {.name = "--header",
     .value = "NAME=VALUE",
     .help = "a protected header member; JSON or text",
     .many = true},
    {.name = "--unprotected",
     .value = "NAME=VALUE",
     .help = "an unprotected one, in the JSON forms",
     .many = true},
    {.name = NULL},
};

static const jd_option verify_options[] = {
    {.name = "--key", .value = "FILE", .help = "JWK, JWK Set or PEM; -: stdin", .required = true},
    {.name = "--alg", .value = "ALG,…", .help = "algorithms taken; by default the key's own"},
    {.name = "--detached", .value = "FILE", .help = "the payload, which is then not printed"},
    {.name = "--all", .help = "every signature must be good; by default one is enough"},
    {.name = "--typ", .value = "TYP", .help = "the header's typ demanded"},
    {.name = "--unprotected-alg", .help = "take an alg that is not protected"},
    {.name = NULL},
};

const jd_command jd_jws_commands[] = {
    {.noun = "jws",
     .verb = "sign",
     .operand = "FILE|-",
     .summary = "Signs a file, whatever is in it, and prints the JWS.",
     .options = sign_options,
     .run = jws_sign},
    {.noun = "jws",
     .verb = "verify",
     .operand = "TOKEN|-",
     .summary = "Verifies a JWS in any form and prints its payload: 0 good, 1 refused.",
     .options = verify_options,
     .run = jws_verify},
    {.noun = NULL},
};
