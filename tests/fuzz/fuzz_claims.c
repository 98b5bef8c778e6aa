/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_claims.c - claims of any kind with a good signature, before policies from strict
 * to lax: what a policy accepts a laxer one accepts too, and the answer fits its parts. */
#include "core/base64url.h"
#include "core/buf.h"
#include "fuzz.h"
#include "keys/key.h"

#include <jeton.h>

#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9." /* {"alg":"HS256","typ":"at+jwt"} */
#define NOW    ((jeton_time)1700000000 * 1000)

/* Each accepts what the one before it accepts. */
static const jeton_policy policies[] = {
    {.issuers = {"i"},
     .audiences = {"a"},
     .typ = "at+jwt",
     .require = {"sub", "jti"},
     .max_age = 600,
     .max_life = 3600,
     .subject = "s",
     .jti = "1",
     .all_audiences = true,
     .preset = JETON_PRESET_RFC9068,
     .rules = {{"scope", JETON_RULE_CONTAINS, "\"read\""},
               {"/o/level", JETON_RULE_AT_LEAST, "3"},
               {"gone", JETON_RULE_ABSENT, NULL}}},
    {.issuers = {"i"},
     .audiences = {"a"},
     .typ = "at+jwt",
     .require = {"sub", "jti"},
     .max_age = 600},
    {.issuers = {"i", "j"},
     .audiences = {"a", "b"},
     .require = {"sub"},
     .max_age = 600,
     .leeway = 30},
    {.leeway = 60},
    {.leeway = UINT32_MAX,
     .allow = JETON_ALLOW_NO_EXP | JETON_ALLOW_FUTURE_IAT | JETON_ALLOW_NUMBER_SUB |
              JETON_ALLOW_ANY_AUD},
};

#define POLICIES (sizeof policies / sizeof policies[0])

static jeton_key *key;
static jeton_verifier *verifiers[POLICIES];
static jeton_verdict *verdict;

static jeton_time stopped_clock(void *user)
{
    (void)user;
    return NOW;
}

/* All of this is kept for ever: the fuzzer calls for ever. */
static void set_up(void)
{
    static jeton_ctx *ctx;
    const jeton_ctx_options options = {.now = stopped_clock};
    jeton_keyset *keys = NULL;
    FUZZ_HOLDS(jeton_ctx_new(&options, &ctx, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_key_from_secret(NULL, JETON_HS256,
                                     jeton_str("0123456789abcdef0123456789abcdef"), jeton_str(NULL),
                                     &key, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_keyset_new(NULL, (const jeton_key *const[]){key}, 1, &keys, NULL) == JETON_OK);
    for (size_t i = 0; i < POLICIES; i++)
        FUZZ_HOLDS(jeton_verifier_new(ctx, &policies[i], keys, &verifiers[i], NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK);
    jeton_keyset_free(&keys);
}

static void add_base64url(jt_buf *to, jeton_span bytes)
{
    const size_t chars = jt_base64url_chars(bytes.len);
    FUZZ_HOLDS(jt_buf_reserve(to, chars, NULL) == JETON_OK);
    jt_base64url_print(bytes, (char *)to->ptr + to->len);
    to->len += chars;
}

/* A token around any payload: the signer would refuse most of them. */
static jt_buf sign(jeton_span payload)
{
    jt_buf token = jt_buf_init(NULL);
    uint8_t mac[64];
    size_t len = sizeof mac;
    FUZZ_HOLDS(jt_buf_add(&token, jeton_str(HEADER), NULL) == JETON_OK);
    add_base64url(&token, payload);
    FUZZ_HOLDS(jt_key_sign(key, JETON_HS256, jt_buf_span(&token), mac, &len, NULL) == JETON_OK);
    FUZZ_HOLDS(jt_buf_add(&token, jeton_str("."), NULL) == JETON_OK);
    add_base64url(&token, jeton_bytes(mac, len));
    return token;
}

/* What no policy here accepts, said once more in other words. */
static void check_accepted(const jeton_policy *policy, jeton_span payload)
{
    jeton_time date;
    jeton_span text;
    const jeton_time leeway = (jeton_time)policy->leeway * 1000;
    FUZZ_HOLDS(jeton_span_equal(jeton_verdict_payload(verdict), payload));
    FUZZ_HOLDS(jeton_verdict_failed(verdict) == 0 && jeton_verdict_claim(verdict)[0] == '\0');
    FUZZ_HOLDS(jeton_verdict_date(verdict, "exp", &date) ? date > NOW - leeway
                                                         : (policy->allow & JETON_ALLOW_NO_EXP));
    FUZZ_HOLDS(!jeton_verdict_date(verdict, "nbf", &date) || date <= NOW + leeway);
    for (size_t i = 0; i < JETON_POLICY_REQUIRED && policy->require[i] != NULL; i++)
        FUZZ_HOLDS(jeton_verdict_text(verdict, policy->require[i], &text));
    if (policy->audiences[0] != NULL)
        FUZZ_HOLDS(jeton_verdict_has(verdict, "aud", jeton_str("a")) ||
                   jeton_verdict_has(verdict, "aud", jeton_str("b")));
    if (policy->issuers[0] != NULL)
        FUZZ_HOLDS(jeton_verdict_has(verdict, "iss", jeton_str("i")) ||
                   jeton_verdict_has(verdict, "iss", jeton_str("j")));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (key == NULL)
        set_up();
    const jeton_span payload = jeton_bytes(bytes, len);
    jt_buf token = sign(payload);
    bool accepted = false;
    for (size_t i = 0; i < POLICIES; i++) {
        const jeton_status status = jeton_verify(verifiers[i], jt_buf_span(&token), verdict);
        FUZZ_HOLDS(status != JETON_E_SIGNATURE && status != JETON_E_ENCODING);
        FUZZ_HOLDS(!accepted || status == JETON_OK);
        accepted = status == JETON_OK;
        if (accepted)
            check_accepted(&policies[i], payload);
        else
            FUZZ_HOLDS(jeton_verdict_payload(verdict).len == 0);
    }
    jt_buf_done(&token);
    return 0;
}
