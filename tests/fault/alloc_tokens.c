/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc_tokens.c - claims, signers, verifiers and their caches, for test_alloc.c. */
#include "alloc.h"

static jeton_status claims_parse(bool *had, jeton_err *err)
{
    jeton_claims *claims = BOGUS;
    const jeton_status status =
        jeton_claims_parse(ctx, jeton_str("{\"sub\":\"a\",\"x\":[1,{}]}"), &claims, err);
    *had = claims != NULL;
    jeton_claims_free(&claims);
    return status;
}

/* Setters fail silently; signing tells. */
static jeton_status claims_set(bool *had, jeton_err *err)
{
    const jeton_span list[] = {jeton_str("a"), jeton_str("b")};
    jeton_claims *claims = BOGUS;
    jeton_text *token = NULL;
    jeton_status status = jeton_claims_new(ctx, &claims, err);
    assert_true((claims != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jeton_claims_set_text(claims, "text", jeton_str("t"));
        jeton_claims_set_int(claims, "int", 1);
        jeton_claims_set_bool(claims, "bool", true);
        jeton_claims_set_date(claims, "date", 1000);
        jeton_claims_set_list(claims, "list", list, COUNT(list));
        jeton_claims_set_json(claims, "json", jeton_str("{\"a\":[null]}"));
        jeton_claims_set_text(claims, "text", jeton_str("again"));
        token = BOGUS;
        status = jeton_sign(given.signer, claims, &token, err);
    }
    *had = had_text(token);
    jeton_claims_free(&claims);
    return status;
}

static jeton_status signer_new(bool *had, jeton_err *err)
{
    jeton_signer *signer = BOGUS;
    const jeton_status status =
        jeton_signer_new(ctx, given.key, JETON_ES256, &alloc_defaults, &signer, err);
    *had = signer != NULL;
    jeton_signer_free(&signer);
    return status;
}

static jeton_status sign(bool *had, jeton_err *err)
{
    jeton_text *token = BOGUS;
    const jeton_status status = jeton_sign(given.signer, given.claims, &token, err);
    *had = had_text(token);
    return status;
}

static jeton_status verifier_new(bool *had, jeton_err *err)
{
    jeton_verifier *verifier = BOGUS;
    const jeton_status status = jeton_verifier_new(ctx, &alloc_policy, given.keys, &verifier, err);
    *had = verifier != NULL;
    jeton_verifier_free(&verifier);
    return status;
}

static jeton_status verify(bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    *had = false;
    if (status == JETON_OK) {
        jeton_span sub;
        status = jeton_verify(given.verifier, jeton_text_span(given.token), verdict);
        assert_int_equal(jeton_verdict_status(verdict), status);
        assert_true((jeton_verdict_payload(verdict).len > 0) == (status == JETON_OK));
        *had = jeton_verdict_text(verdict, "sub", &sub);
        err->status = status; /* a verdict has its own reason */
    }
    jeton_verdict_free(&verdict);
    return status;
}

/* Claims and header of an accepted token, printed. */
static jeton_status verdict_print(bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_text *claim = NULL;
    jeton_text *member = NULL;
    const jeton_span token = jeton_text_span(given.token);
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    if (status == JETON_OK)
        status = err->status = jeton_verify(given.verifier, token, verdict);
    if (status == JETON_OK)
        status = jeton_verdict_print(verdict, "exp", &claim, err);
    if (status == JETON_OK)
        status = jeton_verdict_print_header(verdict, token, "alg", &member, err);
    *had = member != NULL;
    jeton_text_free(&claim);
    jeton_text_free(&member);
    jeton_verdict_free(&verdict);
    return status;
}

static jeton_status cache_new(bool *had, jeton_err *err)
{
    jeton_cache *cache = BOGUS;
    const jeton_status status = jeton_cache_new(ctx, NULL, &cache, err);
    *had = cache != NULL;
    jeton_cache_free(&cache);
    return status;
}

/* What the cache lacks refuses nothing: only the verdict's own memory does. */
static jeton_status verify_twice(const jeton_verifier *verifier, bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    *had = false;
    if (status == JETON_OK) {
        status = jeton_verify(verifier, jeton_text_span(given.token), verdict);
        if (status == JETON_OK)
            status = jeton_verify(verifier, jeton_text_span(given.token), verdict);
        *had = jeton_verdict_payload(verdict).len > 0;
        err->status = status;
    }
    jeton_verdict_free(&verdict);
    return status;
}

static jeton_status verify_with_a_cache(bool *had, jeton_err *err)
{
    jeton_cache *cache = NULL;
    jeton_status status = jeton_cache_new(ctx, NULL, &cache, err);
    *had = false;
    if (status == JETON_OK) {
        jeton_verifier_use_cache(given.caching, cache);
        status = verify_twice(given.caching, had, err);
        jeton_verifier_use_cache(given.caching, NULL);
    }
    jeton_cache_free(&cache);
    return status;
}

static _Alignas(JETON_SIGNATURE_CACHE_ALIGN) uint8_t shared[JETON_SIGNATURE_CACHE_BYTES];

static jeton_status signature_cache_new(bool *had, jeton_err *err)
{
    jeton_signature_cache *cache = BOGUS;
    jeton_status status = jeton_signature_cache_init(ctx, shared, sizeof shared, err);
    *had = false;
    if (status == JETON_OK) {
        status = jeton_signature_cache_new(ctx, shared, sizeof shared, &cache, err);
        *had = cache != NULL;
        jeton_signature_cache_free(&cache);
    }
    return status;
}

/* A verifier of a key of its own: a key keeps what it is known by. */
static jeton_status verifier_of_another(jeton_verifier **verifier, jeton_err *err)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    *verifier = NULL;
    jeton_status status = jeton_key_bind(given.key, JETON_ES256, jeton_str("e"), &key, err);
    const jeton_key *const one[] = {key};
    if (status == JETON_OK)
        status = jeton_keyset_new(ctx, one, 1, &keys, err);
    if (status == JETON_OK)
        status = jeton_verifier_new(ctx, &alloc_policy, keys, verifier, err);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return status;
}

static jeton_status verify_with_signatures(bool *had, jeton_err *err)
{
    jeton_signature_cache *cache = NULL;
    jeton_verifier *verifier = NULL;
    jeton_status status = jeton_signature_cache_init(ctx, shared, sizeof shared, err);
    *had = false;
    if (status == JETON_OK)
        status = jeton_signature_cache_new(ctx, shared, sizeof shared, &cache, err);
    if (status == JETON_OK)
        status = verifier_of_another(&verifier, err);
    if (status == JETON_OK) {
        jeton_verifier_use_signatures(verifier, cache);
        status = verify_twice(verifier, had, err);
    }
    jeton_verifier_free(&verifier);
    jeton_signature_cache_free(&cache);
    return status;
}

const alloc_call alloc_tokens[] = {
    {"jeton_claims_parse", claims_parse},
    {"jeton_claims_new and all setters", claims_set},
    {"jeton_signer_new", signer_new},
    {"jeton_sign", sign},
    {"jeton_verifier_new", verifier_new},
    {"jeton_verdict_print, jeton_verdict_print_header", verdict_print},
    {"jeton_verdict_new and jeton_verify", verify},
    {"jeton_cache_new", cache_new},
    {"jeton_verify with a cache", verify_with_a_cache},
    {"jeton_signature_cache_new", signature_cache_new},
    {"jeton_verify with signatures", verify_with_signatures},
    {NULL, NULL},
};
