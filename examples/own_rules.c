/* SPDX-License-Identifier: Apache-2.0 */
/* own_rules.c - a policy from a preset, rules about claims of one's own, and a hook for what rules
 * cannot say. Tokens come from a table; what becomes of each is printed. */
#include <jeton.h>
#include <stdio.h>

/* Access tokens of OAuth 2 (RFC 9068), for this service, of a customer who pays for it. */
static const jeton_policy policy = {
    .preset = JETON_PRESET_RFC9068,
    .issuers = {"https://login.example.com"},
    .audiences = {"https://api.example.com"},
    .max_life = 3600,
    .rules = {{"/plan/name", JETON_RULE_ONE_OF, "[\"gold\",\"silver\"]"},
              {"/plan/seats", JETON_RULE_AT_LEAST, "3"},
              {"scope", JETON_RULE_CONTAINS, "\"orders:read\""}},
};

/* Runs last, about tokens that are accepted otherwise. The reason ends up in logs, so nothing of
 * the token goes into it. */
static jeton_status not_suspended(void *user, const jeton_verdict *verdict, jeton_err *err)
{
    const char *suspended = user;
    jeton_span client;
    if (jeton_verdict_text(verdict, "client_id", &client) &&
        !jeton_span_equal(client, jeton_str(suspended)))
        return JETON_OK;
    (void)snprintf(err->text, sizeof err->text, "the client is suspended");
    return JETON_E_REFUSED;
}

#define PAID ",\"plan\":{\"name\":\"gold\",\"seats\":5}"
#define READ ",\"scope\":\"orders:read profile\""

/* The claims that a token has besides those of RFC 9068. */
static const struct {
    const char *what, *client, *claims;
} tokens[] = {
    {"a good one", "shop", PAID READ},
    {"another plan", "shop", ",\"plan\":{\"name\":\"lead\",\"seats\":5}" READ},
    {"too few seats", "shop", ",\"plan\":{\"name\":\"gold\",\"seats\":2}" READ},
    {"no scope", "shop", PAID},
    {"suspended", "spammer", PAID READ},
};

static jeton_status issue(const jeton_signer *signer, const char *client, const char *more,
                          jeton_text **token)
{
    char json[400];
    jeton_claims *claims = NULL;
    (void)snprintf(json, sizeof json,
                   "{\"iss\":\"https://login.example.com\",\"aud\":\"https://api.example.com\","
                   "\"sub\":\"alice\",\"client_id\":\"%s\"%s}",
                   client, more);
    jeton_status status = jeton_claims_parse(NULL, jeton_str(json), &claims, NULL);
    if (status == JETON_OK)
        status = jeton_sign(signer, claims, token, NULL);
    jeton_claims_free(&claims);
    return status;
}

static bool judge_all(const jeton_signer *signer, const jeton_verifier *verifier,
                      jeton_verdict *verdict)
{
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        jeton_text *token = NULL;
        if (issue(signer, tokens[i].client, tokens[i].claims, &token) != JETON_OK)
            return false;
        const jeton_status status = jeton_verify(verifier, jeton_text_span(token), verdict);
        printf("%s: %s %s\n", tokens[i].what, jeton_status_name(status),
               jeton_verdict_claim(verdict));
        jeton_text_free(&token);
    }
    return true;
}

int main(void)
{
    static const jeton_token_defaults defaults = {.typ = "at+jwt", .lifetime = 900, .jti = true};
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_signer *signer = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    jeton_err err = {0};
    char suspended[] = "spammer"; /* the hook's own: a real one would ask a table */
    bool good = jeton_key_generate(NULL, JETON_ES256, jeton_str("k1"), &key, &err) == JETON_OK &&
                jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) == JETON_OK &&
                jeton_signer_new(NULL, key, JETON_ES256, &defaults, &signer, &err) == JETON_OK &&
                jeton_verifier_new(NULL, &policy, keys, &verifier, &err) == JETON_OK &&
                jeton_verdict_new(NULL, &verdict, &err) == JETON_OK;
    if (good) {
        jeton_verifier_on_accept(verifier, not_suspended, suspended);
        good = judge_all(signer, verifier, verdict);
    }
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_signer_free(&signer);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return good ? 0 : 1;
}
