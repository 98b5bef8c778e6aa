/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_generate.c - new keys, and the whole way of each: print, read, sign, verify.
 */
#include "core/limits.h"
#include "keys/key.h"

#include "rfc.h"

static const struct {
    const char *name, *type;
    jeton_alg alg;
    bool is_pair; /* has a public half */
} algs[] = {
    {"HS256", "oct", JETON_HS256, false},        {"HS384", "oct", JETON_HS384, false},
    {"HS512", "oct", JETON_HS512, false},        {"RS256", "RSA", JETON_RS256, true},
    {"RS384", "RSA", JETON_RS384, true},         {"RS512", "RSA", JETON_RS512, true},
    {"PS256", "RSA", JETON_PS256, true},         {"PS384", "RSA", JETON_PS384, true},
    {"PS512", "RSA", JETON_PS512, true},         {"ES256", "EC", JETON_ES256, true},
    {"ES384", "EC", JETON_ES384, true},          {"ES512", "EC", JETON_ES512, true},
    {"ES256K", "EC", JETON_ES256K, true},        {"Ed25519", "OKP", JETON_ED25519, true},
    {"EdDSA", "OKP", JETON_EDDSA, true},         {"Ed448", "OKP", JETON_ED448, true},
    {"ML-DSA-44", "AKP", JETON_ML_DSA_44, true}, {"ML-DSA-65", "AKP", JETON_ML_DSA_65, true},
    {"ML-DSA-87", "AKP", JETON_ML_DSA_87, true},
};

/* NULL where this build does not have the algorithm. */
static jeton_key *generate(jeton_alg alg, const char *kid)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_generate(NULL, alg, jeton_str(kid), &key, NULL);
    assert_true(status == JETON_OK || (status == JETON_E_UNSUPPORTED && alg >= JETON_ML_DSA_44));
    assert_int_equal(key != NULL, status == JETON_OK);
    return key;
}

static void assert_verifies(const jeton_key *signing, const jeton_key *verifying, jeton_alg alg)
{
    uint8_t sig[JT_LIMIT_SIGNATURE];
    size_t len = sizeof sig;
    const jeton_span input = jeton_str("header.payload");
    assert_int_equal(jt_key_allows(signing, alg, JT_OP_SIGN, NULL), JETON_OK);
    assert_int_equal(jt_key_allows(verifying, alg, JT_OP_VERIFY, NULL), JETON_OK);
    assert_int_equal(jt_key_sign(signing, alg, input, sig, &len, NULL), JETON_OK);
    assert_int_equal(jt_key_verify(verifying, alg, input, jeton_bytes(sig, len), NULL), JETON_OK);
    sig[len / 2] ^= 1;
    assert_int_equal(jt_key_verify(verifying, alg, input, jeton_bytes(sig, len), NULL),
                     JETON_E_SIGNATURE);
}

static jeton_key *through_jwk(const jeton_key *key, jeton_key_part part)
{
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_print(key, part, &text, NULL), JETON_OK);
    jeton_key *read = rfc_key(jeton_text_chars(text));
    jeton_text_free(&text);
    assert_true(jeton_span_equal(jeton_key_id(read), jeton_key_id(key)));
    assert_int_equal(jeton_key_alg(read), jeton_key_alg(key));
    return read;
}

static jeton_key *through_pem(const jeton_key *key, jeton_key_part part)
{
    jeton_key *read = BOGUS;
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_print_pem(key, part, &text, NULL), JETON_OK);
    assert_int_equal(jeton_key_parse_pem(NULL, jeton_text_span(text), jeton_key_alg(key),
                                         jeton_key_id(key), &read, NULL),
                     JETON_OK);
    jeton_text_free(&text);
    return read;
}

static void generated_key_is_what_was_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(algs); i++) {
        print_message("  %s\n", algs[i].name);
        jeton_key *key = generate(algs[i].alg, "one");
        if (key == NULL)
            continue;
        assert_string_equal(jeton_key_type(key), algs[i].type);
        assert_int_equal(jeton_key_alg(key), algs[i].alg);
        assert_true(jeton_key_is_private(key));
        unit_assert_span(jeton_key_id(key), "one");
        jeton_key_free(&key);
    }
}

static void generated_key_signs_and_verifies_after_printing_and_reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(algs); i++) {
        print_message("  %s\n", algs[i].name);
        jeton_key *key = generate(algs[i].alg, NULL);
        if (key == NULL)
            continue;
        assert_verifies(key, key, algs[i].alg);
        jeton_key *read = through_jwk(key, JETON_KEY_PRIVATE);
        assert_verifies(read, key, algs[i].alg);
        assert_verifies(key, read, algs[i].alg);
        jeton_key_free(&read);
        if (algs[i].is_pair) {
            jeton_key *half = through_jwk(key, JETON_KEY_PUBLIC);
            assert_false(jeton_key_is_private(half));
            assert_verifies(key, half, algs[i].alg);
            jeton_key_free(&half);
            half = through_pem(key, JETON_KEY_PUBLIC);
            read = through_pem(key, JETON_KEY_PRIVATE);
            assert_verifies(read, half, algs[i].alg);
            jeton_key_free(&half);
            jeton_key_free(&read);
        }
        jeton_key_free(&key);
    }
}

static void generated_pair_is_named_by_its_thumbprint(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(algs); i++) {
        print_message("  %s\n", algs[i].name);
        jeton_key *key = generate(algs[i].alg, NULL);
        if (key == NULL)
            continue;
        jeton_text *text = NULL;
        assert_int_equal(jeton_key_thumbprint(key, &text, NULL), JETON_OK);
        if (algs[i].is_pair)
            assert_true(jeton_span_equal(jeton_key_id(key), jeton_text_span(text)));
        else
            assert_int_equal(jeton_key_id(key).len, 0);
        jeton_text_free(&text);
        jeton_key_free(&key);
    }
}

static void generate_refuses_what_is_no_algorithm(void **state)
{
    (void)state;
    static const jeton_alg none[] = {JETON_ALG_UNSET, (jeton_alg)99};
    for (size_t i = 0; i < COUNT(none); i++) {
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_generate(NULL, none[i], jeton_str(NULL), &key, &err),
                         JETON_E_ARGUMENT);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
        assert_null(key);
    }
}

/* ---- from secrets --------------------------------------------------------------------------- */

#define BYTES_31 "0123456789abcdef0123456789abcde"
#define BYTES_47 "0123456789abcdef0123456789abcdef0123456789abcde"

static const struct {
    const char *why, *secret;
    jeton_alg alg;
    jeton_status want;
} secrets[] = {
    {"nothing", "", JETON_HS256, JETON_E_KEY},
    {"31 bytes for HS256", BYTES_31, JETON_HS256, JETON_E_KEY},
    {"32 bytes for HS256", BYTES_31 "f", JETON_HS256, JETON_OK},
    {"47 bytes for HS384", BYTES_47, JETON_HS384, JETON_E_KEY},
    {"48 bytes for HS384", BYTES_47 "f", JETON_HS384, JETON_OK},
    {"63 bytes for HS512", BYTES_31 "f" BYTES_31, JETON_HS512, JETON_E_KEY},
    {"64 bytes for HS512", BYTES_31 "f" BYTES_31 "f", JETON_HS512, JETON_OK},
    {"for no algorithm", BYTES_31 "f", JETON_ALG_UNSET, JETON_E_KEY},
    {"for RS256", BYTES_31 "f", JETON_RS256, JETON_E_KEY},
    {"for EdDSA", BYTES_31 "f", JETON_EDDSA, JETON_E_KEY},
    {"for a number that is not in the list", BYTES_31 "f", (jeton_alg)99, JETON_E_KEY},
};

static void key_from_secret_needs_an_hmac_and_its_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(secrets); i++) {
        print_message("  %s\n", secrets[i].why);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_from_secret(NULL, secrets[i].alg, jeton_str(secrets[i].secret),
                                               jeton_str("one"), &key, &err),
                         secrets[i].want);
        assert_int_equal(err.status, secrets[i].want);
        assert_int_equal(key != NULL, secrets[i].want == JETON_OK);
        if (key != NULL) {
            assert_int_equal(jeton_key_alg(key), secrets[i].alg);
            unit_assert_span(jeton_key_id(key), "one");
            assert_verifies(key, key, secrets[i].alg);
        }
        jeton_key_free(&key);
    }
}

/* ---- without randomness or memory ----------------------------------------------------------- */

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    (void)to;
    (void)len;
    return false;
}

static void generate_fails_without_randomness(void **state)
{
    (void)state;
    static const jeton_alg of_the_context[] = {JETON_HS256, JETON_ED25519, JETON_ED448};
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.random = no_random};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(of_the_context); i++) {
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_generate(ctx, of_the_context[i], jeton_str(NULL), &key, NULL),
                         JETON_E_RANDOM);
        assert_null(key);
    }
    jeton_ctx_free(&ctx);
}

static void generate_leaves_nothing_without_memory(void **state)
{
    (void)state;
    static const jeton_alg quick[] = {JETON_HS512, JETON_ES256, JETON_ED25519};
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    for (size_t i = 0; i < COUNT(quick); i++) {
        jeton_status status = JETON_E_NOMEM;
        for (size_t n = 0; status != JETON_OK; n++) {
            assert_true(n < 100);
            heap.left = n;
            jeton_key *key = BOGUS;
            status = jeton_key_generate(ctx, quick[i], jeton_str(NULL), &key, NULL);
            assert_true(status == JETON_OK || status == JETON_E_NOMEM);
            assert_int_equal(key != NULL, status == JETON_OK);
            jeton_key_free(&key);
        }
    }
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_key_is_what_was_asked_for),
        cmocka_unit_test(generated_key_signs_and_verifies_after_printing_and_reading),
        cmocka_unit_test(generated_pair_is_named_by_its_thumbprint),
        cmocka_unit_test(generate_refuses_what_is_no_algorithm),
        cmocka_unit_test(key_from_secret_needs_an_hmac_and_its_length),
        cmocka_unit_test(generate_fails_without_randomness),
        cmocka_unit_test(generate_leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
