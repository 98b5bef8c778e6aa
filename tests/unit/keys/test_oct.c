/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_oct.c - secrets: their lengths, and that they are prepared for each hash. */
#include "keys/oct.h"

#include "../unit.h"

static const uint8_t bytes[4097] = {1, 2, 3};

static void oct_new_bounds_the_length(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        jeton_status want;
    } lengths[] = {
        {0, JETON_E_KEY}, {1, JETON_E_KEY}, {31, JETON_E_KEY},
        {32, JETON_OK},   {4096, JETON_OK}, {4097, JETON_E_LIMIT},
    };
    for (size_t i = 0; i < COUNT(lengths); i++) {
        jeton_err err = {0};
        jt_oct *oct = BOGUS;
        assert_int_equal(jt_oct_new(NULL, jeton_bytes(bytes, lengths[i].len), &oct, &err),
                         lengths[i].want);
        assert_int_equal(err.status, lengths[i].want);
        assert_int_equal(oct != NULL, lengths[i].want == JETON_OK);
        jt_oct_free(&oct);
        assert_null(oct);
    }
    jt_oct_free(NULL);
}

static void oct_is_prepared_for_each_hash(void **state)
{
    (void)state;
    jt_oct *oct = NULL;
    assert_int_equal(jt_oct_new(NULL, jeton_bytes(bytes, 64), &oct, NULL), JETON_OK);
    for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
        uint8_t want[JT_HASH_MAX];
        jt_hmac_key key;
        jt_hmac_init(&key, (jt_hash)hash, jeton_bytes(bytes, 64));
        jt_hmac_sign(&key, jeton_str("x"), want);
        assert_true(jt_hmac_verify(&oct->macs[hash], jeton_str("x"),
                                   jeton_bytes(want, jt_hash_len((jt_hash)hash))));
        jt_hmac_done(&key);
    }
    jt_oct_free(&oct);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oct_new_bounds_the_length),
        cmocka_unit_test(oct_is_prepared_for_each_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
