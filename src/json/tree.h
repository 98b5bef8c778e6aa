/* SPDX-License-Identifier: Apache-2.0 */
/* json/tree.h - JSON to be written: build a tree, print it.
 *
 * Nothing but jt_tree_print() can be seen to fail: the tree keeps its first failure until then,
 * and functions accept the NULL nodes that follow from it. Names and texts are copied. A name that
 * is put again replaces its value. Everything goes away with the tree.
 */
#ifndef JT_JSON_TREE_H
#define JT_JSON_TREE_H

#include "json/json.h"

typedef struct jt_tree jt_tree;
typedef struct jt_node jt_node;

JETON_MUST jeton_status jt_tree_new(const jeton_ctx *ctx, jt_tree **tree, jeton_err *err);
void jt_tree_free(jt_tree **tree);

jt_node *jt_tree_object(jt_tree *tree);
jt_node *jt_tree_array(jt_tree *tree);
jt_node *jt_tree_text(jt_tree *tree, jeton_span text);

/* A copy of a value that was read. NULL gives the JSON null. */
jt_node *jt_tree_copy(jt_tree *tree, const jt_val *val);

/* Members of an object. */
void jt_put_text(jt_tree *tree, jt_node *object, const char *name, jeton_span text);
void jt_put_int(jt_tree *tree, jt_node *object, const char *name, int64_t number);
void jt_put_real(jt_tree *tree, jt_node *object, const char *name, double number); /* finite */
void jt_put_bool(jt_tree *tree, jt_node *object, const char *name, bool value);
void jt_put_node(jt_tree *tree, jt_node *object, const char *name, jt_node *node);

/* Whether an object has a member of that name. */
bool jt_node_has(const jt_node *object, const char *name);

/* Elements of an array. */
void jt_add_text(jt_tree *tree, jt_node *array, jeton_span text);
void jt_add_node(jt_tree *tree, jt_node *array, jt_node *node);

typedef enum jt_layout {
    JT_COMPACT, /* no white space: tokens, answers, log lines */
    JT_PRETTY,  /* indented by two, newline at the end: for people */
} jt_layout;

/* Adds the text of `root` at the end of *out.
 *
 * JETON_E_NOMEM   now or while the tree was built
 * JETON_E_SYNTAX  a text in it is not UTF-8
 */
JETON_MUST jeton_status jt_tree_print(const jt_tree *tree, const jt_node *root, jt_layout layout,
                                      jt_buf *out, jeton_err *err);

#endif
