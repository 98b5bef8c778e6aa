/* SPDX-License-Identifier: Apache-2.0 */
/* json/copy.c - yyjson keeps values in one array, containers as offsets and texts as pointers: only
 * the pointers have to be moved. */
#include "json/copy.h"

#include <string.h>
#include <yyjson.h>

_Static_assert(sizeof(yyjson_val) % JT_COPY_ALIGN == 0, "the size is a multiple of it");
_Static_assert(_Alignof(yyjson_val) <= JT_COPY_ALIGN, "aligned is aligned enough");

static size_t count_of(const jt_val *root)
{
    yyjson_val *first = (yyjson_val *)(uintptr_t)root; /* yyjson takes no const */
    return (size_t)(unsafe_yyjson_get_next(first) - first);
}

size_t jt_copy_size(const jt_val *root)
{
    return count_of(root) * sizeof(yyjson_val);
}

const jt_val *jt_copy(const jt_val *root, const uint8_t *from, const uint8_t *text, void *to)
{
    const size_t count = count_of(root);
    yyjson_val *vals = to;
    memcpy(vals, root, count * sizeof *vals);
    for (size_t i = 0; i < count; i++)
        if (unsafe_yyjson_is_str(&vals[i]))
            vals[i].uni.str = (const char *)text + (vals[i].uni.str - (const char *)from);
    return to;
}
