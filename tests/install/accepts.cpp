// SPDX-License-Identifier: Apache-2.0
// tests/install/accepts.cpp - the public headers in a C++ program: makes a token and verifies it.
#include <jeton.h>

#include <iostream>
#include <string>

int main()
{
    jeton_err err = {};
    jeton_key *key = nullptr;
    jeton_keyset *keys = nullptr;
    jeton_claims *claims = nullptr;
    jeton_signer *signer = nullptr;
    jeton_text *token = nullptr;
    jeton_verifier *verifier = nullptr;
    jeton_verdict *verdict = nullptr;
    jeton_span sub = {};

    jeton_policy policy = {};
    policy.algs = JETON_ALG_BIT(JETON_ES256);
    policy.allow = JETON_ALLOW_NO_EXP;
    if (jeton_key_generate(nullptr, JETON_ES256, jeton_str("k"), &key, &err) == JETON_OK &&
        jeton_signer_new(nullptr, key, JETON_ES256, nullptr, &signer, &err) == JETON_OK &&
        jeton_claims_new(nullptr, &claims, &err) == JETON_OK) {
        const std::string name = "alice";
        jeton_claims_set_text(claims, "sub", jeton_bytes(name.data(), name.size()));
        if (jeton_sign(signer, claims, &token, &err) == JETON_OK &&
            jeton_keyset_new(nullptr, &key, 1, &keys, &err) == JETON_OK &&
            jeton_verifier_new(nullptr, &policy, keys, &verifier, &err) == JETON_OK &&
            jeton_verdict_new(nullptr, &verdict, &err) == JETON_OK &&
            jeton_verify(verifier, jeton_text_span(token), verdict) == JETON_OK &&
            jeton_verdict_text(verdict, "sub", &sub))
            std::cout << "accepted: " << std::string(sub.ptr, sub.ptr + sub.len) << "\n";
    }
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_key_free(&key);
    return sub.len > 0 ? 0 : 1;
}
