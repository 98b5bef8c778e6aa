/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_akp.c - keys of type AKP (RFC 9964): read, printed, signed with; and refused
 * by a build that has no ML-DSA. */
#include "core/limits.h"
#include "keys/inside.h"
#include "keys/key.h"

#include "rfc.h"
#include "rfc9964.h"

/* What a good key answers in this build. A bad one answers the same everywhere. */
static jeton_status good(void)
{
    jeton_key *key = NULL;
    const jeton_status status =
        jeton_key_generate(NULL, JETON_ML_DSA_44, jeton_str(NULL), &key, NULL);
    assert_true(status == JETON_OK || status == JETON_E_UNSUPPORTED);
    jeton_key_free(&key);
    return status;
}

static bool is_supported(void)
{
    if (good() != JETON_OK)
        print_message("  (unsupported in this build)\n");
    return good() == JETON_OK;
}

static void assert_prints(const jeton_key *key, jeton_key_part part, const char *want)
{
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_print(key, part, &text, NULL), JETON_OK);
    assert_string_equal(jeton_text_chars(text), want);
    jeton_text_free(&text);
}

static void akp_key_prints_as_it_was_read(void **state)
{
    (void)state;
    if (!is_supported())
        return;
    jeton_key *key = rfc_key(AKP_JWK);
    assert_string_equal(jeton_key_type(key), "AKP");
    assert_int_equal(jeton_key_alg(key), JETON_ML_DSA_44);
    assert_true(jeton_key_is_private(key));
    assert_prints(key, JETON_KEY_PRIVATE, AKP_JWK);
    assert_prints(key, JETON_KEY_PUBLIC, AKP_PUBLIC_JWK);
    jeton_key_free(&key);

    key = rfc_key(AKP_PUBLIC_JWK);
    assert_false(jeton_key_is_private(key));
    assert_prints(key, JETON_KEY_PUBLIC, AKP_PUBLIC_JWK);
    jeton_key_free(&key);
}

static void akp_key_is_named_by_alg_and_pub(void **state)
{
    (void)state;
    if (!is_supported())
        return;
    jeton_key *key = rfc_key(AKP_PUBLIC_JWK);
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_thumbprint(key, &text, NULL), JETON_OK);
    assert_string_equal(jeton_text_chars(text), AKP_THUMBPRINT);
    jeton_text_free(&text);
    jeton_key_free(&key);
}

static void akp_key_verifies_the_signature_of_the_rfc(void **state)
{
    (void)state;
    if (!is_supported())
        return;
    uint8_t room[JT_LIMIT_SIGNATURE];
    const jeton_span sig = rfc_bytes(AKP_SIG, room, sizeof room);
    const jeton_span input = jeton_str(AKP_INPUT);
    jeton_key *key = rfc_key(AKP_PUBLIC_JWK);
    assert_int_equal(jt_key_allows(key, JETON_ML_DSA_44, JT_OP_VERIFY, NULL), JETON_OK);
    assert_int_equal(jt_key_verify(key, JETON_ML_DSA_44, input, sig, NULL), JETON_OK);
    for (size_t byte = 0; byte < sig.len; byte += 97) {
        room[byte] ^= 0x20;
        assert_int_equal(jt_key_verify(key, JETON_ML_DSA_44, input, sig, NULL), JETON_E_SIGNATURE);
        room[byte] ^= 0x20;
    }
    jeton_key_free(&key);
}

/* One thing is changed in a good private key. */
static const struct {
    const char *why, *part, *with;
    jeton_status want;
} changed[] = {
    {"no alg", ",\"alg\":\"ML-DSA-44\"", "", JETON_E_KEY},
    {"alg a number", "\"ML-DSA-44\"", "44", JETON_E_KEY},
    {"alg of other parameters", "ML-DSA-44", "ML-DSA-65", JETON_E_KEY},
    {"alg of another type", "ML-DSA-44", "ES256", JETON_E_UNSUPPORTED},
    {"alg unknown", "ML-DSA-44", "ML-DSA-45", JETON_E_UNSUPPORTED},
    {"no pub", "\"pub\"", "\"PUB\"", JETON_E_KEY},
    {"pub of 1311 bytes", "MFRrndjbDQ\"", "MFRrndjb\"", JETON_E_KEY},
    {"priv of 31 bytes", "\"" AKP_PRIV,
     "\""
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
     JETON_E_KEY},
    {"priv empty", "\"" AKP_PRIV, "\"", JETON_E_KEY},
    {"priv a number", "\"" AKP_PRIV "\"", "0", JETON_E_KEY},
};

static void akp_key_is_refused_with_one_thing_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(changed); i++) {
        print_message("  %s\n", changed[i].why);
        char *jwk = rfc_replace(AKP_JWK, changed[i].part, changed[i].with);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, &err), changed[i].want);
        assert_null(key);
        assert_int_equal(err.status, changed[i].want);
        free(jwk);
    }
}

/* Which needs the arithmetic. */
static void akp_key_is_refused_when_pub_is_not_that_of_the_seed(void **state)
{
    (void)state;
    static const struct {
        const char *part, *with;
    } others[] = {
        {"\"unH59k4R", "\"unH59k4S"},
        {"\"" AKP_PRIV, "\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    };
    if (!is_supported())
        return;
    for (size_t i = 0; i < COUNT(others); i++) {
        char *jwk = rfc_replace(AKP_JWK, others[i].part, others[i].with);
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, NULL), JETON_E_KEY);
        assert_null(key);
        free(jwk);
    }
}

static const struct {
    const char *why, *pem;
    jeton_alg alg;
    bool is_good; /* else a key that this build refuses for what it is */
} pems[] = {
    {"seed and key", PEM_AKP_PRIVATE, JETON_ALG_UNSET, true},
    {"seed", PEM_AKP_SEED, JETON_ALG_UNSET, true},
    {"public", PEM_AKP_PUBLIC, JETON_ALG_UNSET, true},
    {"bound to its algorithm", PEM_AKP_SEED, JETON_ML_DSA_44, true},
    {"bound to another", PEM_AKP_SEED, JETON_ML_DSA_65, false},
    {"bound to another type's", PEM_AKP_PUBLIC, JETON_ES256, false},
    {"without the seed", PEM_AKP_EXPANDED, JETON_ALG_UNSET, false},
};

static void akp_key_from_pem_is_bound_by_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pems); i++) {
        print_message("  %s\n", pems[i].why);
        const jeton_status want = good() == JETON_OK && !pems[i].is_good ? JETON_E_KEY : good();
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse_pem(NULL, jeton_str(pems[i].pem), pems[i].alg,
                                             jeton_str(AKP_THUMBPRINT), &key, NULL),
                         want);
        assert_int_equal(key != NULL, want == JETON_OK);
        if (key != NULL && jeton_key_is_private(key))
            assert_prints(key, JETON_KEY_PRIVATE, AKP_JWK);
        if (key != NULL)
            assert_prints(key, JETON_KEY_PUBLIC, AKP_PUBLIC_JWK);
        jeton_key_free(&key);
    }
}

static void akp_key_is_unsupported_or_works(void **state)
{
    (void)state;
    static const jeton_alg algs[] = {JETON_ML_DSA_44, JETON_ML_DSA_65, JETON_ML_DSA_87};
    for (size_t i = 0; i < COUNT(algs); i++) {
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_generate(NULL, algs[i], jeton_str(NULL), &key, &err), good());
        assert_int_equal(err.status, good());
        assert_int_equal(key != NULL, good() == JETON_OK);
        jeton_key_free(&key);
    }
    jeton_key *key = BOGUS;
    assert_int_equal(jeton_key_parse(NULL, jeton_str(AKP_JWK), &key, NULL), good());
    jeton_key_free(&key);

    jeton_keyset *set = NULL;
    static const char keys[] = "{\"keys\":[" AKP_PUBLIC_JWK "," OKP_PUBLIC_JWK "]}";
    assert_int_equal(jeton_keyset_parse(NULL, jeton_str(keys), &set, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_skipped(set), good() == JETON_OK ? 0 : 1);
    jeton_keyset_free(&set);
}

/* In every build: the rule asks what the key's type says, not what OpenSSL can do. */
static void akp_key_is_for_the_algorithm_of_its_own_parameters_only(void **state)
{
    (void)state;
    const jt_kty *kty = jt_kty_find(jeton_str("AKP"), jeton_str(NULL), JETON_ML_DSA_44);
    jeton_key *key = NULL;
    assert_non_null(kty);
    assert_int_equal(jt_key_new(NULL, kty, &key, NULL), JETON_OK);
    assert_int_equal(jt_key_bind(key, JETON_ML_DSA_65, NULL), JETON_E_KEY);
    assert_int_equal(jt_key_bind(key, JETON_ES256, NULL), JETON_E_KEY);
    assert_int_equal(jeton_key_alg(key), JETON_ML_DSA_44); /* without being asked */
    assert_int_equal(jt_key_allows(key, JETON_ML_DSA_87, JT_OP_VERIFY, NULL), JETON_E_ALG);
    assert_int_equal(jt_key_bind(key, JETON_ML_DSA_44, NULL), JETON_OK);
    assert_int_equal(jt_key_allows(key, JETON_ML_DSA_44, JT_OP_VERIFY, NULL), JETON_OK);
    jeton_key_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(akp_key_prints_as_it_was_read),
        cmocka_unit_test(akp_key_is_named_by_alg_and_pub),
        cmocka_unit_test(akp_key_verifies_the_signature_of_the_rfc),
        cmocka_unit_test(akp_key_is_refused_with_one_thing_changed),
        cmocka_unit_test(akp_key_is_refused_when_pub_is_not_that_of_the_seed),
        cmocka_unit_test(akp_key_from_pem_is_bound_by_itself),
        cmocka_unit_test(akp_key_is_unsupported_or_works),
        cmocka_unit_test(akp_key_is_for_the_algorithm_of_its_own_parameters_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
