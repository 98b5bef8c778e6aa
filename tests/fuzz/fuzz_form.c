/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_form.c - a form that is accepted holds no NUL in what it decodes to, and each
 * value that is found is no longer than the text it came from. */
#include "fuzz.h"
#include "http/form.h"

static const char *const names[] = {"", "a", "username", "grant_type"};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_form *form = NULL;
    jt_arena arena = jt_arena_init(NULL);
    const jeton_status status = jd_form_parse(jeton_bytes(bytes, len), &arena, &form, NULL);
    FUZZ_HOLDS((status == JETON_OK) == (form != NULL));
    for (size_t i = 0; form != NULL && i < sizeof names / sizeof names[0]; i++) {
        jeton_span value;
        const size_t count = jd_form_find(form, names[i], &value);
        FUZZ_HOLDS(count <= JD_FORM_PAIRS);
        FUZZ_HOLDS(count > 0 || value.len == 0);
        FUZZ_HOLDS(value.len <= len);
        FUZZ_HOLDS(value.len == 0 || memchr(value.ptr, 0, value.len) == NULL);
    }
    jt_arena_done(&arena);
    return 0;
}
