/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_json.c - what is read, printed and read again is the same, and prints the same.
 */
#include "fuzz.h"
#include "json/tree.h"

#include <string.h>

static bool same_scalars(const jt_val *a, const jt_val *b)
{
    jeton_span text_a, text_b;
    bool bool_a, bool_b;
    int64_t int_a, int_b;
    jeton_time date_a, date_b;
    if (jt_val_text(a, &text_a) != jt_val_text(b, &text_b) || !jeton_span_equal(text_a, text_b))
        return false;
    if (jt_val_bool(a, &bool_a) != jt_val_bool(b, &bool_b) || bool_a != bool_b)
        return false;
    if (jt_val_int(a, &int_a) != jt_val_int(b, &int_b) || int_a != int_b)
        return false;
    return jt_val_date(a, &date_a) == jt_val_date(b, &date_b) && date_a == date_b;
}

/* As deep as JSON may be, which is not very. */
static bool same(const jt_val *a, const jt_val *b)
{
    if (jt_kind_of(a) != jt_kind_of(b) || jt_val_count(a) != jt_val_count(b) || !same_scalars(a, b))
        return false;
    jt_iter in_b = jt_iter_of(b);
    size_t count = 0;
    for (jt_iter in_a = jt_iter_of(a); jt_iter_next(&in_a); count++)
        if (!jt_iter_next(&in_b) || !jeton_span_equal(in_a.name, in_b.name) ||
            !same(in_a.val, in_b.val))
            return false;
    return count == jt_val_count(a) && !jt_iter_next(&in_b);
}

/* Each member is found by its name, unless that cannot be said in C. */
static void find_members(const jt_val *object)
{
    for (jt_iter it = jt_iter_of(object); jt_iter_next(&it);) {
        if (it.name.ptr == NULL || memchr(it.name.ptr, '\0', it.name.len) != NULL)
            continue;
        char *name = strndup((const char *)it.name.ptr, it.name.len);
        FUZZ_HOLDS(name != NULL && jt_get(object, name) == it.val);
        free(name);
    }
}

static jt_buf print(const jt_val *root, jt_layout layout)
{
    jt_tree *tree = NULL;
    jt_buf text = jt_buf_init(NULL);
    FUZZ_HOLDS(jt_tree_new(NULL, &tree, NULL) == JETON_OK);
    FUZZ_HOLDS(jt_tree_print(tree, jt_tree_copy(tree, root), layout, &text, NULL) == JETON_OK);
    jt_tree_free(&tree);
    return text;
}

static void print_and_read_again(const jt_val *root, jt_layout layout)
{
    jt_json *again = NULL;
    jt_buf text = print(root, layout);
    FUZZ_HOLDS(jt_json_parse(NULL, jt_buf_span(&text), &again, NULL) == JETON_OK);
    FUZZ_HOLDS(same(root, jt_json_root(again)));
    jt_buf twice = print(jt_json_root(again), layout);
    FUZZ_HOLDS(jeton_span_equal(jt_buf_span(&text), jt_buf_span(&twice)));
    jt_buf_done(&twice);
    jt_buf_done(&text);
    jt_json_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jt_json *doc = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_json_parse(NULL, jeton_bytes(bytes, len), &doc, &err);
    FUZZ_HOLDS(err.status == status && (doc != NULL) == (status == JETON_OK));
    if (doc == NULL)
        return 0;
    find_members(jt_json_root(doc));
    print_and_read_again(jt_json_root(doc), JT_COMPACT);
    if (len < 2048) /* indenting makes deep texts long, and one of them could pass the limit */
        print_and_read_again(jt_json_root(doc), JT_PRETTY);
    jt_json_free(&doc);
    return 0;
}
