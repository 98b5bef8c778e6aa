/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_nginx_bearer.c - what the nginx module takes out of Authorization lies inside it,
 * behind the scheme, and is what a guard takes that way; a guard takes nothing else. */
#include "fuzz.h"
#include "guard/bearer.h"

#include "../../adapters/nginx/ngx_http_jeton_bearer.h"

#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const size_t before = ngx_http_jeton_bearer(bytes, len);
    FUZZ_HOLDS(before <= len);
    jeton_span token;
    const jt_bearer is = jt_bearer_find(jeton_bytes(bytes, len), "Bearer", &token);
    if (before == len) {
        FUZZ_HOLDS(is != JT_BEARER_GOOD);
        return 0;
    }
    FUZZ_HOLDS(before >= 7 && strncasecmp((const char *)bytes, "Bearer ", 7) == 0);
    FUZZ_HOLDS(bytes[before - 1] == ' ' && bytes[before] != ' ');
    /* a guard wants one space and one word; what has others is refused by whoever reads it */
    FUZZ_HOLDS(is != JT_BEARER_OTHER);
    if (is == JT_BEARER_GOOD)
        FUZZ_HOLDS(jeton_span_equal(token, jeton_bytes(bytes + before, len - before)));
    return 0;
}
