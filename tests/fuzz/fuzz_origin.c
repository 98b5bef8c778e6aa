/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_origin.c - origins that are read lie in the list and look like origins; a URL's
 * origin is its beginning; a host is local with any port or with none. */
#include "api/origin.h"
#include "fuzz.h"

static void read_list(const char *text)
{
    jd_origins origins;
    if (jd_origins_parse(text, &origins, NULL) != JETON_OK) {
        FUZZ_HOLDS(origins.count == 0);
        return;
    }
    for (size_t i = 0; i < origins.count; i++) {
        const jeton_span one = origins.at[i];
        FUZZ_HOLDS((const char *)one.ptr >= text && one.len <= strlen(text));
        FUZZ_HOLDS(memcmp(one.ptr, "http", 4) == 0);
        FUZZ_HOLDS(memchr(one.ptr, ',', one.len) == NULL && memchr(one.ptr, ' ', one.len) == NULL);
        FUZZ_HOLDS(jeton_span_equal(jd_origin_of(one), one) || memchr(one.ptr, '[', one.len));
        FUZZ_HOLDS(jd_origins_has(&origins, one));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const jeton_span text = jeton_bytes(bytes, len);
    const jeton_span origin = jd_origin_of(text);
    FUZZ_HOLDS(origin.len == 0 || (origin.ptr == text.ptr && origin.len <= text.len));
    if (len > 0 && jd_origin_is_local(text))
        FUZZ_HOLDS(bytes[0] != '.' && memchr(bytes, '/', len) == NULL);
    char *copy = malloc(len + 1);
    FUZZ_HOLDS(copy != NULL);
    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    read_list(copy);
    free(copy);
    return 0;
}
