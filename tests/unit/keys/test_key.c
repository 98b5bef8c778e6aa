/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_key.c - what a key may be used for, and the signatures of the RFCs. */
#include "core/limits.h"
#include "keys/key.h"

#include "rfc.h"

/* ---- signatures ----------------------------------------------------------------------------- */

static const struct {
    const char *why, *jwk, *public_jwk, *input, *sig;
    jeton_alg alg;
    bool repeats; /* signing the same gives the same */
} vectors[] = {
    {"RFC 7515 A.1", A1_JWK, A1_JWK, A1_INPUT, A1_SIG, JETON_HS256, true},
    {"RFC 7515 A.2", A2_JWK, A2_PUBLIC_JWK, A2_INPUT, A2_SIG, JETON_RS256, true},
    {"RFC 7515 A.3", A3_JWK, A3_PUBLIC_JWK, A3_INPUT, A3_SIG, JETON_ES256, false},
    {"RFC 7520 4.3", P521_JWK, P521_PUBLIC_JWK, P521_INPUT, P521_SIG, JETON_ES512, false},
    {"RFC 8037 A.4", OKP_JWK, OKP_PUBLIC_JWK, OKP_INPUT, OKP_SIG, JETON_ED25519, true},
    {"RFC 8037 A.4, old name", OKP_JWK, OKP_PUBLIC_JWK, OKP_INPUT, OKP_SIG, JETON_EDDSA, true},
    {"Ed448", ED448_JWK, ED448_PUBLIC_JWK, ED448_INPUT, ED448_SIG, JETON_ED448, true},
    {"Ed448, old name", ED448_JWK, ED448_PUBLIC_JWK, ED448_INPUT, ED448_SIG, JETON_EDDSA, true},
};

static void key_verifies_the_signatures_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        print_message("  %s\n", vectors[i].why);
        uint8_t room[512];
        const jeton_span sig = rfc_bytes(vectors[i].sig, room, sizeof room);
        const jeton_span input = jeton_str(vectors[i].input);
        jeton_key *key = rfc_key(vectors[i].public_jwk);
        assert_int_equal(jt_key_allows(key, vectors[i].alg, JT_OP_VERIFY, NULL), JETON_OK);
        assert_int_equal(jt_key_verify(key, vectors[i].alg, input, sig, NULL), JETON_OK);
        for (size_t byte = 0; byte < sig.len; byte += 7) {
            jeton_err err = {0};
            room[byte] ^= 0x20;
            assert_int_equal(jt_key_verify(key, vectors[i].alg, input, sig, &err),
                             JETON_E_SIGNATURE);
            assert_int_equal(err.status, JETON_E_SIGNATURE);
            room[byte] ^= 0x20;
        }
        assert_int_equal(
            jt_key_verify(key, vectors[i].alg, jeton_bytes(input.ptr, input.len - 1), sig, NULL),
            JETON_E_SIGNATURE);
        jeton_key_free(&key);
        assert_null(key);
    }
}

static void key_signs_in_parts_when_there_is_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const jeton_alg alg = vectors[i].alg;
        if (jt_alg_row(alg)->begin == NULL)
            continue;
        print_message("  %s\n", vectors[i].why);
        uint8_t made[512];
        size_t len = sizeof made;
        jt_sha2 running;
        jeton_key *key = rfc_key(vectors[i].jwk);
        jt_key_begin(key, alg, &running);
        jt_sha2_update(&running, jeton_str(vectors[i].input));
        assert_int_equal(jt_key_sign_end(key, alg, &running, made, &len, NULL), JETON_OK);
        assert_int_equal(
            jt_key_verify(key, alg, jeton_str(vectors[i].input), jeton_bytes(made, len), NULL),
            JETON_OK);
        len--;
        jt_key_begin(key, alg, &running);
        assert_int_equal(jt_key_sign_end(key, alg, &running, made, &len, NULL), JETON_E_ARGUMENT);
        jeton_key_free(&key);
    }
}

static void key_makes_the_signatures_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        print_message("  %s\n", vectors[i].why);
        uint8_t room[512];
        uint8_t made[512];
        size_t len = sizeof made;
        const jeton_span want = rfc_bytes(vectors[i].sig, room, sizeof room);
        const jeton_span input = jeton_str(vectors[i].input);
        jeton_key *key = rfc_key(vectors[i].jwk);
        assert_int_equal(jt_key_allows(key, vectors[i].alg, JT_OP_SIGN, NULL), JETON_OK);
        assert_int_equal(jt_key_sign(key, vectors[i].alg, input, made, &len, NULL), JETON_OK);
        assert_int_equal(len, want.len);
        assert_int_equal(jeton_span_equal(jeton_bytes(made, len), want), vectors[i].repeats);
        assert_int_equal(jt_key_verify(key, vectors[i].alg, input, jeton_bytes(made, len), NULL),
                         JETON_OK);
        len = want.len - 1;
        assert_int_equal(jt_key_sign(key, vectors[i].alg, input, made, &len, NULL),
                         JETON_E_ARGUMENT);
        jeton_key_free(&key);
    }
}

static void key_refuses_truncated_macs(void **state)
{
    (void)state;
    uint8_t room[32];
    const jeton_span sig = rfc_bytes(A1_SIG, room, sizeof room);
    jeton_key *key = rfc_key(A1_JWK);
    for (size_t len = 0; len < sig.len; len++)
        assert_int_equal(
            jt_key_verify(key, JETON_HS256, jeton_str(A1_INPUT), jeton_bytes(sig.ptr, len), NULL),
            JETON_E_SIGNATURE);
    jeton_key_free(&key);
}

/* ---- what it may do ------------------------------------------------------------------------- */

#define OCT                                                                                        \
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"" /* 32 bytes           \
                                                                              */
#define OKP                                                                                        \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP_D ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\""
#define ED448_BOUND(alg)                                                                           \
    "{\"alg\":\"" alg "\",\"kty\":\"OKP\",\"crv\":\"Ed448\","                                      \
    "\"x\":\"X9dEm1m0Yf0s54fsYWrUah2hNCSFpw4fig6nXYDpZ3jt8SR2m0bHBhvWeD3x5Q9s0foavq_oJWGA\","      \
    "\"d\":\"bIKlYsuAjRDWMr6JyFE-v2ySnzTd-oyfY8mWDvbjSKNSjIo_zC8ETjmj_FuUSS-PAy51SaIAmPlb\"}"
#define NO ((jeton_alg)99) /* a number that is not in the list */

static const struct {
    const char *why, *jwk;
    jeton_alg alg;
    jeton_status sign, verify;
} rules[] = {
    {"a free secret", OCT "}", JETON_HS256, JETON_OK, JETON_OK},
    {"a secret shorter than the hash", OCT "}", JETON_HS384, JETON_E_KEY, JETON_E_KEY},
    {"a secret of 64 bytes", A1_JWK, JETON_HS512, JETON_OK, JETON_OK},
    {"a secret with a signature of keys", A1_JWK, JETON_RS256, JETON_E_ALG, JETON_E_ALG},
    {"a public key as a secret", A2_PUBLIC_JWK, JETON_HS256, JETON_E_ALG, JETON_E_ALG},
    {"a public key", OKP "}", JETON_ED25519, JETON_E_KEY_USE, JETON_OK},
    {"a private key", OKP OKP_D "}", JETON_ED25519, JETON_OK, JETON_OK},
    {"a key of another type", OKP OKP_D "}", JETON_ES256, JETON_E_ALG, JETON_E_ALG},
    {"a key of another type, EC", A3_JWK, JETON_EDDSA, JETON_E_ALG, JETON_E_ALG},
    {"no algorithm", OKP OKP_D "}", JETON_ALG_UNSET, JETON_E_ALG, JETON_E_ALG},
    {"an unknown algorithm", OKP OKP_D "}", NO, JETON_E_ALG, JETON_E_ALG},

    {"bound to it", OCT ",\"alg\":\"HS256\"}", JETON_HS256, JETON_OK, JETON_OK},
    {"bound to another", OCT ",\"alg\":\"HS256\"}", JETON_HS384, JETON_E_ALG, JETON_E_ALG},
    {"bound by the old name", OKP OKP_D ",\"alg\":\"EdDSA\"}", JETON_ED25519, JETON_OK, JETON_OK},
    {"asked by the old name", OKP OKP_D ",\"alg\":\"Ed25519\"}", JETON_EDDSA, JETON_OK, JETON_OK},

    {"bound to Ed448 by the old name", ED448_BOUND("EdDSA"), JETON_ED448, JETON_OK, JETON_OK},
    {"Ed448 asked by the old name", ED448_BOUND("Ed448"), JETON_EDDSA, JETON_OK, JETON_OK},
    {"Ed448 asked by the other curve", ED448_BOUND("EdDSA"), JETON_ED25519, JETON_E_ALG,
     JETON_E_ALG},
    {"Ed25519 asked by the other curve", OKP OKP_D ",\"alg\":\"EdDSA\"}", JETON_ED448, JETON_E_ALG,
     JETON_E_ALG},

    {"for signatures", OCT ",\"use\":\"sig\"}", JETON_HS256, JETON_OK, JETON_OK},
    {"for encryption", OCT ",\"use\":\"enc\"}", JETON_HS256, JETON_E_KEY_USE, JETON_E_KEY_USE},
    {"for something unknown", OCT ",\"use\":\"Sig\"}", JETON_HS256, JETON_E_KEY_USE,
     JETON_E_KEY_USE},
    {"to sign and verify", OCT ",\"key_ops\":[\"verify\",\"sign\"]}", JETON_HS256, JETON_OK,
     JETON_OK},
    {"to sign only", OCT ",\"key_ops\":[\"sign\"]}", JETON_HS256, JETON_OK, JETON_E_KEY_USE},
    {"to verify only", OCT ",\"key_ops\":[\"verify\"]}", JETON_HS256, JETON_E_KEY_USE, JETON_OK},
    {"to encrypt only", OCT ",\"key_ops\":[\"encrypt\"]}", JETON_HS256, JETON_E_KEY_USE,
     JETON_E_KEY_USE},
    {"for no operation", OCT ",\"key_ops\":[]}", JETON_HS256, JETON_E_KEY_USE, JETON_E_KEY_USE},
    {"to verify, but for encryption", OCT ",\"use\":\"enc\",\"key_ops\":[\"verify\"]}", JETON_HS256,
     JETON_E_KEY_USE, JETON_E_KEY_USE},
};

static void key_allows_what_type_and_binding_and_use_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        print_message("  %s\n", rules[i].why);
        jeton_err err = {0};
        jeton_key *key = rfc_key(rules[i].jwk);
        assert_int_equal(jt_key_allows(key, rules[i].alg, JT_OP_SIGN, &err), rules[i].sign);
        assert_int_equal(err.status, rules[i].sign);
        err = (jeton_err){0};
        assert_int_equal(jt_key_allows(key, rules[i].alg, JT_OP_VERIFY, &err), rules[i].verify);
        assert_int_equal(err.status, rules[i].verify);
        jeton_key_free(&key);
    }
}

/* ---- each algorithm and each other ---------------------------------------------------------- */

static const jeton_alg algs[] = {
#define ROW(name, number, text) JETON_##name,
    JETON_ALG_LIST(ROW)
#undef ROW
};

/* A new key; NULL when this build cannot make one. The same one each time. */
static const jeton_key *key_for(jeton_alg alg)
{
    static jeton_key *keys[32];
    if (keys[alg] != NULL)
        return keys[alg];
    const jeton_status status = jeton_key_generate(NULL, alg, jeton_str(NULL), &keys[alg], NULL);
    assert_true(status == JETON_OK || status == JETON_E_UNSUPPORTED);
    return keys[alg];
}

/* Whether a new key for `a` is one for `b`. That for the old name is on Ed25519. */
static bool are_one(jeton_alg a, jeton_alg b)
{
    return a == b || (a == JETON_EDDSA && b == JETON_ED25519) ||
           (a == JETON_ED25519 && b == JETON_EDDSA) || (a == JETON_ED448 && b == JETON_EDDSA);
}

static void key_of_one_algorithm_is_for_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(algs); i++) {
        const jeton_key *key = key_for(algs[i]);
        for (size_t j = 0; key != NULL && j < COUNT(algs); j++) {
            print_message("  %s, %s\n", jeton_alg_name(algs[i]), jeton_alg_name(algs[j]));
            const jeton_status want = are_one(algs[i], algs[j]) ? JETON_OK : JETON_E_ALG;
            assert_int_equal(jt_key_allows(key, algs[j], JT_OP_SIGN, NULL), want);
            assert_int_equal(jt_key_allows(key, algs[j], JT_OP_VERIFY, NULL), want);
        }
    }
}

/* The same key, bound to nothing unless its type binds it. */
static jeton_key *unbound(const jeton_key *key)
{
    if (strcmp(jeton_key_type(key), "AKP") == 0)
        return jeton_key_ref(key);
    jeton_text *text = NULL;
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &text, NULL), JETON_OK);
    char *jwk = rfc_replace(jeton_text_chars(text), "\"alg\"", "\"gla\"");
    jeton_key *made = rfc_key(jwk);
    assert_int_equal(jeton_key_alg(made), JETON_ALG_UNSET);
    free(jwk);
    jeton_text_free(&text);
    return made;
}

static void key_that_is_bound_to_nothing_tells_signatures_apart(void **state)
{
    (void)state;
    const jeton_span input = jeton_str("header.payload");
    size_t pairs = 0;
    for (size_t i = 0; i < COUNT(algs); i++) {
        if (key_for(algs[i]) == NULL)
            continue;
        jeton_key *key = unbound(key_for(algs[i]));
        uint8_t sig[JT_LIMIT_SIGNATURE];
        size_t len = sizeof sig;
        assert_int_equal(jt_key_sign(key, algs[i], input, sig, &len, NULL), JETON_OK);
        for (size_t j = 0; j < COUNT(algs); j++) {
            if (jt_key_allows(key, algs[j], JT_OP_VERIFY, NULL) != JETON_OK)
                continue;
            print_message("  %s, %s\n", jeton_alg_name(algs[i]), jeton_alg_name(algs[j]));
            assert_int_equal(jt_key_verify(key, algs[j], input, jeton_bytes(sig, len), NULL),
                             are_one(algs[i], algs[j]) ? JETON_OK : JETON_E_SIGNATURE);
            pairs += i != j;
        }
        jeton_key_free(&key);
    }
    assert_true(pairs >= 6 * 5); /* those of RSA alone */
}

/* ---- as objects ----------------------------------------------------------------------------- */

static void key_describes_itself(void **state)
{
    (void)state;
    static const struct {
        const char *jwk, *type, *kid;
        jeton_alg alg;
        bool is_private;
    } keys[] = {
        {OCT ",\"kid\":\"one\",\"alg\":\"HS256\"}", "oct", "one", JETON_HS256, true},
        {A2_PUBLIC_JWK, "RSA", "", JETON_ALG_UNSET, false},
        {A3_JWK, "EC", "", JETON_ALG_UNSET, true},
        {OKP ",\"kid\":\"\",\"alg\":\"EdDSA\"}", "OKP", "", JETON_EDDSA, false},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        jeton_key *key = rfc_key(keys[i].jwk);
        assert_string_equal(jeton_key_type(key), keys[i].type);
        unit_assert_span(jeton_key_id(key), keys[i].kid);
        assert_int_equal(jeton_key_alg(key), keys[i].alg);
        assert_int_equal(jeton_key_is_private(key), keys[i].is_private);
        jeton_key_free(&key);
    }
}

static void key_lives_until_its_last_reference_goes(void **state)
{
    (void)state;
    jeton_key *key = rfc_key(OCT ",\"kid\":\"one\"}");
    jeton_key *again = jeton_key_ref(key);
    assert_ptr_equal(key, again);
    jeton_key_free(&key);
    assert_null(key);
    unit_assert_span(jeton_key_id(again), "one");
    jeton_key_free(&again);
    jeton_key_free(&again);
    jeton_key_free(NULL);
    assert_null(jeton_key_ref(NULL));
}

static void key_leaves_no_secret_in_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1000;
    heap.secret = "correct horse battery staple 123";
    jeton_key *key = NULL;
    jeton_text *text = NULL;
    assert_int_equal(jeton_key_from_secret(ctx, JETON_HS256, jeton_str(heap.secret),
                                           jeton_str("one"), &key, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &text, NULL), JETON_OK);
    jeton_key_free(&key);
    assert_int_equal(jeton_key_parse(ctx, jeton_text_span(text), &key, NULL), JETON_OK);
    jeton_key_free(&key);
    heap.secret = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSAxMjM"; /* the same as base64url */
    assert_int_equal(jeton_key_parse(ctx, jeton_text_span(text), &key, NULL), JETON_OK);
    jeton_key_free(&key);
    jeton_text_free(&text);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_verifies_the_signatures_of_the_rfcs),
        cmocka_unit_test(key_makes_the_signatures_of_the_rfcs),
        cmocka_unit_test(key_signs_in_parts_when_there_is_room),
        cmocka_unit_test(key_refuses_truncated_macs),
        cmocka_unit_test(key_allows_what_type_and_binding_and_use_say),
        cmocka_unit_test(key_of_one_algorithm_is_for_no_other),
        cmocka_unit_test(key_that_is_bound_to_nothing_tells_signatures_apart),
        cmocka_unit_test(key_describes_itself),
        cmocka_unit_test(key_lives_until_its_last_reference_goes),
        cmocka_unit_test(key_leaves_no_secret_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
