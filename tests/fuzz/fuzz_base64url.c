/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_base64url.c - a text is accepted only if it is what printing its bytes gives,
 * and what printing gives is accepted. */
#include "core/base64url.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const jeton_span input = jeton_bytes(bytes, len);

    /* As text: exactly sized buffers, so that one byte too many is seen. */
    const size_t room = jt_base64url_bytes(len);
    uint8_t *parsed = malloc(room > 0 ? room : 1);
    char *printed = malloc(len > 0 ? len : 1);
    FUZZ_HOLDS(parsed != NULL && printed != NULL);
    if (jt_base64url_parse(input, parsed)) {
        FUZZ_HOLDS(jt_base64url_chars(room) == len);
        jt_base64url_print(jeton_bytes(parsed, room), printed);
        FUZZ_HOLDS(jeton_span_equal(jeton_bytes(printed, len), input));
    }
    free(parsed);
    free(printed);

    /* As bytes. */
    const size_t chars = jt_base64url_chars(len);
    char *text = malloc(chars > 0 ? chars : 1);
    uint8_t *again = malloc(len > 0 ? len : 1);
    FUZZ_HOLDS(text != NULL && again != NULL);
    jt_base64url_print(input, text);
    FUZZ_HOLDS(jt_base64url_bytes(chars) == len);
    FUZZ_HOLDS(jt_base64url_parse(jeton_bytes(text, chars), again));
    FUZZ_HOLDS(jeton_span_equal(jeton_bytes(again, len), input));
    free(text);
    free(again);
    return 0;
}
