/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_tree.c - JSON to be written: what is put in comes out, or one failure. */
#include "json/tree.h"

#include "../unit.h"

static jt_tree *new_tree(void)
{
    jt_tree *tree = BOGUS;
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    assert_non_null(tree);
    return tree;
}

static void assert_prints(const jt_tree *tree, const jt_node *root, jt_layout layout,
                          const char *want)
{
    jt_buf out = jt_buf_init(NULL);
    assert_int_equal(jt_tree_print(tree, root, layout, &out, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&out), want);
    jt_buf_done(&out);
}

static void assert_does_not_print(const jt_tree *tree, const jt_node *root, jeton_status want)
{
    jt_buf out = jt_buf_init(NULL);
    jeton_err err = {0};
    assert_int_equal(jt_buf_add(&out, jeton_str("before"), NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, root, JT_COMPACT, &out, &err), want);
    assert_int_equal(err.status, want);
    unit_assert_span(jt_buf_span(&out), "before");
    jt_buf_done(&out);
}

/* One of everything, in an order that is not the alphabet's. */
static jt_node *build(jt_tree *tree)
{
    jt_node *root = jt_tree_object(tree);
    jt_node *list = jt_tree_array(tree);
    jt_put_text(tree, root, "z", jeton_str("t"));
    jt_put_int(tree, root, "i", INT64_MIN);
    jt_put_real(tree, root, "r", 0.5);
    jt_put_bool(tree, root, "b", true);
    jt_add_text(tree, list, jeton_str("1"));
    jt_add_node(tree, list, jt_tree_object(tree));
    jt_put_node(tree, root, "a", list);
    return root;
}

static void tree_prints_compact_in_the_order_of_putting(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    assert_prints(tree, build(tree), JT_COMPACT,
                  "{\"z\":\"t\",\"i\":-9223372036854775808,\"r\":0.5,\"b\":true,\"a\":[\"1\",{}]}");
    jt_tree_free(&tree);
    assert_null(tree);
}

static void tree_prints_pretty_with_a_newline(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    assert_prints(
        tree, build(tree), JT_PRETTY,
        "{\n  \"z\": \"t\",\n  \"i\": -9223372036854775808,\n  \"r\": 0.5,\n  \"b\": true,\n"
        "  \"a\": [\n    \"1\",\n    {}\n  ]\n}\n");
    jt_tree_free(&tree);
}

static void tree_prints_behind_what_is_there_and_as_often_as_asked(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    const jt_node *text = jt_tree_text(tree, jeton_str("x"));
    jt_buf out = jt_buf_init(NULL);
    assert_int_equal(jt_tree_print(tree, text, JT_COMPACT, &out, NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, text, JT_COMPACT, &out, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&out), "\"x\"\"x\"");
    jt_buf_done(&out);
    jt_tree_free(&tree);
}

/* What is written moves while it grows, from wherever the buffer stood. */
static void tree_prints_texts_of_any_length_behind_any(void **state)
{
    (void)state;
    static char many[70000];
    memset(many, 'x', sizeof many - 1);
    for (size_t before = 0; before < 40; before++) {
        jt_tree *tree = NULL;
        jt_buf out = jt_buf_init(NULL);
        assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
        jt_node *list = jt_tree_array(tree);
        for (size_t i = 0; i < 3; i++)
            jt_add_text(tree, list, jeton_bytes(many, i == 2 ? sizeof many - 1 : before));
        assert_int_equal(jt_buf_add(&out, jeton_bytes(many, before), NULL), JETON_OK);
        assert_int_equal(jt_tree_print(tree, list, JT_COMPACT, &out, NULL), JETON_OK);
        assert_int_equal(out.len, before + 2 * before + sizeof many - 1 + 3 * 2 + 2 + 2);
        assert_memory_equal(out.ptr, many, before);
        assert_memory_equal(out.ptr + before, "[\"", 2);
        assert_memory_equal(out.ptr + out.len - 5, "xxx\"]", 5);
        jt_buf_done(&out);
        jt_tree_free(&tree);
    }
}

static void tree_put_replaces_where_the_name_stands(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    jt_node *root = jt_tree_object(tree);
    assert_false(jt_node_has(root, "a"));
    jt_put_text(tree, root, "a", jeton_str("old"));
    jt_put_int(tree, root, "b", 2);
    jt_put_bool(tree, root, "a", false);
    jt_put_int(tree, root, "b", 3);
    assert_true(jt_node_has(root, "a"));
    assert_false(jt_node_has(root, "A"));
    assert_prints(tree, root, JT_COMPACT, "{\"a\":false,\"b\":3}");
    jt_tree_free(&tree);
}

static void tree_copies_names_and_texts(void **state)
{
    (void)state;
    char name[] = "n";
    char text[] = "t";
    jt_tree *tree = new_tree();
    jt_node *root = jt_tree_object(tree);
    jt_put_text(tree, root, name, jeton_str(text));
    name[0] = text[0] = '?';
    assert_prints(tree, root, JT_COMPACT, "{\"n\":\"t\"}");
    jt_tree_free(&tree);
}

static const struct {
    const char *why, *want;
    jeton_span text;
} texts[] = {
    {"empty", "[\"\"]", {NULL, 0}},
    {"quotes and a backslash", "[\"\\\"\\\\\"]", {(const uint8_t *)"\"\\", 2}},
    {"NUL", "[\"a\\u0000b\"]", {(const uint8_t *)"a\0b", 3}},
    {"a line feed and a delete", "[\"\\n\x7f\"]", {(const uint8_t *)"\n\x7f", 2}},
    {"beyond ASCII", "[\"\xc3\xa9\"]", {(const uint8_t *)"\xc3\xa9", 2}},
};

static void tree_escapes_what_a_text_may_not_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        print_message("  %s\n", texts[i].why);
        jt_tree *tree = new_tree();
        jt_node *list = jt_tree_array(tree);
        jt_add_text(tree, list, texts[i].text);
        assert_prints(tree, list, JT_COMPACT, texts[i].want);
        jt_tree_free(&tree);
    }
}

static void tree_refuses_to_print_what_is_not_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        jt_tree *tree = new_tree();
        jt_node *root = jt_tree_object(tree);
        jt_put_text(tree, root, "a", jeton_str(bad[i]));
        assert_does_not_print(tree, root, JETON_E_SYNTAX);
        jt_put_text(tree, root, "a", jeton_str("good again"));
        assert_prints(tree, root, JT_COMPACT, "{\"a\":\"good again\"}");
        jt_put_int(tree, root, bad[i], 1);
        assert_does_not_print(tree, root, JETON_E_SYNTAX);
        jt_tree_free(&tree);
    }
}

static void tree_copies_values_that_were_read(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,-1,1.5,true,null,\"x\\u0000\",{\"b\":{}}],\"c\":[]}";
    jt_json *doc = BOGUS;
    assert_int_equal(jt_json_parse(NULL, jeton_str(text), &doc, NULL), JETON_OK);
    jt_tree *tree = new_tree();
    const jt_node *copy = jt_tree_copy(tree, jt_json_root(doc));
    jt_json_free(&doc); /* the copy does not need it */
    assert_prints(tree, copy, JT_COMPACT, text);
    assert_prints(tree, jt_tree_copy(tree, NULL), JT_COMPACT, "null");
    jt_tree_free(&tree);
}

static void tree_keeps_a_failure_that_was_not_looked_at(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    jt_node *root = jt_tree_object(tree);
    jt_put_node(tree, root, "a", NULL); /* as after a failed allocation */
    assert_does_not_print(tree, root, JETON_E_NOMEM);
    jt_tree_free(&tree);

    tree = new_tree();
    jt_node *list = jt_tree_array(tree);
    jt_add_node(tree, list, NULL);
    assert_does_not_print(tree, list, JETON_E_NOMEM);
    jt_tree_free(&tree);

    tree = new_tree();
    assert_does_not_print(tree, NULL, JETON_E_NOMEM);
    jt_tree_free(&tree);
    jt_tree_free(&tree);
    jt_tree_free(NULL);
}

/* After a failure everything may still be called, and makes nothing. */
static void tree_that_failed_takes_every_call(void **state)
{
    (void)state;
    jt_tree *tree = new_tree();
    jt_node *root = jt_tree_object(tree);
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, jeton_str("[1,{}]"), &doc, NULL), JETON_OK);
    jt_put_text(tree, root, "a", jeton_str("b"));
    jt_put_node(tree, root, "c", NULL);
    assert_null(jt_tree_object(tree));
    assert_null(jt_tree_array(tree));
    assert_null(jt_tree_text(tree, jeton_str("text")));
    assert_null(jt_tree_text(tree, jeton_str("")));
    assert_null(jt_tree_copy(tree, jt_json_root(doc)));
    assert_null(jt_tree_copy(tree, NULL));
    jt_put_text(tree, root, "d", jeton_str("e"));
    jt_put_int(tree, root, "f", 1);
    jt_put_bool(tree, root, "g", true);
    jt_put_node(tree, root, "h", root);
    jt_add_text(tree, NULL, jeton_str("i"));
    assert_true(jt_node_has(root, "a"));
    assert_false(jt_node_has(root, "d"));
    assert_does_not_print(tree, root, JETON_E_NOMEM);
    jt_json_free(&doc);
    jt_tree_free(&tree);
}

static jeton_status build_and_print(const jeton_ctx *ctx, jt_buf *out, jeton_err *err)
{
    jt_tree *tree = BOGUS;
    jeton_status status = jt_tree_new(ctx, &tree, err);
    if (status == JETON_OK)
        status = jt_tree_print(tree, build(tree), JT_PRETTY, out, err);
    jt_tree_free(&tree);
    return status;
}

static void tree_gives_up_without_memory_and_leaks_nothing(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_status status = JETON_E_NOMEM;
    size_t refused = 0;
    for (; status != JETON_OK; refused++) {
        heap.left = refused;
        jt_buf out = jt_buf_init(ctx);
        jeton_err err = {0};
        status = build_and_print(ctx, &out, &err);
        assert_true(status == JETON_OK || status == JETON_E_NOMEM);
        assert_int_equal(err.status, status);
        assert_true((out.len > 0) == (status == JETON_OK));
        jt_buf_done(&out);
        assert_int_equal(heap.live, 1);
    }
    assert_true(refused > 3);
    unit_ctx_done(&ctx, &heap);
}

static void tree_wipes_what_it_held(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    heap.secret = "hunter2hunter2";
    jt_tree *tree = BOGUS;
    assert_int_equal(jt_tree_new(ctx, &tree, NULL), JETON_OK);
    jt_node *root = jt_tree_object(tree);
    jt_put_text(tree, root, "d", jeton_str(heap.secret));
    jt_buf out = jt_buf_init(ctx);
    assert_int_equal(jt_tree_print(tree, root, JT_PRETTY, &out, NULL), JETON_OK);
    jt_buf_done(&out);
    jt_tree_free(&tree);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_prints_compact_in_the_order_of_putting),
        cmocka_unit_test(tree_prints_pretty_with_a_newline),
        cmocka_unit_test(tree_prints_behind_what_is_there_and_as_often_as_asked),
        cmocka_unit_test(tree_prints_texts_of_any_length_behind_any),
        cmocka_unit_test(tree_put_replaces_where_the_name_stands),
        cmocka_unit_test(tree_copies_names_and_texts),
        cmocka_unit_test(tree_escapes_what_a_text_may_not_hold),
        cmocka_unit_test(tree_refuses_to_print_what_is_not_utf8),
        cmocka_unit_test(tree_copies_values_that_were_read),
        cmocka_unit_test(tree_keeps_a_failure_that_was_not_looked_at),
        cmocka_unit_test(tree_that_failed_takes_every_call),
        cmocka_unit_test(tree_gives_up_without_memory_and_leaks_nothing),
        cmocka_unit_test(tree_wipes_what_it_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
