/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_jwk.c - jeton_key_parse and jeton_key_print: what they take, give, refuse.
 */
#include "rfc.h"

#include <stdio.h>

/* ---- and back ------------------------------------------------------------------------------- */

static void assert_prints(const jeton_key *key, jeton_key_part part, const char *want)
{
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_print(key, part, &text, NULL), JETON_OK);
    assert_string_equal(jeton_text_chars(text), want);
    jeton_text_free(&text);
}

static void assert_not_printed(const jeton_key *key, jeton_key_part part)
{
    jeton_err err = {0};
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_key_print(key, part, &text, &err), JETON_E_KEY_USE);
    assert_int_equal(err.status, JETON_E_KEY_USE);
    assert_null(text);
}

static const struct {
    const char *private_jwk, *public_jwk;
} pairs[] = {
    {A1_JWK, NULL},
    {A2_JWK, A2_PUBLIC_JWK},
    {A3_JWK, A3_PUBLIC_JWK},
    {P384_JWK, P384_PUBLIC_JWK},
    {P521_JWK, P521_PUBLIC_JWK},
    {K256_JWK, K256_PUBLIC_JWK},
    {OKP_JWK, OKP_PUBLIC_JWK},
    {ED448_JWK, ED448_PUBLIC_JWK},
};

static void key_print_gives_back_what_was_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        jeton_key *key = rfc_key(pairs[i].private_jwk);
        assert_prints(key, JETON_KEY_PRIVATE, pairs[i].private_jwk);
        if (pairs[i].public_jwk == NULL)
            assert_not_printed(key, JETON_KEY_PUBLIC);
        else
            assert_prints(key, JETON_KEY_PUBLIC, pairs[i].public_jwk);
        jeton_key_free(&key);
        if (pairs[i].public_jwk == NULL)
            continue;
        key = rfc_key(pairs[i].public_jwk);
        assert_prints(key, JETON_KEY_PUBLIC, pairs[i].public_jwk);
        assert_not_printed(key, JETON_KEY_PRIVATE);
        jeton_key_free(&key);
    }
}

#define X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"

static void key_print_puts_members_in_a_fixed_order(void **state)
{
    (void)state;
    jeton_key *key =
        rfc_key("{\"d\":\"" D "\",\"x\":\"" X "\",\"other\":{\"a\":[1]},\"key_ops\":[\"verify\","
                "\"sign\",\"wrapKey\"],\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"use\":\"sig\","
                "\"kid\":\"\\u00fc\\u0001\",\"kty\":\"OKP\"}");
    assert_prints(
        key, JETON_KEY_PRIVATE,
        "{\"kty\":\"OKP\",\"kid\":\"\u00fc\\u0001\",\"use\":\"sig\",\"key_ops\":[\"sign\","
        "\"verify\"],\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"d\":\"" D "\"}");
    assert_prints(key, JETON_KEY_PUBLIC,
                  "{\"kty\":\"OKP\",\"kid\":\"\u00fc\\u0001\",\"use\":\"sig\",\"key_ops\":["
                  "\"verify\"],\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}");
    jeton_key_free(&key);
}

/* A key that is printed and read again must not be allowed more than before. */
static void key_print_keeps_what_a_key_is_for(void **state)
{
    (void)state;
    static const struct {
        const char *given, *printed, *printed_public;
    } uses[] = {
        {"\"use\":\"enc\"", "\"use\":\"enc\"", "\"use\":\"enc\""},
        {"\"key_ops\":[]", "\"key_ops\":[]", "\"key_ops\":[]"},
        {"\"key_ops\":[\"encrypt\"]", "\"key_ops\":[]", "\"key_ops\":[]"},
        {"\"key_ops\":[\"verify\"]", "\"key_ops\":[\"verify\"]", "\"key_ops\":[\"verify\"]"},
        {"\"key_ops\":[\"sign\"]", "\"key_ops\":[\"sign\"]", "\"key_ops\":[\"verify\"]"},
    };
    static const char format[] = "{\"kty\":\"OKP\",@,\"crv\":\"Ed25519\",\"x\":\"" X "\"";
    for (size_t i = 0; i < COUNT(uses); i++) {
        char *given = rfc_replace(format, "@", uses[i].given);
        char *printed = rfc_replace(format, "@", uses[i].printed);
        char *printed_public = rfc_replace(format, "@", uses[i].printed_public);
        char whole[300];
        (void)snprintf(whole, sizeof whole, "%s,\"d\":\"" D "\"}", given);
        jeton_key *key = rfc_key(whole);
        (void)snprintf(whole, sizeof whole, "%s,\"d\":\"" D "\"}", printed);
        assert_prints(key, JETON_KEY_PRIVATE, whole);
        (void)snprintf(whole, sizeof whole, "%s}", printed_public);
        assert_prints(key, JETON_KEY_PUBLIC, whole);
        jeton_key_free(&key);
        free(given);
        free(printed);
        free(printed_public);
    }
}

/* ---- refused -------------------------------------------------------------------------------- */

#define K32 "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8" /* 32 bytes, the last bits unused */
#define OCT "{\"kty\":\"oct\",\"k\":\"" K32 "\"}"
#define ES  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static const struct {
    const char *why, *jwk, *part, *with;
    jeton_status want;
} changed[] = {
    /* the text */
    {"nothing", OCT, OCT, "", JETON_E_SYNTAX},
    {"not JSON", OCT, OCT, "oct", JETON_E_SYNTAX},
    {"an array", OCT, OCT, "[]", JETON_E_SYNTAX},
    {"a text", OCT, OCT, "\"oct\"", JETON_E_SYNTAX},
    {"PEM", OCT, OCT, "-----BEGIN PUBLIC KEY-----", JETON_E_SYNTAX},
    {"kty given twice", OCT, "{", "{\"kty\":\"oct\",", JETON_E_SYNTAX},
    {"something behind", OCT, "\"}", "\"}x", JETON_E_SYNTAX},

    /* kty, crv, alg, use, key_ops, kid */
    {"no kty", OCT, "\"kty\":\"oct\",", "", JETON_E_KEY},
    {"kty a number", OCT, "\"oct\"", "1", JETON_E_KEY},
    {"kty null", OCT, "\"oct\"", "null", JETON_E_KEY},
    {"kty empty", OCT, "\"oct\"", "\"\"", JETON_E_KEY},
    {"kty in other letters", OCT, "\"oct\"", "\"Oct\"", JETON_E_UNSUPPORTED},
    {"kty unknown", OCT, "\"oct\"", "\"XYZ\"", JETON_E_UNSUPPORTED},
    {"kty of a key that has alg", OCT, "\"oct\"", "\"AKP\"", JETON_E_KEY},
    {"kty of a key that has crv", OCT, "\"oct\"", "\"EC\"", JETON_E_KEY},
    {"no crv", OKP_JWK, "\"crv\":\"Ed25519\",", "", JETON_E_KEY},
    {"crv a number", OKP_JWK, "\"Ed25519\"", "25519", JETON_E_KEY},
    {"crv empty", OKP_JWK, "\"Ed25519\"", "\"\"", JETON_E_KEY},
    {"crv unknown", OKP_JWK, "\"Ed25519\"", "\"X25519\"", JETON_E_UNSUPPORTED},
    {"crv of another length", OKP_JWK, "\"Ed25519\"", "\"Ed448\"", JETON_E_KEY},
    {"alg of another curve, OKP", ED448_JWK, "\"}", "\",\"alg\":\"Ed25519\"}", JETON_E_KEY},
    {"crv of another type", OKP_JWK, "\"Ed25519\"", "\"P-256\"", JETON_E_UNSUPPORTED},
    {"alg a number", OCT, "}", ",\"alg\":256}", JETON_E_KEY},
    {"alg null", OCT, "}", ",\"alg\":null}", JETON_E_KEY},
    {"alg empty", OCT, "}", ",\"alg\":\"\"}", JETON_E_UNSUPPORTED},
    {"alg unknown", OCT, "}", ",\"alg\":\"RSA-OAEP\"}", JETON_E_UNSUPPORTED},
    {"alg none", OCT, "}", ",\"alg\":\"none\"}", JETON_E_UNSUPPORTED},
    {"alg of another type", OCT, "}", ",\"alg\":\"ES256\"}", JETON_E_KEY},
    {"alg of secrets with a public key", A2_PUBLIC_JWK, "\"}", "\",\"alg\":\"HS256\"}",
     JETON_E_KEY},
    {"alg of another curve", A3_JWK, "\"}", "\",\"alg\":\"EdDSA\"}", JETON_E_KEY},
    {"alg of another curve, EC", A3_JWK, "\"}", "\",\"alg\":\"ES384\"}", JETON_E_KEY},
    {"alg of another curve of 256 bits", A3_JWK, "\"}", "\",\"alg\":\"ES256K\"}", JETON_E_KEY},
    {"alg that is not registered", P521_JWK, "\"}", "\",\"alg\":\"ES521\"}", JETON_E_UNSUPPORTED},
    {"alg with a longer hash", OCT, "}", ",\"alg\":\"HS384\"}", JETON_E_KEY},
    {"use a number", OCT, "}", ",\"use\":1}", JETON_E_KEY},
    {"use empty", OCT, "}", ",\"use\":\"\"}", JETON_E_KEY},
    {"key_ops a text", OCT, "}", ",\"key_ops\":\"sign\"}", JETON_E_KEY},
    {"key_ops null", OCT, "}", ",\"key_ops\":null}", JETON_E_KEY},
    {"key_ops with a number", OCT, "}", ",\"key_ops\":[\"sign\",1]}", JETON_E_KEY},
    {"key_ops with one twice", OCT, "}", ",\"key_ops\":[\"sign\",\"sign\"]}", JETON_E_KEY},
    {"kid a number", OCT, "}", ",\"kid\":1}", JETON_E_KEY},
    {"kid null", OCT, "}", ",\"kid\":null}", JETON_E_KEY},

    /* the numbers */
    {"no k", OCT, ",\"k\":\"" K32 "\"", "", JETON_E_KEY},
    {"k a number", OCT, "\"" K32 "\"", "1", JETON_E_KEY},
    {"k empty", OCT, K32, "", JETON_E_KEY},
    {"k of 31 bytes", OCT, "Lr8", "Lg", JETON_E_KEY},
    {"k with padding", OCT, K32, K32 "=", JETON_E_KEY},
    {"k in the other alphabet", OCT, "qQ-E", "qQ+E", JETON_E_KEY},
    {"k with a space", OCT, "qQ-E", "qQ -E", JETON_E_KEY},
    {"k with unused bits set", OCT, "Lr8", "Lr9", JETON_E_KEY},
    {"k of an impossible length", OCT, K32, K32 "AA", JETON_E_KEY},
    {"no n", A2_PUBLIC_JWK, "\"n\"", "\"N\"", JETON_E_KEY},
    {"no e", A2_PUBLIC_JWK, ",\"e\":\"AQAB\"", "", JETON_E_KEY},
    {"e null", A2_PUBLIC_JWK, "\"AQAB\"", "null", JETON_E_KEY},
    {"e with leading zeros", A2_PUBLIC_JWK, "\"AQAB\"", "\"AAEAAQ\"", JETON_E_KEY},
    {"e even", A2_PUBLIC_JWK, "\"AQAB\"", "\"AQAC\"", JETON_E_KEY},
    {"e one", A2_PUBLIC_JWK, "\"AQAB\"", "\"AQ\"", JETON_E_KEY},
    {"e two", A2_PUBLIC_JWK, "\"AQAB\"", "\"Ag\"", JETON_E_KEY},
    {"e zero", A2_PUBLIC_JWK, "\"AQAB\"", "\"AA\"", JETON_E_KEY},
    {"n with a leading zero", A2_PUBLIC_JWK, "\"ofgWC", "\"AKH4FgofgWC", JETON_E_KEY},
    {"oth empty", A2_JWK, "\"p\":", "\"oth\":[],\"p\":", JETON_E_KEY},
    {"oth null", A2_JWK, "\"p\":", "\"oth\":null,\"p\":", JETON_E_KEY},
    {"no p", A2_JWK, "\"p\"", "\"P\"", JETON_E_KEY},
    {"qi a number", A2_JWK, "\"qi\":", "\"qi\":1,\"xx\":", JETON_E_KEY},
    {"d of another key", A2_JWK, "\"d\":\"Eq5xpGnN", "\"d\":\"Eq5xpGnM", JETON_E_KEY},
    {"d empty", A3_JWK, "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", "", JETON_E_KEY},
    {"no y", A3_JWK, "," ES, "", JETON_E_KEY},
    {"y of 31 bytes", A3_JWK, ES, "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5Q\"",
     JETON_E_KEY},
    {"y with a leading zero", A3_JWK, ES, "\"y\":\"AMfxRM0bvZt-hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\"",
     JETON_E_KEY},
    {"y off the curve", A3_JWK, "IWI5a0\"", "IWI5a4\"", JETON_E_KEY},
    {"crv of another width", A3_JWK, "P-256", "P-384", JETON_E_KEY},
    {"crv of the same width", A3_JWK, "P-256", "secp256k1", JETON_E_KEY},
    {"crv by another name", K256_JWK, "secp256k1", "P-256K", JETON_E_UNSUPPORTED},
    {"d of another key", A3_JWK, "9-E9LI", "9-E9LM", JETON_E_KEY},
    {"x not derived from d", OKP_JWK, "HURo", "HURs", JETON_E_KEY},
    {"d a number", OKP_JWK, "\"" D "\"", "7", JETON_E_KEY},
    {"d of 31 bytes", OKP_JWK, "xyuf2A", "xyuf", JETON_E_KEY},
};

static void key_parse_refuses_keys_that_differ_in_one_thing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(changed); i++) {
        print_message("  %s\n", changed[i].why);
        jeton_key *good = rfc_key(changed[i].jwk);
        jeton_key_free(&good);

        char *jwk = rfc_replace(changed[i].jwk, changed[i].part, changed[i].with);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, &err), changed[i].want);
        assert_null(key);
        assert_int_equal(err.status, changed[i].want);
        assert_true(err.text[0] != '\0');
        free(jwk);
    }
}

static void key_parse_takes_what_it_need_not_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *why, *jwk;
    } taken[] = {
        {"unknown members",
         "{\"kty\":\"oct\",\"k\":\"" K32 "\",\"exp\":1,\"x5u\":\"x\",\"x5t\":1}"},
        {"crv on a type without curves", "{\"kty\":\"oct\",\"k\":\"" K32 "\",\"crv\":\"x\"}"},
        {"members of another type", "{\"kty\":\"oct\",\"k\":\"" K32 "\",\"d\":1,\"n\":\"?\"}"},
        {"white space", " { \"kty\" : \"oct\" , \"k\" : \"" K32 "\" } \n"},
    };
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].why);
        jeton_key *key = rfc_key(taken[i].jwk);
        assert_prints(key, JETON_KEY_PRIVATE, OCT);
        jeton_key_free(&key);
    }
}

static void key_parse_holds_to_its_limits(void **state)
{
    (void)state;
    char jwk[8000];
    char filler[6000];
    memset(filler, 'A', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    jeton_key *key = BOGUS;

    (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"oct\",\"k\":\"" K32 "\",\"kid\":\"%.1024s\"}",
                   filler);
    assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, NULL), JETON_OK);
    jeton_key_free(&key);
    (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"oct\",\"k\":\"" K32 "\",\"kid\":\"%.1025s\"}",
                   filler);
    assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, NULL), JETON_E_LIMIT);
    assert_null(key);

    (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"oct\",\"k\":\"%.5462s\"}", filler); /* 4096 bytes */
    assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, NULL), JETON_OK);
    jeton_key_free(&key);
    (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"oct\",\"k\":\"%.5464s\"}", filler);
    assert_int_equal(jeton_key_parse(NULL, jeton_str(jwk), &key, NULL), JETON_E_LIMIT);
    assert_null(key);
}

static void key_parse_leaves_nothing_without_memory(void **state)
{
    (void)state;
    static const char jwk[] = "{\"kid\":\"one\",\"use\":\"sig\","
                              "\"kty\":\"EC\",\"crv\":\"P-256\","
                              "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," ES "}";
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 100);
        heap.left = n;
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        status = jeton_key_parse(ctx, jeton_str(jwk), &key, &err);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(err.status, status);
        assert_int_equal(key != NULL, status == JETON_OK);
        jeton_key_free(&key);
    }
    unit_ctx_done(&ctx, &heap);
}

static void key_print_leaves_nothing_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1000;
    jeton_key *key = NULL;
    assert_int_equal(jeton_key_parse(ctx, jeton_str(A3_JWK), &key, NULL), JETON_OK);
    jeton_status status = JETON_E_NOMEM;
    for (size_t n = 0; status != JETON_OK; n++) {
        assert_true(n < 100);
        heap.left = n;
        jeton_text *text = BOGUS;
        status = jeton_key_print(key, JETON_KEY_PRIVATE, &text, NULL);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(text != NULL, status == JETON_OK);
        jeton_text_free(&text);
    }
    jeton_key_free(&key);
    unit_ctx_done(&ctx, &heap);
}

static void key_parse_public_refuses_private_members_of_any_type(void **state)
{
    (void)state;
    static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"};
    jeton_key *key = BOGUS;
    assert_int_equal(jeton_key_parse_public(NULL, jeton_str(OKP_PUBLIC_JWK), &key, NULL), JETON_OK);
    jeton_key_free(&key);
    for (size_t i = 0; i < COUNT(members); i++) {
        print_message("  %s\n", members[i]);
        char with[32];
        (void)snprintf(with, sizeof with, "{\"%s\":null,\"kty\"", members[i]);
        char *jwk = rfc_replace(OKP_PUBLIC_JWK, "{\"kty\"", with);
        jeton_err err = {0};
        key = BOGUS;
        assert_int_equal(jeton_key_parse_public(NULL, jeton_str(jwk), &key, &err), JETON_E_KEY);
        assert_int_equal(err.status, JETON_E_KEY);
        assert_null(key);
        free(jwk);
    }
    static const struct {
        const char *jwk;
        jeton_status want;
    } rows[] = {{"", JETON_E_SYNTAX},
                {"[]", JETON_E_SYNTAX},
                {A1_JWK, JETON_E_KEY},
                {OKP_JWK, JETON_E_KEY},
                {"{\"ciphertext\":\"\"}", JETON_E_UNSUPPORTED}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        key = BOGUS;
        assert_int_equal(jeton_key_parse_public(NULL, jeton_str(rows[i].jwk), &key, NULL),
                         rows[i].want);
        assert_null(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_parse_public_refuses_private_members_of_any_type),
        cmocka_unit_test(key_print_gives_back_what_was_read),
        cmocka_unit_test(key_print_puts_members_in_a_fixed_order),
        cmocka_unit_test(key_print_keeps_what_a_key_is_for),
        cmocka_unit_test(key_parse_refuses_keys_that_differ_in_one_thing),
        cmocka_unit_test(key_parse_takes_what_it_need_not_refuse),
        cmocka_unit_test(key_parse_holds_to_its_limits),
        cmocka_unit_test(key_parse_leaves_nothing_without_memory),
        cmocka_unit_test(key_print_leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
