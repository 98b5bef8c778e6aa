/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/test_openssl.c - what is done with keys, with OpenSSL's call 0, 1, 2, … failing and
 * only that one, until none is left to fail: a call that failed anywhere is a failure, its outputs
 * are empty, everything is given back, and OpenSSL's error queue is as it was.
 *
 * This is about what happens when OpenSSL has no memory, or a provider breaks: nobody can bring it
 * about from outside, and no signature may be made or accepted because of it.
 */
#include <jeton.h>

#include "../unit/keys/certificates.h"
#include "../unit/unit.h"
#include "openssl_calls.h"

#include <openssl/err.h>
#include <stdio.h>

/* ---- calls that fail when they are told to ----------------------------------------------------
 */

#define NUMBER(type, name, failure, params, args) CALL_##name,
typedef enum call { OPENSSL_CALLS(NUMBER) CALL_EVP_PKEY_Q_keygen, CALLS } call;

#define NAME(type, name, failure, params, args) [CALL_##name] = #name,
static const char *const names[CALLS] = {OPENSSL_CALLS(NAME)[CALL_EVP_PKEY_Q_keygen] =
                                             "EVP_PKEY_Q_keygen"};

static struct {
    size_t left;      /* that many succeed, the next fails; SIZE_MAX: all succeed */
    bool over;        /* one has failed */
    call which;       /* the one that did */
    bool ever[CALLS]; /* has failed in some run */
    size_t wrong;     /* runs that did not end as they should */
} faults = {.left = SIZE_MAX};

/* Whether this call fails. Like a real failure it leaves something in OpenSSL's error queue. */
static bool fails(call which)
{
    if (faults.left == SIZE_MAX || faults.over)
        return false;
    if (faults.left-- > 0)
        return false;
    faults.left = SIZE_MAX;
    faults.over = faults.ever[which] = true;
    faults.which = which;
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    return true;
}

#define WRAP(type, name, failure, params, args)                                                    \
    type __real_##name params;                                                                     \
    type __wrap_##name params;                                                                     \
    type __wrap_##name params                                                                      \
    {                                                                                              \
        return fails(CALL_##name) ? (failure) : __real_##name args;                                \
    }
OPENSSL_CALLS(WRAP)

EVP_PKEY *__real_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *query, const char *type, ...);
EVP_PKEY *__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *query, const char *type, ...);
EVP_PKEY *__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *query, const char *type, ...)
{
    EVP_PKEY *made = NULL;
    va_list more;
    va_start(more, type);
    if (!fails(CALL_EVP_PKEY_Q_keygen))
        made = strcmp(type, "RSA") == 0
                   ? __real_EVP_PKEY_Q_keygen(library, query, type, va_arg(more, size_t))
                   : __real_EVP_PKEY_Q_keygen(library, query, type, va_arg(more, char *));
    va_end(more);
    return made;
}

/* ---- what is done with a key of each kind -----------------------------------------------------
 */

static unit_heap heap;
static jeton_ctx *ctx;

static struct kind {
    jeton_alg alg;
    bool in_one_piece; /* its signatures are of a whole message, not of a digest */
    jeton_key *key;
    jeton_keyset *keys;
    jeton_signer *signer;
    jeton_claims *claims;
    jeton_text *jwk, *public_jwk, *der, *public_der, *pem, *jws;
} kinds[] = {{.alg = JETON_RS256},
             {.alg = JETON_PS256},
             {.alg = JETON_ES256},
             {.alg = JETON_ED25519, .in_one_piece = true},
             {.alg = JETON_ED448, .in_one_piece = true}};

static const jeton_span octets = {(const uint8_t *)"octets", 6};

static bool had_key(jeton_key *key)
{
    const bool had = key != NULL;
    jeton_key_free(&key);
    return had;
}

static bool had_text(jeton_text *text)
{
    const bool had = text != NULL;
    jeton_text_free(&text);
    return had;
}

static jeton_status generate(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_generate(ctx, of->alg, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status parse(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse(ctx, jeton_text_span(of->jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status parse_public(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status =
        jeton_key_parse_public(ctx, jeton_text_span(of->public_jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status parse_der_of(const struct kind *of, const jeton_text *der, bool *had,
                                 jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status =
        jeton_key_parse_der(ctx, jeton_text_span(der), of->alg, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status parse_der(const struct kind *of, bool *had, jeton_err *err)
{
    return parse_der_of(of, of->der, had, err);
}

static jeton_status parse_public_der(const struct kind *of, bool *had, jeton_err *err)
{
    return parse_der_of(of, of->public_der, had, err);
}

static jeton_status parse_pem(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status =
        jeton_key_parse_pem(ctx, jeton_text_span(of->pem), of->alg, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status print(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print(of->key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status print_der(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_der(of->key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status print_public_der(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_der(of->key, JETON_KEY_PUBLIC, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status print_pem(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_pem(of->key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status thumbprint(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_thumbprint(of->key, &text, err);
    *had = had_text(text);
    return status;
}

/* With a key just read: one that has signed keeps what it was prepared with. */
static jeton_status sign_with_new_key(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = NULL;
    jeton_text *text = NULL;
    jeton_status status = jeton_key_parse(ctx, jeton_text_span(of->jwk), &key, err);
    if (status == JETON_OK) {
        const jeton_jws_signature by = {.key = key};
        const jeton_jws_options options = {.form = JETON_JWS_GENERAL};
        text = BOGUS;
        status = jeton_jws_sign(ctx, &by, 1, octets, &options, &text, err);
    }
    *had = had_text(text);
    jeton_key_free(&key);
    return status;
}

static jeton_status sign_token(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_sign(of->signer, of->claims, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status sign_in_parts(const struct kind *of, bool *had, jeton_err *err)
{
    const jeton_jws_signature by = {.key = of->key};
    const jeton_jws_options options = {.form = JETON_JWS_COMPACT};
    jeton_jws_stream *stream = NULL;
    jeton_text *text = NULL;
    jeton_status status = jeton_jws_sign_begin(ctx, &by, 1, &options, &stream, err);
    if (status == JETON_OK) {
        jeton_jws_add(stream, octets);
        text = BOGUS;
        status = jeton_jws_sign_end(stream, &text, err);
    }
    *had = had_text(text);
    jeton_jws_stream_free(&stream);
    return status;
}

static jeton_status verify_with(const struct kind *of, const jeton_keyset *keys, bool *had,
                                jeton_err *err)
{
    const jeton_jws_policy policy = {.forms = JETON_JWS_COMPACT};
    jeton_jws *jws = BOGUS;
    const jeton_status status =
        jeton_jws_verify(ctx, keys, &policy, jeton_text_span(of->jws), NULL, &jws, err);
    *had = jws != NULL;
    jeton_jws_free(&jws);
    return status;
}

static jeton_status verify(const struct kind *of, bool *had, jeton_err *err)
{
    return verify_with(of, of->keys, had, err);
}

static jeton_status verify_with_new_key(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    *had = false;
    jeton_status status = jeton_key_parse_public(ctx, jeton_text_span(of->public_jwk), &key, err);
    if (status == JETON_OK)
        status = jeton_keyset_new(ctx, (const jeton_key *const[]){key}, 1, &keys, err);
    if (status == JETON_OK)
        status = verify_with(of, keys, had, err);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return status;
}

/* ---- what takes a file made elsewhere ---------------------------------------------------------
 */

/* The key of an EC P-256 pair, by openssl-pkcs8(1) with -iter 1000 and with -scrypt -scrypt_N 1024:
 * enough to be read, and not to wait for. The passphrase is "p". */
static const char pbkdf2_pem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgs9kdsVpM5PwICA+gw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOrQflgFo+0Cf3HJS8OVkNEEgZCk\n"
    "5EA8Y8T49X25AIVDMMtYa9noNlY06wLIQPF81OwRAvy39E82x8ENQ9ksp4Gr01L2\n"
    "r4uH2g6AnE+ba8fgwWs19YjDS7G9q93TzNXBAitPhY0NNP5M4RhWGohNF5MEYvFG\n"
    "s+sNpNlISEswWmNTkbZNUFrtpTTfZ5IPV/OYB+/Tap7P0WxUtcM6zW+F6bGEoUY=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char scrypt_pem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAgJg+fAljwXngICBAAC\n"
    "AQgCAQEwHQYJYIZIAWUDBAEqBBBWudPg4ECH0M+ezp7rQUbMBIGQogFE649BMo+/\n"
    "iGABWbWEzrwqFakh/NwqSWGpI4RwyIbcuy55BeCTW7x1gTAxw6UyJZRlbmMZHF72\n"
    "bqfcmrqpNtRw3noKRz7qJGlroEnRs0kNjb9YjdDOaVEJmTR/qskLAbsW1FW5YeKU\n"
    "tBlfSjiVZmt5IZYEAr12BTa4rOp6MhVgnkBut4zg5unb2PTBknhW\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static jeton_status parse_encrypted(const char *pem, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_pem_encrypted(
        ctx, jeton_str(pem), jeton_str("p"), JETON_ES256, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status parse_pbkdf2(const struct kind *of, bool *had, jeton_err *err)
{
    (void)of;
    return parse_encrypted(pbkdf2_pem, had, err);
}

static jeton_status parse_scrypt(const struct kind *of, bool *had, jeton_err *err)
{
    (void)of;
    return parse_encrypted(scrypt_pem, had, err);
}

static jeton_status print_encrypted(const struct kind *of, bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_pem_encrypted(of->key, jeton_str("p"), &text, err);
    *had = had_text(text);
    return status;
}

/* RFC 7515 A.3 with a certificate of it. */
static jeton_status parse_x5c(const struct kind *of, bool *had, jeton_err *err)
{
    (void)of;
    static const char jwk[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                              "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                              "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
                              "\"x5c\":[\"" A3_CERT "\"]}";
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse(ctx, jeton_str(jwk), &key, err);
    *had = had_key(key);
    return status;
}

/* ---- the drive --------------------------------------------------------------------------------
 */

typedef struct deed {
    const char *name;
    jeton_status (*call)(const struct kind *of, bool *had, jeton_err *err);
} deed;

static const deed of_each_kind[] = {
    {"generate", generate},
    {"parse", parse},
    {"parse the public part", parse_public},
    {"parse DER", parse_der},
    {"parse DER of the public part", parse_public_der},
    {"parse PEM", parse_pem},
    {"print", print},
    {"print DER", print_der},
    {"print DER of the public part", print_public_der},
    {"print PEM", print_pem},
    {"thumbprint", thumbprint},
    {"sign with a new key", sign_with_new_key},
    {"sign a token", sign_token},
    {"verify", verify},
    {"verify with a new key", verify_with_new_key},
};

static const deed in_parts = {"sign in parts", sign_in_parts};

static const deed of_one_kind[] = {
    {"parse PEM, encrypted with PBKDF2", parse_pbkdf2},
    {"parse PEM, encrypted with scrypt", parse_scrypt},
    {"print PEM, encrypted", print_encrypted},
    {"parse with x5c", parse_x5c},
};

/* One run with call n failing; false when there was none. Every run is made, so that one list has
 * all that is wrong. */
static bool fails_without_call(const deed *what, const struct kind *of, size_t n)
{
    const size_t live = heap.live;
    jeton_err err = {0};
    bool had = true;
    faults.over = false;
    faults.left = n;
    const jeton_status status = what->call(of, &had, &err);
    faults.left = SIZE_MAX;
    const char *const wrong = (status != JETON_OK) != faults.over ? "unnoticed"
                              : err.status != status              ? "another reason"
                              : had == faults.over                ? "outputs"
                              : heap.live != live                 ? "a leak"
                              : ERR_peek_error() != 0             ? "OpenSSL's error queue"
                                                                  : NULL;
    ERR_clear_error();
    if (wrong != NULL)
        print_message("  %s, %s, call %zu failing (%s): %s; %s\n", jeton_alg_name(of->alg),
                      what->name, n, faults.over ? names[faults.which] : "none",
                      jeton_status_name(status), wrong);
    faults.wrong += wrong != NULL;
    return faults.over;
}

static void drive(const deed *what, const struct kind *of)
{
    size_t n = 0;
    while (fails_without_call(what, of, n))
        n++;
    print_message("  %s, %s: %zu calls\n", jeton_alg_name(of->alg), what->name, n);
}

static void no_failing_openssl_call_goes_unnoticed(void **state)
{
    (void)state;
    faults.wrong = 0;
    for (size_t i = 0; i < COUNT(of_each_kind); i++)
        for (size_t k = 0; k < COUNT(kinds); k++)
            drive(&of_each_kind[i], &kinds[k]);
    for (size_t k = 0; k < COUNT(kinds); k++)
        if (!kinds[k].in_one_piece)
            drive(&in_parts, &kinds[k]);
    assert_int_equal(faults.wrong, 0);
}

static void no_failing_openssl_call_goes_unnoticed_in_files_of_others(void **state)
{
    (void)state;
    faults.wrong = 0;
    for (size_t i = 0; i < COUNT(of_one_kind); i++)
        drive(&of_one_kind[i], &kinds[2]);
    assert_int_equal(faults.wrong, 0);
}

/* Or the tests above do not test what the list says. */
static void every_call_of_the_list_has_failed(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < CALLS; i++)
        if (!faults.ever[i]) {
            print_message("  %s has not\n", names[i]);
            missed++;
        }
    assert_int_equal(missed, 0);
}

static void make(struct kind *of)
{
    assert_int_equal(jeton_key_generate(ctx, of->alg, jeton_str("k"), &of->key, NULL), JETON_OK);
    const jeton_jws_signature by = {.key = of->key};
    assert_int_equal(jeton_keyset_new(ctx, (const jeton_key *const[]){of->key}, 1, &of->keys, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print(of->key, JETON_KEY_PRIVATE, &of->jwk, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(of->key, JETON_KEY_PUBLIC, &of->public_jwk, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_der(of->key, JETON_KEY_PRIVATE, &of->der, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_der(of->key, JETON_KEY_PUBLIC, &of->public_der, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print_pem(of->key, JETON_KEY_PRIVATE, &of->pem, NULL), JETON_OK);
    assert_int_equal(jeton_jws_sign(ctx, &by, 1, octets, NULL, &of->jws, NULL), JETON_OK);
    const jeton_token_defaults defaults = {.lifetime = 60};
    assert_int_equal(jeton_signer_new(ctx, of->key, of->alg, &defaults, &of->signer, NULL),
                     JETON_OK);
    assert_int_equal(jeton_claims_new(ctx, &of->claims, NULL), JETON_OK);
}

static int set_up(void **state)
{
    (void)state;
    ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    for (size_t i = 0; i < COUNT(kinds); i++)
        make(&kinds[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        jeton_claims_free(&kinds[i].claims);
        jeton_signer_free(&kinds[i].signer);
        jeton_text_free(&kinds[i].jws);
        jeton_text_free(&kinds[i].pem);
        jeton_text_free(&kinds[i].public_der);
        jeton_text_free(&kinds[i].der);
        jeton_text_free(&kinds[i].public_jwk);
        jeton_text_free(&kinds[i].jwk);
        jeton_keyset_free(&kinds[i].keys);
        jeton_key_free(&kinds[i].key);
    }
    unit_ctx_done(&ctx, &heap);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failing_openssl_call_goes_unnoticed),
        cmocka_unit_test(no_failing_openssl_call_goes_unnoticed_in_files_of_others),
        cmocka_unit_test(every_call_of_the_list_has_failed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
