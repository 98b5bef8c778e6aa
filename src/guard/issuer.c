/* SPDX-License-Identifier: Apache-2.0 */
/* guard/issuer.c - makes access and refresh tokens that a guard takes. */
#include "guard/issuer.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/secret.h"
#include "guard/csrf.h"
#include "keys/key.h"
#include "token/claims.h"

#include <jeton/jws.h>

#include <stdio.h>

#define CSRF_BYTES 24U /* as many as jeton serve uses: 32 characters */
#define JTI_BYTES  12U

jeton_status jeton_issuer_new(const jeton_ctx *ctx, const jeton_key *key, jeton_alg alg,
                              const jeton_guard_settings *settings,
                              const jeton_issuer_options *options, jeton_issuer **issuer,
                              jeton_err *err)
{
    *issuer = NULL;
    if (alg == JETON_ALG_UNSET)
        alg = jeton_key_alg(key);
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ALG, "the key is bound to no algorithm: name one");
    JT_TRY(jt_key_allows(key, alg, JT_OP_SIGN, err));
    JT_AUTO(jeton_issuer_free) jeton_issuer *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "issuer");
    made->ctx = ctx;
    made->key = jeton_key_ref(key);
    made->alg = alg;
    if (options != NULL)
        made->options = *options;
    JT_TRY(jt_settings_init(&made->settings, ctx, settings, err));
    *issuer = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_issuer_free(jeton_issuer **issuer)
{
    if (issuer == NULL || *issuer == NULL)
        return;
    jeton_key_free(&(*issuer)->key);
    jt_settings_done(&(*issuer)->settings);
    jt_release((*issuer)->ctx, *issuer);
    *issuer = NULL;
}

/* ---- what nobody guesses -------------------------------------------------------------------- */

/* Programs with Flask-JWT-Extended keep these in columns for UUIDs (RFC 9562 §5.4). */
static void print_uuid(uint8_t bytes[16], char to[37])
{
    char *at = to;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += snprintf(at, 3, "%02x", bytes[i]);
    }
}

static jeton_status draw(const jeton_issuer *issuer, size_t len, char to[JETON_CSRF_SIZE],
                         jeton_err *err)
{
    uint8_t bytes[CSRF_BYTES];
    const bool is_flask = issuer->settings.is_flask;
    JT_TRY(jt_random(issuer->ctx, bytes, is_flask ? 16 : len, err));
    if (is_flask) {
        print_uuid(bytes, to);
    } else {
        jt_base64url_print(jeton_bytes(bytes, len), to);
        to[jt_base64url_chars(len)] = '\0';
    }
    jt_wipe(bytes, sizeof bytes);
    return JETON_OK;
}

static jeton_status put_random(const jeton_issuer *issuer, jeton_claims *claims, bool csrf,
                               jeton_issued *issued, jeton_err *err)
{
    char jti[JETON_CSRF_SIZE];
    JT_TRY(draw(issuer, JTI_BYTES, jti, err));
    jeton_claims_set_text(claims, "jti", jeton_str(jti));
    if (!csrf)
        return JETON_OK;
    JT_TRY(draw(issuer, CSRF_BYTES, issued->csrf, err));
    jeton_claims_set_text(claims, JT_CSRF_CLAIM, jeton_str(issued->csrf));
    return JETON_OK;
}

/* ---- claims --------------------------------------------------------------------------------- */

static void put_audience(const jeton_guard_settings *is, jeton_claims *claims)
{
    jeton_span list[JETON_POLICY_NAMES];
    size_t count = 0;
    while (count < JETON_POLICY_NAMES && is->audiences[count] != NULL) {
        list[count] = jeton_str(is->audiences[count]);
        count++;
    }
    if (count == 1)
        jeton_claims_set_text(claims, "aud", list[0]);
    else if (count > 1)
        jeton_claims_set_list(claims, "aud", list, count);
}

/* A refresh token lives for weeks: it never is fresh, however fresh the login behind it. */
static void put_freshness(const jeton_issuer *issuer, const jeton_grant *grant,
                          jeton_token_type type, jeton_time now, jeton_claims *claims)
{
    if (grant->fresh_for > 0 && type != JETON_REFRESH)
        jeton_claims_set_date(claims, "fresh", now + (jeton_time)grant->fresh_for * 1000);
    else
        jeton_claims_set_bool(claims, "fresh", grant->fresh && type != JETON_REFRESH);
    const bool is_login = grant->fresh || grant->fresh_for > 0;
    if (grant->auth_time != 0 || (is_login && !issuer->settings.is_flask))
        jeton_claims_set_date(claims, "auth_time", grant->auth_time != 0 ? grant->auth_time : now);
}

static void put_dates(const jeton_issuer *issuer, jeton_time now, uint32_t life,
                      jeton_claims *claims)
{
    jeton_claims_set_date(claims, "iat", now);
    if (issuer->settings.is.not_before == JETON_ON)
        jeton_claims_set_date(claims, "nbf", now);
    if (life != JETON_FOREVER)
        jeton_claims_set_date(claims, "exp", now + (jeton_time)life * 1000);
}

static jeton_status put_identity(const jeton_issuer *issuer, jeton_span identity,
                                 jeton_claims *claims, jeton_err *err)
{
    if (issuer->options.identity != NULL)
        return issuer->options.identity(issuer->options.user, identity, claims, err);
    if (identity.len == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "a token needs an identity");
    jeton_claims_set_text(claims, issuer->settings.is.identity_claim, identity);
    return JETON_OK;
}

/* Members of a JSON object go over what is there. */
static jeton_status put_further(const jeton_ctx *ctx, const char *json, jeton_claims *claims,
                                jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    if (json == NULL)
        return JETON_OK;
    JT_TRY(jt_json_parse(ctx, jeton_str(json), &doc, err));
    if (jt_kind_of(jt_json_root(doc)) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "further members are not a JSON object");
    for (jt_iter it = jt_iter_of(jt_json_root(doc)); jt_iter_next(&it);) {
        char name[JT_LIMIT_MEMBER_NAME + 1] = {0};
        if (it.name.len > JT_LIMIT_MEMBER_NAME || memchr(it.name.ptr, '\0', it.name.len) != NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "a member's name is too long or odd");
        memcpy(name, it.name.ptr, it.name.len);
        jt_put_node(claims->tree, claims->object, name, jt_tree_copy(claims->tree, it.val));
    }
    return JETON_OK;
}

static jeton_status
ask(jeton_status (*of)(void *user, jeton_span identity, jeton_claims *claims, jeton_err *err),
    const jeton_issuer *issuer, jeton_span identity, jeton_claims *claims, jeton_err *err)
{
    return of != NULL ? of(issuer->options.user, identity, claims, err) : JETON_OK;
}

static jeton_status put_claims(const jeton_issuer *issuer, const jeton_grant *grant,
                               jeton_claims *claims, jeton_issued *issued, jeton_err *err)
{
    const jeton_guard_settings *is = &issuer->settings.is;
    const jeton_time now = jt_now(issuer->ctx);
    jeton_claims_set_text(claims, "type",
                          jeton_str(issued->type == JETON_REFRESH ? "refresh" : "access"));
    put_freshness(issuer, grant, issued->type, now, claims);
    put_dates(issuer, now, issued->life, claims);
    put_audience(is, claims);
    if (is->issuer != NULL)
        jeton_claims_set_text(claims, "iss", jeton_str(is->issuer));
    JT_TRY(put_random(issuer, claims, is->csrf == JETON_ON, issued, err));
    JT_TRY(put_identity(issuer, grant->identity, claims, err));
    JT_TRY(ask(issuer->options.claims, issuer, grant->identity, claims, err));
    return put_further(issuer->ctx, grant->claims, claims, err);
}

/* ---- the token ------------------------------------------------------------------------------ */

static jeton_status print_claims(const jeton_claims *claims, jt_buf *to, jeton_err *err)
{
    if (claims->err.status != JETON_OK)
        return jt_fail(err, claims->err.status, "%s", claims->err.text);
    return jt_tree_print(claims->tree, claims->object, JT_COMPACT, to, err);
}

static jeton_status print_header(const jeton_issuer *issuer, const jeton_grant *grant, jt_buf *to,
                                 jeton_err *err)
{
    JT_AUTO(jeton_claims_free) jeton_claims *header = NULL;
    JT_TRY(jeton_claims_new(issuer->ctx, &header, err));
    JT_TRY(ask(issuer->options.header, issuer, grant->identity, header, err));
    JT_TRY(put_further(issuer->ctx, grant->header, header, err));
    if (!jeton_claims_has(header, "typ"))
        jeton_claims_set_text(header, "typ", jeton_str("JWT"));
    return print_claims(header, to, err);
}

static jeton_status make(const jeton_issuer *issuer, const jeton_grant *grant, jeton_issued *made,
                         jeton_err *err)
{
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_AUTO(jt_buf_done) jt_buf header = jt_buf_init(issuer->ctx);
    JT_AUTO(jt_buf_done) jt_buf payload = jt_buf_init(issuer->ctx);
    JT_TRY(jeton_claims_new(issuer->ctx, &claims, err));
    JT_TRY(put_claims(issuer, grant, claims, made, err));
    JT_TRY(print_claims(claims, &payload, err));
    JT_TRY(print_header(issuer, grant, &header, err));
    const jeton_jws_signature signature = {
        .key = issuer->key, .alg = issuer->alg, .protected_as = jt_buf_span(&header)};
    return jeton_jws_sign(issuer->ctx, &signature, 1, jt_buf_span(&payload), NULL, &made->token,
                          err);
}

static jeton_status issue(const jeton_issuer *issuer, const jeton_grant *grant,
                          jeton_token_type type, jeton_issued *issued, jeton_err *err)
{
    const jeton_guard_settings *is = &issuer->settings.is;
    const uint32_t usual = type == JETON_REFRESH ? is->refresh_life : is->access_life;
    jeton_issued made = {.type = type, .life = grant->life != 0 ? grant->life : usual};
    *issued = (jeton_issued){0};
    JT_TRY(make(issuer, grant, &made, err));
    *issued = made;
    return JETON_OK;
}

jeton_status jeton_issuer_access(const jeton_issuer *issuer, const jeton_grant *grant,
                                 jeton_issued *issued, jeton_err *err)
{
    return issue(issuer, grant, JETON_ACCESS, issued, err);
}

jeton_status jeton_issuer_refresh(const jeton_issuer *issuer, const jeton_grant *grant,
                                  jeton_issued *issued, jeton_err *err)
{
    return issue(issuer, grant, JETON_REFRESH, issued, err);
}

/* ---- in place of another -------------------------------------------------------------------- */

static bool is_due(const jeton_issuer *issuer, const jeton_decision *decision, unsigned within)
{
    jeton_time end;
    if (decision->verdict == NULL || !decision->allowed ||
        jeton_verdict_has(decision->verdict, "type", jeton_str("refresh")))
        return false;
    return jeton_verdict_date(decision->verdict, "exp", &end) &&
           end - jt_now(issuer->ctx) < (jeton_time)within * 1000;
}

/* A time until which the old token is fresh stays that time. */
static unsigned fresh_left(const jeton_verdict *verdict, jeton_time now)
{
    jeton_time until;
    if (!jeton_verdict_date(verdict, "fresh", &until) || until <= now)
        return 0;
    return (unsigned)((until - now) / 1000);
}

jeton_status jeton_issuer_renew(const jeton_issuer *issuer, const jeton_decision *decision,
                                unsigned within, jeton_issued *issued, jeton_err *err)
{
    *issued = (jeton_issued){0};
    if (!is_due(issuer, decision, within))
        return JETON_OK;
    jeton_grant grant = {.identity = decision->identity};
    (void)jeton_verdict_bool(decision->verdict, "fresh", &grant.fresh);
    (void)jeton_verdict_date(decision->verdict, "auth_time", &grant.auth_time);
    grant.fresh_for = fresh_left(decision->verdict, jt_now(issuer->ctx));
    return jeton_issuer_access(issuer, &grant, issued, err);
}

jeton_span jeton_decision_csrf(const jeton_decision *decision)
{
    jeton_span csrf = {0};
    if (decision->verdict != NULL)
        (void)jeton_verdict_text(decision->verdict, JT_CSRF_CLAIM, &csrf);
    return csrf;
}
