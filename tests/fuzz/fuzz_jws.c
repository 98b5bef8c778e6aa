/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_jws.c - whatever form a JWS is in, what is accepted was signed: this payload,
 * under one of these headers. In parts and at once have one answer, and nothing that is unsecured
 * is ever verified. The first byte of the input says how to look at the rest. */
#include "fuzz.h"

#include <jeton.h>

#include <string.h>

/* The keys of RFC 7515 A.1, A.3 and RFC 8037 A.1; the last two their public halves only. */
static const char jwks[] =
    "{\"keys\":["
    "{\"kty\":\"oct\",\"kid\":\"h\",\"alg\":\"HS256\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
    "EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"},"
    "{\"kty\":\"EC\",\"kid\":\"e\",\"alg\":\"ES256\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"OKP\",\"kid\":\"o\",\"alg\":\"Ed25519\",\"crv\":\"Ed25519\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

/* What was ever signed with them: this payload, under these protected headers. */
static const char payload[] = "fuzz me";
static const char *const headers[] = {
    "", /* an algorithm that is not protected: RFC 7520 §4.7 */
    "{\"alg\":\"HS256\",\"kid\":\"h\"}",
    "{\"alg\":\"ES256\",\"kid\":\"e\"}",
    "{\"alg\":\"Ed25519\",\"kid\":\"o\"}",
    "{\"alg\":\"HS256\",\"typ\":\"t\",\"kid\":\"h\",\"x\":[1]}",
    "{\"alg\":\"HS256\",\"kid\":\"h\",\"b64\":false,\"crit\":[\"b64\"]}",
    "{\"alg\":\"ES256\",\"kid\":\"e\",\"b64\":false,\"crit\":[\"b64\"]}",
};

enum {
    ALL = 1,
    UNENCODED = 2,
    UNPROTECTED_ALG = 4,
    DETACHED = 8,
    TYP = 16,
    FORMS = 32, /* and the two bits above: those taken */
};

static bool is_known(jeton_span header)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        if (jeton_span_equal(jeton_str(headers[i]), header))
            return true;
    return false;
}

/* Something is good, all of it where that is demanded, and nothing is told of the rest. */
static void inspect(const jeton_jws *jws, const jeton_jws_policy *policy, bool detached)
{
    size_t good = 0;
    const jeton_span got = jeton_jws_payload(jws);
    FUZZ_HOLDS(detached ? got.len == 0 : jeton_span_equal(got, jeton_str(payload)));
    for (size_t i = 0; i <= jeton_jws_count(jws); i++) {
        const bool is_good = jeton_jws_status(jws, i) == JETON_OK;
        FUZZ_HOLDS((jeton_jws_key(jws, i) != NULL) == is_good);
        FUZZ_HOLDS((jeton_jws_alg(jws, i) != JETON_ALG_UNSET) == is_good);
        FUZZ_HOLDS(is_good ? is_known(jeton_jws_protected(jws, i))
                           : jeton_jws_protected(jws, i).len == 0);
        FUZZ_HOLDS(is_good || jeton_jws_unprotected(jws, i).len == 0);
        good += is_good;
    }
    FUZZ_HOLDS(good > 0 && (!policy->all || good == jeton_jws_count(jws)));
}

static jeton_status in_parts(const jeton_keyset *keys, const jeton_jws_policy *policy,
                             jeton_span text, size_t first)
{
    jeton_jws_stream *stream = NULL;
    jeton_jws *jws = NULL;
    jeton_status status = jeton_jws_verify_begin(NULL, keys, policy, text, &stream, NULL);
    FUZZ_HOLDS((stream != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jeton_jws_add(stream, jeton_bytes(payload, first));
        jeton_jws_add(stream, jeton_bytes(payload + first, sizeof payload - 1 - first));
        status = jeton_jws_verify_end(stream, &jws, NULL);
        FUZZ_HOLDS((jws != NULL) == (status == JETON_OK));
    }
    if (status == JETON_OK)
        inspect(jws, policy, true);
    jeton_jws_free(&jws);
    jeton_jws_stream_free(&stream);
    return status;
}

static void refuse_unsecured(jeton_span text, jeton_status verified)
{
    jeton_text *unsecured = NULL;
    const jeton_status status = jeton_jws_unsecured_parse(NULL, text, &unsecured, NULL);
    FUZZ_HOLDS((unsecured != NULL) == (status == JETON_OK));
    FUZZ_HOLDS(status != JETON_OK || verified != JETON_OK);
    jeton_text_free(&unsecured);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static jeton_keyset *keys;
    if (keys == NULL) {
        FUZZ_HOLDS(jeton_keyset_parse(NULL, jeton_str(jwks), &keys, NULL) == JETON_OK);
        FUZZ_HOLDS(jeton_keyset_count(keys) == 3);
    }
    if (len == 0)
        return 0;
    const uint8_t how = bytes[0];
    const jeton_span text = jeton_bytes(bytes + 1, len - 1);
    const jeton_jws_policy policy = {
        .forms = how / FORMS,
        .all = (how & ALL) != 0,
        .typ = (how & TYP) != 0 ? "t" : NULL,
        .allow = ((how & UNENCODED) != 0 ? JETON_JWS_ALLOW_UNENCODED : 0U) |
                 ((how & UNPROTECTED_ALG) != 0 ? JETON_JWS_ALLOW_UNPROTECTED_ALG : 0U)};
    const bool detached = (how & DETACHED) != 0;
    const jeton_span apart = jeton_str(payload);
    jeton_jws *jws = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jeton_jws_verify(NULL, keys, &policy, text, detached ? &apart : NULL, &jws, &err);
    FUZZ_HOLDS((jws != NULL) == (status == JETON_OK));
    FUZZ_HOLDS(err.status == status && (err.text[0] == '\0') == (status == JETON_OK));
    if (status == JETON_OK)
        inspect(jws, &policy, detached);
    if (detached) {
        const jeton_status parts = in_parts(keys, &policy, text, how % sizeof payload);
        const bool sooner = policy.all && parts != JETON_OK && status != JETON_OK;
        FUZZ_HOLDS(parts == status || parts == JETON_E_UNSUPPORTED || sooner);
    }
    refuse_unsecured(text, status);
    jeton_jws_free(&jws);
    return 0;
}
