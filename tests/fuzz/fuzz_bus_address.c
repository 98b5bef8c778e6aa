/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_bus_address.c - an address of the bus names a host or a path, and never both. */
#include "bus/address.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_bus_address address;
    const bool good = jd_bus_address_parse(jeton_bytes(bytes, len), &address, NULL) == JETON_OK;
    const bool path = address.path[0] != '\0';
    FUZZ_HOLDS(good == (path || address.host[0] != '\0'));
    FUZZ_HOLDS(!(path && address.host[0] != '\0'));
    FUZZ_HOLDS(!path || (!address.tls && address.user[0] == '\0'));
    FUZZ_HOLDS(address.port <= 65535 && (path || !good || address.port > 0));
    FUZZ_HOLDS(strchr(address.user, ':') == NULL);
    return 0;
}
