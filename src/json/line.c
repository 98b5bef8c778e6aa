/* SPDX-License-Identifier: Apache-2.0 */
/* json/line.c - values as lines. */
#include "json/line.h"

#include "core/auto.h"
#include "core/err.h"
#include "json/tree.h"

static jeton_status add_text(jt_buf *to, jeton_span text, bool in_array, jeton_err *err)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f || (in_array && text.ptr[i] == ','))
            return jt_fail(err, JETON_E_CLAIM, "a claim cannot be told in one line");
    return jt_buf_add(to, text, err);
}

static jeton_status add_json(jt_buf *to, const jt_val *val, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(to->ctx, &tree, err));
    return jt_tree_print(tree, jt_tree_copy(tree, val), JT_COMPACT, to, err);
}

static jeton_status add_one(jt_buf *to, const jt_val *val, bool in_array, jeton_err *err)
{
    jeton_span text;
    return jt_val_text(val, &text) ? add_text(to, text, in_array, err) : add_json(to, val, err);
}

/* An array in which no element has a comma of its own. */
static bool is_flat(const jt_val *val)
{
    if (jt_kind_of(val) != JT_ARRAY)
        return false;
    for (jt_iter it = jt_iter_of(val); jt_iter_next(&it);)
        if (jt_kind_of(it.val) == JT_ARRAY || jt_kind_of(it.val) == JT_OBJECT)
            return false;
    return true;
}

jeton_status jt_line_add(const jt_val *val, jt_buf *to, jeton_err *err)
{
    const jt_kind kind = jt_kind_of(val);
    if (kind == JT_ABSENT || kind == JT_NULL)
        return JETON_OK;
    if (!is_flat(val))
        return add_one(to, val, false, err);
    bool first = true;
    for (jt_iter it = jt_iter_of(val); jt_iter_next(&it); first = false) {
        if (!first)
            JT_TRY(jt_buf_add(to, jeton_str(","), err));
        JT_TRY(add_one(to, it.val, true, err));
    }
    return JETON_OK;
}
