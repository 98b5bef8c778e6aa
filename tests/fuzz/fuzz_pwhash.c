/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_pwhash.c - a password hash of another program is accepted with the name of its
 * format or refused without one, whatever its bytes are. */
#include "crypto/pwhash.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const jt_pwhash_cost cost = {.memory = 8192, .passes = 1};
    const jeton_span text = jeton_bytes(bytes, len);
    const char *name = "";
    const jeton_status status = jt_pwhash_check(text, &name, NULL);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_SYNTAX || status == JETON_E_LIMIT);
    FUZZ_HOLDS((status == JETON_OK) == (name != NULL));
    FUZZ_HOLDS(status == JETON_OK || name == NULL);
    FUZZ_HOLDS(status != JETON_OK || memchr(bytes, 0, len) == NULL);
    (void)jt_pwhash_is_weaker(text, &cost);
    return 0;
}
