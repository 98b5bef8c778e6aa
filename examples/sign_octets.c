/* SPDX-License-Identifier: Apache-2.0 */
/* sign_octets.c - JWS below tokens: bytes signed by two keys in one JSON text, and a payload that
 * travels apart from its signature. */
#include <jeton.h>
#include <stdio.h>

/* Any bytes, signed by both keys: general JSON serialization (RFC 7515 §7.2.1). */
static jeton_status sign_by_both(const jeton_key *a, const jeton_key *b, jeton_span payload,
                                 jeton_text **text, jeton_err *err)
{
    const jeton_jws_signature signatures[] = {{.key = a}, {.key = b}};
    const jeton_jws_options options = {.form = JETON_JWS_GENERAL};
    return jeton_jws_sign(NULL, signatures, 2, payload, &options, text, err);
}

/* Every signature has to be good. The payload is borrowed from *jws. */
static jeton_status verify_all(const jeton_keyset *keys, jeton_span text, jeton_jws **jws,
                               jeton_err *err)
{
    static const jeton_jws_policy policy = {
        .algs = JETON_ALG_BIT(JETON_ES256) | JETON_ALG_BIT(JETON_ED25519),
        .forms = JETON_JWS_GENERAL,
        .all = true,
    };
    return jeton_jws_verify(NULL, keys, &policy, text, NULL, jws, err);
}

/* The signature of a webhook's body, for a header of its own: header..signature. */
static jeton_status sign_detached(const jeton_key *key, jeton_span body, jeton_text **text,
                                  jeton_err *err)
{
    const jeton_jws_signature signature = {.key = key};
    const jeton_jws_options options = {.detached = true};
    return jeton_jws_sign(NULL, &signature, 1, body, &options, text, err);
}

static bool both(const jeton_key *a, const jeton_key *b, const jeton_keyset *keys, jeton_err *err)
{
    jeton_text *text = NULL;
    jeton_jws *jws = NULL;
    const bool good = sign_by_both(a, b, jeton_str("pay 5 to bob"), &text, err) == JETON_OK &&
                      verify_all(keys, jeton_text_span(text), &jws, err) == JETON_OK;
    if (good) {
        const jeton_span payload = jeton_jws_payload(jws);
        printf("%.*s:", (int)payload.len, (const char *)payload.ptr);
        for (size_t i = 0; i < jeton_jws_count(jws); i++) {
            const jeton_span kid = jeton_key_id(jeton_jws_key(jws, i));
            printf(" %.*s", (int)kid.len, (const char *)kid.ptr);
        }
        puts("");
    }
    jeton_jws_free(&jws);
    jeton_text_free(&text);
    return good;
}

static bool detached(const jeton_key *key, const jeton_keyset *keys, jeton_err *err)
{
    const jeton_span body = jeton_str("{\"event\":\"paid\"}");
    const jeton_span forged = jeton_str("{\"event\":\"owed\"}");
    jeton_text *text = NULL;
    jeton_jws *jws = NULL;
    bool good = sign_detached(key, body, &text, err) == JETON_OK;
    if (good) {
        const jeton_span signature = jeton_text_span(text);
        const jeton_status is = jeton_jws_verify(NULL, keys, NULL, signature, &body, &jws, err);
        jeton_jws_free(&jws);
        const jeton_status was = jeton_jws_verify(NULL, keys, NULL, signature, &forged, &jws, NULL);
        printf("the body: %s, another one: %s\n", jeton_status_name(is), jeton_status_name(was));
        good = is == JETON_OK && was != JETON_OK;
    }
    jeton_jws_free(&jws);
    jeton_text_free(&text);
    return good;
}

int main(void)
{
    jeton_key *a = NULL, *b = NULL;
    jeton_keyset *keys = NULL;
    jeton_err err = {0};
    const bool good =
        jeton_key_generate(NULL, JETON_ES256, jeton_str("director"), &a, &err) == JETON_OK &&
        jeton_key_generate(NULL, JETON_ED25519, jeton_str("treasurer"), &b, &err) == JETON_OK &&
        jeton_keyset_new(NULL, (const jeton_key *[]){a, b}, 2, &keys, &err) == JETON_OK &&
        both(a, b, keys, &err) && detached(a, keys, &err);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    jeton_keyset_free(&keys);
    jeton_key_free(&a);
    jeton_key_free(&b);
    return good ? 0 : 1;
}
