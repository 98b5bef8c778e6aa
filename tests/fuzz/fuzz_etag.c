/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_etag.c - a tag is found in a list where it stands, and only with its quotes: a
 * list that holds it nowhere and no star does not name it. */
#include "fuzz.h"
#include "http/etag.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char tag[] = "\"abcdefgh01234567\"";
    const jeton_span list = jeton_bytes(bytes, len);
    const bool star = len > 0 && memchr(bytes, '*', len) != NULL;
    const bool there = len > 0 && memmem(bytes, len, tag, sizeof tag - 1) != NULL;
    FUZZ_HOLDS(!jd_etag_is_listed(list, jeton_str(tag)) || star || there);
    char longer[256];
    if (len + sizeof tag + 2 > sizeof longer)
        return 0;
    if (len > 0)
        memcpy(longer, bytes, len);
    memcpy(longer + len, ", ", 2);
    memcpy(longer + len + 2, tag, sizeof tag - 1);
    FUZZ_HOLDS(jd_etag_is_listed(jeton_bytes(longer, len + 1 + sizeof tag), jeton_str(tag)));
    return 0;
}
