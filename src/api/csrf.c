/* SPDX-License-Identifier: Apache-2.0 */
/* api/csrf.c - cross-site request forgery, by what a request says of itself. */
#include "api/csrf.h"

#include "accounts/csrf.h"
#include "core/auto.h"
#include "core/err.h"
#include "guard/csrf.h"

bool jd_csrf_is_unsafe(const jd_call *call)
{
    return !jt_method_is_safe(jd_request_method(call->request));
}

bool jd_csrf_is_unsafe_behind(const jd_call *call)
{
    static const char *const names[] = {"X-Original-Method", "X-Forwarded-Method"};
    size_t told = 0;
    if (call->behind.len > 0)
        return !jt_method_is_safe(call->behind);
    for (size_t i = 0; i < JT_COUNT(names); i++) {
        jeton_span method;
        const size_t count = jd_request_header(call->request, names[i], &method);
        if (count > 1 || (count == 1 && !jt_method_is_safe(method)))
            return true;
        told += count;
    }
    return told == 0 && jd_request_header(call->request, "Origin", &(jeton_span){0}) > 0;
}

jeton_status jd_csrf_begin(const jd_call *call, jeton_span *copy, jeton_err *err)
{
    *copy = jeton_str(NULL);
    jeton_span sent;
    JT_TRY(jd_origin_check(call, err));
    const size_t count = jd_request_header(call->request, "X-CSRF-Token", &sent);
    if (count > 1)
        return jt_fail(err, JETON_E_REQUEST, "more than one X-CSRF-Token header");
    if (count == 0 || sent.len == 0)
        return jt_fail(err, JETON_E_CSRF, "the header X-CSRF-Token is missing or wrong");
    *copy = sent;
    return JETON_OK;
}
