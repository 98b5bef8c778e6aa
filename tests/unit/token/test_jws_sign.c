/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_jws_sign.c - what a JWS to be made may say, and how it is written. */
#include <jeton/jws.h>

#include "core/ctx.h"

#include "tokens.h"

static jeton_status make(const jeton_jws_signature *by, size_t count, jeton_span payload,
                         const jeton_jws_options *options, char **text)
{
    jeton_text *made = BOGUS;
    jeton_err err = {0};
    const jeton_status status = jeton_jws_sign(NULL, by, count, payload, options, &made, &err);
    assert_int_equal(err.status, status);
    assert_true((made != NULL) == (status == JETON_OK));
    if (text != NULL)
        *text = made != NULL ? strdup(jeton_text_chars(made)) : NULL;
    jeton_text_free(&made);
    return status;
}

/* The protected header of a compact text; freed by the caller. */
static char *header_of(const char *text)
{
    const jeton_span chars = jeton_bytes(text, (size_t)(strchr(text, '.') - text));
    char *json = calloc(1, jt_base64url_bytes(chars.len) + 1);
    assert_true(jt_base64url_parse(chars, (uint8_t *)json));
    return json;
}

/* ---- headers -------------------------------------------------------------------------------- */

static void jws_header_has_its_members_in_order(void **state)
{
    (void)state;
    jeton_key *key = token_key_like(token_key(JETON_HS256), false, "\"kid\":\"k\",");
    const jeton_jws_signature by = {.key = key,
                                    .typ = "t",
                                    .cty = "c",
                                    .protected_as = jeton_str("{\"x\":[1],\"y\":{\"z\":null}}")};
    const jeton_jws_options bare = {.unencoded = true};
    char *text;
    assert_int_equal(make(&by, 1, jeton_str("p"), &bare, &text), JETON_OK);
    char *json = header_of(text);
    assert_string_equal(json, "{\"alg\":\"HS256\",\"typ\":\"t\",\"kid\":\"k\",\"cty\":\"c\","
                              "\"x\":[1],\"y\":{\"z\":null},\"b64\":false,\"crit\":[\"b64\"]}");
    free(json);
    free(text);
    jeton_key_free(&key);
}

static const struct {
    const char *why, *guarded, *open;
    jeton_status want;
} headers[] = {
    {"nothing", "", "", JETON_OK},
    {"empty ones", "{}", "{}", JETON_OK},
    {"of each half", "{\"a\":1}", "{\"b\":1}", JETON_OK},
    {"a kid that is not protected", "", "{\"kid\":\"k\"}", JETON_OK},
    {"alg", "{\"alg\":\"none\"}", "", JETON_E_ARGUMENT},
    {"kid", "{\"kid\":\"k\"}", "", JETON_E_ARGUMENT},
    {"b64", "{\"b64\":true}", "", JETON_E_ARGUMENT},
    {"crit", "{\"crit\":[\"exp\"],\"exp\":1}", "", JETON_E_ARGUMENT},
    {"typ, which is said already", "{\"typ\":\"u\"}", "", JETON_E_ARGUMENT},
    {"a name with a NUL", "{\"a\\u0000b\":1}", "", JETON_E_ARGUMENT},
    {"an array", "[]", "", JETON_E_SYNTAX},
    {"no JSON", "{", "", JETON_E_SYNTAX},
    {"cty that is no text", "{\"cty\":1}", "", JETON_E_HEADER},
    {"open: an array", "", "[]", JETON_E_SYNTAX},
    {"open: no JSON", "", "x", JETON_E_SYNTAX},
    {"open: alg", "", "{\"alg\":\"HS256\"}", JETON_E_HEADER},
    {"open: crit", "", "{\"crit\":[]}", JETON_E_CRIT},
    {"open: b64", "", "{\"b64\":true}", JETON_E_CRIT},
    {"open: typ, which is protected", "", "{\"typ\":\"t\"}", JETON_E_HEADER},
    {"the same name in both", "{\"a\":1}", "{\"a\":1}", JETON_E_HEADER},
};

static void jws_header_says_nothing_a_verifier_would_refuse(void **state)
{
    (void)state;
    const jeton_jws_options flat = {.form = JETON_JWS_FLATTENED};
    for (size_t i = 0; i < COUNT(headers); i++) {
        print_message("  %s\n", headers[i].why);
        const jeton_jws_signature by = {.key = token_key(JETON_HS256),
                                        .typ = "t",
                                        .protected_as = jeton_str(headers[i].guarded),
                                        .unprotected = jeton_str(headers[i].open)};
        assert_int_equal(make(&by, 1, jeton_str("p"), &flat, NULL), headers[i].want);
        if (headers[i].open[0] != '\0') /* for which the compact form has no room */
            assert_int_equal(make(&by, 1, jeton_str("p"), NULL, NULL), JETON_E_ARGUMENT);
    }
}

static void jws_header_has_names_of_a_bounded_length(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        char *json = NULL;
        assert_true(asprintf(&json, "{\"%0*d\":1}", (int)(JT_LIMIT_MEMBER_NAME + more), 0) > 0);
        const jeton_jws_signature by = {.key = token_key(JETON_HS256),
                                        .protected_as = jeton_str(json)};
        assert_int_equal(make(&by, 1, jeton_str("p"), NULL, NULL),
                         more == 0 ? JETON_OK : JETON_E_ARGUMENT);
        free(json);
    }
}

/* ---- shapes --------------------------------------------------------------------------------- */

static void jws_has_as_many_signatures_as_its_form_has_room_for(void **state)
{
    (void)state;
    jeton_jws_signature by[JT_LIMIT_SIGNATURES + 1];
    const jeton_jws_options general = {.form = JETON_JWS_GENERAL};
    const jeton_jws_options flat = {.form = JETON_JWS_FLATTENED};
    const jeton_jws_options both = {.form = JETON_JWS_GENERAL | JETON_JWS_FLATTENED};
    for (size_t i = 0; i < COUNT(by); i++)
        by[i] = (jeton_jws_signature){.key = token_key(JETON_HS256)};
    assert_int_equal(make(by, JT_LIMIT_SIGNATURES, jeton_str("p"), &general, NULL), JETON_OK);
    assert_int_equal(make(by, COUNT(by), jeton_str("p"), &general, NULL), JETON_E_ARGUMENT);
    assert_int_equal(make(by, 0, jeton_str("p"), &general, NULL), JETON_E_ARGUMENT);
    assert_int_equal(make(by, 2, jeton_str("p"), &flat, NULL), JETON_E_ARGUMENT);
    assert_int_equal(make(by, 2, jeton_str("p"), NULL, NULL), JETON_E_ARGUMENT);
    assert_int_equal(make(by, 1, jeton_str("p"), &flat, NULL), JETON_OK);
    assert_int_equal(make(by, 1, jeton_str("p"), &both, NULL), JETON_E_ARGUMENT);
    by[0].key = NULL;
    assert_int_equal(make(by, 1, jeton_str("p"), &flat, NULL), JETON_E_ARGUMENT);
}

static void jws_leaves_out_what_is_detached(void **state)
{
    (void)state;
    const jeton_jws_signature by = {.key = token_key(JETON_HS256)};
    jeton_jws_options options = {.detached = true};
    char *text;
    assert_int_equal(make(&by, 1, jeton_str("octets"), &options, &text), JETON_OK);
    assert_non_null(strstr(text, ".."));
    free(text);
    options.form = JETON_JWS_GENERAL;
    assert_int_equal(make(&by, 1, jeton_str("octets"), &options, &text), JETON_OK);
    assert_null(strstr(text, "payload"));
    free(text);
    options.detached = false;
    assert_int_equal(make(&by, 1, jeton_str("octets"), &options, &text), JETON_OK);
    assert_memory_equal(text, "{\"payload\":\"b2N0ZXRz\",", 22);
    free(text);
}

static const struct {
    const char *payload;
    jeton_status compact, json;
} payloads[] = {
    {"", JETON_OK, JETON_OK},
    {" -/~", JETON_OK, JETON_OK},
    {"a.b", JETON_E_ARGUMENT, JETON_OK},
    {"\n", JETON_E_ARGUMENT, JETON_OK},
    {"\x7f", JETON_E_ARGUMENT, JETON_OK},
    {"\xc3\xa9", JETON_E_ARGUMENT, JETON_OK},
    {"\xff", JETON_E_ARGUMENT, JETON_E_SYNTAX},
};

static void jws_has_bare_payloads_where_they_can_be_written(void **state)
{
    (void)state;
    const jeton_jws_signature by = {.key = token_key(JETON_HS256)};
    for (size_t i = 0; i < COUNT(payloads); i++) {
        const jeton_span payload = jeton_str(payloads[i].payload);
        jeton_jws_options options = {.unencoded = true};
        print_message("  %zu\n", i);
        assert_int_equal(make(&by, 1, payload, &options, NULL), payloads[i].compact);
        options.detached = true;
        assert_int_equal(make(&by, 1, payload, &options, NULL), JETON_OK);
        options = (jeton_jws_options){.form = JETON_JWS_FLATTENED, .unencoded = true};
        assert_int_equal(make(&by, 1, payload, &options, NULL), payloads[i].json);
    }
}

/* ---- keys and limits ------------------------------------------------------------------------ */

static void jws_is_signed_by_keys_that_may(void **state)
{
    (void)state;
    jeton_key *unbound = token_key_like(token_key(JETON_RS256), true, "");
    jeton_key *other = token_key_like(token_key(JETON_RS256), false, "\"use\":\"enc\",");
    jeton_text *jwk = NULL;
    jeton_key *public = NULL;
    assert_int_equal(jeton_key_print(token_key(JETON_RS256), JETON_KEY_PUBLIC, &jwk, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_parse(NULL, jeton_text_span(jwk), &public, NULL), JETON_OK);
    const struct {
        const jeton_key *key;
        jeton_alg alg;
        jeton_status want;
    } rows[] = {
        {token_key(JETON_RS256), JETON_ALG_UNSET, JETON_OK},
        {token_key(JETON_RS256), JETON_RS256, JETON_OK},
        {token_key(JETON_RS256), JETON_PS256, JETON_E_ALG},
        {token_key(JETON_RS256), JETON_HS256, JETON_E_ALG},
        {unbound, JETON_PS256, JETON_OK},
        {unbound, JETON_ALG_UNSET, JETON_E_ALG},
        {other, JETON_ALG_UNSET, JETON_E_KEY_USE},
        {public, JETON_ALG_UNSET, JETON_E_KEY_USE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const jeton_jws_signature by = {.key = rows[i].key, .alg = rows[i].alg};
        assert_int_equal(make(&by, 1, jeton_str("p"), NULL, NULL), rows[i].want);
    }
    jeton_key_free(&public);
    jeton_key_free(&other);
    jeton_key_free(&unbound);
    jeton_text_free(&jwk);
}

static jeton_status make_within(const jeton_limits *limits, bool detached)
{
    const jeton_ctx_options options = {.limits = *limits};
    const jeton_jws_signature by = {.key = token_key(JETON_HS256)};
    const jeton_jws_options how = {.detached = detached};
    jeton_ctx *ctx = NULL;
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    const jeton_status status = jeton_jws_sign(ctx, &by, 1, jeton_str("octets"), &how, &text, NULL);
    assert_true((text != NULL) == (status == JETON_OK));
    jeton_text_free(&text);
    jeton_ctx_free(&ctx);
    return status;
}

static void jws_is_not_longer_than_a_verifier_takes(void **state)
{
    (void)state;
    const size_t whole = 20 + 1 + 8 + 1 + 43; /* characters of the three segments, and the dots */
    const jeton_limits enough = {.token = whole, .header = 15, .payload = 6};
    jeton_limits limits = enough;
    assert_int_equal(make_within(&limits, false), JETON_OK);
    limits.token--;
    assert_int_equal(make_within(&limits, false), JETON_E_LIMIT);
    limits = enough;
    limits.header--;
    assert_int_equal(make_within(&limits, false), JETON_E_LIMIT);
    limits = enough;
    limits.payload--;
    assert_int_equal(make_within(&limits, false), JETON_E_LIMIT);
    assert_int_equal(make_within(&limits, true), JETON_OK); /* it is not in there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jws_header_has_its_members_in_order),
        cmocka_unit_test(jws_header_says_nothing_a_verifier_would_refuse),
        cmocka_unit_test(jws_header_has_names_of_a_bounded_length),
        cmocka_unit_test(jws_has_as_many_signatures_as_its_form_has_room_for),
        cmocka_unit_test(jws_leaves_out_what_is_detached),
        cmocka_unit_test(jws_has_bare_payloads_where_they_can_be_written),
        cmocka_unit_test(jws_is_signed_by_keys_that_may),
        cmocka_unit_test(jws_is_not_longer_than_a_verifier_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
