/* SPDX-License-Identifier: Apache-2.0 */
/* json/json.c - strict reading on top of yyjson, which by itself keeps duplicate names and nests
 * without end. */
#include "json/json.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "json/names.h"

#include <yyjson.h>

_Static_assert(JT_JSON_PADDING >= YYJSON_PADDING_SIZE, "yyjson reads that far past the text");

/* The first and the last second a date may have: 0000-01-01 and 9999-12-31. */
#define DATE_MIN (-62167219200LL)
#define DATE_MAX 253402300799LL

struct jt_json {
    const jeton_ctx *ctx;
    jt_buf text;
    jt_buf pool;
    const jt_val *root;
};

static yyjson_val *inner(const jt_val *val)
{
    return (yyjson_val *)(uintptr_t)val; /* yyjson takes no const, and changes nothing */
}

static const jt_val *outer(yyjson_val *val)
{
    return (const jt_val *)val;
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* Where a container ends: containers know how far it is. */
static const yyjson_val *end_of(const yyjson_val *container)
{
    return (const yyjson_val *)(const void *)((const uint8_t *)container + container->uni.ofs);
}

/* Checks what yyjson lets through: nesting, and repeated names unless `names` is NULL. yyjson keeps
 * values in one array in document order, so this is a loop and not a recursion that input could
 * make deep. */
static jeton_status check(yyjson_val *root, unsigned depth_limit, const jt_val **names,
                          jeton_err *err)
{
    const yyjson_val *ends[JT_LIMIT_DEPTH_MAX]; /* where each open container ends */
    if (depth_limit > JT_LIMIT_DEPTH_MAX)
        depth_limit = JT_LIMIT_DEPTH_MAX;
    unsigned depth = 0;
    const yyjson_val *end = unsafe_yyjson_get_next(root);
    for (yyjson_val *val = root; val < end; val++) {
        if (!unsafe_yyjson_is_ctn(val))
            continue;
        while (depth > 0 && val >= ends[depth - 1])
            depth--;
        if (depth == depth_limit)
            return jt_fail(err, JETON_E_LIMIT, "JSON nested deeper than %u", depth_limit);
        ends[depth++] = end_of(val);
        if (names != NULL && yyjson_is_obj(val) && jt_names_repeat(outer(val), names))
            return jt_fail(err, JETON_E_SYNTAX, "a member name is given twice");
    }
    return JETON_OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* The pool holds yyjson's values and behind them the names check() sorts: a member takes at least
 * five bytes of text, so there are fewer than len / 4. */
static jeton_status reserve_pool(jt_buf *pool, size_t len, size_t *for_values, jeton_err *err)
{
    const size_t most = yyjson_read_max_memory_usage(len, YYJSON_READ_INSITU);
    if (most == 0) /* more than a size_t holds; what is below that leaves room for the next sum */
        return jt_fail(err, JETON_E_LIMIT, "JSON text is too long");
    *for_values = most + sizeof(jt_val *) - most % sizeof(jt_val *);
    size_t total;
    if (!jt_add(*for_values, (len / 4 + 1) * sizeof(jt_val *), &total))
        return jt_fail(err, JETON_E_LIMIT, "JSON text is too long");
    pool->len = 0;
    return jt_buf_reserve(pool, total, err);
}

jeton_status jt_json_parse_into(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                                const jt_val **root, jeton_err *err)
{
    *root = NULL;
    if (len == 0)
        return jt_fail(err, JETON_E_SYNTAX, "not JSON: empty");
    size_t for_values = 0;
    JT_TRY(reserve_pool(pool, len, &for_values, err));
    memset(text + len, 0, JT_JSON_PADDING);

    yyjson_alc alc;
    yyjson_read_err why = {0};
    (void)yyjson_alc_pool_init(&alc, pool->ptr, for_values); /* as much as it can ever need */
    yyjson_doc *doc = yyjson_read_opts((char *)text, len, YYJSON_READ_INSITU, &alc, &why);
    if (doc == NULL)
        return jt_fail(err, JETON_E_SYNTAX, "not JSON, at byte %zu", why.pos);

    const jt_val **names = (const jt_val **)(void *)(pool->ptr + for_values);
    JT_TRY(check(doc->root, depth, names, err));
    *root = outer(doc->root);
    return JETON_OK;
}

/* An empty document with a copy of the text in it, and room behind that. */
static jeton_status new_doc(const jeton_ctx *ctx, jeton_span text, jt_json **doc, jeton_err *err)
{
    *doc = NULL;
    if (text.len > jt_limits(ctx)->json)
        return jt_fail(err, JETON_E_LIMIT, "JSON text longer than %zu bytes", jt_limits(ctx)->json);
    JT_AUTO(jt_json_free) jt_json *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "JSON document");
    *made = (jt_json){.ctx = ctx, .text = jt_buf_init(ctx), .pool = jt_buf_init(ctx)};
    JT_TRY(jt_buf_reserve(&made->text, text.len + JT_JSON_PADDING, err));
    if (text.len > 0)
        memcpy(made->text.ptr, text.ptr, text.len);
    *doc = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jt_json_parse(const jeton_ctx *ctx, jeton_span text, jt_json **doc, jeton_err *err)
{
    *doc = NULL;
    JT_AUTO(jt_json_free) jt_json *made = NULL;
    JT_TRY(new_doc(ctx, text, &made, err));
    JT_TRY(jt_json_parse_into(&made->pool, jt_limits(ctx)->depth, made->text.ptr, text.len,
                              &made->root, err));
    *doc = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

static jeton_status read_commented(jt_json *doc, size_t len, size_t *at, jeton_err *err)
{
    const yyjson_read_flag lenient =
        YYJSON_READ_INSITU | YYJSON_READ_ALLOW_COMMENTS | YYJSON_READ_ALLOW_TRAILING_COMMAS;
    size_t for_values = 0;
    yyjson_alc alc;
    yyjson_read_err why = {0};
    JT_TRY(reserve_pool(&doc->pool, len, &for_values, err));
    memset(doc->text.ptr + len, 0, JT_JSON_PADDING);
    (void)yyjson_alc_pool_init(&alc, doc->pool.ptr, for_values);
    const yyjson_doc *read = yyjson_read_opts((char *)doc->text.ptr, len, lenient, &alc, &why);
    if (read == NULL) {
        *at = why.pos < len ? why.pos : len;
        return jt_fail(err, JETON_E_SYNTAX, "%s", why.msg);
    }
    JT_TRY(check(read->root, jt_limits(doc->ctx)->depth, NULL, err));
    doc->root = outer(read->root);
    return JETON_OK;
}

jeton_status jt_json_parse_commented(const jeton_ctx *ctx, jeton_span text, jt_json **doc,
                                     size_t *at, jeton_err *err)
{
    *doc = NULL;
    *at = 0;
    if (text.len == 0)
        return jt_fail(err, JETON_E_SYNTAX, "empty");
    JT_AUTO(jt_json_free) jt_json *made = NULL;
    JT_TRY(new_doc(ctx, text, &made, err));
    JT_TRY(read_commented(made, text.len, at, err));
    *doc = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

size_t jt_json_place(const jt_json *doc, jeton_span text)
{
    return (size_t)(text.ptr - doc->text.ptr) - 1;
}

void jt_json_free(jt_json **doc)
{
    if (doc == NULL || *doc == NULL)
        return;
    jt_buf_done(&(*doc)->text);
    jt_buf_done(&(*doc)->pool);
    jt_release((*doc)->ctx, *doc);
    *doc = NULL;
}

const jt_val *jt_json_root(const jt_json *doc)
{
    return doc != NULL ? doc->root : NULL;
}

/* ---- values --------------------------------------------------------------------------------- */

jt_kind jt_kind_of(const jt_val *val)
{
    switch (yyjson_get_type(inner(val))) {
    case YYJSON_TYPE_NULL: return JT_NULL;
    case YYJSON_TYPE_BOOL: return JT_BOOL;
    case YYJSON_TYPE_NUM: return JT_NUMBER;
    case YYJSON_TYPE_STR: return JT_TEXT;
    case YYJSON_TYPE_ARR: return JT_ARRAY;
    case YYJSON_TYPE_OBJ: return JT_OBJECT;
    default: return JT_ABSENT;
    }
}

const jt_val *jt_get(const jt_val *object, const char *name)
{
    return outer(yyjson_obj_get(inner(object), name));
}

bool jt_val_text(const jt_val *val, jeton_span *to)
{
    yyjson_val *v = inner(val);
    const bool is_text = yyjson_is_str(v);
    *to = jeton_str(NULL);
    if (is_text)
        *to = jeton_bytes(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v));
    return is_text;
}

bool jt_val_bool(const jt_val *val, bool *to)
{
    *to = yyjson_get_bool(inner(val));
    return yyjson_is_bool(inner(val));
}

bool jt_val_int(const jt_val *val, int64_t *to)
{
    yyjson_val *v = inner(val);
    const bool fits = yyjson_is_sint(v) || (yyjson_is_uint(v) && yyjson_get_uint(v) <= INT64_MAX);
    *to = fits ? yyjson_get_sint(v) : 0;
    return fits;
}

bool jt_date_of(int64_t seconds, jeton_time *to)
{
    const bool is_date = seconds >= DATE_MIN && seconds <= DATE_MAX;
    *to = is_date ? seconds * 1000 : 0;
    return is_date;
}

bool jt_val_date(const jt_val *val, jeton_time *to)
{
    *to = 0;
    int64_t whole;
    if (jt_val_int(val, &whole))
        return jt_date_of(whole, to);
    const double seconds = yyjson_get_real(inner(val));
    if (!yyjson_is_real(inner(val)) || !(seconds >= (double)DATE_MIN) ||
        !(seconds <= (double)DATE_MAX))
        return false;
    *to = (jeton_time)(seconds * 1000); /* towards zero, which is the future before 1970 */
    if ((double)*to > seconds * 1000)
        --*to;
    return true;
}

jeton_span jt_get_text(const jt_val *object, const char *name)
{
    jeton_span text;
    (void)jt_val_text(jt_get(object, name), &text);
    return text;
}

size_t jt_val_count(const jt_val *val)
{
    return yyjson_is_ctn(inner(val)) ? unsafe_yyjson_get_len(inner(val)) : 0;
}

jt_iter jt_iter_of(const jt_val *container)
{
    const bool empty = jt_val_count(container) == 0;
    return (jt_iter){
        .container = container,
        .next = empty ? NULL : outer(unsafe_yyjson_get_first(inner(container))),
    };
}

bool jt_iter_next(jt_iter *it)
{
    it->val = NULL;
    it->name = jeton_str(NULL);
    if (it->index == jt_val_count(it->container))
        return false;
    yyjson_val *at = inner(it->next);
    if (yyjson_is_obj(inner(it->container))) {
        it->name = jeton_bytes(unsafe_yyjson_get_str(at), unsafe_yyjson_get_len(at));
        at++; /* a member's value stands behind its name */
    }
    it->val = outer(at);
    it->next = outer(unsafe_yyjson_get_next(at));
    it->index++;
    return true;
}

bool jt_val_has_text(const jt_val *val, jeton_span text)
{
    jeton_span each;
    if (jt_val_text(val, &each))
        return jeton_span_equal(each, text);
    if (jt_kind_of(val) != JT_ARRAY)
        return false;
    for (jt_iter it = jt_iter_of(val); jt_iter_next(&it);)
        if (jt_val_text(it.val, &each) && jeton_span_equal(each, text))
            return true;
    return false;
}
