/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_thumbprint.c - RFC 7638 thumbprints. */
#include "rfc.h"

static const struct {
    const char *why, *jwk, *thumbprint;
} keys[] = {
    {"RFC 7638 3.1", THUMBPRINT_JWK, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
    {"RFC 8037 A.3", OKP_PUBLIC_JWK, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
    {"its private key", OKP_JWK, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
    {"Ed448", ED448_PUBLIC_JWK, "zQstisLFDWZb-FiVsZl6490ATVgxw_63L-xYldKyuUY"},
    {"RFC 7515 A.2", A2_PUBLIC_JWK, "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8"},
    {"its private key", A2_JWK, "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8"},
    {"RFC 7515 A.3", A3_JWK, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"},
    {"P-384", P384_PUBLIC_JWK, "PwvIe48T0edcunaf2QPo4ulqqTUuKhJc4IouztbgLfw"},
    {"RFC 7520 3.1", P521_PUBLIC_JWK, "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M"},
    {"RFC 7520 3.2", P521_JWK, "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M"},
    {"secp256k1", K256_PUBLIC_JWK, "rB0sZPrhUCxjZix4bOIq0vduNmoLoKwpMe9UHah398s"},
    {"RFC 7515 A.1", A1_JWK, "y_x3gCJnL6oKGBBIXScabduwxTVy2Wd2bzRVEUbdUzc"},
};

static void thumbprint_is_that_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        print_message("  %s\n", keys[i].why);
        jeton_key *key = rfc_key(keys[i].jwk);
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_key_thumbprint(key, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), keys[i].thumbprint);
        jeton_text_free(&text);
        jeton_key_free(&key);
    }
}

/* RFC 9278 §3 */
static void thumbprint_uri_is_the_thumbprint_under_its_name(void **state)
{
    (void)state;
    jeton_key *key = rfc_key(THUMBPRINT_JWK);
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_thumbprint_uri(key, &text, NULL), JETON_OK);
    assert_string_equal(jeton_text_chars(text), "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
                                                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    jeton_text_free(&text);
    jeton_key_free(&key);
}

static void thumbprint_leaves_nothing_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1000;
    jeton_key *key = NULL;
    assert_int_equal(jeton_key_parse(ctx, jeton_str(A2_JWK), &key, NULL), JETON_OK);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 100);
        heap.left = n;
        jeton_text *text = BOGUS;
        status = jeton_key_thumbprint(key, &text, NULL);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(text != NULL, status == JETON_OK);
        jeton_text_free(&text);
    }
    jeton_key_free(&key);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thumbprint_is_that_of_the_rfcs),
        cmocka_unit_test(thumbprint_uri_is_the_thumbprint_under_its_name),
        cmocka_unit_test(thumbprint_leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
