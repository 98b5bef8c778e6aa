/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/fingerprints.c - from a jti to a slot. */
#include "revoke/fingerprints.h"

#include "core/base64url.h"
#include "revoke/hash.h"

#include <string.h>

#define PRINT_BYTES 12U

bool jt_fingerprint_of(const uint8_t id[JT_REVOKED_ID], jt_fingerprint *print)
{
    uint8_t bytes[PRINT_BYTES];
    if (!jt_base64url_parse(jeton_bytes(id, JT_REVOKED_ID), bytes))
        return false;
    memcpy(&print->low, bytes, sizeof print->low);
    memcpy(&print->high, bytes + sizeof print->low, sizeof print->high);
    return true;
}

void jt_fingerprint_id(const jt_fingerprint *print, uint8_t id[JT_REVOKED_ID])
{
    uint8_t bytes[PRINT_BYTES];
    memcpy(bytes, &print->low, sizeof print->low);
    memcpy(bytes + sizeof print->low, &print->high, sizeof print->high);
    jt_base64url_print(jeton_bytes(bytes, sizeof bytes), (char *)id);
}

uint64_t jt_fingerprint_hash(const uint64_t seed[2], const jt_fingerprint *print)
{
    const uint64_t id[2] = {print->low, print->high};
    return jt_revoked_hash(seed, JT_REVOKED_TOKEN, id);
}

uint32_t jt_fingerprint_second(jeton_time expires)
{
    if (expires <= 1000)
        return 1;
    const jeton_time second = expires / 1000 + (expires % 1000 != 0);
    return second < UINT32_MAX ? (uint32_t)second : UINT32_MAX;
}

jeton_time jt_fingerprint_time(uint32_t second)
{
    return second < UINT32_MAX ? (jeton_time)second * 1000 : INT64_MAX;
}

/* ---- the table ------------------------------------------------------------------------------ */

static uint64_t home_of(const jt_fingerprints *table, const jt_fingerprint *print)
{
    const uint64_t hash = jt_fingerprint_hash(table->seed, print);
    return (uint64_t)((jt_wide)hash * table->count >> 64);
}

/* The slot of the fingerprint, or the free one where it would go. NULL: there is neither. */
static jt_fingerprint_slot *find(const jt_fingerprints *table, const jt_fingerprint *print,
                                 uint64_t *rest)
{
    uint64_t at = table->count > 0 ? home_of(table, print) : 0;
    for (uint64_t looked = 0; looked < table->count; looked++) {
        jt_fingerprint_slot *slot = &table->slots[at];
        *rest = atomic_load_explicit(&slot->rest, memory_order_acquire);
        if (*rest == 0)
            return slot;
        if (*rest >> 32 == print->high &&
            atomic_load_explicit(&slot->low, memory_order_relaxed) == print->low)
            return slot;
        at = at + 1 < table->count ? at + 1 : 0;
    }
    return NULL;
}

bool jt_fingerprints_has(const jt_fingerprints *table, const jt_fingerprint *print)
{
    uint64_t rest = 0;
    return table->count > 0 && (find(table, print, &rest) == NULL || rest != 0);
}

jt_fingerprint_put jt_fingerprints_put(const jt_fingerprints *table, const jt_fingerprint *print,
                                       uint32_t second)
{
    uint64_t rest;
    jt_fingerprint_slot *slot = find(table, print, &rest);
    if (slot == NULL)
        return JT_FINGERPRINT_FULL;
    const uint64_t fresh = (uint64_t)print->high << 32 | second;
    if (rest != 0) {
        if (second > (uint32_t)rest)
            atomic_store_explicit(&slot->rest, fresh, memory_order_release);
        return JT_FINGERPRINT_THERE;
    }
    atomic_store_explicit(&slot->low, print->low, memory_order_relaxed);
    atomic_store_explicit(&slot->rest, fresh, memory_order_release);
    return JT_FINGERPRINT_NEW;
}
