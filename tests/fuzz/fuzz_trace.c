/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_trace.c - a traceparent header gives a trace id that may stand in logs and
 * headers as it is, and that gives itself again; or nothing at all. */
#include "api/trace.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char id[JD_TRACE_CHARS + 1];
    char again[JD_TRACE_CHARS + 1];
    char header[64];
    memset(id, 'x', sizeof id);
    if (!jd_trace_parse(jeton_bytes(bytes, len), id)) {
        FUZZ_HOLDS(id[0] == '\0');
        return 0;
    }
    FUZZ_HOLDS(strlen(id) == JD_TRACE_CHARS);
    FUZZ_HOLDS(strspn(id, "0123456789abcdef") == JD_TRACE_CHARS);
    FUZZ_HOLDS(strspn(id, "0") < JD_TRACE_CHARS);
    FUZZ_HOLDS(len >= 55 && memcmp(bytes + 3, id, JD_TRACE_CHARS) == 0);
    (void)snprintf(header, sizeof header, "00-%s-00f067aa0ba902b7-01", id);
    FUZZ_HOLDS(jd_trace_parse(jeton_str(header), again) && strcmp(again, id) == 0);
    return 0;
}
