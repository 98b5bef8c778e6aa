/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_der.c - DER that is accepted is a whole key, and is none with a byte less or
 * more.
 */
#include "whole_key.h"

static void refuses(const uint8_t *bytes, size_t len)
{
    jeton_key *key = NULL;
    FUZZ_HOLDS(jeton_key_parse_der(NULL, jeton_bytes(bytes, len), JETON_ALG_UNSET, jeton_str(NULL),
                                   &key, NULL) == JETON_E_SYNTAX);
    FUZZ_HOLDS(key == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_key *key = NULL;
    const jeton_status status = jeton_key_parse_der(NULL, jeton_bytes(bytes, len), JETON_ALG_UNSET,
                                                    jeton_str(NULL), &key, NULL);
    FUZZ_HOLDS((key != NULL) == (status == JETON_OK));
    if (key != NULL) {
        fuzz_whole_key(key);
        refuses(bytes, len - 1);
        refuses(bytes + 1, len - 1);
    }
    jeton_key_free(&key);
    return 0;
}
