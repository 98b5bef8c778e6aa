/* SPDX-License-Identifier: Apache-2.0 */
/* api/trace.c - the traceparent header: 00-TRACE-PARENT-FLAGS. */
#include "api/trace.h"

#include "core/auto.h"
#include "core/hex.h"

#define VERSION_00_CHARS 55U

static bool is_hex(jeton_span chars)
{
    for (size_t i = 0; i < chars.len; i++)
        if (jt_hex_lower(chars.ptr[i]) < 0)
            return false;
    return true;
}

static bool is_zero(jeton_span chars)
{
    for (size_t i = 0; i < chars.len; i++)
        if (chars.ptr[i] != '0')
            return false;
    return true;
}

/* A version that we do not know may have more behind another "-"; ff is forbidden. */
static bool has_shape(jeton_span value)
{
    static const size_t dashes[] = {2, 35, 52};
    if (value.len < VERSION_00_CHARS)
        return false;
    for (size_t i = 0; i < JT_COUNT(dashes); i++)
        if (value.ptr[dashes[i]] != '-')
            return false;
    const jeton_span version = jeton_bytes(value.ptr, 2);
    if (!is_hex(version) || jeton_span_equal(version, jeton_str("ff")))
        return false;
    if (value.len == VERSION_00_CHARS)
        return true;
    return !is_zero(version) && value.ptr[VERSION_00_CHARS] == '-';
}

bool jd_trace_parse(jeton_span value, char to[JD_TRACE_CHARS + 1])
{
    to[0] = '\0';
    if (!has_shape(value))
        return false;
    const jeton_span trace = jeton_bytes(value.ptr + 3, JD_TRACE_CHARS);
    const jeton_span parent = jeton_bytes(value.ptr + 36, 16);
    const jeton_span flags = jeton_bytes(value.ptr + 53, 2);
    if (!is_hex(trace) || !is_hex(parent) || !is_hex(flags) || is_zero(trace) || is_zero(parent))
        return false;
    memcpy(to, trace.ptr, trace.len);
    to[trace.len] = '\0';
    return true;
}

void jd_trace_read(const jd_request *request, char to[JD_TRACE_CHARS + 1])
{
    jeton_span value;
    to[0] = '\0';
    if (jd_request_header(request, "traceparent", &value) == 1)
        (void)!jd_trace_parse(value, to);
}
