/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_aead.c - sealing: what opens, and that nothing else does. */
#include "crypto/aead.h"

#include "../unit.h"

static const uint8_t key_bytes[JT_AEAD_KEY] = {1, 2, 3};

static jeton_span key_span(void)
{
    return jeton_bytes(key_bytes, sizeof key_bytes);
}

static void seal(const char *plain, const char *ad, jt_buf *sealed)
{
    assert_int_equal(jt_aead_seal(NULL, key_span(), jeton_str(plain), jeton_str(ad), sealed, NULL),
                     JETON_OK);
}

static void aead_opens_what_was_sealed(void **state)
{
    (void)state;
    static const char *const plains[] = {
        "", "x", "longer than a block of the cipher, which has 64 bytes: some text"};
    for (size_t i = 0; i < COUNT(plains); i++) {
        jt_buf sealed = jt_buf_init(NULL);
        seal(plains[i], "users.key.7", &sealed);
        assert_int_equal(sealed.len, strlen(plains[i]) + JT_AEAD_EXTRA);
        jt_secret plain = {.ptr = BOGUS, .len = 99};
        assert_int_equal(jt_aead_open(NULL, key_span(), jt_buf_span(&sealed),
                                      jeton_str("users.key.7"), &plain, NULL),
                         JETON_OK);
        unit_assert_span(jt_secret_span(&plain), plains[i]);
        jt_secret_done(&plain);
        jt_buf_done(&sealed);
    }
}

static void aead_seals_behind_what_is_there(void **state)
{
    (void)state;
    jt_buf sealed = jt_buf_init(NULL);
    assert_int_equal(jt_buf_add(&sealed, jeton_str("v1."), NULL), JETON_OK);
    seal("x", "", &sealed);
    unit_assert_span(jeton_bytes(sealed.ptr, 3), "v1.");
    assert_int_equal(sealed.len, 3 + 1 + JT_AEAD_EXTRA);
    jt_buf_done(&sealed);
}

static void aead_seals_the_same_differently_each_time(void **state)
{
    (void)state;
    jt_buf a = jt_buf_init(NULL);
    jt_buf b = jt_buf_init(NULL);
    seal("x", "", &a);
    seal("x", "", &b);
    assert_memory_not_equal(a.ptr, b.ptr, JT_AEAD_NONCE);
    assert_memory_not_equal(a.ptr + JT_AEAD_NONCE, b.ptr + JT_AEAD_NONCE, a.len - JT_AEAD_NONCE);
    jt_buf_done(&a);
    jt_buf_done(&b);
}

static void assert_closed(jeton_span key, jeton_span sealed, const char *ad, jeton_status want)
{
    jeton_err err = {0};
    jt_secret plain = {.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_aead_open(NULL, key, sealed, jeton_str(ad), &plain, &err), want);
    assert_int_equal(err.status, want);
    assert_null(plain.ptr);
    assert_int_equal(plain.len, 0);
}

static void aead_refuses_whatever_was_changed(void **state)
{
    (void)state;
    jt_buf sealed = jt_buf_init(NULL);
    seal("secret", "users.key.7", &sealed);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_closed(key_span(), jt_buf_span(&sealed), "users.key.7", JETON_E_CRYPTO);
        sealed.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_closed(key_span(), jeton_bytes(sealed.ptr, len), "users.key.7", JETON_E_CRYPTO);
    assert_closed(key_span(), jt_buf_span(&sealed), "users.key.8", JETON_E_CRYPTO);
    assert_closed(key_span(), jt_buf_span(&sealed), "", JETON_E_CRYPTO);

    uint8_t other[JT_AEAD_KEY] = {1, 2, 4};
    assert_closed(jeton_bytes(other, sizeof other), jt_buf_span(&sealed), "users.key.7",
                  JETON_E_CRYPTO);
    jt_buf_done(&sealed);
}

static void aead_refuses_keys_of_another_length(void **state)
{
    (void)state;
    const uint8_t bytes[JT_AEAD_KEY + 1] = {0};
    const size_t lengths[] = {0, 16, JT_AEAD_KEY - 1, JT_AEAD_KEY + 1};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        jt_buf sealed = jt_buf_init(NULL);
        const jeton_span key = jeton_bytes(bytes, lengths[i]);
        assert_int_equal(jt_aead_seal(NULL, key, jeton_str("x"), jeton_str(""), &sealed, NULL),
                         JETON_E_ARGUMENT);
        assert_int_equal(sealed.len, 0);
        assert_closed(key, jeton_bytes(bytes, 0), "", JETON_E_ARGUMENT);
        jt_buf_done(&sealed);
    }
}

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    (void)to;
    (void)len;
    return false;
}

static void aead_does_not_seal_without_randomness(void **state)
{
    (void)state;
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.random = no_random};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    jt_buf sealed = jt_buf_init(ctx);
    assert_int_equal(jt_aead_seal(ctx, key_span(), jeton_str("x"), jeton_str(""), &sealed, NULL),
                     JETON_E_RANDOM);
    assert_int_equal(sealed.len, 0);
    jt_buf_done(&sealed);
    jeton_ctx_free(&ctx);
}

static void aead_leaves_nothing_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_buf sealed = jt_buf_init(ctx);
    assert_int_equal(jt_aead_seal(ctx, key_span(), jeton_str("x"), jeton_str(""), &sealed, NULL),
                     JETON_E_NOMEM);
    assert_int_equal(sealed.len, 0);
    heap.left = 1;
    assert_int_equal(jt_aead_seal(ctx, key_span(), jeton_str("x"), jeton_str(""), &sealed, NULL),
                     JETON_OK);
    jt_secret plain = {.ptr = BOGUS};
    assert_int_equal(
        jt_aead_open(ctx, key_span(), jt_buf_span(&sealed), jeton_str(""), &plain, NULL),
        JETON_E_NOMEM);
    assert_null(plain.ptr);
    jt_buf_done(&sealed);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aead_opens_what_was_sealed),
        cmocka_unit_test(aead_seals_behind_what_is_there),
        cmocka_unit_test(aead_seals_the_same_differently_each_time),
        cmocka_unit_test(aead_refuses_whatever_was_changed),
        cmocka_unit_test(aead_refuses_keys_of_another_length),
        cmocka_unit_test(aead_does_not_seal_without_randomness),
        cmocka_unit_test(aead_leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
