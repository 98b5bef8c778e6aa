/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_jwks.c - JWK Sets: what is read, what is skipped, what is printed. */
#include <jeton/keyset.h>

#include "certificates.h"
#include "rfc.h"

#define K     "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"
#define X     "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define OCT_A "{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" K "\"}"
#define OCT_B "{\"kty\":\"oct\",\"kid\":\"b\",\"k\":\"" K "\"}"
#define OKP_A "{\"kty\":\"OKP\",\"kid\":\"a\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}"
#define NONE  "{\"kty\":\"oct\",\"k\":\"" K "\"}"
#define WEAK  "{\"kty\":\"oct\",\"kid\":\"w\",\"k\":\"AQ\"}"
#define NEW   "{\"kty\":\"XYZ\",\"kid\":\"n\",\"alg\":\"ML-DSA-44\"}"
#define NINE                                                                                       \
    "{\"kty\":\"OKP\",\"kid\":\"c\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"x5c\":[\"" OKP_CERT      \
    "\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\"]}"
#define SET(keys) "{\"keys\":[" keys "]}"

static const struct {
    const char *why, *json;
    size_t count, skipped;
    const char *reason;
} read[] = {
    {"no keys", SET(""), 0, 0, ""},
    {"one key", SET(OCT_A), 1, 0, ""},
    {"several", SET(OCT_A "," OKP_A "," OCT_B), 3, 0, ""},
    {"several without kid", SET(NONE "," NONE), 2, 0, ""},
    {"other members", "{\"issuer\":1,\"keys\":[" OCT_A "]}", 1, 0, ""},
    {"a key by itself", OCT_A, 1, 0, ""},
    {"a weak one in front", SET(WEAK "," OCT_A), 1, 1, "secret of 1 bytes, below 32"},
    {"a new type among them", SET(OCT_A "," NEW "," OCT_B), 2, 1,
     "kty, or its crv or alg, is unknown"},
    {"a number among them", SET("7," OCT_A), 1, 1, "a JWK is a JSON object"},
    {"one with too many certificates", SET(NINE "," OCT_A), 1, 1,
     "more than 8 certificates in x5c"},
    {"a kid twice", SET(OCT_A "," OCT_A), 1, 1, "two keys with the same kid"},
    {"the first reason stays", SET(NEW "," WEAK "," OCT_A), 1, 2,
     "kty, or its crv or alg, is unknown"},
    {"nothing but broken ones", SET(WEAK), 0, 1, "secret of 1 bytes, below 32"},
};

static void keyset_parse_reads_and_skips(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(read); i++) {
        print_message("  %s\n", read[i].why);
        jeton_err err = {0};
        jeton_keyset *set = BOGUS;
        assert_int_equal(jeton_keyset_parse(NULL, jeton_str(read[i].json), &set, &err), JETON_OK);
        assert_int_equal(err.status, JETON_OK);
        assert_int_equal(jeton_keyset_count(set), read[i].count);
        assert_int_equal(jeton_keyset_skipped(set), read[i].skipped);
        assert_string_equal(jeton_keyset_skipped_why(set), read[i].reason);
        jeton_keyset_free(&set);
    }
}

static const struct {
    const char *why, *json;
    jeton_status want;
} refused[] = {
    {"nothing", "", JETON_E_SYNTAX},
    {"not JSON", "keys", JETON_E_SYNTAX},
    {"an array of keys", "[" OCT_A "]", JETON_E_SYNTAX},
    {"null", "null", JETON_E_SYNTAX},
    {"neither set nor key", "{\"error\":\"not found\"}", JETON_E_SYNTAX},
    {"keys an object", "{\"keys\":" OCT_A "}", JETON_E_SYNTAX},
    {"keys null", "{\"keys\":null}", JETON_E_SYNTAX},
    {"keys twice", "{\"keys\":[],\"keys\":[]}", JETON_E_SYNTAX},
    {"a member twice in a key", SET("{\"kty\":\"oct\",\"kty\":\"oct\"}"), JETON_E_SYNTAX},
    {"one broken key by itself", WEAK, JETON_E_KEY},
    {"one key of a new type by itself", NEW, JETON_E_UNSUPPORTED},
};

static void keyset_parse_refuses_what_is_no_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        jeton_keyset *set = BOGUS;
        assert_int_equal(jeton_keyset_parse(NULL, jeton_str(refused[i].json), &set, &err),
                         refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        assert_null(set);
    }
}

static const struct {
    const char *why, *json;
    size_t count, skipped;
    const char *reason;
} published[] = {
    {"public keys", SET(OKP_A "," A3_PUBLIC_JWK), 2, 0, ""},
    {"a secret among them", SET(OKP_A "," OCT_B), 1, 1,
     "k is private, and a public key is expected"},
    {"a pair among them", SET(A3_JWK "," OKP_A), 1, 1,
     "d is private, and a public key is expected"},
    {"half a pair", SET("{\"kty\":\"RSA\",\"qi\":1}," OKP_A), 1, 1,
     "qi is private, and a public key is expected"},
    {"the private member of another type",
     SET("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"priv\":null}"), 0, 1,
     "priv is private, and a public key is expected"},
    {"a broken one", SET(OKP_A ",7"), 1, 1, "a JWK is a JSON object"},
    {"a public key by itself", OKP_A, 1, 0, ""},
};

static void keyset_parse_public_skips_what_is_private(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(published); i++) {
        print_message("  %s\n", published[i].why);
        jeton_err err = {0};
        jeton_keyset *set = BOGUS;
        assert_int_equal(jeton_keyset_parse_public(NULL, jeton_str(published[i].json), &set, &err),
                         JETON_OK);
        assert_int_equal(err.status, JETON_OK);
        assert_int_equal(jeton_keyset_count(set), published[i].count);
        assert_int_equal(jeton_keyset_skipped(set), published[i].skipped);
        assert_string_equal(jeton_keyset_skipped_why(set), published[i].reason);
        jeton_keyset_free(&set);
    }
    jeton_keyset *set = BOGUS;
    assert_int_equal(jeton_keyset_parse_public(NULL, jeton_str(A3_JWK), &set, NULL), JETON_E_KEY);
    assert_null(set);
}

/* What is skipped counts too: it had to be read. */
static void keyset_parse_holds_to_its_limit(void **state)
{
    (void)state;
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.limits = {.keys = 2}};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    jeton_keyset *set = BOGUS;
    assert_int_equal(jeton_keyset_parse(ctx, jeton_str(SET(OCT_A "," OCT_B)), &set, NULL),
                     JETON_OK);
    jeton_keyset_free(&set);
    assert_int_equal(jeton_keyset_parse(ctx, jeton_str(SET(OCT_A "," NEW "," OCT_B)), &set, NULL),
                     JETON_E_LIMIT);
    assert_null(set);
    jeton_ctx_free(&ctx);
}

static void keyset_parse_does_not_skip_for_want_of_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 100);
        heap.left = n;
        jeton_err err = {0};
        jeton_keyset *set = BOGUS;
        status = jeton_keyset_parse(ctx, jeton_str(SET(OCT_A "," OKP_A)), &set, &err);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(err.status, status);
        assert_int_equal(set != NULL, status == JETON_OK);
        if (set != NULL)
            assert_int_equal(jeton_keyset_count(set), 2);
        jeton_keyset_free(&set);
    }
    unit_ctx_done(&ctx, &heap);
}

/* ---- printing ------------------------------------------------------------------------------- */

static const struct {
    const char *why, *json, *public_json, *private_json;
} printed[] = {
    {"no keys", SET(""), SET(""), SET("")},
    {"secrets are not published", SET(OCT_A "," OKP_A), SET(OKP_A), NULL},
    {"secrets only", SET(OCT_A "," OCT_B), SET(""), SET(OCT_A "," OCT_B)},
    {"a pair", SET(A3_JWK), SET(A3_PUBLIC_JWK), SET(A3_JWK)},
};

static void keyset_print_leaves_out_what_is_not_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(printed); i++) {
        print_message("  %s\n", printed[i].why);
        jeton_keyset *set = NULL;
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_keyset_parse(NULL, jeton_str(printed[i].json), &set, NULL),
                         JETON_OK);
        assert_int_equal(jeton_keyset_print(set, JETON_KEY_PUBLIC, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), printed[i].public_json);
        jeton_text_free(&text);

        const jeton_status want = printed[i].private_json != NULL ? JETON_OK : JETON_E_KEY_USE;
        assert_int_equal(jeton_keyset_print(set, JETON_KEY_PRIVATE, &text, NULL), want);
        if (want == JETON_OK)
            assert_string_equal(jeton_text_chars(text), printed[i].private_json);
        else
            assert_null(text);
        jeton_text_free(&text);
        jeton_keyset_free(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyset_parse_reads_and_skips),
        cmocka_unit_test(keyset_parse_refuses_what_is_no_set),
        cmocka_unit_test(keyset_parse_public_skips_what_is_private),
        cmocka_unit_test(keyset_parse_holds_to_its_limit),
        cmocka_unit_test(keyset_parse_does_not_skip_for_want_of_memory),
        cmocka_unit_test(keyset_print_leaves_out_what_is_not_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
