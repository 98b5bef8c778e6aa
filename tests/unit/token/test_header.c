/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_header.c - what the header of a token may say, and what is not looked at.
 */
#include "token/header.h"

#include "core/limits.h"
#include "json/json.h"

#include "../unit.h"

#include <stdio.h>

/* Parses a copy, which is overwritten and stays until the next call. */
static jeton_status parse(jeton_span text, jt_header *header, jeton_err *err)
{
    static uint8_t copy[16384];
    static jt_buf pool;
    assert_true(text.len + JT_JSON_PADDING <= sizeof copy);
    memcpy(copy, text.ptr, text.len);
    memset(header, 0x5a, sizeof *header);
    jt_buf_done(&pool);
    return jt_header_parse(&pool, JT_LIMIT_DEPTH, copy, text.len, header, err);
}

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
    const char *why, *text;
    size_t len;
    jeton_status want;
} rows[] = {
    {"an algorithm", TEXT("{\"alg\":\"HS256\"}"), JETON_OK},
    {"white space around", TEXT(" {\"alg\" : \"HS256\"}\r\n"), JETON_OK},
    {"no algorithm", TEXT("{\"typ\":\"JWT\"}"), JETON_E_HEADER},
    {"alg is null", TEXT("{\"alg\":null}"), JETON_E_HEADER},
    {"alg is a number", TEXT("{\"alg\":1}"), JETON_E_HEADER},
    {"alg is an array", TEXT("{\"alg\":[\"HS256\"]}"), JETON_E_HEADER},
    {"alg is empty", TEXT("{\"alg\":\"\"}"), JETON_E_ALG},
    {"alg none", TEXT("{\"alg\":\"none\"}"), JETON_E_ALG},
    {"alg None", TEXT("{\"alg\":\"None\"}"), JETON_E_ALG},
    {"alg NONE", TEXT("{\"alg\":\"NONE\"}"), JETON_E_ALG},
    {"alg nOnE", TEXT("{\"alg\":\"nOnE\"}"), JETON_E_ALG},
    {"alg none, escaped", TEXT("{\"alg\":\"n\\u006fne\"}"), JETON_E_ALG},
    {"alg none and a NUL", TEXT("{\"alg\":\"none\\u0000\"}"), JETON_E_ALG},
    {"alg in small letters", TEXT("{\"alg\":\"hs256\"}"), JETON_E_ALG},
    {"alg escaped", TEXT("{\"alg\":\"HS25\\u0036\"}"), JETON_OK},
    {"alg with a NUL behind", TEXT("{\"alg\":\"HS256\\u0000\"}"), JETON_E_ALG},
    {"alg with a blank behind", TEXT("{\"alg\":\"HS256 \"}"), JETON_E_ALG},
    {"alg we do not have", TEXT("{\"alg\":\"HS1\"}"), JETON_E_ALG},
    {"alg of encryption", TEXT("{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\"}"), JETON_E_ALG},
    {"alg called Alg", TEXT("{\"Alg\":\"HS256\"}"), JETON_E_HEADER},
    {"alg given twice", TEXT("{\"alg\":\"HS256\",\"alg\":\"HS256\"}"), JETON_E_SYNTAX},
    {"alg twice, once escaped", TEXT("{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}"), JETON_E_SYNTAX},
    {"alg twice, once with a NUL", TEXT("{\"alg\\u0000\":\"none\",\"alg\":\"HS256\"}"), JETON_OK},
    {"another member twice", TEXT("{\"alg\":\"HS256\",\"x\":1,\"x\":1}"), JETON_E_SYNTAX},
    {"typ", TEXT("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), JETON_OK},
    {"typ is null", TEXT("{\"alg\":\"HS256\",\"typ\":null}"), JETON_E_HEADER},
    {"typ is a number", TEXT("{\"alg\":\"HS256\",\"typ\":1}"), JETON_E_HEADER},
    {"cty", TEXT("{\"alg\":\"HS256\",\"cty\":\"JWT\"}"), JETON_OK},
    {"cty is an object", TEXT("{\"alg\":\"HS256\",\"cty\":{}}"), JETON_E_HEADER},
    {"kid", TEXT("{\"alg\":\"HS256\",\"kid\":\"a\"}"), JETON_OK},
    {"kid is a number", TEXT("{\"alg\":\"HS256\",\"kid\":1}"), JETON_E_HEADER},
    {"kid is null", TEXT("{\"alg\":\"HS256\",\"kid\":null}"), JETON_E_HEADER},
    {"kid is an array", TEXT("{\"alg\":\"HS256\",\"kid\":[\"a\"]}"), JETON_E_HEADER},
    {"crit empty", TEXT("{\"alg\":\"HS256\",\"crit\":[]}"), JETON_E_CRIT},
    {"crit unknown", TEXT("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}"), JETON_E_CRIT},
    {"crit of a name that is absent", TEXT("{\"alg\":\"HS256\",\"crit\":[\"x\"]}"), JETON_E_CRIT},
    {"crit naming alg", TEXT("{\"alg\":\"HS256\",\"crit\":[\"alg\"]}"), JETON_E_CRIT},
    {"crit naming exp", TEXT("{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}"), JETON_E_CRIT},
    {"crit naming b64", TEXT("{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}"), JETON_E_CRIT},
    {"crit is null", TEXT("{\"alg\":\"HS256\",\"crit\":null}"), JETON_E_CRIT},
    {"crit is a text", TEXT("{\"alg\":\"HS256\",\"crit\":\"x\"}"), JETON_E_CRIT},
    {"b64 without crit", TEXT("{\"alg\":\"HS256\",\"b64\":false}"), JETON_E_CRIT},
    {"b64 true without crit", TEXT("{\"alg\":\"HS256\",\"b64\":true}"), JETON_E_CRIT},
    {"a member we do not know", TEXT("{\"alg\":\"HS256\",\"x\":[1,{}]}"), JETON_OK},
    {"keys and addresses",
     TEXT("{\"alg\":\"HS256\",\"jwk\":{},\"jku\":\"https://a\",\"x5u\":7,\"x5c\":[]}"), JETON_OK},
    {"not JSON", TEXT("{\"alg\":\"HS256\""), JETON_E_SYNTAX},
    {"nothing", TEXT(""), JETON_E_SYNTAX},
    {"a NUL behind", TEXT("{\"alg\":\"HS256\"}\0"), JETON_E_SYNTAX},
    {"text behind", TEXT("{\"alg\":\"HS256\"}{\"alg\":\"none\"}"), JETON_E_SYNTAX},
    {"a byte order mark", TEXT("\xef\xbb\xbf{\"alg\":\"HS256\"}"), JETON_E_SYNTAX},
    {"bad UTF-8", TEXT("{\"alg\":\"HS256\",\"x\":\"\xff\"}"), JETON_E_SYNTAX},
    {"an array", TEXT("[\"HS256\"]"), JETON_E_HEADER},
    {"a text", TEXT("\"HS256\""), JETON_E_HEADER},
    {"null", TEXT("null"), JETON_E_HEADER},
};

static void header_says_what_it_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jt_header header;
        jeton_err err = {0};
        assert_int_equal(parse(jeton_bytes(rows[i].text, rows[i].len), &header, &err),
                         rows[i].want);
        assert_int_equal(err.status, rows[i].want);
        assert_int_equal(header.alg, rows[i].want == JETON_OK ? JETON_HS256 : JETON_ALG_UNSET);
        if (rows[i].want != JETON_OK) {
            assert_null(header.kid.ptr);
            assert_null(header.typ.ptr);
        }
    }
}

static void header_knows_every_algorithm_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        jeton_alg alg;
    } algs[] = {
#define ROW(name, number, text) {text, JETON_##name},
        JETON_ALG_LIST(ROW)
#undef ROW
    };
    for (size_t i = 0; i < COUNT(algs); i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"alg\":\"%s\"}", algs[i].name);
        jt_header header;
        assert_int_equal(parse(jeton_str(text), &header, NULL), JETON_OK);
        assert_int_equal(header.alg, algs[i].alg);
        assert_int_equal(header.kid.len, 0);
        assert_int_equal(header.typ.len, 0);
    }
}

static void header_gives_out_kid_and_typ(void **state)
{
    (void)state;
    jt_header header;
    assert_int_equal(parse(jeton_str("{\"typ\":\"at+jwt\",\"kid\":\"../../etc/pass\\u0000'\\\"\","
                                     "\"alg\":\"ES256\"}"),
                           &header, NULL),
                     JETON_OK);
    assert_int_equal(header.alg, JETON_ES256);
    unit_assert_span(header.typ, "at+jwt");
    assert_int_equal(header.kid.len, 17);
    assert_memory_equal(header.kid.ptr, "../../etc/pass\0'\"", 17);
}

static void header_limits_the_kid(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        jeton_status want;
    } kids[] = {
        {JT_LIMIT_KID, JETON_OK},
        {JT_LIMIT_KID + 1, JETON_E_LIMIT},
        {10240, JETON_E_LIMIT},
    };
    for (size_t i = 0; i < COUNT(kids); i++) {
        char text[11000];
        const int start = snprintf(text, sizeof text, "{\"alg\":\"HS256\",\"kid\":\"");
        memset(text + start, 'k', kids[i].len);
        memcpy(text + start + kids[i].len, "\"}", 3);
        jt_header header;
        assert_int_equal(parse(jeton_str(text), &header, NULL), kids[i].want);
        assert_int_equal(header.kid.len, kids[i].want == JETON_OK ? kids[i].len : 0);
    }
}

static void header_limits_its_depth(void **state)
{
    (void)state;
    char text[9000];
    static const unsigned depths[] = {JT_LIMIT_DEPTH - 1, JT_LIMIT_DEPTH, 2000};
    for (size_t i = 0; i < COUNT(depths); i++) { /* the object itself is one more */
        char *at = text + snprintf(text, sizeof text, "{\"alg\":\"HS256\",\"x\":");
        memset(at, '[', depths[i]);
        memset(at + depths[i], ']', depths[i]);
        memcpy(at + (size_t)2 * depths[i], "}", 2);
        jt_header header;
        assert_int_equal(parse(jeton_str(text), &header, NULL),
                         depths[i] < JT_LIMIT_DEPTH ? JETON_OK : JETON_E_LIMIT);
    }
}

static const struct {
    const char *have, *want;
    bool same;
} types[] = {
    {"at+jwt", "at+jwt", true},
    {"AT+jwt", "at+JWT", true},
    {"application/at+jwt", "at+jwt", true},
    {"at+jwt", "APPLICATION/at+jwt", true},
    {"at+jws", "at+jwt", false},
    {"jwt", "at+jwt", false},
    {"application/at+jws", "at+jwt", false},
    {"applicatiom/at+jwt", "at+jwt", false},
    {"text/at+jwt", "at+jwt", false},
    {"application/a/at+jwt", "a/at+jwt", false}, /* RFC 7515 §4.1.9: only without another "/" */
    {"application/", "", false},
    {"", "at+jwt", false},
    {"", "", false}, /* an empty type is none */
};

static void media_types_are_equal_in_letters_of_any_case_with_application_or_without(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        print_message("  %s, %s\n", types[i].have, types[i].want);
        const jeton_span have = jeton_str(types[i].have);
        const jeton_span want = jeton_str(types[i].want);
        assert_int_equal(jt_media_type_is(have, jt_media_type_short(want)), types[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_says_what_it_may),
        cmocka_unit_test(header_knows_every_algorithm_by_name),
        cmocka_unit_test(header_gives_out_kid_and_typ),
        cmocka_unit_test(header_limits_the_kid),
        cmocka_unit_test(header_limits_its_depth),
        cmocka_unit_test(media_types_are_equal_in_letters_of_any_case_with_application_or_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
