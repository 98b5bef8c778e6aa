/* SPDX-License-Identifier: Apache-2.0 */
/* token/signer.c - makes compact tokens. The header never changes, so it is encoded once. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "keys/key.h"
#include "token/claims.h"

#include <jeton/signer.h>

#define COMMON_SIGNATURE 384U /* characters: RSA with 2048 bits takes 342 */
#define JTI_BYTES        12U  /* 96 bits: no two alike, and short */

struct jeton_signer {
    const jeton_ctx *ctx;
    jeton_key *key;
    jeton_alg alg;
    unsigned lifetime;
    bool jti;
    jt_buf header;           /* base64url, with the dot behind it */
    jt_buf issuer, audience; /* "iss":"…" and "aud":"…" as JSON; empty: none */
};

static jeton_status add_base64url(jt_buf *to, jeton_span bytes, jeton_err *err)
{
    const size_t chars = jt_base64url_chars(bytes.len);
    JT_TRY(jt_buf_reserve(to, chars, err));
    jt_base64url_print(bytes, (char *)to->ptr + to->len);
    to->len += chars;
    return JETON_OK;
}

/* ---- making a signer ------------------------------------------------------------------------ */

static jeton_status encode_header(jeton_signer *signer, const char *typ, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(signer->ctx, &tree, err));
    jt_node *header = jt_tree_object(tree);
    jt_put_text(tree, header, "alg", jeton_str(jeton_alg_name(signer->alg)));
    jt_put_text(tree, header, "typ", jeton_str(typ != NULL ? typ : "JWT"));
    const jeton_span kid = jeton_key_id(signer->key);
    if (kid.len > 0)
        jt_put_text(tree, header, "kid", kid);

    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(signer->ctx);
    JT_TRY(jt_tree_print(tree, header, JT_COMPACT, &json, err));
    JT_TRY(add_base64url(&signer->header, jt_buf_span(&json), err));
    return jt_buf_add(&signer->header, jeton_str("."), err);
}

/* Prints "name":"value" as it will stand between the braces of the claims. */
static jeton_status prepare_member(jt_buf *to, const char *name, const char *value, jeton_err *err)
{
    if (value == NULL)
        return JETON_OK;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(to->ctx, &tree, err));
    JT_TRY(jt_buf_addf(to, err, "\"%s\":", name));
    return jt_tree_print(tree, jt_tree_text(tree, jeton_str(value)), JT_COMPACT, to, err);
}

static jeton_status prepare(jeton_signer *signer, const jeton_token_defaults *defaults,
                            jeton_err *err)
{
    signer->lifetime = defaults->lifetime;
    signer->jti = defaults->jti;
    JT_TRY(encode_header(signer, defaults->typ, err));
    JT_TRY(prepare_member(&signer->issuer, "iss", defaults->issuer, err));
    return prepare_member(&signer->audience, "aud", defaults->audience, err);
}

jeton_status jeton_signer_new(const jeton_ctx *ctx, const jeton_key *key, jeton_alg alg,
                              const jeton_token_defaults *defaults, jeton_signer **signer,
                              jeton_err *err)
{
    static const jeton_token_defaults none = {0};
    *signer = NULL;
    if (alg == JETON_ALG_UNSET)
        alg = jeton_key_alg(key);
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ALG, "the key is bound to no algorithm: name one");
    JT_TRY(jt_key_allows(key, alg, JT_OP_SIGN, err));

    JT_AUTO(jeton_signer_free) jeton_signer *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "signer");
    *made = (jeton_signer){.ctx = ctx,
                           .key = jeton_key_ref(key),
                           .alg = alg,
                           .header = jt_buf_init(ctx),
                           .issuer = jt_buf_init(ctx),
                           .audience = jt_buf_init(ctx)};
    JT_TRY(prepare(made, defaults != NULL ? defaults : &none, err));
    *signer = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_signer_free(jeton_signer **signer)
{
    if (signer == NULL || *signer == NULL)
        return;
    jeton_key_free(&(*signer)->key);
    jt_buf_done(&(*signer)->header);
    jt_buf_done(&(*signer)->issuer);
    jt_buf_done(&(*signer)->audience);
    jt_release((*signer)->ctx, *signer);
    *signer = NULL;
}

/* ---- making a token ------------------------------------------------------------------------- */

/* Adds a member in front of the closing brace, which is not there yet. */
static jeton_status add_member(jt_buf *json, jeton_span member, jeton_err *err)
{
    if (json->len > 1)
        JT_TRY(jt_buf_add(json, jeton_str(","), err));
    return jt_buf_add(json, member, err);
}

/* `name` with its quotes and colon. */
static jeton_status add_date(jt_buf *json, const char *name, int64_t seconds, jeton_err *err)
{
    JT_TRY(add_member(json, jeton_str(name), err));
    return jt_buf_add_int(json, seconds, err);
}

static jeton_status add_jti(const jeton_signer *signer, jt_buf *json, jeton_err *err)
{
    uint8_t random[JTI_BYTES];
    JT_TRY(jt_random(signer->ctx, random, sizeof random, err));
    JT_TRY(add_member(json, jeton_str("\"jti\":\""), err));
    JT_TRY(add_base64url(json, jeton_bytes(random, sizeof random), err));
    return jt_buf_add(json, jeton_str("\""), err);
}

static jeton_status add_defaults(const jeton_signer *signer, const jeton_claims *claims,
                                 jt_buf *json, jeton_err *err)
{
    const int64_t now = jt_now(signer->ctx) / 1000;
    if (signer->issuer.len > 0 && !jeton_claims_has(claims, "iss"))
        JT_TRY(add_member(json, jt_buf_span(&signer->issuer), err));
    if (signer->audience.len > 0 && !jeton_claims_has(claims, "aud"))
        JT_TRY(add_member(json, jt_buf_span(&signer->audience), err));
    if (!jeton_claims_has(claims, "iat"))
        JT_TRY(add_date(json, "\"iat\":", now, err));
    if (signer->lifetime > 0 && !jeton_claims_has(claims, "exp"))
        JT_TRY(add_date(json, "\"exp\":", now + signer->lifetime, err));
    if (signer->jti && !jeton_claims_has(claims, "jti"))
        JT_TRY(add_jti(signer, json, err));
    return JETON_OK;
}

/* The payload: the claims, and the defaults for what they do not say. */
static jeton_status print_payload(const jeton_signer *signer, const jeton_claims *claims,
                                  jt_buf *json, jeton_err *err)
{
    if (claims->err.status != JETON_OK)
        return jt_fail(err, claims->err.status, "%s", claims->err.text);
    JT_TRY(jt_tree_print(claims->tree, claims->object, JT_COMPACT, json, err));
    json->len--; /* reopens the object */
    JT_TRY(add_defaults(signer, claims, json, err));
    return jt_buf_add(json, jeton_str("}"), err);
}

static jeton_status add_signature(const jeton_signer *signer, jt_buf *token, jeton_err *err)
{
    uint8_t signature[JT_LIMIT_SIGNATURE];
    size_t len = sizeof signature;
    JT_TRY(jt_key_sign(signer->key, signer->alg, jt_text_so_far(token), signature, &len, err));
    JT_TRY(jt_buf_add(token, jeton_str("."), err));
    return add_base64url(token, jeton_bytes(signature, len), err);
}

jeton_status jeton_sign(const jeton_signer *signer, const jeton_claims *claims, jeton_text **token,
                        jeton_err *err)
{
    *token = NULL;
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(signer->ctx);
    JT_AUTO(jt_buf_done) jt_buf made = jt_buf_init(signer->ctx);
    JT_TRY(print_payload(signer, claims, &json, err));
    /* room for a common token at once: growing would copy and wipe */
    JT_TRY(jt_text_begin(&made, signer->header.len + 2 * json.len + COMMON_SIGNATURE, err));
    JT_TRY(jt_buf_add(&made, jt_buf_span(&signer->header), err));
    JT_TRY(add_base64url(&made, jt_buf_span(&json), err));
    JT_TRY(add_signature(signer, &made, err));
    const jeton_limits *limits = jt_limits(signer->ctx);
    if (json.len > limits->payload || jt_text_so_far(&made).len > limits->token)
        return jt_fail(err, JETON_E_LIMIT, "the token would be too long for a verifier");
    return jt_text_end(&made, token, err);
}
