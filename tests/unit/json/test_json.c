/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_json.c - what strict JSON is, and what its values give out. */
#include "json/json.h"

#include "core/ctx.h"
#include "core/limits.h"

#include "../unit.h"

#include <stdio.h>

#define TEXT(literal) literal, sizeof(literal) - 1 /* may hold NUL bytes */

static jt_json *parsed(const char *text)
{
    jt_json *doc = BOGUS;
    assert_int_equal(jt_json_parse(NULL, jeton_str(text), &doc, NULL), JETON_OK);
    return doc;
}

static void assert_outcome(jeton_span text, jeton_status want)
{
    jeton_err err = {0};
    jt_json *doc = BOGUS;
    assert_int_equal(jt_json_parse(NULL, text, &doc, &err), want);
    assert_int_equal(err.status, want);
    assert_true((doc != NULL) == (want == JETON_OK));
    jt_json_free(&doc);
    assert_null(doc);
}

/* ---- what is JSON here ---------------------------------------------------------------------- */

/* Each accepted text has refused ones below it that differ in one thing. */
static const struct {
    const char *why, *text;
    size_t len;
    jeton_status want;
} texts[] = {
    {"an object", TEXT("{\"a\":1,\"b\":2}"), JETON_OK},
    {"a name given twice", TEXT("{\"a\":1,\"a\":2}"), JETON_E_SYNTAX},
    {"a name given twice with the same value", TEXT("{\"a\":1,\"a\":1}"), JETON_E_SYNTAX},
    {"names equal after unescaping", TEXT("{\"a\":1,\"\\u0061\":2}"), JETON_E_SYNTAX},
    {"names that differ in case", TEXT("{\"a\":1,\"A\":2}"), JETON_OK},
    {"names that differ behind a NUL", TEXT("{\"a\\u0000b\":1,\"a\\u0000c\":2}"), JETON_OK},
    {"names equal with a NUL in them", TEXT("{\"a\\u0000b\":1,\"a\\u0000b\":2}"), JETON_E_SYNTAX},
    {"a name and the same with a NUL", TEXT("{\"exp\":1,\"exp\\u0000\":2}"), JETON_OK},
    {"the empty name", TEXT("{\"\":1,\"a\":2}"), JETON_OK},
    {"the empty name twice", TEXT("{\"\":1,\"\":2}"), JETON_E_SYNTAX},
    {"a name twice, not side by side", TEXT("{\"a\":1,\"b\":[{},2],\"a\":2}"), JETON_E_SYNTAX},
    {"one name in an object and in its member", TEXT("{\"a\":{\"a\":{\"a\":1}}}"), JETON_OK},
    {"a name twice in an inner object", TEXT("{\"a\":{\"b\":1,\"b\":2}}"), JETON_E_SYNTAX},
    {"a name twice in an object of an array", TEXT("[0,[{\"b\":1,\"b\":2}]]"), JETON_E_SYNTAX},
    {"one name in two objects of an array", TEXT("[{\"b\":1},{\"b\":2}]"), JETON_OK},
    {"white space around", TEXT(" \t\r\n{} \t\r\n"), JETON_OK},
    {"a letter behind", TEXT("{}x"), JETON_E_SYNTAX},
    {"a second text behind", TEXT("{}{}"), JETON_E_SYNTAX},
    {"a comma behind", TEXT("{},"), JETON_E_SYNTAX},
    {"a raw NUL behind", TEXT("{}\0"), JETON_E_SYNTAX},
    {"a raw NUL before", TEXT("\0{}"), JETON_E_SYNTAX},
    {"a form feed around", TEXT("\f{}"), JETON_E_SYNTAX},
    {"a byte order mark", TEXT("\xef\xbb\xbf{}"), JETON_E_SYNTAX},
    {"nothing", TEXT(""), JETON_E_SYNTAX},
    {"only white space", TEXT("  "), JETON_E_SYNTAX},
    {"an escaped NUL", TEXT("\"a\\u0000b\""), JETON_OK},
    {"a raw NUL in a text", TEXT("\"a\0b\""), JETON_E_SYNTAX},
    {"an escaped line feed", TEXT("\"a\\nb\""), JETON_OK},
    {"a raw line feed in a text", TEXT("\"a\nb\""), JETON_E_SYNTAX},
    {"an escape there is not", TEXT("\"\\x41\""), JETON_E_SYNTAX},
    {"two bytes of UTF-8", TEXT("\"\xc3\xa9\""), JETON_OK},
    {"UTF-8 cut off", TEXT("\"\xc3\""), JETON_E_SYNTAX},
    {"UTF-8 overlong", TEXT("\"\xc1\xa9\""), JETON_E_SYNTAX},
    {"a continuation byte alone", TEXT("\"\x80\""), JETON_E_SYNTAX},
    {"UTF-8 of a surrogate", TEXT("\"\xed\xa0\x80\""), JETON_E_SYNTAX},
    {"UTF-8 beyond U+10FFFF", TEXT("\"\xf4\x90\x80\x80\""), JETON_E_SYNTAX},
    {"bad UTF-8 in a name", TEXT("{\"\xff\":1}"), JETON_E_SYNTAX},
    {"a pair of surrogates", TEXT("\"\\ud834\\udd1e\""), JETON_OK},
    {"the first of a pair alone", TEXT("\"\\ud834\""), JETON_E_SYNTAX},
    {"the first of a pair and a letter", TEXT("\"\\ud834a\""), JETON_E_SYNTAX},
    {"the second of a pair alone", TEXT("\"\\udd1e\""), JETON_E_SYNTAX},
    {"a pair the wrong way round", TEXT("\"\\udd1e\\ud834\""), JETON_E_SYNTAX},
    {"the largest int64", TEXT("9223372036854775807"), JETON_OK},
    {"an integer of forty digits", TEXT("1234567890123456789012345678901234567890"), JETON_OK},
    {"1e300", TEXT("1e300"), JETON_OK},
    {"1e400, which is no double", TEXT("1e400"), JETON_E_SYNTAX},
    {"zero", TEXT("0"), JETON_OK},
    {"a leading zero", TEXT("01"), JETON_E_SYNTAX},
    {"a plus", TEXT("+1"), JETON_E_SYNTAX},
    {"hexadecimal", TEXT("0x1"), JETON_E_SYNTAX},
    {"a fraction without digits", TEXT("1."), JETON_E_SYNTAX},
    {"NaN", TEXT("NaN"), JETON_E_SYNTAX},
    {"Infinity", TEXT("Infinity"), JETON_E_SYNTAX},
    {"true", TEXT("true"), JETON_OK},
    {"True", TEXT("True"), JETON_E_SYNTAX},
    {"a comma at the end of an array", TEXT("[1,]"), JETON_E_SYNTAX},
    {"a comma at the end of an object", TEXT("{\"a\":1,}"), JETON_E_SYNTAX},
    {"single quotes", TEXT("{'a':1}"), JETON_E_SYNTAX},
    {"a name without quotes", TEXT("{a:1}"), JETON_E_SYNTAX},
    {"a comment", TEXT("{/* */}"), JETON_E_SYNTAX},
    {"an object cut off", TEXT("{\"a\":1"), JETON_E_SYNTAX},
};

static void json_is_strict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        print_message("  %s\n", texts[i].why);
        assert_outcome(jeton_bytes(texts[i].text, texts[i].len), texts[i].want);
    }
}

/* An object of `count` members a0, a1, …, of which the one at `again` is called as the first. */
static size_t print_members(char *to, size_t count, size_t again)
{
    char *at = to;
    *at++ = '{';
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%s\"a%zu\":%zu", i > 0 ? "," : "", i == again ? 0 : i, i);
    *at++ = '}';
    return (size_t)(at - to);
}

static void json_finds_a_repeated_name_among_any_number(void **state)
{
    (void)state;
    static const size_t counts[] = {2, 15, 16, 17, 18, 100, 3000}; /* sorted from 17 on */
    char *text = malloc(65536);
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(counts); i++) {
        const size_t count = counts[i];
        print_message("  %zu members\n", count);
        assert_outcome(jeton_bytes(text, print_members(text, count, SIZE_MAX)), JETON_OK);
        for (size_t again = 1; again < count; again += count < 100 ? 1 : count / 7)
            assert_outcome(jeton_bytes(text, print_members(text, count, again)), JETON_E_SYNTAX);
        assert_outcome(jeton_bytes(text, print_members(text, count, count - 1)), JETON_E_SYNTAX);
    }
    free(text);
}

static size_t print_nested(char *to, size_t depth, bool objects)
{
    char *at = to;
    for (size_t i = 0; i < depth; i++)
        at += sprintf(at, "%s", objects ? (i + 1 < depth ? "{\"a\":" : "{") : "[");
    for (size_t i = 0; i < depth; i++)
        *at++ = objects ? '}' : ']';
    return (size_t)(at - to);
}

static void json_nests_as_deep_as_the_limit_says(void **state)
{
    (void)state;
    char *text = malloc(65536);
    assert_non_null(text);
    for (int objects = 0; objects < 2; objects++) {
        assert_outcome(jeton_bytes(text, print_nested(text, JT_LIMIT_DEPTH, objects)), JETON_OK);
        assert_outcome(jeton_bytes(text, print_nested(text, JT_LIMIT_DEPTH + 1, objects)),
                       JETON_E_LIMIT);
        assert_outcome(jeton_bytes(text, print_nested(text, 2000, objects)), JETON_E_LIMIT);
        assert_outcome(jeton_bytes(text, print_nested(text, 2000, objects) - 1), JETON_E_SYNTAX);
    }
    free(text);
}

static void json_depth_counts_what_is_open_and_not_what_was(void **state)
{
    (void)state;
    assert_outcome(jeton_str("[[[[[[[[1]]]]]]]]"), JETON_OK);
    assert_outcome(jeton_str("[[[[[[[[]]]]]]],[[[[[[[[[]]]]]]]]],[],{\"a\":[[[[[[[]]]]]]]}]"),
                   JETON_OK);
}

static void json_depth_follows_the_context(void **state)
{
    (void)state;
    static const unsigned depths[] = {1, 2, JT_LIMIT_DEPTH_MAX};
    char text[1024];
    for (size_t i = 0; i < COUNT(depths); i++) {
        const jeton_ctx_options options = {.limits = {.depth = depths[i]}};
        jeton_ctx *ctx = NULL;
        jt_json *doc = BOGUS;
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        const jeton_span fits = jeton_bytes(text, print_nested(text, depths[i], true));
        assert_int_equal(jt_json_parse(ctx, fits, &doc, NULL), JETON_OK);
        jt_json_free(&doc);
        doc = BOGUS;
        const jeton_span deep = jeton_bytes(text, print_nested(text, depths[i] + 1, true));
        assert_int_equal(jt_json_parse(ctx, deep, &doc, NULL), JETON_E_LIMIT);
        assert_null(doc);
        jeton_ctx_free(&ctx);
    }
}

static void json_is_as_long_as_the_limit_says(void **state)
{
    (void)state;
    char *text = malloc(JT_LIMIT_JSON + 1);
    assert_non_null(text);
    memset(text, ' ', JT_LIMIT_JSON + 1);
    memcpy(text, "{}", 2);
    assert_outcome(jeton_bytes(text, JT_LIMIT_JSON), JETON_OK);
    assert_outcome(jeton_bytes(text, JT_LIMIT_JSON + 1), JETON_E_LIMIT);
    free(text);
}

static void json_says_where_it_stopped_but_not_at_what(void **state)
{
    (void)state;
    jeton_err err = {0};
    jt_json *doc = BOGUS;
    assert_int_equal(jt_json_parse(NULL, jeton_str("{\"a\":hunter2}"), &doc, &err), JETON_E_SYNTAX);
    assert_non_null(strstr(err.text, "byte 5"));
    assert_null(strstr(err.text, "hunter2"));
}

static void json_gives_up_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_status status = JETON_E_NOMEM;
    for (size_t left = 0; status != JETON_OK; left++) {
        heap.left = left;
        jeton_err err = {0};
        jt_json *doc = BOGUS;
        status = jt_json_parse(ctx, jeton_str("{\"a\":[1,2,3]}"), &doc, &err);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(err.status, status);
        assert_true((doc != NULL) == (status == JETON_OK));
        jt_json_free(&doc);
        assert_int_equal(heap.live, 1);
    }
    unit_ctx_done(&ctx, &heap);
}

static void json_free_takes_null(void **state)
{
    (void)state;
    jt_json *doc = NULL;
    jt_json_free(&doc);
    jt_json_free(NULL);
    assert_null(jt_json_root(NULL));
}

/* ---- reading in place ----------------------------------------------------------------------- */

static void json_parse_into_touches_the_text_and_its_padding_only(void **state)
{
    (void)state;
    uint8_t bytes[64];
    memset(bytes, '~', sizeof bytes);
    memcpy(bytes + 8, "{\"a\":\"b\\u0063\"}", 15);
    jt_buf pool = jt_buf_init(NULL);
    const jt_val *root = BOGUS;
    assert_int_equal(jt_json_parse_into(&pool, 4, bytes + 8, 15, &root, NULL), JETON_OK);
    unit_assert_span(jt_get_text(root, "a"), "bc");
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(bytes[i], '~');
    for (size_t i = 8 + 15 + JT_JSON_PADDING; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], '~');
    jt_buf_done(&pool);
}

/* What stands behind the text must not become part of it. */
static void json_parse_into_ends_where_the_text_ends(void **state)
{
    (void)state;
    jt_buf pool = jt_buf_init(NULL);
    const jt_val *root = BOGUS;
    uint8_t whole[] = "{\"a\":1}    ";
    assert_int_equal(jt_json_parse_into(&pool, 4, whole, 7, &root, NULL), JETON_OK);
    uint8_t cut[] = "{\"a\":1}    ";
    root = BOGUS;
    assert_int_equal(jt_json_parse_into(&pool, 4, cut, 6, &root, NULL), JETON_E_SYNTAX);
    assert_null(root);
    uint8_t number[] = "123456     ";
    int64_t value = -1;
    assert_int_equal(jt_json_parse_into(&pool, 4, number, 3, &root, NULL), JETON_OK);
    assert_true(jt_val_int(root, &value));
    assert_int_equal(value, 123);
    jt_buf_done(&pool);
}

/* The stack of open containers has an end, whatever the caller allows. */
static void json_parse_into_never_nests_beyond_the_fixed_limit(void **state)
{
    (void)state;
    static const unsigned allowed[] = {JT_LIMIT_DEPTH_MAX - 1, JT_LIMIT_DEPTH_MAX,
                                       JT_LIMIT_DEPTH_MAX + 1, 100000};
    jt_buf pool = jt_buf_init(NULL);
    for (size_t i = 0; i < COUNT(allowed); i++) {
        const unsigned most = allowed[i] < JT_LIMIT_DEPTH_MAX ? allowed[i] : JT_LIMIT_DEPTH_MAX;
        for (unsigned depth = most; depth <= most + 1; depth++) {
            char text[16 * JT_LIMIT_DEPTH_MAX];
            const jt_val *root = BOGUS;
            const size_t len = print_nested(text, depth, depth % 2 == 0);
            const jeton_status want = depth == most ? JETON_OK : JETON_E_LIMIT;
            assert_int_equal(
                jt_json_parse_into(&pool, allowed[i], (uint8_t *)text, len, &root, NULL), want);
            assert_true((root != NULL) == (want == JETON_OK));
        }
    }
    jt_buf_done(&pool);
}

/* Lengths at which one of the sums for the pool overflows, and one for which there is no memory.
 * The text is not looked at before. */
static void json_parse_into_refuses_what_no_memory_can_hold(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t len;
        jeton_status want;
    } rows[] = {
        {"the values", SIZE_MAX, JETON_E_LIMIT},
        {"the values, just", SIZE_MAX / 12, JETON_E_LIMIT},
        {"values and names", SIZE_MAX / 13, JETON_E_LIMIT},
        {"no memory", SIZE_MAX / 32, JETON_E_NOMEM},
    };
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        uint8_t text[8] = "{}";
        jt_buf pool = jt_buf_init(ctx);
        const jt_val *root = BOGUS;
        assert_int_equal(jt_json_parse_into(&pool, 4, text, rows[i].len, &root, NULL),
                         rows[i].want);
        assert_null(root);
        jt_buf_done(&pool);
    }
    unit_ctx_done(&ctx, &heap);
}

static void json_parse_into_allocates_once(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_buf pool = jt_buf_init(ctx);
    heap.left = 1;
    for (int i = 0; i < 3; i++) {
        uint8_t text[] = "{\"a\":[true,false,null]}    ";
        const jt_val *root = BOGUS;
        assert_int_equal(jt_json_parse_into(&pool, 4, text, 23, &root, NULL), JETON_OK);
        assert_int_equal(jt_val_count(jt_get(root, "a")), 3);
    }
    jt_buf_done(&pool);
    unit_ctx_done(&ctx, &heap);
}

/* ---- values --------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    jt_kind kind;
} kinds[] = {
    {"null", JT_NULL},  {"true", JT_BOOL}, {"false", JT_BOOL}, {"0", JT_NUMBER},  {"-1", JT_NUMBER},
    {"1.5", JT_NUMBER}, {"\"\"", JT_TEXT}, {"[]", JT_ARRAY},   {"{}", JT_OBJECT},
};

static void json_values_have_a_kind_and_the_accessors_of_others_refuse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        print_message("  %s\n", kinds[i].text);
        jt_json *doc = parsed(kinds[i].text);
        const jt_val *val = jt_json_root(doc);
        jeton_span text = {BOGUS, 77};
        bool truth = true;
        int64_t number = 77;
        assert_int_equal(jt_kind_of(val), kinds[i].kind);
        assert_int_equal(jt_val_text(val, &text), kinds[i].kind == JT_TEXT);
        assert_int_equal(text.len, 0);
        assert_true((text.ptr == NULL) == (kinds[i].kind != JT_TEXT));
        assert_int_equal(jt_val_bool(val, &truth), kinds[i].kind == JT_BOOL);
        assert_int_equal(truth, strcmp(kinds[i].text, "true") == 0);
        assert_int_equal(jt_val_int(val, &number),
                         kinds[i].kind == JT_NUMBER && strchr(kinds[i].text, '.') == NULL);
        assert_int_equal(number, kinds[i].text[0] == '-' ? -1 : 0);
        assert_null(jt_get(val, "a"));
        assert_int_equal(jt_val_count(val), 0);
        jt_json_free(&doc);
    }
}

static void json_accessors_take_what_is_not_there(void **state)
{
    (void)state;
    jeton_span text = {BOGUS, 77};
    bool truth = true;
    int64_t number = 77;
    jeton_time date = 77;
    assert_int_equal(jt_kind_of(NULL), JT_ABSENT);
    assert_null(jt_get(NULL, "a"));
    assert_false(jt_val_text(NULL, &text));
    assert_null(text.ptr);
    assert_int_equal(text.len, 0);
    assert_false(jt_val_bool(NULL, &truth));
    assert_false(truth);
    assert_false(jt_val_int(NULL, &number));
    assert_int_equal(number, 0);
    assert_false(jt_val_date(NULL, &date));
    assert_int_equal(date, 0);
    assert_int_equal(jt_val_count(NULL), 0);
    assert_int_equal(jt_get_text(NULL, "a").len, 0);
    jt_iter it = jt_iter_of(NULL);
    assert_false(jt_iter_next(&it));
}

static void json_get_wants_the_whole_name(void **state)
{
    (void)state;
    jt_json *doc = parsed("{\"exp\\u0000\":1,\"ex\":2,\"Exp\":3,\"\":4,\"expx\":\"t\"}");
    const jt_val *root = jt_json_root(doc);
    assert_null(jt_get(root, "exp"));
    int64_t number = 0;
    assert_true(jt_val_int(jt_get(root, ""), &number));
    assert_int_equal(number, 4);
    unit_assert_span(jt_get_text(root, "expx"), "t");
    assert_null(jt_get_text(root, "ex").ptr); /* there, but not a text */
    jt_json_free(&doc);
}

static void json_texts_keep_their_nul_bytes(void **state)
{
    (void)state;
    jt_json *doc = parsed("\"a\\u0000b\"");
    jeton_span text;
    assert_true(jt_val_text(jt_json_root(doc), &text));
    assert_int_equal(text.len, 3);
    assert_memory_equal(text.ptr, "a\0b", 3);
    jt_json_free(&doc);
}

static const struct {
    const char *text;
    bool is;
    int64_t want;
} ints[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"-7", true, -7},
    {"9223372036854775807", true, INT64_MAX},
    {"9223372036854775808", false, 0},
    {"18446744073709551615", false, 0},
    {"-9223372036854775808", true, INT64_MIN},
    {"-9223372036854775809", false, 0},
    {"1.0", false, 0},
    {"1e2", false, 0},
    {"\"1\"", false, 0},
};

static void json_ints_are_whole_and_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ints); i++) {
        print_message("  %s\n", ints[i].text);
        jt_json *doc = parsed(ints[i].text);
        int64_t number = 77;
        assert_int_equal(jt_val_int(jt_json_root(doc), &number), ints[i].is);
        assert_true(number == ints[i].want);
        jt_json_free(&doc);
    }
}

static const struct {
    const char *text;
    bool is;
    jeton_time want; /* milliseconds */
} dates[] = {
    {"0", true, 0},
    {"1300819380", true, 1300819380000},
    {"1300819380.5", true, 1300819380500},
    {"1300819380.0", true, 1300819380000},
    {"1300819380.0009", true, 1300819380000}, /* fractions of milliseconds: the past */
    {"1.30081938e9", true, 1300819380000},
    {"-1", true, -1000},
    {"-1.5", true, -1500},
    {"-0.0001", true, -1},
    {"253402300799", true, 253402300799000}, /* the end of 9999 */
    {"253402300799.5", false, 0},
    {"253402300800", false, 0},
    {"-62167219200", true, -62167219200000}, /* the beginning of 0 */
    {"-62167219201", false, 0},
    {"-62167219200.5", false, 0},
    {"9223372036854775807", false, 0},
    {"18446744073709551615", false, 0},
    {"-9223372036854775808", false, 0},
    {"99999999999999999999999999", false, 0},
    {"1e300", false, 0},
    {"-1e300", false, 0},
    {"1e-300", true, 0},
    {"null", false, 0},
    {"true", false, 0},
    {"\"1300819380\"", false, 0},
    {"[1300819380]", false, 0},
    {"{}", false, 0},
};

static void json_dates_are_seconds_that_a_clock_could_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) {
        print_message("  %s\n", dates[i].text);
        jt_json *doc = parsed(dates[i].text);
        jeton_time date = 77;
        assert_int_equal(jt_val_date(jt_json_root(doc), &date), dates[i].is);
        assert_true(date == dates[i].want);
        jt_json_free(&doc);
    }
}

/* ---- walking -------------------------------------------------------------------------------- */

static void json_iterates_over_an_object_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a", "", "c"};
    jt_json *doc = parsed("{\"b\":1,\"a\":[{\"x\":9},[]],\"\":{\"y\":{}},\"c\":\"t\"}");
    static const jt_kind want[] = {JT_NUMBER, JT_ARRAY, JT_OBJECT, JT_TEXT};
    size_t i = 0;
    for (jt_iter it = jt_iter_of(jt_json_root(doc)); jt_iter_next(&it); i++) {
        assert_in_range(i, 0, COUNT(names) - 1);
        unit_assert_span(it.name, names[i]);
        assert_int_equal(jt_kind_of(it.val), want[i]);
    }
    assert_int_equal(i, COUNT(names));
    assert_int_equal(jt_val_count(jt_json_root(doc)), COUNT(names));
    jt_json_free(&doc);
}

static void json_iterates_over_an_array_in_order(void **state)
{
    (void)state;
    jt_json *doc = parsed("[0,[1,2],{\"a\":1},3]");
    static const jt_kind want[] = {JT_NUMBER, JT_ARRAY, JT_OBJECT, JT_NUMBER};
    size_t i = 0;
    jt_iter it = jt_iter_of(jt_json_root(doc));
    for (; jt_iter_next(&it); i++) {
        assert_in_range(i, 0, COUNT(want) - 1);
        assert_int_equal(it.name.len, 0);
        assert_int_equal(jt_kind_of(it.val), want[i]);
    }
    assert_int_equal(i, COUNT(want));
    assert_null(it.val);
    assert_false(jt_iter_next(&it)); /* and stays at the end */
    jt_json_free(&doc);
}

static void json_iterates_over_nothing_else(void **state)
{
    (void)state;
    static const char *const rows[] = {"[]", "{}", "\"ab\"", "1", "null"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jt_json *doc = parsed(rows[i]);
        jt_iter it = jt_iter_of(jt_json_root(doc));
        assert_false(jt_iter_next(&it));
        jt_json_free(&doc);
    }
}

static void json_for_people_has_comments_and_commas(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        jeton_status want;
        size_t at;
    } rows[] = {
        {"// x\n{\"a\": /* y */ [1, 2,], }//", JETON_OK, 0},
        {"{\"a\":1}", JETON_OK, 0},
        {"", JETON_E_SYNTAX, 0},
        {"/* x", JETON_E_SYNTAX, 0},
        {"{\"a\":1,,}", JETON_E_SYNTAX, 7},
        {"{,}", JETON_E_SYNTAX, 1},
        {"{a:1}", JETON_E_SYNTAX, 1},
        {"{'a':1}", JETON_E_SYNTAX, 1},
        {"{\"a\":1", JETON_E_SYNTAX, 6},
        {"{\"a\":1} x", JETON_E_SYNTAX, 8},
        {"{\"a\":0x1}", JETON_E_SYNTAX, 6},
        {"{\"a\":NaN}", JETON_E_SYNTAX, 5},
        {"# x\n{}", JETON_E_SYNTAX, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].text);
        jeton_err err = {0};
        jt_json *doc = BOGUS;
        size_t at = 999;
        const jeton_status got =
            jt_json_parse_commented(NULL, jeton_str(rows[i].text), &doc, &at, &err);
        assert_int_equal(got, rows[i].want);
        assert_int_equal(at, rows[i].at);
        assert_int_equal(err.status, rows[i].want);
        assert_true((doc != NULL) == (got == JETON_OK));
        jt_json_free(&doc);
    }
}

static void json_for_tokens_has_neither(void **state)
{
    (void)state;
    static const char *const rows[] = {"{\"a\":1,}", "[1,]", "{}//", "/**/{}", "{/* */}"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jt_json *doc = BOGUS;
        assert_int_equal(jt_json_parse(NULL, jeton_str(rows[i]), &doc, NULL), JETON_E_SYNTAX);
        assert_null(doc);
        size_t at;
        assert_int_equal(jt_json_parse_commented(NULL, jeton_str(rows[i]), &doc, &at, NULL),
                         JETON_OK);
        jt_json_free(&doc);
    }
}

static void json_for_people_knows_where_names_and_texts_stand(void **state)
{
    (void)state;
    static const char text[] = "{ \"a\": \"\", \"\\u0062\": [\"x\"], \"a\": 1}";
    jt_json *doc = NULL;
    size_t at;
    size_t index = 0;
    static const size_t places[] = {2, 11, 28};
    assert_int_equal(jt_json_parse_commented(NULL, jeton_str(text), &doc, &at, NULL), JETON_OK);
    for (jt_iter it = jt_iter_of(jt_json_root(doc)); jt_iter_next(&it); index++)
        assert_int_equal(jt_json_place(doc, it.name), places[index]);
    assert_int_equal(index, COUNT(places)); /* a name that stands there twice is there twice */
    assert_int_equal(jt_json_place(doc, jt_get_text(jt_json_root(doc), "a")), 7);
    jt_json_free(&doc);
}

static void json_for_people_is_as_long_and_as_deep_as_the_limit_says(void **state)
{
    (void)state;
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.limits = {.json = 8, .depth = 2}};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    static const struct {
        const char *text;
        jeton_status want;
    } rows[] = {
        {"[[1,2,]]", JETON_OK},
        {"[[1,2,]] ", JETON_E_LIMIT},
        {"[[[1]]]", JETON_E_LIMIT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        jt_json *doc = BOGUS;
        size_t at;
        assert_int_equal(jt_json_parse_commented(ctx, jeton_str(rows[i].text), &doc, &at, NULL),
                         rows[i].want);
        jt_json_free(&doc);
    }
    jeton_ctx_free(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(json_finds_a_repeated_name_among_any_number),
        cmocka_unit_test(json_nests_as_deep_as_the_limit_says),
        cmocka_unit_test(json_depth_counts_what_is_open_and_not_what_was),
        cmocka_unit_test(json_depth_follows_the_context),
        cmocka_unit_test(json_is_as_long_as_the_limit_says),
        cmocka_unit_test(json_says_where_it_stopped_but_not_at_what),
        cmocka_unit_test(json_gives_up_without_memory),
        cmocka_unit_test(json_free_takes_null),
        cmocka_unit_test(json_parse_into_touches_the_text_and_its_padding_only),
        cmocka_unit_test(json_parse_into_ends_where_the_text_ends),
        cmocka_unit_test(json_parse_into_never_nests_beyond_the_fixed_limit),
        cmocka_unit_test(json_parse_into_refuses_what_no_memory_can_hold),
        cmocka_unit_test(json_parse_into_allocates_once),
        cmocka_unit_test(json_values_have_a_kind_and_the_accessors_of_others_refuse),
        cmocka_unit_test(json_accessors_take_what_is_not_there),
        cmocka_unit_test(json_get_wants_the_whole_name),
        cmocka_unit_test(json_texts_keep_their_nul_bytes),
        cmocka_unit_test(json_ints_are_whole_and_fit),
        cmocka_unit_test(json_dates_are_seconds_that_a_clock_could_say),
        cmocka_unit_test(json_iterates_over_an_object_in_order),
        cmocka_unit_test(json_iterates_over_an_array_in_order),
        cmocka_unit_test(json_iterates_over_nothing_else),
        cmocka_unit_test(json_for_people_has_comments_and_commas),
        cmocka_unit_test(json_for_tokens_has_neither),
        cmocka_unit_test(json_for_people_knows_where_names_and_texts_stand),
        cmocka_unit_test(json_for_people_is_as_long_and_as_deep_as_the_limit_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
