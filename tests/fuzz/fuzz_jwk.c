/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_jwk.c - a JWK that is accepted prints as one that is the same key. */
#include "fuzz.h"

#include <jeton/key.h>

/* Whatever can be printed is read again, and prints the same. */
static void print_and_read(const jeton_key *key, jeton_key_part part)
{
    jeton_text *text = NULL;
    if (jeton_key_print(key, part, &text, NULL) != JETON_OK)
        return;
    jeton_key *again = NULL;
    FUZZ_HOLDS(jeton_key_parse(NULL, jeton_text_span(text), &again, NULL) == JETON_OK);
    jeton_text *second = NULL;
    FUZZ_HOLDS(jeton_key_print(again, part, &second, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_span_equal(jeton_text_span(text), jeton_text_span(second)));
    jeton_key_free(&again);
    jeton_text_free(&text);
    jeton_text_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_err err = {0};
    jeton_key *key = NULL;
    const jeton_status status = jeton_key_parse(NULL, jeton_bytes(bytes, len), &key, &err);
    FUZZ_HOLDS(err.status == status && (key != NULL) == (status == JETON_OK));
    if (key == NULL)
        return 0;
    jeton_text *thumbprint = NULL;
    FUZZ_HOLDS(jeton_key_thumbprint(key, &thumbprint, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_text_span(thumbprint).len == 43);
    jeton_text_free(&thumbprint);
    print_and_read(key, JETON_KEY_PUBLIC);
    print_and_read(key, JETON_KEY_PRIVATE);
    jeton_key_free(&key);
    return 0;
}
