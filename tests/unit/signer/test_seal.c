/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_seal.c - sealed bytes open with their key and in their place only. */
#include "signer/seal.h"

#include "../unit.h"

static const uint8_t master[JD_MASTER_BYTES] = "a master key of thirty-two bytes";
static const uint8_t other[JD_MASTER_BYTES] = "another key of thirty-two bytes.";

static jd_sealer *sealer_of(const uint8_t *key)
{
    jd_sealer *made = BOGUS;
    assert_int_equal(jd_sealer_new(NULL, jeton_bytes(key, JD_MASTER_BYTES), &made, NULL), JETON_OK);
    return made;
}

static jd_place place(const char *column, const char *row)
{
    return (jd_place){column, jeton_str(row)};
}

static void sealed_bytes_open_again(void **state)
{
    (void)state;
    static const char *const plains[] = {"", "x", "a longer text that is not to be read"};
    jd_sealer *sealer = sealer_of(master);
    for (size_t i = 0; i < COUNT(plains); i++) {
        jt_buf sealed = jt_buf_init(NULL);
        jt_secret plain = {BOGUS, 7, NULL};
        const jd_place where = place("keys.sealed", "k1");
        assert_int_equal(jd_sealer_seal(sealer, where, jeton_str(plains[i]), &sealed, NULL),
                         JETON_OK);
        assert_int_equal(jd_sealer_open(sealer, where, jt_buf_span(&sealed), &plain, NULL),
                         JETON_OK);
        unit_assert_span(jt_secret_span(&plain), plains[i]);
        if (plains[i][0] != '\0')
            assert_null(memmem(sealed.ptr, sealed.len, plains[i], strlen(plains[i]) + 1));
        jt_secret_done(&plain);
        jt_buf_done(&sealed);
    }
    jd_sealer_free(&sealer);
    assert_null(sealer);
}

static void sealing_twice_gives_other_bytes(void **state)
{
    (void)state;
    jd_sealer *sealer = sealer_of(master);
    jt_buf a = jt_buf_init(NULL);
    jt_buf b = jt_buf_init(NULL);
    const jd_place where = place("keys.sealed", "k1");
    assert_int_equal(jd_sealer_seal(sealer, where, jeton_str("text"), &a, NULL), JETON_OK);
    assert_int_equal(jd_sealer_seal(sealer, where, jeton_str("text"), &b, NULL), JETON_OK);
    assert_false(jeton_span_equal(jt_buf_span(&a), jt_buf_span(&b)));
    jt_buf_done(&a);
    jt_buf_done(&b);
    jd_sealer_free(&sealer);
}

static void sealed_bytes_open_nowhere_else(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const uint8_t *key;
        const char *column, *row;
        ptrdiff_t changed; /* the byte that is, or -1 */
        size_t cut;
    } refused[] = {
        {"another master key", other, "keys.sealed", "k1", -1, 0},
        {"another row", master, "keys.sealed", "k2", -1, 0},
        {"a longer row", master, "keys.sealed", "k11", -1, 0},
        {"no row", master, "keys.sealed", "", -1, 0},
        {"another column", master, "keys.public", "k1", -1, 0},
        {"another table", master, "sessions.sealed", "k1", -1, 0},
        {"the first byte changed", master, "keys.sealed", "k1", 0, 0},
        {"the last byte changed", master, "keys.sealed", "k1", 43, 0},
        {"the last byte missing", master, "keys.sealed", "k1", -1, 1},
        {"all but one missing", master, "keys.sealed", "k1", -1, 43},
        {"all missing", master, "keys.sealed", "k1", -1, 44},
    };
    jd_sealer *sealer = sealer_of(master);
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_sealer *opener = sealer_of(refused[i].key);
        jt_buf sealed = jt_buf_init(NULL);
        jt_secret plain = {BOGUS, 7, NULL};
        jeton_err err = {0};
        assert_int_equal(
            jd_sealer_seal(sealer, place("keys.sealed", "k1"), jeton_str("text"), &sealed, NULL),
            JETON_OK);
        assert_int_equal(sealed.len, 44);
        if (refused[i].changed >= 0)
            sealed.ptr[refused[i].changed] ^= 1;
        const jeton_span given = jeton_bytes(sealed.ptr, sealed.len - refused[i].cut);
        assert_int_equal(
            jd_sealer_open(opener, place(refused[i].column, refused[i].row), given, &plain, &err),
            JETON_E_CRYPTO);
        assert_null(plain.ptr);
        assert_int_equal(err.status, JETON_E_CRYPTO);
        jt_buf_done(&sealed);
        jd_sealer_free(&opener);
    }
    jd_sealer_free(&sealer);
}

static void sealer_needs_a_key_of_the_right_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 16, 31, 33};
    static const uint8_t bytes[64];
    for (size_t i = 0; i < COUNT(lengths); i++) {
        jd_sealer *sealer = BOGUS;
        assert_int_equal(jd_sealer_new(NULL, jeton_bytes(bytes, lengths[i]), &sealer, NULL),
                         JETON_E_ARGUMENT);
        assert_null(sealer);
    }
    jd_sealer_free(NULL);
}

static void sealer_wipes_its_key_and_survives_lack_of_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.secret = "a master key of thirty-two bytes";
    jd_sealer *sealer = BOGUS;
    for (size_t left = 0; left < 2; left++) {
        heap.left = left;
        assert_int_equal(jd_sealer_new(ctx, jeton_bytes(master, sizeof master), &sealer, NULL),
                         JETON_E_NOMEM);
        assert_null(sealer);
    }
    heap.left = 2;
    assert_int_equal(jd_sealer_new(ctx, jeton_bytes(master, sizeof master), &sealer, NULL),
                     JETON_OK);
    jt_buf sealed = jt_buf_init(ctx);
    assert_int_equal(jd_sealer_seal(sealer, place("a.b", "c"), jeton_str("x"), &sealed, NULL),
                     JETON_E_NOMEM);
    assert_int_equal(sealed.len, 0);
    jt_buf_done(&sealed);
    jd_sealer_free(&sealer);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_bytes_open_again),
        cmocka_unit_test(sealing_twice_gives_other_bytes),
        cmocka_unit_test(sealed_bytes_open_nowhere_else),
        cmocka_unit_test(sealer_needs_a_key_of_the_right_length),
        cmocka_unit_test(sealer_wipes_its_key_and_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
