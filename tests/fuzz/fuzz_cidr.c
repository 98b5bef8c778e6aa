/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_cidr.c - a network that is read is printed as a text that is read as the same
 * network, and has its own first address. */
#include "fuzz.h"
#include "sys/cidr.h"

static void look_at(const jd_cidr *cidr)
{
    char text[JD_CIDR_CHARS];
    jd_cidr again;
    jd_cidr_print(cidr, text);
    FUZZ_HOLDS(jd_cidr_parse(jeton_str(text), &again));
    FUZZ_HOLDS(memcmp(&again, cidr, sizeof again) == 0);
    const bool any = jd_address_is_none(&cidr->network) && cidr->bits < 128;
    FUZZ_HOLDS(any || jd_cidr_has(cidr, &cidr->network));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_cidrs list;
    if (jd_cidrs_parse(jeton_bytes(bytes, len), &list, NULL) != JETON_OK) {
        FUZZ_HOLDS(list.count == 0);
        return 0;
    }
    FUZZ_HOLDS(list.count <= JD_CIDRS_MAX);
    for (size_t i = 0; i < list.count; i++)
        look_at(&list.at[i]);
    return 0;
}
