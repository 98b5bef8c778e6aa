/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_token.c - no token is accepted but those that were made with the keys: a fuzzer
 * that finds another has forged a signature, or a second text for a token. */
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

/* Every token there is with a good signature by these keys; they are among the seeds. */
/* clang-format off */
static const char *const made[] = {
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImgifQ.eyJzdWIiOiJhbGljZSIsImlhdCI6MTY5OTk5OTk5MCwiZXhwIjoxNzAwMDAwOTAwfQ.hLASrzXSAPstDPAJy1M-e--zhit6JqDlLvatDVoXAlg",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImgifQ.eyJpc3MiOiJodHRwczovL2kiLCJzdWIiOiJib2IiLCJhdWQiOlsiYSIsImIiXSwiaWF0IjoxNjk5OTk5OTkwLjUsIm5iZiI6MCwiZXhwIjo0MDAwMDAwMDAwLCJyb2xlcyI6WyJ4Il0sIm4iOm51bGx9.ZoZ-Qhq68OAWy140KiAmjj_zjwRuZfNPJKF3eUxCzRE",
    "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDF9.ei67WVy36EE5Qf8UBIeiUw2UQ96Hvqo-qMRaazmLCck",
    "IHsidHlwIjoiSldUIiwNCiAiYWxnIjoiSFMyNTYiIH0K.IHsiZXhwIjoxLjcwMDAwMDllOSwieCI6W1tbe31dXV0sInkiOiJcdTAwMDAifSA.6GIqAwl7czCYzocOfxgC4jPNwSsp_65FdGI7sKQju1I",
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImUifQ.eyJzdWIiOiJhbGljZSIsImlhdCI6MTY5OTk5OTk5MCwiZXhwIjoxNzAwMDAwOTAwfQ.izc9iHs4dS2K61R5ekOBX0Jt3gRsorfSAsJupLeC7TVo372DM15cb8bd-PaFigPiZ5GBXY7HchhSgVIBJlBHig",
    "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiSldUIiwia2lkIjoibyJ9.eyJzdWIiOiJhbGljZSIsImlhdCI6MTY5OTk5OTk5MCwiZXhwIjoxNzAwMDAwOTAwfQ.m3BZrMRE2AsnwWOhFOf3dLP4atQgsy1nAkeFIQ_-h1HI_fy4owKB7tC-6V_t13QbCmaSjjp_WCISfxyMejOfDQ",
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6Im8ifQ.eyJzdWIiOiJhbGljZSIsImlhdCI6MTY5OTk5OTk5MCwiZXhwIjoxNzAwMDAwOTAwfQ._lFIjw8yI9x9ygrY6KKFgCBofqynrdltzPPqshnOGTfpcos2u8FF1dN3ZNk8gyxonqqlNoUU15loK2dNaFPAAw",
};
/* clang-format on */

static jeton_time stopped_clock(void *user)
{
    (void)user;
    return (jeton_time)1700000000 * 1000;
}

static jeton_verifier *new_verifier(void)
{
    static jeton_ctx *ctx; /* the fuzzer calls for ever, so it is kept for ever */
    const jeton_ctx_options options = {.now = stopped_clock};
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    FUZZ_HOLDS(jeton_ctx_new(&options, &ctx, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_keyset_parse(NULL, jeton_str(jwks), &keys, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_keyset_count(keys) == 3);
    FUZZ_HOLDS(jeton_verifier_new(ctx, NULL, keys, &verifier, NULL) == JETON_OK);
    jeton_keyset_free(&keys);
    return verifier;
}

static bool is_made(jeton_span token)
{
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        if (jeton_span_equal(jeton_str(made[i]), token))
            return true;
    return false;
}

/* Nothing is given out about a refused token, whatever one asks for. */
static void inspect(const jeton_verdict *verdict, jeton_status status)
{
    static const char *const names[] = {"sub", "exp", "iss", "aud", "x"};
    FUZZ_HOLDS(jeton_verdict_status(verdict) == status);
    FUZZ_HOLDS((jeton_verdict_why(verdict)[0] == '\0') == (status == JETON_OK));
    FUZZ_HOLDS((jeton_verdict_payload(verdict).len > 0) == (status == JETON_OK));
    FUZZ_HOLDS(jeton_verdict_failed(verdict) == 0 || jeton_verdict_key(verdict) != NULL);
    for (size_t i = 0; status != JETON_OK && i < sizeof names / sizeof names[0]; i++) {
        jeton_span text;
        int64_t number;
        bool truth;
        jeton_time date;
        FUZZ_HOLDS(!jeton_verdict_text(verdict, names[i], &text) && text.len == 0);
        FUZZ_HOLDS(!jeton_verdict_int(verdict, names[i], &number) && number == 0);
        FUZZ_HOLDS(!jeton_verdict_bool(verdict, names[i], &truth) && !truth);
        FUZZ_HOLDS(!jeton_verdict_date(verdict, names[i], &date) && date == 0);
        FUZZ_HOLDS(!jeton_verdict_has(verdict, names[i], jeton_str("alice")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static jeton_verifier *verifier;
    static jeton_verdict *verdict; /* the same one for all: nothing of a token may stay in it */
    if (verifier == NULL) {
        verifier = new_verifier();
        FUZZ_HOLDS(jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK);
        for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
            FUZZ_HOLDS(jeton_verify(verifier, jeton_str(made[i]), verdict) == JETON_OK);
    }
    const jeton_span token = jeton_bytes(bytes, len);
    const jeton_status status = jeton_verify(verifier, token, verdict);
    FUZZ_HOLDS((status == JETON_OK) == is_made(token));
    inspect(verdict, status);
    return 0;
}
