/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_signer.c - the tokens we make: what stands in them, and that we take them.
 */
#include "tokens.h"

#include <jeton/signer.h>

static jeton_signer *new_signer(const jeton_key *key, jeton_alg alg,
                                const jeton_token_defaults *defaults)
{
    jeton_signer *signer = BOGUS;
    assert_int_equal(jeton_signer_new(token_ctx(), key, alg, defaults, &signer, NULL), JETON_OK);
    assert_non_null(signer);
    return signer;
}

static jeton_text *sign(const jeton_signer *signer, const char *json)
{
    jeton_claims *claims = NULL;
    jeton_text *token = BOGUS;
    assert_int_equal(jeton_claims_parse(NULL, jeton_str(json), &claims, NULL), JETON_OK);
    assert_int_equal(jeton_sign(signer, claims, &token, NULL), JETON_OK);
    assert_non_null(token);
    jeton_claims_free(&claims);
    return token;
}

/* The bytes of segment 0 or 1, as text; freed by the caller. */
static char *segment(const jeton_text *token, int index)
{
    const char *start = jeton_text_chars(token);
    if (index == 1)
        start = strchr(start, '.') + 1;
    const jeton_span chars = jeton_bytes(start, strcspn(start, "."));
    char *text = calloc(1, jt_base64url_bytes(chars.len) + 1);
    assert_non_null(text);
    assert_true(jt_base64url_parse(chars, (uint8_t *)text));
    return text;
}

static void assert_segment(const jeton_text *token, int index, const char *want)
{
    char *text = segment(token, index);
    assert_string_equal(text, want);
    free(text);
}

static void signer_makes_what_the_verifier_takes(void **state)
{
    (void)state;
    const jeton_token_defaults defaults = {.lifetime = 60};
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        jeton_signer *signer = new_signer(token_key(alg), JETON_ALG_UNSET, &defaults);
        jeton_text *token = sign(signer, "{\"sub\":\"alice\"}");
        assert_int_equal(token_status(NULL, token_key(alg), jeton_text_span(token)), JETON_OK);
        for (size_t j = 0; j < COUNT(token_algs); j++)
            if (token_algs[j] != alg)
                assert_int_equal(
                    token_status(NULL, token_key(token_algs[j]), jeton_text_span(token)),
                    JETON_E_ALG);
        jeton_text_free(&token);
        jeton_signer_free(&signer);
        assert_null(signer);
    }
}

static void signer_makes_the_same_bytes_where_the_algorithm_does(void **state)
{
    (void)state;
    static const struct {
        jeton_alg alg;
        bool same;
    } rows[] = {
        {JETON_HS256, true}, {JETON_RS256, true}, {JETON_ED25519, true}, {JETON_ES256, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jeton_signer *signer = new_signer(token_key(rows[i].alg), JETON_ALG_UNSET, NULL);
        jeton_text *one = sign(signer, "{\"sub\":\"a\"}");
        jeton_text *two = sign(signer, "{\"sub\":\"a\"}");
        assert_int_equal(jeton_span_equal(jeton_text_span(one), jeton_text_span(two)),
                         rows[i].same);
        jeton_text_free(&one);
        jeton_text_free(&two);
        jeton_signer_free(&signer);
    }
}

static void signer_writes_a_header_of_alg_typ_and_kid(void **state)
{
    (void)state;
    jeton_key *named = token_key_like(token_key(JETON_HS256), false, "\"kid\":\"k\\\"1\",");
    jeton_signer *signer = new_signer(named, JETON_HS256, NULL);
    jeton_text *token = sign(signer, "{}");
    assert_segment(token, 0, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"k\\\"1\"}");
    jeton_text_free(&token);
    jeton_signer_free(&signer);
    jeton_key_free(&named);

    const jeton_token_defaults defaults = {.typ = "at+jwt"};
    signer = new_signer(token_key(JETON_ED25519), JETON_EDDSA, &defaults);
    token = sign(signer, "{}");
    assert_segment(token, 0, "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}");
    jeton_text_free(&token);
    jeton_signer_free(&signer);
}

static void signer_fills_in_what_the_claims_do_not_say(void **state)
{
    (void)state;
    const jeton_token_defaults defaults = {
        .issuer = "https://i\"", .audience = "a", .lifetime = 900};
    static const struct {
        const char *claims, *payload;
    } rows[] = {
        {"{}", "{\"iss\":\"https://i\\\"\",\"aud\":\"a\",\"iat\":1700000000,\"exp\":1700000900}"},
        {"{\"sub\":\"x\"}", "{\"sub\":\"x\",\"iss\":\"https://i\\\"\",\"aud\":\"a\","
                            "\"iat\":1700000000,\"exp\":1700000900}"},
        {"{\"iss\":\"j\",\"aud\":[\"b\"],\"iat\":1,\"exp\":2}",
         "{\"iss\":\"j\",\"aud\":[\"b\"],\"iat\":1,\"exp\":2}"},
        {"{\"iss\":null,\"aud\":null,\"iat\":null,\"exp\":null}",
         "{\"iss\":null,\"aud\":null,\"iat\":null,\"exp\":null}"},
    };
    jeton_signer *signer = new_signer(token_key(JETON_HS256), JETON_ALG_UNSET, &defaults);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].claims);
        jeton_text *token = sign(signer, rows[i].claims);
        assert_segment(token, 1, rows[i].payload);
        jeton_text_free(&token);
    }
    jeton_signer_free(&signer);
}

static void signer_without_defaults_adds_iat_only(void **state)
{
    (void)state;
    jeton_signer *signer = new_signer(token_key(JETON_HS256), JETON_ALG_UNSET, NULL);
    jeton_text *token = sign(signer, "{}");
    assert_segment(token, 1, "{\"iat\":1700000000}");
    jeton_text_free(&token);
    jeton_signer_free(&signer);
}

static void signer_leaves_the_claims_as_they_were(void **state)
{
    (void)state;
    const jeton_token_defaults defaults = {.issuer = "i", .lifetime = 1, .jti = true};
    jeton_signer *signer = new_signer(token_key(JETON_HS256), JETON_ALG_UNSET, &defaults);
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    assert_int_equal(jeton_sign(signer, claims, &token, NULL), JETON_OK);
    assert_false(jeton_claims_has(claims, "iss"));
    assert_false(jeton_claims_has(claims, "iat"));
    assert_false(jeton_claims_has(claims, "jti"));
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
}

static void signer_gives_each_token_a_jti_of_its_own(void **state)
{
    (void)state;
    const jeton_token_defaults defaults = {.jti = true};
    jeton_signer *signer = new_signer(token_key(JETON_HS256), JETON_ALG_UNSET, &defaults);
    char *payloads[2];
    for (int i = 0; i < 2; i++) {
        jeton_text *token = sign(signer, "{}");
        payloads[i] = segment(token, 1);
        const char *jti = strstr(payloads[i], "\"jti\":\"");
        assert_non_null(jti);
        assert_int_equal(strcspn(jti + 7, "\""), 16);
        jeton_text_free(&token);
    }
    assert_string_not_equal(payloads[0], payloads[1]);
    free(payloads[0]);
    free(payloads[1]);
    jeton_text *token = sign(signer, "{\"jti\":\"mine\"}");
    assert_segment(token, 1, "{\"jti\":\"mine\",\"iat\":1700000000}");
    jeton_text_free(&token);
    jeton_signer_free(&signer);
}

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    memset(to, 0, len);
    return false;
}

static void signer_refuses_a_jti_that_is_not_random(void **state)
{
    (void)state;
    const jeton_ctx_options options = {.random = no_random};
    const jeton_token_defaults defaults = {.jti = true};
    jeton_ctx *ctx = NULL;
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    assert_int_equal(
        jeton_signer_new(ctx, token_key(JETON_HS256), JETON_HS256, &defaults, &signer, NULL),
        JETON_OK);
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    assert_int_equal(jeton_sign(signer, claims, &token, &err), JETON_E_RANDOM);
    assert_null(token);
    assert_int_equal(err.status, JETON_E_RANDOM);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_ctx_free(&ctx);
}

/* ---- which keys may sign -------------------------------------------------------------------- */

static jeton_key *public_half(const jeton_key *key)
{
    jeton_text *jwk = NULL;
    jeton_key *half = NULL;
    assert_int_equal(jeton_key_print(key, JETON_KEY_PUBLIC, &jwk, NULL), JETON_OK);
    assert_int_equal(jeton_key_parse(NULL, jeton_text_span(jwk), &half, NULL), JETON_OK);
    jeton_text_free(&jwk);
    return half;
}

static void assert_no_signer(const jeton_key *key, jeton_alg alg,
                             const jeton_token_defaults *defaults, jeton_status want)
{
    jeton_signer *signer = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_signer_new(NULL, key, alg, defaults, &signer, &err), want);
    assert_null(signer);
    assert_int_equal(err.status, want);
}

static void signer_needs_a_private_key(void **state)
{
    (void)state;
    static const jeton_alg pairs[] = {JETON_RS256, JETON_ES256, JETON_ED25519};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        jeton_key *half = public_half(token_key(pairs[i]));
        assert_no_signer(half, pairs[i], NULL, JETON_E_KEY_USE);
        jeton_key_free(&half);
    }
}

static void signer_needs_an_algorithm_of_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++)
        for (size_t j = 0; j < COUNT(token_algs); j++)
            if (token_algs[i] != token_algs[j])
                assert_no_signer(token_key(token_algs[i]), token_algs[j], NULL, JETON_E_ALG);
    assert_no_signer(token_key(JETON_HS256), (jeton_alg)31, NULL, JETON_E_ALG);
    assert_no_signer(token_key(JETON_HS256), (jeton_alg)9, NULL, JETON_E_ALG);

    jeton_key *unbound = token_key_like(token_key(JETON_ES256), true, "");
    assert_no_signer(unbound, JETON_ALG_UNSET, NULL, JETON_E_ALG);
    jeton_signer *signer = new_signer(unbound, JETON_ES256, NULL);
    jeton_signer_free(&signer);
    jeton_key_free(&unbound);
}

static void signer_needs_a_key_that_is_for_signing(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        jeton_status want;
    } rows[] = {
        {"\"use\":\"sig\",", JETON_OK},
        {"\"use\":\"enc\",", JETON_E_KEY_USE},
        {"\"key_ops\":[\"sign\"],", JETON_OK},
        {"\"key_ops\":[\"verify\"],", JETON_E_KEY_USE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].members);
        jeton_key *key = token_key_like(token_key(JETON_HS256), false, rows[i].members);
        if (rows[i].want == JETON_OK) {
            jeton_signer *signer = new_signer(key, JETON_HS256, NULL);
            jeton_signer_free(&signer);
        } else {
            assert_no_signer(key, JETON_HS256, NULL, rows[i].want);
        }
        jeton_key_free(&key);
    }
}

static void signer_refuses_defaults_that_are_not_utf8(void **state)
{
    (void)state;
    static const jeton_token_defaults rows[] = {
        {.issuer = "\xff"}, {.audience = "\xff"}, {.typ = "\xff"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_no_signer(token_key(JETON_HS256), JETON_HS256, &rows[i], JETON_E_SYNTAX);
    jeton_signer_free(NULL);
}

static void signer_keeps_the_key_and_copies_the_defaults(void **state)
{
    (void)state;
    char issuer[] = "i";
    jeton_token_defaults defaults = {.issuer = issuer};
    jeton_key *key = token_key_like(token_key(JETON_HS256), false, "");
    jeton_signer *signer = new_signer(key, JETON_HS256, &defaults);
    jeton_key_free(&key);
    issuer[0] = '?';
    memset(&defaults, 0x5a, sizeof defaults);
    jeton_text *token = sign(signer, "{}");
    assert_segment(token, 1, "{\"iss\":\"i\",\"iat\":1700000000}");
    jeton_text_free(&token);
    jeton_signer_free(&signer);
}

static void signer_makes_no_token_that_a_verifier_would_find_too_long(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_limits limits;
        jeton_status want;
    } rows[] = {
        {"payload fits", {.payload = 1000 + 40}, JETON_OK},
        {"payload too long", {.payload = 1000}, JETON_E_LIMIT},
        {"token too long", {.token = 1000}, JETON_E_LIMIT},
    };
    char text[1001];
    memset(text, 'x', sizeof text - 1);
    text[1000] = '\0';
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const jeton_ctx_options options = {.limits = rows[i].limits};
        jeton_ctx *ctx = NULL;
        jeton_signer *signer = NULL;
        jeton_claims *claims = NULL;
        jeton_text *token = BOGUS;
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        assert_int_equal(
            jeton_signer_new(ctx, token_key(JETON_HS256), JETON_HS256, NULL, &signer, NULL),
            JETON_OK);
        assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
        jeton_claims_set_text(claims, "x", jeton_str(text));
        assert_int_equal(jeton_sign(signer, claims, &token, NULL), rows[i].want);
        assert_true((token != NULL) == (rows[i].want == JETON_OK));
        jeton_text_free(&token);
        jeton_claims_free(&claims);
        jeton_signer_free(&signer);
        jeton_ctx_free(&ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signer_makes_what_the_verifier_takes),
        cmocka_unit_test(signer_makes_the_same_bytes_where_the_algorithm_does),
        cmocka_unit_test(signer_writes_a_header_of_alg_typ_and_kid),
        cmocka_unit_test(signer_fills_in_what_the_claims_do_not_say),
        cmocka_unit_test(signer_without_defaults_adds_iat_only),
        cmocka_unit_test(signer_leaves_the_claims_as_they_were),
        cmocka_unit_test(signer_gives_each_token_a_jti_of_its_own),
        cmocka_unit_test(signer_refuses_a_jti_that_is_not_random),
        cmocka_unit_test(signer_needs_a_private_key),
        cmocka_unit_test(signer_needs_an_algorithm_of_the_key),
        cmocka_unit_test(signer_needs_a_key_that_is_for_signing),
        cmocka_unit_test(signer_refuses_defaults_that_are_not_utf8),
        cmocka_unit_test(signer_keeps_the_key_and_copies_the_defaults),
        cmocka_unit_test(signer_makes_no_token_that_a_verifier_would_find_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
