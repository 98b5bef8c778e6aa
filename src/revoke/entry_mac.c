/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/entry_mac.c - HMAC-SHA-256 of an entry, its first 128 bits. */
#include "revoke/entry_mac.h"

#include "core/secret.h"

#include <string.h>

/* What the cluster key is asked for, so that no key made from it serves two purposes. */
#define PURPOSE "jeton log entry 1"

#define MAC_FULL 32U /* bytes of an HMAC-SHA-256 */
#define FIELDS   (3 * sizeof(uint64_t) + JT_REVOKED_ID)

void jt_entry_key(jeton_span cluster, jt_hmac_key *key)
{
    jt_hmac_derive(key, cluster, PURPOSE);
}

static uint8_t *put_number(uint8_t *at, uint64_t number)
{
    for (size_t i = 0; i < sizeof number; i++)
        at[i] = (uint8_t)(number >> (56 - 8 * i));
    return at + sizeof number;
}

/* Every field has one length, so the bytes can be read in one way only. */
static void make_mac(const jt_hmac_key *key, const jt_revocation *entry, uint8_t mac[MAC_FULL])
{
    uint8_t fields[FIELDS];
    uint8_t *at = put_number(fields, entry->n);
    at = put_number(at, (uint64_t)entry->kind);
    at = put_number(at, (uint64_t)entry->expires);
    memcpy(at, entry->id, JT_REVOKED_ID);
    jt_hmac_sign(key, jeton_bytes(fields, sizeof fields), mac);
}

void jt_entry_sign(const jt_hmac_key *key, jt_revocation *entry)
{
    uint8_t mac[MAC_FULL];
    make_mac(key, entry, mac);
    memcpy(entry->mac, mac, sizeof entry->mac);
}

bool jt_entry_genuine(const jt_hmac_key *key, const jt_revocation *entry)
{
    uint8_t mac[MAC_FULL];
    make_mac(key, entry, mac);
    return jt_equal_ct(jeton_bytes(mac, JT_REVOKED_MAC), jeton_bytes(entry->mac, JT_REVOKED_MAC));
}
