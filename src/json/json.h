/* SPDX-License-Identifier: Apache-2.0 */
/* json/json.h - strict JSON (RFC 8259): read a text into values that never change.
 *
 * Stricter than the grammar: a member name given twice (also when equal only after unescaping)
 * and nesting beyond the limit are refused, as are bytes after the text, a byte order mark and
 * bad UTF-8. The only user of yyjson, together with tree.c.
 */
#ifndef JT_JSON_JSON_H
#define JT_JSON_JSON_H

#include "core/buf.h"

/* A text and its values, on the heap. */
typedef struct jt_json jt_json;

/* One value in it. Borrowed from whatever was parsed. NULL stands for "not there", and every
 * function below takes it. */
typedef struct jt_val jt_val;

typedef enum jt_kind {
    JT_ABSENT,
    JT_NULL,
    JT_BOOL,
    JT_NUMBER,
    JT_TEXT,
    JT_ARRAY,
    JT_OBJECT,
} jt_kind;

/* Reads a text; it is copied, up to jeton_limits.json bytes. *doc is the caller's: jt_json_free().
 *
 * JETON_E_SYNTAX  not strict JSON; err says at which byte
 * JETON_E_LIMIT   too long or too deep
 */
JETON_MUST jeton_status jt_json_parse(const jeton_ctx *ctx, jeton_span text, jt_json **doc,
                                      jeton_err *err);

/* The same for files that people write: comments (// and between slash and star) and a comma behind
 * the last element are read over. Never for what came over the network: this call alone is so
 * lenient, and nothing that reads tokens, keys or requests calls it.
 *
 * at  where in the text it failed; 0 on JETON_OK
 *
 * A member name given twice is left to the caller, who has to look for it and can say where. */
JETON_MUST jeton_status jt_json_parse_commented(const jeton_ctx *ctx, jeton_span text,
                                                jt_json **doc, size_t *at, jeton_err *err);

void jt_json_free(jt_json **doc);

/* Where the quote before a name or a text of the document stands in what was parsed. */
size_t jt_json_place(const jt_json *doc, jeton_span text);

const jt_val *jt_json_root(const jt_json *doc);

/* The same without a heap object, for the verifier: `depth` is what the text may nest, up to
 * JT_LIMIT_DEPTH_MAX; `text` is overwritten and must be followed by
 * JT_JSON_PADDING writable bytes; values point into it and into *pool, whose old content is lost.
 * Once the pool is large enough nothing is allocated. */
#define JT_JSON_PADDING 4U
JETON_MUST jeton_status jt_json_parse_into(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                                           const jt_val **root, jeton_err *err);

jt_kind jt_kind_of(const jt_val *val);

/* The member of that name; NULL when there is none, or `object` is not one. */
const jt_val *jt_get(const jt_val *object, const char *name);

/* The value when it is of that kind; otherwise false, and *to is emptied. */
bool jt_val_text(const jt_val *val, jeton_span *to);
bool jt_val_bool(const jt_val *val, bool *to);

/* An integer without fraction or exponent in the text, within int64_t. */
bool jt_val_int(const jt_val *val, int64_t *to);

/* A NumericDate (RFC 7519 §2) in milliseconds, fractions of them dropped towards the past. False
 * for anything outside the years 0 to 9999: no clock says such a time, so it is not a date. */
bool jt_val_date(const jt_val *val, jeton_time *to);

/* The same of a whole number of seconds. */
bool jt_date_of(int64_t seconds, jeton_time *to);

/* The text member of that name, or the empty span when it is absent or not a text. */
jeton_span jt_get_text(const jt_val *object, const char *name);

/* Whether it is that text, or an array with that text in it ("aud", "roles"). */
bool jt_val_has_text(const jt_val *val, jeton_span text);

/* How many elements or members; 0 for everything else. */
size_t jt_val_count(const jt_val *val);

/* Walks an array or object in order: for (jt_iter it = jt_iter_of(v); jt_iter_next(&it);) …
 * it.name is empty in an array. Anything else has nothing to walk. */
typedef struct jt_iter {
    jeton_span name;
    const jt_val *val;
    const jt_val *container;
    size_t index;
    const jt_val *next;
} jt_iter;

jt_iter jt_iter_of(const jt_val *container);
bool jt_iter_next(jt_iter *it);

#endif
