/* SPDX-License-Identifier: Apache-2.0 */
/* guard/csrf.c - the double submit, compared. */
#include "guard/csrf.h"

#include "core/auto.h"
#include "core/secret.h"

bool jt_csrf_match(jeton_span expected, jeton_span given)
{
    return expected.len >= JT_CSRF_SHORTEST && jt_equal_ct(expected, given);
}

bool jt_method_is_safe(jeton_span method)
{
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS"};
    for (size_t i = 0; i < JT_COUNT(safe); i++)
        if (jeton_span_equal(method, jeton_str(safe[i])))
            return true;
    return false;
}
