/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_form.c - forms and queries: what they decode to, what is refused. */
#include "unit.h"

#include "http/form.h"

#include <stdio.h>

static const struct {
    const char *why, *text, *name, *want;
    size_t count;
} taken[] = {
    {"one pair", "a=b", "a", "b", 1},
    {"the second pair", "a=b&c=d", "c", "d", 1},
    {"an absent name", "a=b", "c", "", 0},
    {"nothing at all", "", "a", "", 0},
    {"only separators", "&&&", "a", "", 0},
    {"empty pieces between", "&a=b&&c=d&", "c", "d", 1},
    {"an empty value", "a=", "a", "", 1},
    {"no equals sign", "a", "a", "", 1},
    {"an empty name", "=b", "", "b", 1},
    {"an equals sign in the value", "a=b=c", "a", "b=c", 1},
    {"a name given twice", "a=b&a=c", "a", "b", 2},
    {"a name given twice, once encoded", "a=b&%61=c", "a", "b", 2},
    {"names have their case", "a=b&A=c", "A", "c", 1},
    {"a longer name is another name", "ab=c", "a", "", 0},
    {"plus is a space", "a=b+c", "a", "b c", 1},
    {"an encoded plus is a plus", "a=b%2Bc", "a", "b+c", 1},
    {"an encoded ampersand", "a=b%26c=d", "a", "b&c=d", 1},
    {"an encoded percent sign is decoded once", "a=%2541", "a", "%41", 1},
    {"small and capital digits", "a=%c3%A4", "a", "\303\244", 1},
    {"raw UTF-8", "a=\303\244", "a", "\303\244", 1},
    {"an encoded line break", "a=%0d%0A", "a", "\r\n", 1},
    {"the other separator is no separator", "a=b;c=d", "a", "b;c=d", 1},
};

static void form_find_gives_the_first_value_and_how_often_there_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].why);
        jeton_err err = {0};
        jd_form *form = BOGUS;
        jeton_span value = {BOGUS, 77};
        jt_arena arena = jt_arena_init(NULL);
        assert_int_equal(jd_form_parse(jeton_str(taken[i].text), &arena, &form, &err), JETON_OK);
        assert_int_equal(jd_form_find(form, taken[i].name, &value), taken[i].count);
        unit_assert_span(value, taken[i].want);
        jt_arena_done(&arena);
    }
}

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    const char *why;
    struct {
        const char *ptr;
        size_t len;
    } text;
} refused[] = {
    {"a percent sign at the end", BYTES("a=%")},
    {"one digit only", BYTES("a=%4")},
    {"one digit, then another pair", BYTES("a=%4&b=c")},
    {"no hex digit", BYTES("a=%4g")},
    {"no hex digit first", BYTES("a=%g4")},
    {"a sign in the digits", BYTES("a=%+4")},
    {"an encoded sequence of UTF-16", BYTES("a=%u0041")},
    {"an encoded NUL", BYTES("a=b%00c")},
    {"an encoded NUL in a name", BYTES("a%00=b")},
    {"a raw NUL", BYTES("a=b\0c")},
    {"a raw NUL in a name", BYTES("a\0=b")},
    {"a raw line break", BYTES("a=b\r\n")},
    {"a raw tab", BYTES("a=\tb")},
    {"a raw DEL", BYTES("a=\177")},
    {"a bad pair behind a good one", BYTES("a=b&c=%")},
};

static void form_parse_refuses_bad_encoding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        jd_form *form = BOGUS;
        jt_arena arena = jt_arena_init(NULL);
        const jeton_span text = jeton_bytes(refused[i].text.ptr, refused[i].text.len);
        assert_int_equal(jd_form_parse(text, &arena, &form, &err), JETON_E_REQUEST);
        assert_null(form);
        assert_int_equal(err.status, JETON_E_REQUEST);
        jt_arena_done(&arena);
    }
}

static jeton_status parse_pairs(unsigned count)
{
    char text[4 * (JD_FORM_PAIRS + 1) + 1] = "";
    jd_form *form = BOGUS;
    jt_arena arena = jt_arena_init(NULL);
    for (unsigned i = 0; i < count; i++)
        memcpy(text + (size_t)i * 4, "a=b&", 5);
    const jeton_status status = jd_form_parse(jeton_str(text), &arena, &form, NULL);
    jt_arena_done(&arena);
    return status;
}

static void form_parse_takes_so_many_pairs_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(parse_pairs(JD_FORM_PAIRS), JETON_OK);
    assert_int_equal(parse_pairs(JD_FORM_PAIRS + 1), JETON_E_REQUEST);
}

static void form_parse_says_when_there_is_no_memory(void **state)
{
    (void)state;
    static char value[20000];
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    memset(value, 'a', sizeof value);
    value[1] = '=';
    for (size_t left = 0; left < 3; left++) {
        jd_form *form = BOGUS;
        jeton_err err = {0};
        jt_arena arena = jt_arena_init(ctx);
        heap.left = left;
        const jeton_status want = left < 2 ? JETON_E_NOMEM : JETON_OK;
        assert_int_equal(jd_form_parse(jeton_bytes(value, sizeof value), &arena, &form, &err),
                         want);
        assert_int_equal(form != NULL, want == JETON_OK);
        jt_arena_done(&arena);
    }
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_find_gives_the_first_value_and_how_often_there_is_one),
        cmocka_unit_test(form_parse_refuses_bad_encoding),
        cmocka_unit_test(form_parse_takes_so_many_pairs_and_no_more),
        cmocka_unit_test(form_parse_says_when_there_is_no_memory),
    };
    return cmocka_run_group_tests_name("http/form", tests, NULL, NULL);
}
