/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pbes2.c - encrypted keys: the ways we open, what each may cost, and what a
 * wrong passphrase gives. */
#include "crypto/pbes2.h"

#include "core/limits.h"
#include "crypto/pem.h"
#include "der_of.h"
#include "pems.h"
#include "sealed.h"

#include <stdio.h>

#define PASSPHRASE "correct horse"

/* Costs of the files in sealed.h are below this; those of the refused ones above. */
static jeton_ctx *bounded(unsigned rounds)
{
    const jeton_ctx_options options = {.limits = {.rounds = rounds}};
    jeton_ctx *ctx = NULL;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    return ctx;
}

static const struct {
    const char *why, *pem;
} opened[] = {
    {"HMAC-SHA256, AES-256", PEM_EC_SEALED_SHA256},
    {"HMAC-SHA256, AES-128", PEM_EC_SEALED_AES128},
    {"HMAC-SHA512, AES-192", PEM_EC_SEALED_AES192_SHA512},
    {"HMAC-SHA384", PEM_EC_SEALED_SHA384},
    {"HMAC-SHA1", PEM_EC_SEALED_SHA1},
    {"scrypt", PEM_EC_SEALED_SCRYPT},
};

static void sealed_keys_of_openssl_are_opened(void **state)
{
    (void)state;
    const jeton_span want = der_of(PEM_EC_PRIVATE);
    for (size_t i = 0; i < COUNT(opened); i++) {
        print_message("  %s\n", opened[i].why);
        const jeton_span der = der_of(opened[i].pem);
        jt_secret plain = {.ptr = BOGUS, .len = 7};
        assert_int_equal(jt_pbes2_open(NULL, der, jeton_str(PASSPHRASE), &plain, NULL), JETON_OK);
        assert_true(jeton_span_equal(jt_secret_span(&plain), want));
        jt_secret_done(&plain);
        der_free(der);
    }
    der_free(want);
}

/* Of many wrong ones none opens, whatever it decrypts to. */
static void another_passphrase_opens_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "correct hors", "correct horse ", "Correct horse"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        jeton_err err = {0};
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pem_parse_encrypted(NULL, jeton_str(PEM_EC_SEALED_SHA256),
                                                jeton_str(wrong[i]), &key, &err),
                         JETON_E_PASSPHRASE);
        assert_int_equal(err.status, JETON_E_PASSPHRASE);
        assert_null(key);
    }
    for (unsigned i = 0; i < 1500; i++) { /* one in 256 has good padding by chance */
        char text[16];
        (void)snprintf(text, sizeof text, "%u", i);
        jt_pkey *key = BOGUS;
        assert_int_equal(
            jt_pem_parse_encrypted(NULL, jeton_str(PEM_SEALED_TEXT), jeton_str(text), &key, NULL),
            JETON_E_PASSPHRASE);
        assert_null(key);
    }
}

static const struct {
    const char *why, *pem;
    unsigned rounds; /* the context's limit */
    jeton_status want;
} refused[] = {
    {"as many rounds as allowed", PEM_EC_SEALED_SHA256, 1000, JETON_OK},
    {"one more", PEM_EC_SEALED_SHA256, 999, JETON_E_LIMIT},
    {"32767 rounds", PEM_EC_SEALED_ROUNDS, 32766, JETON_E_LIMIT},
    {"32767 rounds that nobody ran", PEM_EC_SEALED_ROUNDS, 32767, JETON_E_PASSPHRASE},
    {"as large an N as allowed", PEM_EC_SEALED_SCRYPT, 1024, JETON_OK},
    {"a larger one", PEM_EC_SEALED_SCRYPT, 1023, JETON_E_LIMIT},
    {"too many lanes", PEM_EC_SEALED_SCRYPT_LANES, 0, JETON_E_LIMIT},
    {"too much memory", PEM_EC_SEALED_SCRYPT_MEMORY, 0, JETON_E_LIMIT},
    {"HMAC-MD5", PEM_EC_SEALED_MD5, 0, JETON_E_UNSUPPORTED},
    {"3DES", PEM_EC_SEALED_DES3, 0, JETON_E_UNSUPPORTED},
    {"PBES1", PEM_EC_SEALED_PBES1, 0, JETON_E_UNSUPPORTED},
    {"a text inside", PEM_SEALED_TEXT, 0, JETON_E_PASSPHRASE},
    {"a key of an unknown type inside", PEM_SEALED_BROKEN, 0, JETON_E_UNSUPPORTED},
    {"a block that is not encrypted", PEM_EC_PRIVATE, 0, JETON_E_SYNTAX},
    {"no PEM", "correct horse", 0, JETON_E_SYNTAX},
};

static void the_price_is_looked_at_before_it_is_paid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_ctx *ctx = bounded(refused[i].rounds);
        jeton_err err = {0};
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pem_parse_encrypted(ctx, jeton_str(refused[i].pem),
                                                jeton_str(PASSPHRASE), &key, &err),
                         refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        assert_int_equal(key != NULL, refused[i].want == JETON_OK);
        jt_pkey_free(&key);
        jeton_ctx_free(&ctx);
    }
}

/* One changed bit: refused, or opened by a passphrase that has nothing to do with that bit. */
static void damaged_ones_are_refused_or_the_same(void **state)
{
    (void)state;
    jeton_ctx *ctx = bounded(2000);
    static const char *const pems[] = {PEM_EC_SEALED_AES128, PEM_EC_SEALED_SCRYPT};
    for (size_t i = 0; i < COUNT(pems); i++) {
        const jeton_span der = der_of(pems[i]);
        uint8_t *bytes = malloc(der.len);
        assert_non_null(bytes);
        size_t kinds[JETON_E_PASSPHRASE + 1] = {0};
        for (size_t bit = 0; bit < 8 * 140; bit++) { /* the parameters, and some of the key */
            memcpy(bytes, der.ptr, der.len);
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            jt_secret plain = {.ptr = BOGUS, .len = 7};
            const jeton_status status = jt_pbes2_open(ctx, jeton_bytes(bytes, der.len),
                                                      jeton_str(PASSPHRASE), &plain, NULL);
            assert_in_range(status, 0, JETON_E_PASSPHRASE);
            assert_int_equal(plain.ptr != NULL, status == JETON_OK);
            kinds[status]++;
            jt_secret_done(&plain);
        }
        assert_true(kinds[JETON_E_KEY] > 0 && kinds[JETON_E_UNSUPPORTED] > 0 &&
                    kinds[JETON_E_LIMIT] > 0 && kinds[JETON_E_PASSPHRASE] > 0);
        free(bytes);
        der_free(der);
    }
    jeton_ctx_free(&ctx);
}

static void what_we_seal_opens_again_and_never_looks_the_same(void **state)
{
    (void)state;
    jt_pkey *key = NULL;
    jt_pkey *again = NULL;
    jt_buf one = jt_buf_init(NULL);
    jt_buf two = jt_buf_init(NULL);
    assert_int_equal(jt_pem_parse(NULL, jeton_str(PEM_OKP_PRIVATE), &key, NULL), JETON_OK);
    assert_int_equal(jt_pem_print_encrypted(key, jeton_str("p"), &one, NULL), JETON_OK);
    assert_int_equal(jt_pem_print_encrypted(key, jeton_str("p"), &two, NULL), JETON_OK);
    assert_false(jeton_span_equal(jt_buf_span(&one), jt_buf_span(&two)));
    assert_int_equal(jt_pem_parse_encrypted(NULL, jt_buf_span(&one), jeton_str("q"), &again, NULL),
                     JETON_E_PASSPHRASE);
    assert_int_equal(jt_pem_parse_encrypted(NULL, jt_buf_span(&one), jeton_str("p"), &again, NULL),
                     JETON_OK);
    assert_true(jt_pkey_is_same(key, again) && jt_pkey_is_private(again));
    jt_pkey_free(&again);
    jt_pkey_free(&key);
    jt_buf_done(&two);
    jt_buf_done(&one);
}

static bool no_randomness(void *user, void *to, size_t len)
{
    (void)user;
    (void)to;
    (void)len;
    return false;
}

static bool little_randomness(void *user, void *to, size_t len)
{
    unsigned *left = user;
    memset(to, 1, len);
    return (*left)-- > 0;
}

static void sealing_wants_a_passphrase_and_randomness(void **state)
{
    (void)state;
    static const uint8_t longest[JT_LIMIT_PASSPHRASE + 1] = {1};
    const jeton_ctx_options dry = {.random = no_randomness};
    unsigned once = 1;
    const jeton_ctx_options drier = {.random = little_randomness, .user = &once};
    jeton_ctx *ctxs[2] = {NULL};
    const jeton_span plain = der_of(PEM_EC_PRIVATE);
    jt_buf der = jt_buf_init(NULL);
    jt_secret opened_one = {.ptr = BOGUS, .len = 7};
    assert_int_equal(jeton_ctx_new(&dry, &ctxs[0], NULL), JETON_OK);
    assert_int_equal(jeton_ctx_new(&drier, &ctxs[1], NULL), JETON_OK);
    assert_int_equal(jt_pbes2_seal(NULL, plain, jeton_str(""), &der, NULL), JETON_E_ARGUMENT);
    assert_int_equal(jt_pbes2_seal(NULL, plain, jeton_bytes(longest, sizeof longest), &der, NULL),
                     JETON_E_LIMIT);
    assert_int_equal(jt_pbes2_seal(ctxs[0], plain, jeton_str("p"), &der, NULL), JETON_E_RANDOM);
    assert_int_equal(jt_pbes2_seal(ctxs[1], plain, jeton_str("p"), &der, NULL), JETON_E_RANDOM);
    assert_int_equal(jt_pbes2_seal(NULL, jeton_str("no key"), jeton_str("p"), &der, NULL),
                     JETON_E_CRYPTO);
    assert_int_equal(der.len, 0);
    assert_int_equal(
        jt_pbes2_open(NULL, plain, jeton_bytes(longest, sizeof longest), &opened_one, NULL),
        JETON_E_LIMIT);
    assert_null(opened_one.ptr);
    assert_int_equal(jt_pbes2_open(NULL, plain, jeton_str("p"), &opened_one, NULL), JETON_E_KEY);
    jeton_ctx_free(&ctxs[1]);
    jeton_ctx_free(&ctxs[0]);
    jt_buf_done(&der);
    der_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_keys_of_openssl_are_opened),
        cmocka_unit_test(another_passphrase_opens_nothing),
        cmocka_unit_test(the_price_is_looked_at_before_it_is_paid),
        cmocka_unit_test(damaged_ones_are_refused_or_the_same),
        cmocka_unit_test(what_we_seal_opens_again_and_never_looks_the_same),
        cmocka_unit_test(sealing_wants_a_passphrase_and_randomness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
