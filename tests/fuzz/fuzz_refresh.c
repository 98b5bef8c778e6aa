/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_refresh.c - a refresh token is authentic only if it is, byte for byte, what
 * printing its session and counter gives. */
#include "accounts/refresh_token.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const uint8_t key[JD_REFRESH_KEY] = {7};
    const jeton_span secret = jeton_bytes(key, sizeof key);
    const jeton_span input = jeton_bytes(bytes, len);
    jd_refresh_token token;
    if (!jd_refresh_token_parse(input, &token))
        return 0;
    char printed[JD_REFRESH_CHARS + 1];
    jd_refresh_token_print(&token.session, token.counter, secret, printed);
    FUZZ_HOLDS(jd_refresh_token_is_authentic(&token, secret) ==
               jeton_span_equal(jeton_str(printed), input));
    return 0;
}
