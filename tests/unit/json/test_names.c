/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_names.c - finding many members at once, and noticing repeats. */
#include "json/names.h"

#include "../unit.h"

#include <stdio.h>

static jt_json *parse(const char *text)
{
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, jeton_str(text), &doc, NULL), JETON_OK);
    return doc;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* Names of each length around the eight bytes that are compared as a number, and such as differ
 * only in length, in the eighth byte, or behind it. */
static const char *const wanted[] = {
    "",          "a",         "exp",        "exq",         "client_i",    "client_j",
    "client_id", "client_ie", "client_idx", "a.very.long", "a.very.lonh", "\xc3\xbc",
};

static const char *const objects[] = {
    "{}",
    "{\"\":1}",
    "{\"a\":1}",
    "{\"exp\":1,\"exq\":2,\"exr\":3}",
    "{\"client_i\":1,\"client_id\":2,\"client_idx\":3,\"client_idxy\":4}",
    "{\"client_ie\":{\"exp\":1},\"client_j\":[1,{\"a\":2}],\"a.very.lonh\":null}",
    "{\"a.very.long\":1,\"\\u0061\":2,\"\\u00fc\":3}",
    "{\"aa\":1,\"ex\":2,\"expp\":3,\"a.very.lon\":4}",
    "[\"exp\",1]",
    "\"exp\"",
};

static void names_are_found_as_by_jt_get(void **state)
{
    (void)state;
    jt_names names = {0};
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_int_equal(jt_names_add(&names, jeton_str(wanted[i])), i);
    for (size_t i = 0; i < COUNT(objects); i++) {
        print_message("  %s\n", objects[i]);
        jt_json *doc = parse(objects[i]);
        const jt_val *vals[JT_NAMES_MAX] = {BOGUS};
        jt_names_find(&names, jt_json_root(doc), vals);
        for (size_t k = 0; k < COUNT(wanted); k++)
            assert_ptr_equal(vals[k], jt_get(jt_json_root(doc), wanted[k]));
        jt_json_free(&doc);
    }
}

/* Texts of NUL bytes: all of them begin with the same eight, so that only their lengths tell them
 * apart, wherever in the table they meet. */
static void names_are_told_apart_by_length(void **state)
{
    (void)state;
    static const char nul[2 * JT_NAMES_MAX] = {0};
    for (size_t first = 0; first < 2; first++) {
        jt_names names = {0};
        for (size_t i = 0; i < JT_NAMES_MAX; i++)
            assert_int_equal(jt_names_add(&names, jeton_bytes(nul, 2 * i + first)), i);
        for (size_t len = 0; len < sizeof nul; len++) {
            jt_buf text = jt_buf_init(NULL);
            assert_int_equal(jt_buf_add(&text, jeton_str("{\""), NULL), JETON_OK);
            for (size_t i = 0; i < len; i++)
                assert_int_equal(jt_buf_add(&text, jeton_str("\\u0000"), NULL), JETON_OK);
            assert_int_equal(jt_buf_add(&text, jeton_str("\":1}"), NULL), JETON_OK);
            jt_json *doc = NULL;
            assert_int_equal(jt_json_parse(NULL, jt_buf_span(&text), &doc, NULL), JETON_OK);
            const jt_val *vals[JT_NAMES_MAX];
            jt_names_find(&names, jt_json_root(doc), vals);
            for (size_t i = 0; i < JT_NAMES_MAX; i++)
                assert_int_equal(vals[i] != NULL, 2 * i + first == len);
            jt_json_free(&doc);
            jt_buf_done(&text);
        }
    }
}

static void names_of_nothing_are_absent(void **state)
{
    (void)state;
    jt_names names = {0};
    const jt_val *val = BOGUS;
    (void)jt_names_add(&names, jeton_str("exp"));
    jt_names_find(&names, NULL, &val);
    assert_null(val);
}

static void names_added_again_keep_their_place(void **state)
{
    (void)state;
    jt_names names = {0};
    for (unsigned round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(wanted); i++)
            assert_int_equal(jt_names_add(&names, jeton_str(wanted[i])), i);
    assert_int_equal(names.count, COUNT(wanted));
}

static void names_are_found_when_there_are_as_many_as_may_be(void **state)
{
    (void)state;
    char texts[JT_NAMES_MAX][8];
    jt_names names = {0};
    for (size_t i = 0; i < JT_NAMES_MAX; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "n%zu", i);
        assert_int_equal(jt_names_add(&names, jeton_str(texts[i])), i);
    }
    jt_json *doc = parse("{\"n31\":1,\"n0\":2,\"n32\":3,\"n7\":4}");
    const jt_val *vals[JT_NAMES_MAX];
    jt_names_find(&names, jt_json_root(doc), vals);
    for (size_t i = 0; i < JT_NAMES_MAX; i++)
        assert_ptr_equal(vals[i], jt_get(jt_json_root(doc), texts[i]));
    jt_json_free(&doc);
}

/* ---- repeats -------------------------------------------------------------------------------- */

/* Numbers in hexadecimal with something around them. */
typedef struct kind {
    const char *why, *before, *after;
    int digits;
} kind;

static const kind kinds[] = {
    {"short names", "", "", 1},
    {"names of one head", "the.same.beginning.", "", 1},
    {"names of one length", "", "", 8},
    {"names of one tail", "", ".and.the.same.end", 5},
};

/* An object of `count` names, all different, of which the last is the first again if `twice`.
 * Freed by the caller. */
static char *many(size_t count, const kind *of, bool twice)
{
    char *text = malloc(count * 48 + 8);
    assert_non_null(text);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        const size_t number = twice && i + 1 == count ? 0 : i;
        at += sprintf(at, "%c\"%s%0*zx%s\":%zu", i > 0 ? ',' : '{', of->before, of->digits, number,
                      of->after, i);
    }
    strcpy(at, "}");
    return text;
}

static void names_given_twice_are_noticed_among_any_number(void **state)
{
    (void)state;
    static const size_t counts[] = {2, 3, 15, 16, 17, 18, 40, 700};
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t k = 0; k < COUNT(counts); k++) {
            print_message("  %zu %s\n", counts[k], kinds[i].why);
            for (int twice = 0; twice < 2; twice++) {
                char *text = many(counts[k], &kinds[i], twice);
                jt_json *doc = BOGUS;
                assert_int_equal(jt_json_parse(NULL, jeton_str(text), &doc, NULL),
                                 twice ? JETON_E_SYNTAX : JETON_OK);
                jt_json_free(&doc);
                free(text);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_as_by_jt_get),
        cmocka_unit_test(names_are_told_apart_by_length),
        cmocka_unit_test(names_of_nothing_are_absent),
        cmocka_unit_test(names_added_again_keep_their_place),
        cmocka_unit_test(names_are_found_when_there_are_as_many_as_may_be),
        cmocka_unit_test(names_given_twice_are_noticed_among_any_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
