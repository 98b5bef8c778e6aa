/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_query.c - what is found in a query has no NUL and is no longer than the query; a
 * pair that is put in front is found first and counted. */
#include "fuzz.h"
#include "guard/query.h"

static size_t look(jeton_span text, jt_buf *to, jeton_status *status)
{
    size_t count = 77;
    jeton_span value = {(const uint8_t *)"x", 77};
    *status = jt_query_find(text, "a", to, &count, &value, NULL);
    FUZZ_HOLDS(*status == JETON_OK || *status == JETON_E_REQUEST);
    FUZZ_HOLDS(*status == JETON_OK || (count == 0 && value.len == 0));
    FUZZ_HOLDS(value.len <= text.len);
    FUZZ_HOLDS(count > 0 || value.len == 0);
    if (value.len > 0)
        FUZZ_HOLDS(memchr(value.ptr, 0, value.len) == NULL);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char front[] = "%61=first&";
    const size_t front_len = sizeof front - 1;
    jt_buf to = jt_buf_init(NULL);
    jeton_status status;
    jeton_status status_behind;
    const size_t count = look(jeton_bytes(bytes, len), &to, &status);

    uint8_t *longer = malloc(front_len + len);
    FUZZ_HOLDS(longer != NULL);
    memcpy(longer, front, front_len);
    if (len > 0)
        memcpy(longer + front_len, bytes, len);
    const size_t count_behind = look(jeton_bytes(longer, front_len + len), &to, &status_behind);
    FUZZ_HOLDS(status_behind == status);
    FUZZ_HOLDS(status != JETON_OK || count_behind == count + 1);
    free(longer);
    jt_buf_done(&to);
    return 0;
}
