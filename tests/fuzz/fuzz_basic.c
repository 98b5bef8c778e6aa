/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_basic.c - an Authorization header that is taken gives an id and a secret without
 * NUL, no longer than what they came from. */
#include "fuzz.h"
#include "oauth/client_auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_span id = {bytes, 1};
    jeton_span secret = {bytes, 1};
    jt_arena arena = jt_arena_init(NULL);
    const bool taken = jd_client_basic(jeton_bytes(bytes, len), &arena, &id, &secret);
    FUZZ_HOLDS(taken || (id.len == 0 && secret.len == 0));
    FUZZ_HOLDS(id.len + secret.len <= len);
    FUZZ_HOLDS(id.len == 0 || memchr(id.ptr, 0, id.len) == NULL);
    FUZZ_HOLDS(secret.len == 0 || memchr(secret.ptr, 0, secret.len) == NULL);
    jt_arena_done(&arena);
    return 0;
}
