/* SPDX-License-Identifier: Apache-2.0 */
/* http_guard.c - what an HTTP service does with the Authorization header of a request: 200, or the
 * status and the challenge of RFC 6750. */
#include <jeton.h>
#include <stdio.h>

typedef struct answer {
    unsigned status;
    char challenge[200]; /* for WWW-Authenticate; "" when there is none */
} answer;

/* The token of "Bearer TOKEN", or an empty span. The scheme is compared in any case. */
static jeton_span bearer(const char *authorization)
{
    const char *scheme = "bearer ";
    if (authorization == NULL)
        return jeton_str(NULL);
    for (; *scheme != '\0'; scheme++, authorization++)
        if ((*authorization | 0x20) != (*scheme | 0x20))
            return jeton_str(NULL);
    return jeton_str(authorization);
}

/* Who may come in? The bearer of a good token who has the role. */
static answer guard(const jeton_verifier *verifier, jeton_verdict *verdict,
                    const char *authorization, const char *role)
{
    answer to = {.status = 200};
    const jeton_span token = bearer(authorization);
    if (token.len == 0) {
        to.status = 401; /* nothing was tried, so no error is named (RFC 6750 §3.1) */
        (void)snprintf(to.challenge, sizeof to.challenge, "Bearer");
        return to;
    }
    jeton_status status = jeton_verify(verifier, token, verdict);
    if (status == JETON_OK && !jeton_verdict_has(verdict, "roles", jeton_str(role)))
        status = JETON_E_SCOPE;
    if (status == JETON_OK)
        return to;
    to.status = jeton_status_http(status);
    (void)snprintf(to.challenge, sizeof to.challenge,
                   "Bearer error=\"%s\", error_description=\"%s\"", jeton_status_oauth(status),
                   jeton_status_text(status));
    return to;
}

static void show(const char *what, answer to)
{
    printf("%s: %u%s%s\n", what, to.status, to.challenge[0] != '\0' ? " " : "", to.challenge);
}

/* "Bearer " and a token for alice with this role, made with `key`. */
static jeton_status header_for(const jeton_key *key, const char *role, char *to, size_t size)
{
    const jeton_token_defaults defaults = {.lifetime = 60};
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    const jeton_span roles[] = {jeton_str(role)};
    jeton_status status = jeton_signer_new(NULL, key, JETON_ALG_UNSET, &defaults, &signer, NULL);
    if (status == JETON_OK)
        status = jeton_claims_new(NULL, &claims, NULL);
    if (status == JETON_OK) {
        jeton_claims_set_text(claims, "sub", jeton_str("alice"));
        jeton_claims_set_list(claims, "roles", roles, 1);
        status = jeton_sign(signer, claims, &token, NULL);
    }
    if (status == JETON_OK)
        (void)snprintf(to, size, "Bearer %s", jeton_text_chars(token));
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    return status;
}

int main(void)
{
    static const jeton_policy policy = {.require = {"sub"}};
    char admin[1000], guest[1000];
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    jeton_err err = {0};
    const bool made =
        jeton_key_generate(NULL, JETON_ES256, jeton_str("k1"), &key, &err) == JETON_OK &&
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) == JETON_OK &&
        jeton_verifier_new(NULL, &policy, keys, &verifier, &err) == JETON_OK &&
        jeton_verdict_new(NULL, &verdict, &err) == JETON_OK &&
        header_for(key, "admin", admin, sizeof admin) == JETON_OK &&
        header_for(key, "guest", guest, sizeof guest) == JETON_OK;
    if (made) {
        show("admin", guard(verifier, verdict, admin, "admin"));
        show("guest", guard(verifier, verdict, guest, "admin"));
        show("forged", guard(verifier, verdict, "Bearer e30.e30.AAAA", "admin"));
        show("nobody", guard(verifier, verdict, NULL, "admin"));
    }
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return made ? 0 : 1;
}
