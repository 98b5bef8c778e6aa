/* SPDX-License-Identifier: Apache-2.0 */
/* http/etag.c - lists of entity tags. */
#include "http/etag.h"

#include "core/cut.h"

/* Tags of ours hold no comma, so what others have in theirs cannot matter. */
bool jd_etag_is_listed(jeton_span list, jeton_span tag)
{
    while (list.len > 0) {
        jeton_span one = jt_trim(jt_cut_before(&list, ','), jt_is_blank);
        if (one.len > 2 && memcmp(one.ptr, "W/", 2) == 0)
            one = jeton_bytes(one.ptr + 2, one.len - 2);
        if (jeton_span_equal(one, jeton_str("*")) || jeton_span_equal(one, tag))
            return true;
    }
    return false;
}
