/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_sign.c - jeton token sign: a token of the claims on the command line. */
#include "cli/input.h"
#include "cli/report.h"
#include "cli/token.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "json/json.h"

#include <jeton/signer.h>

#define DEFAULT_LIFETIME 900U /* seconds: a token without "exp" would be refused everywhere */

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

static jeton_status sign(const jd_args *args, jeton_text **token, jeton_err *err)
{
    jeton_token_defaults defaults = {.typ = jd_args_get(args, "--typ")};
    jeton_alg alg;
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_AUTO(jeton_signer_free) jeton_signer *signer = NULL;
    JT_TRY(jd_token_stdin_once(args, jd_token_is_stdin(jd_args_get(args, "--claims")), "the claims",
                               err));
    JT_TRY(lifetime_of(args, &defaults.lifetime, err));
    JT_TRY(jd_input_alg(jd_args_get(args, "--alg"), &alg, err));
    JT_TRY(jd_input_key(jd_args_get(args, "--key"), jd_args_get(args, "--kid"), &key, err));
    if (alg == JETON_ALG_UNSET && jeton_key_alg(key) == JETON_ALG_UNSET)
        return jd_input_unbound(err);
    JT_TRY(collect_claims(args, &claims, err));
    JT_TRY(jeton_signer_new(NULL, key, alg, &defaults, &signer, err));
    return jeton_sign(signer, claims, token, err);
}

int jd_token_sign(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *token = NULL;
    jeton_err err = {0};
    const jeton_status status = sign(args, &token, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_text_span(token));
}

const jd_option jd_token_sign_options[] = {
    {.name = "--key", .value = "FILE", .help = "JWK, JWK Set or PEM; -: stdin", .required = true},
    {.name = "--alg", .value = "ALG", .help = "needed when the key is bound to none"},
    {.name = "--kid", .value = "KID", .help = "which key of a set"},
    {.name = "--claims", .value = "FILE", .help = "a JSON object with the claims; -: stdin"},
    {.name = "--set", .value = "NAME=VALUE", .help = "a claim; JSON or text", .many = true},
    {.name = "--expires", .value = "TIME", .help = "life, such as 15m (the default), or never"},
    {.name = "--typ", .value = "TYP", .help = "the header's typ; by default JWT"},
    {.name = NULL},
};
