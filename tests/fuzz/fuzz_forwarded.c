/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_forwarded.c - whatever a client writes in front, the hop that its proxy adds at
 * the end is the one that counts, or nobody. */
#include "fuzz.h"
#include "http/forwarded.h"

typedef bool reader(jeton_span value, const jd_cidrs *trusted, jd_address *client);

static void read_behind(reader *read, const uint8_t *bytes, size_t len, const char *added)
{
    jd_cidrs trusted;
    jd_address proxy;
    jd_address last;
    const size_t added_len = strlen(added);
    uint8_t *value = malloc(len + added_len);
    FUZZ_HOLDS(value != NULL);
    if (len > 0)
        memcpy(value, bytes, len);
    memcpy(value + len, added, added_len);
    FUZZ_HOLDS(jd_cidrs_parse(jeton_str("10.0.0.0/8"), &trusted, NULL) == JETON_OK);
    FUZZ_HOLDS(jd_address_parse(jeton_str("10.0.0.1"), &proxy));
    FUZZ_HOLDS(jd_address_parse(jeton_str("192.0.2.7"), &last));
    jd_address client = proxy;
    FUZZ_HOLDS(!read(jeton_bytes(value, len + added_len), &trusted, &client));
    const bool is_last = memcmp(&client, &last, sizeof client) == 0;
    FUZZ_HOLDS(is_last || (read == jd_forwarded && memcmp(&client, &proxy, sizeof client) == 0));
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_cidrs none = {0};
    jd_address client = {{0}};
    (void)!jd_forwarded_for(jeton_bytes(bytes, len), &none, &client);
    (void)!jd_forwarded(jeton_bytes(bytes, len), &none, &client);
    read_behind(jd_forwarded_for, bytes, len, ",192.0.2.7");
    read_behind(jd_forwarded, bytes, len, ", for=192.0.2.7");
    return 0;
}
