/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_copy.c - values copied into other memory are the same values, and need
 * nothing of where they came from. */
#include "json/copy.h"
#include "json/names.h"
#include "json/tree.h"

#include "../unit.h"

/* Of every kind. */
static const char long_one[] = "{\"a\":1,\"b\":[true,false,null,\"x\",-1.5e3,18446744073709551615],"
                               "\"c\":{\"\":\"\\ud83d\\ude00\"}}";

static const char *const texts[] = {
    "{}",
    "[]",
    "1",
    "\"\"",
    "null",
    "\"a\\u0000b\\n\"",
    long_one,
    "[[[[[[]]]],[[]],{}],{\"a\":{\"a\":{\"a\":\"a\"}}}]",
    " {\"exp\" : 1700000900 , \"sub\" : \"alice\" } ",
};

/* Copies a text's values; then nothing is left of the text and of what was parsed. */
static const jt_val *moved(const char *json, uint8_t **text, uint64_t **values)
{
    const size_t room = strlen(json) + JT_JSON_PADDING;
    const size_t len = room - JT_JSON_PADDING;
    uint8_t *from = calloc(1, room);
    *text = malloc(room);
    assert_true(from != NULL && *text != NULL);
    jt_buf pool = jt_buf_init(NULL);
    const jt_val *root = NULL;
    for (size_t i = 0; i < len; i++)
        from[i] = (uint8_t)json[i];
    assert_int_equal(jt_json_parse_into(&pool, 16, from, len, &root, NULL), JETON_OK);
    *values = malloc(jt_copy_size(root));
    assert_non_null(*values);
    memcpy(*text, from, room);
    const jt_val *copy = jt_copy(root, from, *text, *values);
    memset(from, 0xee, room);
    free(from);
    jt_buf_done(&pool);
    return copy;
}

static void print(const jt_val *val, jt_buf *to)
{
    jt_tree *tree = NULL;
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, jt_tree_copy(tree, val), JT_COMPACT, to, NULL), JETON_OK);
    jt_tree_free(&tree);
}

static void copy_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        print_message("  %s\n", texts[i]);
        uint8_t *text;
        uint64_t *values;
        const jt_val *copy = moved(texts[i], &text, &values);
        jt_json *doc = NULL;
        assert_int_equal(jt_json_parse(NULL, jeton_str(texts[i]), &doc, NULL), JETON_OK);
        jt_buf want = jt_buf_init(NULL);
        jt_buf got = jt_buf_init(NULL);
        print(jt_json_root(doc), &want);
        print(copy, &got);
        assert_int_equal(got.len, want.len);
        assert_memory_equal(got.ptr, want.ptr, want.len);
        jt_buf_done(&want);
        jt_buf_done(&got);
        jt_json_free(&doc);
        free(text);
        free(values);
    }
}

/* The search for names reads past their ends: what is behind has come along. */
static void copy_can_be_searched(void **state)
{
    (void)state;
    uint8_t *text;
    uint64_t *values;
    const jt_val *copy = moved("{\"\":0,\"longer-than-eight\":2,\"a\":1}", &text, &values);
    jt_names names = {0};
    static const char *const wanted[] = {"a", "longer-than-eight", "", "b"};
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_int_equal(jt_names_add(&names, jeton_str(wanted[i])), i);
    const jt_val *vals[JT_NAMES_MAX];
    jt_names_find(&names, copy, vals);
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_ptr_equal(vals[i], jt_get(copy, wanted[i]));
    int64_t number = 0;
    assert_true(jt_val_int(vals[0], &number) && number == 1);
    assert_true(jt_val_int(vals[1], &number) && number == 2);
    assert_true(jt_val_int(vals[2], &number) && number == 0);
    assert_null(vals[3]);
    free(text);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_is_the_same),
        cmocka_unit_test(copy_can_be_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
