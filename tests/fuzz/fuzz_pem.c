/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_pem.c - a PEM block that is accepted is a whole key. */
#include "whole_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_key *key = NULL;
    const jeton_status status = jeton_key_parse_pem(NULL, jeton_bytes(bytes, len), JETON_ALG_UNSET,
                                                    jeton_str(NULL), &key, NULL);
    FUZZ_HOLDS((key != NULL) == (status == JETON_OK));
    if (key != NULL)
        fuzz_whole_key(key);
    jeton_key_free(&key);
    return 0;
}
