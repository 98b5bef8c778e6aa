/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_jwks.c - what is published of a key set is read again without loss, and nothing
 * in it is private. */
#include "fuzz.h"

#include <jeton/keyset.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_keyset *set = NULL;
    const jeton_status status = jeton_keyset_parse(NULL, jeton_bytes(bytes, len), &set, NULL);
    FUZZ_HOLDS((set != NULL) == (status == JETON_OK));
    if (set == NULL)
        return 0;
    size_t publishable = 0;
    for (size_t i = 0; i < jeton_keyset_count(set); i++)
        publishable += jeton_key_type(jeton_keyset_get(set, i))[0] != 'o'; /* all but oct */
    FUZZ_HOLDS((jeton_keyset_skipped(set) > 0) == (jeton_keyset_skipped_why(set)[0] != '\0'));

    jeton_text *text = NULL;
    jeton_keyset *again = NULL;
    FUZZ_HOLDS(jeton_keyset_print(set, JETON_KEY_PUBLIC, &text, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_keyset_parse(NULL, jeton_text_span(text), &again, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_keyset_count(again) == publishable && jeton_keyset_skipped(again) == 0);
    for (size_t i = 0; i < publishable; i++)
        FUZZ_HOLDS(!jeton_key_is_private(jeton_keyset_get(again, i)));
    jeton_text_free(&text);
    jeton_keyset_free(&again);
    jeton_keyset_free(&set);
    return 0;
}
