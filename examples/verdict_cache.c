/* SPDX-License-Identifier: Apache-2.0 */
/* verdict_cache.c - one cache for all verifiers of a program: a token that was accepted is found
 * again without looking at its signature, and is refused as soon as it would be without a cache. */
#include <inttypes.h>
#include <jeton.h>
#include <stdio.h>

static bool logged_out;

/* What it says takes effect at once, also for tokens that are in the cache. */
static jeton_status ask_revocation(void *user, const jeton_verdict *verdict)
{
    (void)verdict;
    return *(const bool *)user ? JETON_E_REVOKED : JETON_OK;
}

/* A verifier that remembers. The cache is shared with every other one that is made so. */
static jeton_status remembering(const jeton_policy *policy, const jeton_keyset *keys,
                                const jeton_cache *cache, jeton_verifier **verifier, jeton_err *err)
{
    const jeton_status status = jeton_verifier_new(NULL, policy, keys, verifier, err);
    if (status == JETON_OK) {
        jeton_verifier_use_cache(*verifier, cache);
        jeton_verifier_on_revocation(*verifier, ask_revocation, &logged_out);
    }
    return status;
}

static void use(const jeton_verifier *verifier, const jeton_cache *cache, jeton_span token,
                jeton_verdict *verdict)
{
    jeton_cache_counts counts;
    unsigned good = 0;
    for (unsigned i = 0; i < 1000; i++)
        good += jeton_verify(verifier, token, verdict) == JETON_OK;
    jeton_cache_stats(cache, &counts);
    printf("accepted %u times: %" PRIu64 " from the cache\n", good, counts.hits);
    logged_out = true;
    const jeton_status after = jeton_verify(verifier, token, verdict);
    printf("after the logout: %s\n", jeton_status_name(after));
}

int main(void)
{
    static const jeton_token_defaults defaults = {.lifetime = 900};
    static const jeton_cache_options options = {.entries = 10000, .bytes = 8 << 20};
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    jeton_cache *cache = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    jeton_err err = {0};
    const bool made =
        jeton_key_generate(NULL, JETON_RS256, jeton_str("k1"), &key, &err) == JETON_OK &&
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) == JETON_OK &&
        jeton_signer_new(NULL, key, JETON_RS256, &defaults, &signer, &err) == JETON_OK &&
        jeton_claims_parse(NULL, jeton_str("{\"sub\":\"alice\"}"), &claims, &err) == JETON_OK &&
        jeton_sign(signer, claims, &token, &err) == JETON_OK &&
        jeton_cache_new(NULL, &options, &cache, &err) == JETON_OK &&
        remembering(NULL, keys, cache, &verifier, &err) == JETON_OK &&
        jeton_verdict_new(NULL, &verdict, &err) == JETON_OK;
    if (made)
        use(verifier, cache, jeton_text_span(token), verdict);
    else
        fprintf(stderr, "%s\n", err.text);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return made ? 0 : 1;
}
