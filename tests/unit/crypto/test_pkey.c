/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pkey.c - jt_pkey_import: the numbers it takes and those it refuses. */
#include "crypto/pkey.h"

#include "hex.h"
#include "numbers.h"

#include <openssl/bn.h>

enum { N, E, D, P, Q, DP, DQ, QI };
enum { X, Y, EC_D };
enum { OKP_X, OKP_D };
enum { AKP_PUB, AKP_SEED };

/* ---- ways to change a number ---------------------------------------------------------------- */

static void drop(number *n)
{
    n->len = 0;
}

static void flip_last_bit(number *n)
{
    n->bytes[n->len - 1] ^= 1;
}

static void flip_middle_bit(number *n)
{
    n->bytes[n->len / 2] ^= 0x10;
}

static void cut_last_byte(number *n)
{
    n->len--;
}

static void put_zero_in_front(number *n)
{
    memmove(n->bytes + 1, n->bytes, n->len++);
    n->bytes[0] = 0;
}

static void add_byte(number *n)
{
    n->bytes[n->len++] = 1;
}

static void fill_with_zeros(number *n)
{
    memset(n->bytes, 0, n->len);
}

static void fill_with_ones(number *n)
{
    memset(n->bytes, 0xff, n->len);
}

/* As large as its last byte. */
static void become_one(number *n)
{
    *n = (number){.bytes = {1}, .len = 1};
}

static void become_three(number *n)
{
    *n = (number){.bytes = {3}, .len = 1};
}

static void lose_top_bit(number *n)
{
    n->bytes[0] = (n->bytes[0] & 0x7f) | 0x40;
}

static void become_2_to_64_plus_1(number *n)
{
    *n = (number){.bytes = {[0] = 1, [8] = 1}, .len = 9};
}

static void become_2_to_63_plus_1(number *n)
{
    *n = (number){.bytes = {[0] = 0x80, [7] = 1}, .len = 8};
}

static void become_16385_bits(number *n)
{
    memset(n->bytes, 0xff, sizeof n->bytes);
    n->bytes[0] = 1;
    n->len = 16384 / 8 + 1;
}

/* A power of 65537 as an integer, 2049 bits long, is one modulo every prime as well. */
static void become_power_of_65537(number *n)
{
    BIGNUM *base = NULL;
    BIGNUM *exponent = NULL;
    BIGNUM *power = BN_new();
    BN_CTX *ctx = BN_CTX_new();
    assert_true(BN_dec2bn(&base, "65537") > 0 && BN_dec2bn(&exponent, "128") > 0);
    assert_int_equal(BN_exp(power, base, exponent, ctx), 1);
    n->len = (size_t)BN_bn2bin(power, n->bytes);
    BN_free(base);
    BN_free(exponent);
    BN_free(power);
    BN_CTX_free(ctx);
}

/* The order of the curve of that width; for 32 bytes that of P-256 (SP 800-186 §3.2.1). */
static void become_order(number *n)
{
    static const char *const orders[] = {
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196acc"
        "c5"
        "2973",
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc01"
        "48"
        "f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    };
    for (size_t i = 0; i < COUNT(orders); i++)
        if (strlen(orders[i]) == 2 * n->len)
            (void)hex_parse(jeton_str(orders[i]), n->bytes, n->len);
}

/* The order of secp256k1 (SEC 2 §2.4.1). */
static void become_koblitz_order(number *n)
{
    static const char order[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    (void)hex_parse(jeton_str(order), n->bytes, n->len);
}

/* The neutral point of Ed25519 and Ed448: (0, 1). */
static void become_neutral(number *n)
{
    memset(n->bytes, 0, n->len);
    n->bytes[0] = 1;
}

/* On Ed448, whose field has the prime 2^448 - 2^224 - 1, there is no point with y = 2. */
static void become_two(number *n)
{
    memset(n->bytes, 0, n->len);
    n->bytes[0] = 2;
}

static void become_ed448_prime(number *n)
{
    memset(n->bytes, 0xff, 56);
    n->bytes[28] = 0xfe;
    n->bytes[56] = 0;
}

static void become_ed448_minus_one(number *n)
{
    become_ed448_prime(n);
    n->bytes[0] = 0xfe;
}

/* The point with y = 3, which is on the curve, in more bits than it needs. */
static void become_ed448_prime_and_three(number *n)
{
    memset(n->bytes, 0, n->len);
    n->bytes[0] = 2;
    memset(n->bytes + 28, 0xff, 28);
}

static void become_little_three(number *n)
{
    become_two(n);
    n->bytes[0] = 3;
}

static void set_unused_bit(number *n)
{
    n->bytes[n->len - 1] |= 1;
}

/* ---- whole keys ----------------------------------------------------------------------------- */

static const char *const names[JT_PKEY_TYPES] = {
    [JT_PKEY_RSA] = "RSA",
    [JT_PKEY_P256] = "P-256",
    [JT_PKEY_P384] = "P-384",
    [JT_PKEY_P521] = "P-521",
    [JT_PKEY_K256] = "secp256k1",
    [JT_PKEY_ED25519] = "Ed25519",
    [JT_PKEY_ED448] = "Ed448",
    [JT_PKEY_ML_DSA_44] = "ML-DSA-44",
    [JT_PKEY_ML_DSA_65] = "ML-DSA-65",
    [JT_PKEY_ML_DSA_87] = "ML-DSA-87",
};

static void pkey_import_takes_what_export_gives(void **state)
{
    (void)state;
    for (size_t type = 0; type < JT_PKEY_TYPES; type++) {
        print_message("  %s\n", names[type]);
        if (!numbers_has((jt_pkey_type)type))
            continue;
        numbers given;
        numbers again;
        numbers_export(numbers_key((jt_pkey_type)type), &given);
        const jt_numbers view = numbers_view(&given);
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pkey_import(NULL, (jt_pkey_type)type, &view, &key, NULL), JETON_OK);
        assert_true(jt_pkey_is_private(key));
        assert_int_equal(jt_pkey_type_of(key), type);
        numbers_export(key, &again);
        assert_memory_equal(&given, &again, sizeof given);
        jt_pkey_free(&key);
        assert_null(key);
    }
}

static void pkey_of_public_numbers_is_not_private(void **state)
{
    (void)state;
    for (size_t type = 0; type < JT_PKEY_TYPES; type++) {
        print_message("  %s\n", names[type]);
        if (!numbers_has((jt_pkey_type)type))
            continue;
        jt_pkey *key = numbers_public_key((jt_pkey_type)type);
        assert_false(jt_pkey_is_private(key));
        numbers given;
        numbers_export(key, &given);
        for (size_t i = 0; i < JT_PKEY_NUMBERS; i++)
            assert_int_equal(given.at[i].len > 0, i < numbers_public_counts[type]);
        jt_pkey_free(&key);
    }
}

static void pkey_free_of_nothing_is_fine(void **state)
{
    (void)state;
    jt_pkey *none = NULL;
    jt_pkey_free(&none);
    jt_pkey_free(NULL);
}

/* RFC 7518 §6.2.1.1: a key says on which curve it is; the same numbers are no key on another. */
static void pkey_of_one_curve_is_none_of_another(void **state)
{
    (void)state;
    static const jt_pkey_type curves[] = {JT_PKEY_P256, JT_PKEY_P384, JT_PKEY_P521, JT_PKEY_K256};
    for (size_t i = 0; i < COUNT(curves); i++)
        for (size_t j = 0; j < COUNT(curves); j++) {
            numbers given;
            numbers_export(numbers_key(curves[i]), &given);
            const jt_numbers view = numbers_view(&given);
            jt_pkey *key = BOGUS;
            assert_int_equal(jt_pkey_import(NULL, curves[j], &view, &key, NULL),
                             i == j ? JETON_OK : JETON_E_KEY);
            jt_pkey_free(&key);
        }
}

/* ---- one number changed --------------------------------------------------------------------- */

static void import_changed(jt_pkey_type type, bool is_private, size_t index,
                           void (*change)(number *), jeton_status want)
{
    numbers given;
    numbers_export(numbers_key(type), &given);
    for (size_t i = numbers_public_counts[type]; !is_private && i < JT_PKEY_NUMBERS; i++)
        given.at[i].len = 0;
    change(&given.at[index]);
    const jt_numbers view = numbers_view(&given);
    jeton_err err = {0};
    jt_pkey *key = BOGUS;
    assert_int_equal(jt_pkey_import(NULL, type, &view, &key, &err), want);
    assert_int_equal(err.status, want);
    assert_int_equal(key != NULL, want == JETON_OK);
    assert_int_equal(err.text[0] != '\0', want != JETON_OK);
    jt_pkey_free(&key);
}

static const struct {
    const char *why;
    jt_pkey_type type;
    bool is_private;
    size_t index;
    void (*change)(number *);
    jeton_status want;
} changed[] = {
    {"RSA without n", JT_PKEY_RSA, false, N, drop, JETON_E_KEY},
    {"RSA without e", JT_PKEY_RSA, false, E, drop, JETON_E_KEY},
    {"n with a leading zero", JT_PKEY_RSA, false, N, put_zero_in_front, JETON_E_KEY},
    {"e with a leading zero", JT_PKEY_RSA, false, E, put_zero_in_front, JETON_E_KEY},
    {"n of 2040 bits", JT_PKEY_RSA, false, N, cut_last_byte, JETON_E_KEY},
    {"n of 2047 bits", JT_PKEY_RSA, false, N, lose_top_bit, JETON_E_KEY},
    {"n of 2056 bits, public only", JT_PKEY_RSA, false, N, add_byte, JETON_OK},
    {"n of 16385 bits", JT_PKEY_RSA, false, N, become_16385_bits, JETON_E_KEY},
    {"n even", JT_PKEY_RSA, false, N, flip_last_bit, JETON_E_KEY},
    {"n one", JT_PKEY_RSA, false, N, become_one, JETON_E_KEY},
    {"n with the fingerprint of ROCA", JT_PKEY_RSA, false, N, become_power_of_65537, JETON_E_KEY},
    {"e even", JT_PKEY_RSA, false, E, flip_last_bit, JETON_E_KEY},
    {"e one", JT_PKEY_RSA, false, E, become_one, JETON_E_KEY},
    {"e three, public only", JT_PKEY_RSA, false, E, become_three, JETON_OK},
    {"e of 64 bits, public only", JT_PKEY_RSA, false, E, become_2_to_63_plus_1, JETON_OK},
    {"e of 65 bits", JT_PKEY_RSA, false, E, become_2_to_64_plus_1, JETON_E_KEY},
    {"d of another key", JT_PKEY_RSA, true, D, flip_middle_bit, JETON_E_KEY},
    {"p of another key", JT_PKEY_RSA, true, P, flip_middle_bit, JETON_E_KEY},
    {"q of another key", JT_PKEY_RSA, true, Q, flip_middle_bit, JETON_E_KEY},
    {"dp of another key", JT_PKEY_RSA, true, DP, flip_middle_bit, JETON_E_KEY},
    {"dq of another key", JT_PKEY_RSA, true, DQ, flip_middle_bit, JETON_E_KEY},
    {"qi of another key", JT_PKEY_RSA, true, QI, flip_middle_bit, JETON_E_KEY},
    {"p one", JT_PKEY_RSA, true, P, become_one, JETON_E_KEY},
    {"q one", JT_PKEY_RSA, true, Q, become_one, JETON_E_KEY},
    {"d longer than n", JT_PKEY_RSA, true, D, add_byte, JETON_E_KEY},
    {"qi longer than p", JT_PKEY_RSA, true, QI, add_byte, JETON_E_KEY},
    {"n of another private key", JT_PKEY_RSA, true, N, flip_middle_bit, JETON_E_KEY},
    {"e of another private key", JT_PKEY_RSA, true, E, become_three, JETON_E_KEY},
    {"d zero", JT_PKEY_RSA, true, D, fill_with_zeros, JETON_E_KEY},
    {"p zero", JT_PKEY_RSA, true, P, fill_with_zeros, JETON_E_KEY},
    {"d with a leading zero, as some write it", JT_PKEY_RSA, true, D, put_zero_in_front, JETON_OK},

    {"P-256 without y", JT_PKEY_P256, false, Y, drop, JETON_E_KEY},
    {"x off the curve", JT_PKEY_P256, false, X, flip_middle_bit, JETON_E_KEY},
    {"y off the curve", JT_PKEY_P256, false, Y, flip_last_bit, JETON_E_KEY},
    {"x beyond the field", JT_PKEY_P256, false, X, fill_with_ones, JETON_E_KEY},
    {"x of 31 bytes", JT_PKEY_P256, false, X, cut_last_byte, JETON_E_KEY},
    {"x of 33 bytes", JT_PKEY_P256, false, X, put_zero_in_front, JETON_E_KEY},
    {"d of another key", JT_PKEY_P256, true, EC_D, flip_middle_bit, JETON_E_KEY},
    {"d zero", JT_PKEY_P256, true, EC_D, fill_with_zeros, JETON_E_KEY},
    {"d the order", JT_PKEY_P256, true, EC_D, become_order, JETON_E_KEY},
    {"d beyond the order", JT_PKEY_P256, true, EC_D, fill_with_ones, JETON_E_KEY},
    {"d of 31 bytes", JT_PKEY_P256, true, EC_D, cut_last_byte, JETON_E_KEY},

    {"P-384 without y", JT_PKEY_P384, false, Y, drop, JETON_E_KEY},
    {"x off P-384", JT_PKEY_P384, false, X, flip_middle_bit, JETON_E_KEY},
    {"x beyond its field", JT_PKEY_P384, false, X, fill_with_ones, JETON_E_KEY},
    {"x of 47 bytes", JT_PKEY_P384, false, X, cut_last_byte, JETON_E_KEY},
    {"d of another key", JT_PKEY_P384, true, EC_D, flip_middle_bit, JETON_E_KEY},
    {"d the order", JT_PKEY_P384, true, EC_D, become_order, JETON_E_KEY},

    {"x off P-521", JT_PKEY_P521, false, X, flip_middle_bit, JETON_E_KEY},
    {"x beyond its field", JT_PKEY_P521, false, X, fill_with_ones, JETON_E_KEY},
    {"x of 65 bytes", JT_PKEY_P521, false, X, cut_last_byte, JETON_E_KEY},
    {"x of 67 bytes", JT_PKEY_P521, false, X, put_zero_in_front, JETON_E_KEY},
    {"d of another key", JT_PKEY_P521, true, EC_D, flip_middle_bit, JETON_E_KEY},
    {"d the order", JT_PKEY_P521, true, EC_D, become_order, JETON_E_KEY},
    {"d of 65 bytes", JT_PKEY_P521, true, EC_D, cut_last_byte, JETON_E_KEY},

    {"x off secp256k1", JT_PKEY_K256, false, X, flip_middle_bit, JETON_E_KEY},
    {"x beyond its field", JT_PKEY_K256, false, X, fill_with_ones, JETON_E_KEY},
    {"x of 31 bytes", JT_PKEY_K256, false, X, cut_last_byte, JETON_E_KEY},
    {"d of another key", JT_PKEY_K256, true, EC_D, flip_middle_bit, JETON_E_KEY},
    {"d the order", JT_PKEY_K256, true, EC_D, become_koblitz_order, JETON_E_KEY},

    {"Ed25519 without x", JT_PKEY_ED25519, true, OKP_X, drop, JETON_E_KEY},
    {"x not derived from d", JT_PKEY_ED25519, true, OKP_X, flip_middle_bit, JETON_E_KEY},
    {"d of another key", JT_PKEY_ED25519, true, OKP_D, flip_middle_bit, JETON_E_KEY},
    {"x of 31 bytes", JT_PKEY_ED25519, false, OKP_X, cut_last_byte, JETON_E_KEY},
    {"x of 33 bytes", JT_PKEY_ED25519, false, OKP_X, add_byte, JETON_E_KEY},
    {"x of small order", JT_PKEY_ED25519, false, OKP_X, become_neutral, JETON_E_KEY},
    {"x zero, of small order too", JT_PKEY_ED25519, false, OKP_X, fill_with_zeros, JETON_E_KEY},
    {"x beyond the field", JT_PKEY_ED25519, false, OKP_X, fill_with_ones, JETON_E_KEY},

    {"Ed448 without x", JT_PKEY_ED448, true, OKP_X, drop, JETON_E_KEY},
    {"x not derived from d", JT_PKEY_ED448, true, OKP_X, flip_middle_bit, JETON_E_KEY},
    {"d of another key", JT_PKEY_ED448, true, OKP_D, flip_middle_bit, JETON_E_KEY},
    {"x of 56 bytes", JT_PKEY_ED448, false, OKP_X, cut_last_byte, JETON_E_KEY},
    {"x of 58 bytes", JT_PKEY_ED448, false, OKP_X, add_byte, JETON_E_KEY},
    {"x a point", JT_PKEY_ED448, false, OKP_X, become_little_three, JETON_OK},
    {"x off the curve", JT_PKEY_ED448, false, OKP_X, become_two, JETON_E_KEY},
    {"x the neutral point", JT_PKEY_ED448, false, OKP_X, become_neutral, JETON_E_KEY},
    {"x of order two", JT_PKEY_ED448, false, OKP_X, become_ed448_minus_one, JETON_E_KEY},
    {"x of order four", JT_PKEY_ED448, false, OKP_X, fill_with_zeros, JETON_E_KEY},
    {"x of order four in more bits", JT_PKEY_ED448, false, OKP_X, become_ed448_prime, JETON_E_KEY},
    {"x in more bits", JT_PKEY_ED448, false, OKP_X, become_ed448_prime_and_three, JETON_E_KEY},
    {"x beyond the field", JT_PKEY_ED448, false, OKP_X, fill_with_ones, JETON_E_KEY},
    {"x with an unused bit", JT_PKEY_ED448, false, OKP_X, set_unused_bit, JETON_E_KEY},

    {"ML-DSA-44 without pub", JT_PKEY_ML_DSA_44, true, AKP_PUB, drop, JETON_E_KEY},
    {"pub of another seed", JT_PKEY_ML_DSA_44, true, AKP_PUB, flip_last_bit, JETON_E_KEY},
    {"seed of another key", JT_PKEY_ML_DSA_65, true, AKP_SEED, flip_last_bit, JETON_E_KEY},
    {"seed of 31 bytes", JT_PKEY_ML_DSA_87, true, AKP_SEED, cut_last_byte, JETON_E_KEY},
    {"seed of 33 bytes", JT_PKEY_ML_DSA_44, true, AKP_SEED, add_byte, JETON_E_KEY},
    {"pub of 1311 bytes", JT_PKEY_ML_DSA_44, false, AKP_PUB, cut_last_byte, JETON_E_KEY},
    {"pub of 1953 bytes", JT_PKEY_ML_DSA_65, false, AKP_PUB, add_byte, JETON_E_KEY},
    {"another pub", JT_PKEY_ML_DSA_87, false, AKP_PUB, flip_last_bit, JETON_OK},
};

static void pkey_import_looks_at_each_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(changed); i++) {
        print_message("  %s\n", changed[i].why);
        if (!numbers_has(changed[i].type))
            continue;
        import_changed(changed[i].type, changed[i].is_private, changed[i].index, changed[i].change,
                       changed[i].want);
    }
}

static void pkey_import_refuses_a_part_of_the_private_numbers(void **state)
{
    (void)state;
    for (size_t i = D; i <= QI; i++) {
        print_message("  without number %zu\n", i);
        import_changed(JT_PKEY_RSA, true, i, drop, JETON_E_KEY);
    }
    print_message("  d alone\n");
    numbers given;
    numbers_export(numbers_key(JT_PKEY_RSA), &given);
    for (size_t i = P; i <= QI; i++)
        given.at[i].len = 0;
    const jt_numbers view = numbers_view(&given);
    jt_pkey *key = BOGUS;
    assert_int_equal(jt_pkey_import(NULL, JT_PKEY_RSA, &view, &key, NULL), JETON_E_KEY);
    assert_null(key);
}

/* Adds times · (p - 1)(q - 1) to d, which leaves all that can be calculated with it as it is. */
static void add_to_d(numbers *given, BN_ULONG times)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *at[QI + 1] = {0};
    for (size_t i = D; i <= Q; i++)
        at[i] = BN_bin2bn(given->at[i].bytes, (int)given->at[i].len, NULL);
    assert_true(BN_sub_word(at[P], 1) == 1 && BN_sub_word(at[Q], 1) == 1 &&
                BN_mul(at[P], at[P], at[Q], ctx) == 1 && BN_mul_word(at[P], times) == 1 &&
                BN_add(at[D], at[D], at[P]) == 1);
    given->at[D].len = (size_t)BN_bn2bin(at[D], given->at[D].bytes);
    for (size_t i = D; i <= Q; i++)
        BN_free(at[i]);
    BN_CTX_free(ctx);
}

static void add_p_to_qi(numbers *given)
{
    BIGNUM *p = BN_bin2bn(given->at[P].bytes, (int)given->at[P].len, NULL);
    BIGNUM *qi = BN_bin2bn(given->at[QI].bytes, (int)given->at[QI].len, NULL);
    assert_int_equal(BN_add(qi, qi, p), 1);
    given->at[QI].len = (size_t)BN_bn2bin(qi, given->at[QI].bytes);
    BN_free(p);
    BN_free(qi);
}

static jeton_status import_rsa(const numbers *given)
{
    const jt_numbers view = numbers_view(given);
    jt_pkey *key = NULL;
    const jeton_status status = jt_pkey_import(NULL, JT_PKEY_RSA, &view, &key, NULL);
    jt_pkey_free(&key);
    return status;
}

/* They would sign, but take as long as somebody likes. */
static void pkey_import_refuses_private_numbers_that_are_not_reduced(void **state)
{
    (void)state;
    numbers given;
    numbers_export(numbers_key(JT_PKEY_RSA), &given);
    add_to_d(&given, 0);
    assert_int_equal(import_rsa(&given), JETON_OK);
    add_to_d(&given, 2);
    assert_int_equal(import_rsa(&given), JETON_E_KEY);
    numbers_export(numbers_key(JT_PKEY_RSA), &given);
    add_p_to_qi(&given);
    assert_int_equal(import_rsa(&given), JETON_E_KEY);
}

/* ---- without memory or randomness ----------------------------------------------------------- */

static void pkey_import_leaves_nothing_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    numbers given;
    numbers_export(numbers_key(JT_PKEY_P256), &given);
    const jt_numbers view = numbers_view(&given);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 10);
        heap.left = n;
        jt_pkey *key = BOGUS;
        status = jt_pkey_import(ctx, JT_PKEY_P256, &view, &key, NULL);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(key != NULL, status == JETON_OK);
        jt_pkey_free(&key);
    }
    unit_ctx_done(&ctx, &heap);
}

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    (void)to;
    (void)len;
    return false;
}

static void pkey_generate_of_seeds_uses_the_contexts_randomness(void **state)
{
    (void)state;
    static const jt_pkey_type seeded[] = {JT_PKEY_ED25519, JT_PKEY_ED448, JT_PKEY_ML_DSA_65};
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.random = no_random};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(seeded); i++) {
        if (!numbers_has(seeded[i]))
            continue;
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pkey_generate(ctx, seeded[i], &key, NULL), JETON_E_RANDOM);
        assert_null(key);
    }
    jeton_ctx_free(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pkey_import_takes_what_export_gives),
        cmocka_unit_test(pkey_of_public_numbers_is_not_private),
        cmocka_unit_test(pkey_of_one_curve_is_none_of_another),
        cmocka_unit_test(pkey_free_of_nothing_is_fine),
        cmocka_unit_test(pkey_import_looks_at_each_number),
        cmocka_unit_test(pkey_import_refuses_a_part_of_the_private_numbers),
        cmocka_unit_test(pkey_import_refuses_private_numbers_that_are_not_reduced),
        cmocka_unit_test(pkey_import_leaves_nothing_without_memory),
        cmocka_unit_test(pkey_generate_of_seeds_uses_the_contexts_randomness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
