/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_roca.c - the fingerprint of ROCA: moduli made to have it, and others. */
#include "crypto/roca.h"

#include "../unit.h"

/* All odd primes up to 167, and whether every residue but 0 is a power of 65537. */
static const struct {
    BN_ULONG prime;
    bool is_full;
} primes[] = {
    {3, true},    {5, true},    {7, true},   {11, false}, {13, false},  {17, false},  {19, false},
    {23, true},   {29, true},   {31, true},  {37, false}, {41, true},   {43, true},   {47, true},
    {53, false},  {59, true},   {61, false}, {67, true},  {71, false},  {73, false},  {79, false},
    {83, true},   {89, true},   {97, false}, {101, true}, {103, false}, {107, false}, {109, false},
    {113, true},  {127, false}, {131, true}, {137, true}, {139, true},  {149, true},  {151, false},
    {157, false}, {163, true},  {167, true},
};

/* Twice their product. */
static BIGNUM *primorial(void)
{
    BIGNUM *product = BN_new();
    assert_int_equal(BN_set_word(product, 2), 1);
    for (size_t i = 0; i < COUNT(primes); i++)
        assert_int_equal(BN_mul_word(product, primes[i].prime), 1);
    return product;
}

/* k · M + (65537^a mod M) with k and a at random, 2048 bits long. */
static BIGNUM *fingerprinted(const BIGNUM *m)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *power = BN_new();
    BIGNUM *base = BN_new();
    BIGNUM *n = BN_new();
    assert_int_equal(BN_set_word(base, 65537), 1);
    assert_int_equal(BN_rand(power, 200, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), 1);
    assert_int_equal(BN_mod_exp(power, base, power, m, ctx), 1);
    assert_int_equal(BN_rand(n, 2049 - BN_num_bits(m), BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), 1);
    assert_int_equal(BN_mul(n, n, m, ctx), 1);
    assert_int_equal(BN_add(n, n, power), 1);
    BN_free(base);
    BN_free(power);
    BN_CTX_free(ctx);
    return n;
}

static void roca_is_seen_in_moduli_made_like_that(void **state)
{
    (void)state;
    BIGNUM *m = primorial();
    for (int i = 0; i < 200; i++) {
        BIGNUM *n = fingerprinted(m);
        assert_true(BN_is_odd(n));
        assert_true(jt_roca_has_fingerprint(n));
        BN_free(n);
    }
    BN_free(m);
}

/* Adding M / r changes the residue modulo r and no other. Sooner or later it is no power. */
static void roca_is_not_seen_when_one_residue_is_no_power(void **state)
{
    (void)state;
    BIGNUM *m = primorial();
    for (size_t i = 0; i < COUNT(primes); i++) {
        const BN_ULONG prime = primes[i].prime;
        print_message("  %lu\n", (unsigned long)prime);
        BIGNUM *n = fingerprinted(m);
        BIGNUM *step = BN_dup(m);
        assert_int_equal(BN_div_word(step, prime), 0);
        BN_ULONG seen = 0;
        for (BN_ULONG t = 0; t < prime; t++) {
            seen += jt_roca_has_fingerprint(n);
            assert_int_equal(BN_add(n, n, step), 1);
        }
        assert_true(seen > 0 && (seen < prime - 1) != primes[i].is_full);
        BN_free(step);
        BN_free(n);
    }
    BN_free(m);
}

/* By chance one in 2^28 of these has it. */
static void roca_is_not_seen_in_random_numbers(void **state)
{
    (void)state;
    BIGNUM *n = BN_new();
    for (int i = 0; i < 500; i++) {
        assert_int_equal(BN_rand(n, 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
        assert_false(jt_roca_has_fingerprint(n));
    }
    BN_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roca_is_seen_in_moduli_made_like_that),
        cmocka_unit_test(roca_is_not_seen_when_one_residue_is_no_power),
        cmocka_unit_test(roca_is_not_seen_in_random_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
