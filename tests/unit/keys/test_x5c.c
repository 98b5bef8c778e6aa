/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_x5c.c - "x5c" and "x5t#S256" of a JWK: matched with the key, kept, found. */
#include "keys/key.h"

#include "certificates.h"
#include "core/buf.h"
#include "core/limits.h"
#include "rfc.h"

#include <stdio.h>

#define A3 "{\"kty\":\"EC\",\"crv\":\"P-256\"," A3_XY
#define A3_XY                                                                                      \
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                       \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define CERT                "\"" A3_CERT "\""
#define X5C(of)             A3 ",\"x5c\":" of "}"
#define X5T(of)             A3 ",\"x5t#S256\":" of "}"
#define BOTH(certs, digest) A3 ",\"x5c\":[" certs "],\"x5t#S256\":\"" digest "\"}"
#define EIGHT               CERT ",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\""

static const struct {
    const char *why, *jwk;
    jeton_status want;
} cases[] = {
    {"neither", A3 "}", JETON_OK},
    {"its certificate", X5C("[" CERT "]"), JETON_OK},
    {"its certificate and another one", X5C("[" CERT ",\"" OKP_CERT "\"]"), JETON_OK},
    {"a chain that is base64 and no more", X5C("[" CERT ",\"AAAA\",\"AAA=\",\"AA==\"]"), JETON_OK},
    {"its digest", X5T("\"" A3_X5T "\""), JETON_OK},
    {"the digest of something unknown", X5T("\"" OKP_X5T "\""), JETON_OK},
    {"both", BOTH(CERT, A3_X5T), JETON_OK},
    {"the digest of another certificate", BOTH(CERT, OKP_X5T), JETON_E_KEY},
    {"the digest of the second one", BOTH(CERT ",\"" OKP_CERT "\"", OKP_X5T), JETON_E_KEY},
    {"the certificate of another key", X5C("[\"" OKP_CERT "\"]"), JETON_E_KEY},
    {"its own in the second place", X5C("[\"" OKP_CERT "\"," CERT "]"), JETON_E_KEY},
    {"none", X5C("[]"), JETON_E_KEY},
    {"no array", X5C(CERT), JETON_E_KEY},
    {"an object", X5C("{\"a\":" CERT "}"), JETON_E_KEY},
    {"null", X5C("null"), JETON_E_KEY},
    {"a number in it", X5C("[1]"), JETON_E_KEY},
    {"a number behind it", X5C("[" CERT ",1]"), JETON_E_KEY},
    {"an empty text", X5C("[\"\"]"), JETON_E_KEY},
    {"no certificate", X5C("[\"AAAA\"]"), JETON_E_KEY},
    {"a public key", X5C("[\"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\"]"),
     JETON_E_KEY},
    {"base64 without padding", X5C("[" CERT ",\"AA\"]"), JETON_E_KEY},
    {"three times padding", X5C("[" CERT ",\"A===\"]"), JETON_E_KEY},
    {"nothing but padding", X5C("[" CERT ",\"====\"]"), JETON_E_KEY},
    {"padding in the middle", X5C("[" CERT ",\"AA==AAAA\"]"), JETON_E_KEY},
    {"bits that should be zero", X5C("[" CERT ",\"AB==\"]"), JETON_E_KEY},
    {"base64url", X5C("[" CERT ",\"A-_A\"]"), JETON_E_KEY},
    {"the same letters of base64", X5C("[" CERT ",\"A+/A\"]"), JETON_OK},
    {"a line break", X5C("[" CERT ",\"AAAA\\nAAA\"]"), JETON_E_KEY},
    {"eight of them", X5C("[" EIGHT "]"), JETON_OK},
    {"nine of them", X5C("[" EIGHT ",\"AAAA\"]"), JETON_E_LIMIT},
    {"a digest that is short", X5T("\"AAAA\""), JETON_E_KEY},
    {"a digest that is not canonical", X5T("\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\""),
     JETON_E_KEY},
    {"a digest that is a number", X5T("1"), JETON_E_KEY},
    {"a secret's certificate",
     "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\",\"x5c\":[" CERT "]}",
     JETON_E_KEY},
};

static void x5c_is_of_the_key_or_the_key_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse(NULL, jeton_str(cases[i].jwk), &key, &err), cases[i].want);
        assert_int_equal(err.status, cases[i].want);
        assert_int_equal(key != NULL, cases[i].want == JETON_OK);
        jeton_key_free(&key);
    }
}

static void a_certificate_may_be_as_long_as_the_limit(void **state)
{
    (void)state;
    static const struct {
        size_t groups; /* of four characters */
        jeton_status want;
    } lengths[] = {{JT_LIMIT_CERTIFICATE / 3 + 1, JETON_OK},
                   {JT_LIMIT_CERTIFICATE / 3 + 2, JETON_E_LIMIT}};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        jt_buf json = jt_buf_init(NULL);
        jeton_key *key = BOGUS;
        assert_int_equal(jt_buf_add(&json, jeton_str(A3 ",\"x5c\":[" CERT ",\""), NULL), JETON_OK);
        for (size_t j = 0; j < lengths[i].groups; j++)
            assert_int_equal(jt_buf_add(&json, jeton_str("AAAA"), NULL), JETON_OK);
        assert_int_equal(jt_buf_add(&json, jeton_str("\"]}"), NULL), JETON_OK);
        assert_int_equal(jeton_key_parse(NULL, jt_buf_span(&json), &key, NULL), lengths[i].want);
        jeton_key_free(&key);
        jt_buf_done(&json);
    }
}

static void x5c_and_its_digest_are_printed_with_either_part(void **state)
{
    (void)state;
    static const struct {
        const char *why, *jwk, *want, *digest;
    } rows[] = {
        {"the digest is computed", X5C("[" CERT "]"),
         "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x5c\":[" CERT "],\"x5t#S256\":\"" A3_X5T "\"," A3_XY
         "}",
         A3_X5T},
        {"the digest alone", X5T("\"" OKP_X5T "\""),
         "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x5t#S256\":\"" OKP_X5T "\"," A3_XY "}", OKP_X5T},
        {"neither", A3 "}", A3 "}", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_key *key = rfc_key(rows[i].jwk);
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_key_print(key, JETON_KEY_PUBLIC, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), rows[i].want);
        unit_assert_span(jeton_key_x5t_s256(key), rows[i].digest);
        jeton_text_free(&text);
        jeton_key_free(&key);
    }
}

/* The keys of a set by certificate: those of that digest, then those without one. */
static void keys_are_found_by_their_certificate(void **state)
{
    (void)state;
    jeton_keyset *set = NULL;
    assert_int_equal(jeton_keyset_parse(NULL,
                                        jeton_str("{\"keys\":[" OKP_PUBLIC_JWK "," X5T(
                                            "\"" OKP_X5T "\"") "," X5C("[" CERT "]") "]}"),
                                        &set, NULL),
                     JETON_OK);
    assert_int_equal(jeton_keyset_count(set), 3);
    static const struct {
        const char *x5t;
        size_t found[4]; /* places in the set, 9: no more */
    } rows[] = {
        {A3_X5T, {2, 0, 9, 9}},
        {OKP_X5T, {1, 0, 9, 9}},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", {0, 9, 9, 9}},
        {"", {0, 1, 2, 9}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t at = 0;
        for (size_t j = 0; j < COUNT(rows[i].found); j++) {
            const jeton_key *key = jt_keyset_next_x5t(set, jeton_str(rows[i].x5t), &at);
            assert_ptr_equal(key, jeton_keyset_get(set, rows[i].found[j]));
        }
    }
    jeton_keyset_free(&set);
}

static void x5c_leaves_nothing_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 100);
        heap.left = n;
        jeton_key *key = BOGUS;
        jeton_key *bound = NULL;
        status = jeton_key_parse(ctx, jeton_str(BOTH(CERT ",\"AAAA\"", A3_X5T)), &key, NULL);
        if (status == JETON_OK)
            status = jeton_key_bind(key, JETON_ES256, jeton_str("k"), &bound, NULL);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        jeton_key_free(&bound);
        jeton_key_free(&key);
    }
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x5c_is_of_the_key_or_the_key_is_refused),
        cmocka_unit_test(a_certificate_may_be_as_long_as_the_limit),
        cmocka_unit_test(x5c_and_its_digest_are_printed_with_either_part),
        cmocka_unit_test(keys_are_found_by_their_certificate),
        cmocka_unit_test(x5c_leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
