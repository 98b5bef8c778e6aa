/* SPDX-License-Identifier: Apache-2.0 */
/* json/compare.c - compares values that were read. */
#include "json/compare.h"

#include <yyjson.h>

static yyjson_val *inner(const jt_val *val)
{
    return (yyjson_val *)(uintptr_t)val; /* yyjson takes no const, and changes nothing */
}

/* ---- numbers -------------------------------------------------------------------------------- */

#define TWO_TO_64 18446744073709551616.0

/* A number as sign, whole part and what is behind the point: a double cannot hold all integers,
 * and an integer no fractions. */
typedef struct number {
    bool negative; /* false for zero */
    uint64_t whole;
    double fraction; /* within [0, 1); of what is 2^64 or more, all of it */
} number;

static number number_of_real(double real)
{
    const double size = real < 0 ? -real : real;
    if (size >= TWO_TO_64)
        return (number){real < 0, UINT64_MAX, size};
    const uint64_t whole = (uint64_t)size;
    return (number){real < 0, whole, size - (double)whole};
}

static number number_of(const jt_val *val)
{
    yyjson_val *v = inner(val);
    if (yyjson_is_real(v))
        return number_of_real(yyjson_get_real(v));
    if (yyjson_is_uint(v))
        return (number){false, yyjson_get_uint(v), 0};
    const int64_t below = yyjson_get_sint(v); /* or -0 */
    return (number){below < 0, 0 - (uint64_t)below, 0};
}

static int order_of_sizes(const number *a, const number *b)
{
    if (a->whole != b->whole)
        return a->whole < b->whole ? -1 : 1;
    return (a->fraction > b->fraction) - (a->fraction < b->fraction);
}

int jt_val_order(const jt_val *a, const jt_val *b)
{
    const number x = number_of(a);
    const number y = number_of(b);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    return x.negative ? order_of_sizes(&y, &x) : order_of_sizes(&x, &y);
}

/* ---- values --------------------------------------------------------------------------------- */

static bool same_elements(const jt_val *a, const jt_val *b)
{
    jt_iter x = jt_iter_of(a);
    jt_iter y = jt_iter_of(b);
    bool same = true;
    while (same && jt_iter_next(&x)) {
        (void)jt_iter_next(&y); /* there are as many in both */
        same = jt_val_equal(x.val, y.val);
    }
    return same;
}

/* Names are given once in each, so of as many members none of `b` is left over. */
static bool same_members(const jt_val *a, const jt_val *b)
{
    for (jt_iter it = jt_iter_of(a); jt_iter_next(&it);) {
        const yyjson_val *other = yyjson_obj_getn(inner(b), (const char *)it.name.ptr, it.name.len);
        if (!jt_val_equal(it.val, (const jt_val *)other))
            return false;
    }
    return true;
}

static bool same_texts(const jt_val *a, const jt_val *b)
{
    jeton_span x;
    jeton_span y;
    (void)jt_val_text(a, &x);
    (void)jt_val_text(b, &y);
    return jeton_span_equal(x, y);
}

bool jt_val_equal(const jt_val *a, const jt_val *b)
{
    const jt_kind kind = jt_kind_of(a);
    if (kind != jt_kind_of(b) || jt_val_count(a) != jt_val_count(b))
        return false;
    if (kind == JT_BOOL)
        return yyjson_get_bool(inner(a)) == yyjson_get_bool(inner(b));
    if (kind == JT_NUMBER)
        return jt_val_order(a, b) == 0;
    if (kind == JT_TEXT)
        return same_texts(a, b);
    if (kind == JT_ARRAY)
        return same_elements(a, b);
    return kind != JT_OBJECT || same_members(a, b); /* null, or not there */
}
