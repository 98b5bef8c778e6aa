/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_jws_unsecured.c - "alg":"none" has calls of its own, which take nothing
 * else, and what they make is taken nowhere else. */
#include <jeton/jws.h>

#include "tokens.h"

static jeton_status read_back(const char *text, const char *want)
{
    jeton_text *payload = BOGUS;
    jeton_err err = {0};
    const jeton_status status = jeton_jws_unsecured_parse(NULL, jeton_str(text), &payload, &err);
    assert_int_equal(err.status, status);
    assert_true((payload != NULL) == (status == JETON_OK));
    if (status == JETON_OK)
        unit_assert_span(jeton_text_span(payload), want);
    jeton_text_free(&payload);
    return status;
}

/* A compact text of that header and payload; freed by the caller. */
static char *join(const char *header, const char *payload, const char *signature)
{
    char *head = token_encode(jeton_str(header));
    char *body = token_encode(jeton_str(payload));
    char *text = token_join(head, body, signature);
    free(head);
    free(body);
    return text;
}

static const struct {
    const char *why, *header, *signature;
    jeton_status want;
} rows[] = {
    {"none", "{\"alg\":\"none\"}", "", JETON_OK},
    {"with a typ", "{\"alg\":\"none\",\"typ\":\"t\"}", "", JETON_OK},
    {"with a signature", "{\"alg\":\"none\"}", "AA", JETON_E_SIGNATURE},
    {"another spelling", "{\"alg\":\"None\"}", "", JETON_E_ALG},
    {"an algorithm", "{\"alg\":\"HS256\"}", "", JETON_E_ALG},
    {"no alg", "{}", "", JETON_E_ALG},
    {"an alg that is no text", "{\"alg\":null}", "", JETON_E_HEADER},
    {"a typ that is no text", "{\"alg\":\"none\",\"typ\":1}", "", JETON_E_HEADER},
    {"no object", "[]", "", JETON_E_ALG},
    {"no JSON", "{", "", JETON_E_SYNTAX},
    {"crit", "{\"alg\":\"none\",\"crit\":[\"b64\"],\"b64\":false}", "", JETON_E_CRIT},
    {"b64", "{\"alg\":\"none\",\"b64\":false}", "", JETON_E_CRIT},
};

static void jws_unsecured_is_read_by_the_call_of_that_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        char *text = join(rows[i].header, "octets", rows[i].signature);
        assert_int_equal(read_back(text, "octets"), rows[i].want);
        free(text);
    }
    assert_int_equal(read_back("eyJhbGciOiJub25lIn0.b2N0ZXRz", NULL), JETON_E_SYNTAX);
    assert_int_equal(read_back("eyJhbGciOiJub25lIn0.b.", NULL), JETON_E_ENCODING);
    assert_int_equal(read_back("{\"payload\":\"\"}", NULL), JETON_E_SYNTAX);
}

static void jws_unsecured_is_verified_by_nobody(void **state)
{
    (void)state;
    const jeton_jws_policy policy = {
        .algs = token_alg_bits(),
        .forms = JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL,
        .allow = JETON_JWS_ALLOW_UNENCODED | JETON_JWS_ALLOW_UNPROTECTED_ALG};
    jeton_text *text = NULL;
    assert_int_equal(jeton_jws_unsecured_print(NULL, "t", jeton_str("octets"), &text, NULL),
                     JETON_OK);
    assert_int_equal(read_back(jeton_text_chars(text), "octets"), JETON_OK);
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        jeton_keyset *keys = token_keyset(token_key(token_algs[i]));
        jeton_jws *jws = BOGUS;
        assert_int_equal(
            jeton_jws_verify(NULL, keys, &policy, jeton_text_span(text), NULL, &jws, NULL),
            JETON_E_ALG);
        assert_null(jws);
        jeton_keyset_free(&keys);
        assert_int_equal(token_status(NULL, token_key(token_algs[i]), jeton_text_span(text)),
                         JETON_E_ALG);
    }
    jeton_text_free(&text);
}

static void jws_unsecured_keeps_the_limits(void **state)
{
    (void)state;
    static const jeton_limits limits[] = {
        {.header = 14, .payload = 6}, {.header = 13, .payload = 6}, {.header = 14, .payload = 5}};
    for (size_t i = 0; i < COUNT(limits); i++) {
        const jeton_ctx_options options = {.limits = limits[i]};
        const jeton_status want = i == 0 ? JETON_OK : JETON_E_LIMIT;
        jeton_ctx *ctx = NULL;
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        assert_int_equal(jeton_jws_unsecured_print(ctx, NULL, jeton_str("octets"), &text, NULL),
                         want);
        assert_true((text != NULL) == (want == JETON_OK));
        jeton_text_free(&text);
        jeton_ctx_free(&ctx);
    }
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_jws_unsecured_print(NULL, "\xff", jeton_str(""), &text, NULL),
                     JETON_E_SYNTAX);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jws_unsecured_is_read_by_the_call_of_that_name),
        cmocka_unit_test(jws_unsecured_is_verified_by_nobody),
        cmocka_unit_test(jws_unsecured_keeps_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
