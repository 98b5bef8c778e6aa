/* SPDX-License-Identifier: Apache-2.0 */
/* bus/item.h - one item of the stream: a few entries of the log with their MACs, packed.
 *
 * Whoever can write to the bus can put anything there: reading is strict, and an entry counts only
 * when its MAC is good, which whoever takes it checks. `hurry` has no MAC: all it can do is to have
 * nodes ask the store a little earlier.
 *
 *     1 byte   version: 1
 *     1 byte   flags: 1 hurry
 *     n × 49   number (8, big endian) ‖ kind (1) ‖ id (16) ‖ expires (8, big endian) ‖ MAC (16)
 *
 * Numbers rise; the last one is that of the item in the stream.
 */
#ifndef JD_BUS_ITEM_H
#define JD_BUS_ITEM_H

#include "revoke/revocations.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_BUS_ENTRIES 64U /* of one item */
#define JD_BUS_PACKED  49U /* bytes of one entry */
#define JD_BUS_ITEM    (2U + JD_BUS_ENTRIES * JD_BUS_PACKED)

typedef struct jd_bus_item {
    size_t count; /* from 1 to JD_BUS_ENTRIES */
    bool hurry;   /* somebody waits until every node has it */
    jt_revocation at[JD_BUS_ENTRIES];
} jd_bus_item;

/* Packs an item whose entries rise. Gives the bytes written. */
size_t jd_bus_item_pack(const jd_bus_item *item, uint8_t to[JD_BUS_ITEM]);

/* Reads an item that has the number `n` in the stream.
 *
 * JETON_E_SYNTAX       it is cut, has no entries or too many, numbers that do not rise or do not
 *                      end with `n`, an expiry before 1970, an unknown flag; *item is zeros
 * JETON_E_UNSUPPORTED  it is of another version of jeton; *item is zeros */
JETON_MUST jeton_status jd_bus_item_parse(jeton_span bytes, uint64_t n, jd_bus_item *item,
                                          jeton_err *err);

/* The number of an item as it stands in the stream, "N-0"; false for anything else. */
JETON_MUST bool jd_bus_number(jeton_span id, uint64_t *n);

#endif
