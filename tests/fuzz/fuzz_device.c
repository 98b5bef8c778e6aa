/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_device.c - whatever a client says it is, what is kept is short printable ASCII.
 */
#include "accounts/device.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char to[JD_DEVICE_TEXT];
    memset(to, 0x01, sizeof to);
    jd_device_describe(jeton_bytes(bytes, len), to);
    const char *end = memchr(to, '\0', sizeof to);
    FUZZ_HOLDS(end != NULL);
    for (const char *at = to; at < end; at++)
        FUZZ_HOLDS(*at >= ' ' && *at < 0x7f);
    return 0;
}
