/* SPDX-License-Identifier: Apache-2.0 */
/* json/tree.c - writing JSON through yyjson's mutable documents. */
#include "json/tree.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"

#include <stddef.h>
#include <yyjson.h>

struct jt_tree {
    const jeton_ctx *ctx;
    yyjson_alc alc;
    yyjson_mut_doc *doc;
    bool failed; /* something could not be allocated; printing says so */
};

static yyjson_mut_val *inner(const jt_node *node)
{
    return (yyjson_mut_val *)(uintptr_t)node;
}

/* A tree may be a private key being printed, so its memory is wiped when given back. For that
 * each block starts with its size. */
#define HEAD sizeof(max_align_t)

static void *tree_alloc(void *ctx, size_t size)
{
    size_t total;
    uint8_t *block = jt_add(size, HEAD, &total) ? jt_alloc(ctx, total) : NULL;
    if (block == NULL)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static size_t block_size(const void *ptr)
{
    size_t size;
    memcpy(&size, (const uint8_t *)ptr - HEAD, sizeof size);
    return size;
}

static void tree_release(void *ctx, void *ptr)
{
    if (ptr == NULL)
        return;
    jt_wipe(ptr, block_size(ptr));
    jt_release(ctx, (uint8_t *)ptr - HEAD);
}

/* A tree grows by further blocks: yyjson asks for none to be made larger, and would be told that
 * there is no memory. */
static void *tree_resize(void *ctx, void *ptr, size_t old_size, size_t size)
{
    (void)ctx;
    (void)ptr;
    (void)old_size;
    (void)size;
    return NULL;
}

jeton_status jt_tree_new(const jeton_ctx *ctx, jt_tree **tree, jeton_err *err)
{
    *tree = NULL;
    jt_tree *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "JSON tree");
    made->ctx = ctx;
    made->alc = (yyjson_alc){tree_alloc, tree_resize, tree_release, (void *)(uintptr_t)ctx};
    made->doc = yyjson_mut_doc_new(&made->alc);
    if (made->doc == NULL) {
        jt_release(ctx, made);
        return jt_fail(err, JETON_E_NOMEM, "JSON tree");
    }
    *tree = made;
    return JETON_OK;
}

void jt_tree_free(jt_tree **tree)
{
    if (tree == NULL || *tree == NULL)
        return;
    yyjson_mut_doc_free((*tree)->doc);
    jt_release((*tree)->ctx, *tree);
    *tree = NULL;
}

/* Where new nodes come from: from nowhere, once something has failed. */
static yyjson_mut_doc *source(const jt_tree *tree)
{
    return tree->failed ? NULL : tree->doc;
}

/* Every new node passes here, so that none can fail unnoticed. */
static jt_node *keep(jt_tree *tree, yyjson_mut_val *node)
{
    if (node == NULL)
        tree->failed = true;
    return (jt_node *)node;
}

jt_node *jt_tree_object(jt_tree *tree)
{
    return keep(tree, yyjson_mut_obj(source(tree)));
}

jt_node *jt_tree_array(jt_tree *tree)
{
    return keep(tree, yyjson_mut_arr(source(tree)));
}

jt_node *jt_tree_text(jt_tree *tree, jeton_span text)
{
    const char *chars = text.len > 0 ? (const char *)text.ptr : "";
    return keep(tree, yyjson_mut_strncpy(source(tree), chars, text.len));
}

jt_node *jt_tree_copy(jt_tree *tree, const jt_val *val)
{
    if (val == NULL)
        return keep(tree, yyjson_mut_null(source(tree)));
    return keep(tree, yyjson_val_mut_copy(source(tree), (yyjson_val *)(uintptr_t)val));
}

void jt_put_node(jt_tree *tree, jt_node *object, const char *name, jt_node *node)
{
    yyjson_mut_val *key = yyjson_mut_strcpy(source(tree), name);
    if (!yyjson_mut_obj_put(inner(object), key, inner(node)) || node == NULL)
        tree->failed = true;
}

void jt_put_text(jt_tree *tree, jt_node *object, const char *name, jeton_span text)
{
    jt_put_node(tree, object, name, jt_tree_text(tree, text));
}

void jt_put_int(jt_tree *tree, jt_node *object, const char *name, int64_t number)
{
    jt_put_node(tree, object, name, keep(tree, yyjson_mut_sint(source(tree), number)));
}

void jt_put_real(jt_tree *tree, jt_node *object, const char *name, double number)
{
    jt_put_node(tree, object, name, keep(tree, yyjson_mut_real(source(tree), number)));
}

void jt_put_bool(jt_tree *tree, jt_node *object, const char *name, bool value)
{
    jt_put_node(tree, object, name, keep(tree, yyjson_mut_bool(source(tree), value)));
}

bool jt_node_has(const jt_node *object, const char *name)
{
    return yyjson_mut_obj_get(inner(object), name) != NULL;
}

void jt_add_node(jt_tree *tree, jt_node *array, jt_node *node)
{
    if (!yyjson_mut_arr_append(inner(array), inner(node)))
        tree->failed = true;
}

void jt_add_text(jt_tree *tree, jt_node *array, jeton_span text)
{
    jt_add_node(tree, array, jt_tree_text(tree, text));
}

/* ---- printing ------------------------------------------------------------------------------- */

/* The end of a buffer as the one block of memory that yyjson writes into: what it wrote is then
 * where it belongs. More blocks are not given; writing takes one. */
typedef struct tail {
    jt_buf *buf;
    size_t start; /* of the block, where memory is aligned for anything */
    bool given;
} tail;

static void *tail_alloc(void *ctx, size_t size)
{
    tail *at = ctx;
    const size_t align = sizeof(max_align_t);
    const size_t gap = (align - at->buf->len % align) % align;
    size_t total;
    if (at->given || !jt_add(size, gap, &total) || jt_buf_reserve(at->buf, total, NULL) != JETON_OK)
        return NULL;
    at->given = true;
    at->start = at->buf->len + gap;
    return at->buf->ptr + at->start;
}

/* The buffer takes along what it knows of: for a moment, the block too. */
static void *tail_resize(void *ctx, void *ptr, size_t old_size, size_t size)
{
    tail *at = ctx;
    const size_t len = at->buf->len;
    (void)ptr;
    at->buf->len = at->start + old_size;
    const jeton_status status =
        jt_buf_reserve(at->buf, size > old_size ? size - old_size : 0, NULL);
    at->buf->len = len;
    return status == JETON_OK ? at->buf->ptr + at->start : NULL;
}

static void tail_release(void *ctx, void *ptr)
{
    (void)ctx;
    (void)ptr;
}

jeton_status jt_tree_print(const jt_tree *tree, const jt_node *root, jt_layout layout, jt_buf *out,
                           jeton_err *err)
{
    if (tree->failed || root == NULL)
        return jt_fail(err, JETON_E_NOMEM, "JSON tree");
    const yyjson_write_flag flags = layout == JT_PRETTY ? YYJSON_WRITE_PRETTY_TWO_SPACES : 0;
    tail at = {.buf = out};
    const yyjson_alc alc = {tail_alloc, tail_resize, tail_release, &at};
    yyjson_write_err why = {0};
    size_t len = 0;
    const char *text = yyjson_mut_val_write_opts(inner(root), flags, &alc, &len, &why);
    if (text == NULL && why.code == YYJSON_WRITE_ERROR_MEMORY_ALLOCATION)
        return jt_fail(err, JETON_E_NOMEM, "JSON text");
    if (text == NULL)
        return jt_fail(err, JETON_E_SYNTAX, "a text to be written is not UTF-8");
    memmove(out->ptr + out->len, text, len);
    out->len += len;
    return layout == JT_PRETTY ? jt_buf_add(out, jeton_str("\n"), err) : JETON_OK;
}
