/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_cookie.c - what is found lies inside the header and holds no separator, and a
 * cookie that is put in front is found first and counted. */
#include "fuzz.h"
#include "guard/cookie.h"

static void look_inside(jeton_span header, const char *name, size_t *count)
{
    jeton_span value;
    *count = jt_cookie_find(header, name, &value);
    if (value.len == 0)
        return;
    FUZZ_HOLDS(*count > 0);
    FUZZ_HOLDS(value.ptr >= header.ptr && value.ptr + value.len <= header.ptr + header.len);
    FUZZ_HOLDS(memchr(value.ptr, ';', value.len) == NULL);
    FUZZ_HOLDS(memchr(value.ptr, 0, value.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char front[] = "a=first;";
    const size_t front_len = sizeof front - 1;
    size_t count;
    size_t count_behind;
    look_inside(jeton_bytes(bytes, len), "a", &count);

    uint8_t *longer = malloc(front_len + len);
    FUZZ_HOLDS(longer != NULL);
    memcpy(longer, front, front_len);
    if (len > 0)
        memcpy(longer + front_len, bytes, len);
    look_inside(jeton_bytes(longer, front_len + len), "a", &count_behind);
    FUZZ_HOLDS(count_behind == count + 1);
    free(longer);
    return 0;
}
