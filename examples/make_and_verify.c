/* SPDX-License-Identifier: Apache-2.0 */
/* make_and_verify.c - makes a token, verifies it, says whose it is. */
#include <jeton.h>
#include <stdio.h>

int main(void)
{
    static const jeton_token_defaults defaults = {.issuer = "https://login.test", .lifetime = 900};
    static const jeton_policy policy = {.issuers = {"https://login.test"}, .require = {"sub"}};
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_claims *claims = NULL;
    jeton_signer *signer = NULL;
    jeton_text *token = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    jeton_span sub = {0};
    jeton_err err = {0};

    if (jeton_key_generate(NULL, JETON_ED25519, jeton_str("key-1"), &key, &err) == JETON_OK &&
        jeton_signer_new(NULL, key, JETON_ED25519, &defaults, &signer, &err) == JETON_OK &&
        jeton_claims_parse(NULL, jeton_str("{\"sub\":\"alice\"}"), &claims, &err) == JETON_OK &&
        jeton_sign(signer, claims, &token, &err) == JETON_OK &&
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) == JETON_OK &&
        jeton_verifier_new(NULL, &policy, keys, &verifier, &err) == JETON_OK &&
        jeton_verdict_new(NULL, &verdict, &err) == JETON_OK &&
        jeton_verify(verifier, jeton_text_span(token), verdict) == JETON_OK &&
        jeton_verdict_text(verdict, "sub", &sub))
        printf("accepted: %.*s\n", (int)sub.len, (const char *)sub.ptr);
    else
        fprintf(stderr, "refused: %s\n", verdict ? jeton_verdict_why(verdict) : err.text);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_key_free(&key);
    return sub.len > 0 ? 0 : 1;
}
