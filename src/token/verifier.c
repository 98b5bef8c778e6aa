/* SPDX-License-Identifier: Apache-2.0 */
/* token/verifier.c - decides about a token, in the one order that no option changes. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "keys/key.h"
#include "token/compact.h"
#include "token/policy.h"

#include <jeton/verifier.h>

struct jeton_verifier {
    const jeton_ctx *ctx;
    jt_policy policy;
    jeton_keyset *keys;
    jeton_revocation_hook hook;
    void *hook_user;
};

jeton_status jeton_verifier_new(const jeton_ctx *ctx, const jeton_policy *policy,
                                const jeton_keyset *keys, jeton_verifier **verifier, jeton_err *err)
{
    *verifier = NULL;
    if (keys == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "a verifier needs a key set");
    JT_AUTO(jeton_verifier_free) jeton_verifier *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "verifier");
    made->ctx = ctx;
    JT_TRY(jt_policy_init(&made->policy, ctx, policy, err));
    made->keys = jt_keyset_ref(keys);
    *verifier = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_verifier_on_revocation(jeton_verifier *verifier, jeton_revocation_hook hook, void *user)
{
    verifier->hook = hook;
    verifier->hook_user = user;
}

void jeton_verifier_free(jeton_verifier **verifier)
{
    if (verifier == NULL || *verifier == NULL)
        return;
    jt_policy_done(&(*verifier)->policy);
    jeton_keyset_free(&(*verifier)->keys);
    jt_release((*verifier)->ctx, *verifier);
    *verifier = NULL;
}

/* Whether the policy takes the header's algorithm with this key: it names that algorithm, or,
 * naming none, leaves it to what the key is bound to. */
static bool policy_takes(uint32_t algs, jeton_alg alg, const jeton_key *key)
{
    if (algs == 0)
        return jeton_key_alg(key) != JETON_ALG_UNSET;
    if ((algs & JETON_ALG_BIT(alg)) != 0)
        return true;
    for (uint32_t i = 0; i < 32; i++) /* "EdDSA" and the algorithm of the curve are one */
        if ((algs >> i & 1) != 0 && jt_alg_same((jeton_alg)i, alg, jt_alg_row((jeton_alg)i)->crv) &&
            jt_key_allows(key, (jeton_alg)i, JT_OP_VERIFY, NULL) == JETON_OK)
            return true;
    return false;
}

/* The algorithm of the header, the policy and the key must be one before any is used
 * (RFC 8725 §3.1). */
static jeton_status agree(const jeton_verifier *verifier, jeton_alg alg, const jeton_key *key,
                          jeton_err *err)
{
    JT_TRY(jt_key_allows(key, alg, JT_OP_VERIFY, err));
    if (!policy_takes(verifier->policy.is.algs, alg, key))
        return jt_fail(err, JETON_E_ALG, "the policy does not take the token's algorithm");
    return JETON_OK;
}

/* Tries the keys the token may mean. Of several failures the one of the key that came furthest is
 * the reason: a signature that does not match says more than a key that does not fit. */
static jeton_status check_signature(const jeton_verifier *verifier, const jt_header *header,
                                    const jt_segments *segments, jeton_span signature,
                                    jeton_verdict *verdict)
{
    jeton_err why = {.status = JETON_E_KEY_UNKNOWN, .text = "no key matches the token"};
    size_t at = 0;
    unsigned tried = 0;
    const jeton_key *key;
    while (tried < JT_LIMIT_TRIED_KEYS &&
           (key = jt_keyset_next(verifier->keys, header->kid, &at)) != NULL) {
        jeton_err now = {0};
        if (agree(verifier, header->alg, key, &now) != JETON_OK) {
            if (tried == 0)
                why = now;
            continue;
        }
        tried++;
        if (jt_key_verify(key, header->alg, segments->signed_part, signature, &now) == JETON_OK) {
            verdict->key = key;
            return JETON_OK;
        }
        why = now;
    }
    return jt_fail(&verdict->err, why.status, "%s", why.text);
}

static jeton_status read_claims(const jt_octets *octets, jeton_verdict *verdict)
{
    const jt_val *claims;
    JT_TRY(jt_json_parse_into(&verdict->claims_pool, octets->claims, octets->payload.len, &claims,
                              &verdict->err));
    if (jt_kind_of(claims) != JT_OBJECT)
        return jt_fail(&verdict->err, JETON_E_CLAIM, "the payload is not a JSON object");
    verdict->claims = claims;
    verdict->payload = octets->payload;
    return JETON_OK;
}

static jeton_status ask_hook(const jeton_verifier *verifier, jeton_verdict *verdict)
{
    if (verifier->hook == NULL)
        return JETON_OK;
    const jeton_status status = verifier->hook(verifier->hook_user, verdict);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_verdict_failure(verdict, JETON_CHECK_REVOKED, "revocation", status,
                              jeton_status_text(status));
}

static jeton_status decide(const jeton_verifier *verifier, jeton_span token, jeton_verdict *verdict)
{
    jeton_err *err = &verdict->err;
    jt_segments segments;
    jt_octets octets;
    jt_header header;
    JT_TRY(jt_segments_find(jt_limits(verdict->ctx), token, &segments, err));
    JT_TRY(jt_segments_decode(&segments, &verdict->octets, &octets, err));
    JT_TRY(jt_header_parse(&verdict->header_pool, octets.header, octets.header_len, &header, err));
    JT_TRY(check_signature(verifier, &header, &segments, octets.signature, verdict));
    JT_TRY(read_claims(&octets, verdict));
    JT_TRY(jt_policy_check(&verifier->policy, &header, jt_now(verifier->ctx), verdict));
    return ask_hook(verifier, verdict);
}

jeton_status jeton_verify(const jeton_verifier *verifier, jeton_span token, jeton_verdict *verdict)
{
    jt_verdict_reset(verdict);
    const jeton_status status = decide(verifier, token, verdict);
    if (status == JETON_OK) {
        verdict->accepted = true;
        return JETON_OK;
    }
    verdict->claims = NULL;
    return jt_fail(&verdict->err, status, "%s", jeton_status_text(status));
}
