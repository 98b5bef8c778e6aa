/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_bearer.c - a token taken out of a header lies inside it, is one word, and the
 * strict reader takes nothing that the lax one does not take, too, but for the scheme's case. */
#include "fuzz.h"
#include "guard/bearer.h"

static void look_inside(jeton_span value, jeton_span token, jt_bearer is)
{
    FUZZ_HOLDS((is == JT_BEARER_GOOD) == (token.len > 0));
    if (token.len == 0)
        return;
    FUZZ_HOLDS(token.ptr >= value.ptr && token.ptr + token.len <= value.ptr + value.len);
    FUZZ_HOLDS(memchr(token.ptr, ' ', token.len) == NULL);
    FUZZ_HOLDS(memchr(token.ptr, '\n', token.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const schemes[] = {"Bearer", ""};
    const jeton_span value = jeton_bytes(bytes, len);
    for (size_t i = 0; i < 2; i++) {
        jeton_span strict;
        jeton_span lax;
        const jt_bearer is = jt_bearer_find(value, schemes[i], &strict);
        look_inside(value, strict, is);
        const jt_bearer lax_is = jt_bearer_find_lax(value, schemes[i], &lax);
        look_inside(value, lax, lax_is);
        /* neither commas nor another case: both readers see the same */
        if (is == JT_BEARER_GOOD && memchr(bytes, ',', len) == NULL &&
            (i == 1 || memcmp(bytes, "Bearer", 6) == 0))
            FUZZ_HOLDS(jeton_span_equal(strict, lax));
    }
    return 0;
}
