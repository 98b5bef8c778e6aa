/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_bus_item.c - an item of the bus that is read is packed as the same bytes. The
 * number it has in the stream is the last one in it, or a text before a line break. */
#include "bus/item.h"
#include "fuzz.h"

static uint64_t last_in(const uint8_t *bytes, size_t len)
{
    uint64_t n = 0;
    if (len < JD_BUS_PACKED)
        return 0;
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | bytes[len - JD_BUS_PACKED + i];
    return n;
}

static void read_id(const uint8_t *bytes, size_t len)
{
    uint64_t n;
    char again[32];
    if (!jd_bus_number(jeton_bytes(bytes, len), &n)) {
        FUZZ_HOLDS(n == 0);
        return;
    }
    FUZZ_HOLDS(snprintf(again, sizeof again, "%llu-0", (unsigned long long)n) == (int)len);
    FUZZ_HOLDS(memcmp(again, bytes, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static jd_bus_item item;
    uint8_t packed[JD_BUS_ITEM];
    read_id(bytes, len);
    if (jd_bus_item_parse(jeton_bytes(bytes, len), last_in(bytes, len), &item, NULL) != JETON_OK) {
        FUZZ_HOLDS(item.count == 0);
        return 0;
    }
    FUZZ_HOLDS(item.count > 0 && item.count <= JD_BUS_ENTRIES);
    FUZZ_HOLDS(jd_bus_item_pack(&item, packed) == len && memcmp(packed, bytes, len) == 0);
    return 0;
}
