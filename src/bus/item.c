/* SPDX-License-Identifier: Apache-2.0 */
/* bus/item.c - packing and reading an item. */
#include "bus/item.h"

#include "core/auto.h"
#include "core/err.h"

#include <assert.h>

#define VERSION    1U
#define HEAD       2U
#define HURRY      1U
#define N_MOST     ((uint64_t)INT64_MAX) /* what a store can number */
#define NUMBER_END 2U                    /* "-0" */

static void put_number(uint8_t *to, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        to[i] = (uint8_t)(number >> (56 - 8 * i));
}

static uint64_t take_number(const uint8_t *from)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < 8; i++)
        number = number << 8 | from[i];
    return number;
}

static void pack_one(const jt_revocation *of, uint8_t *to)
{
    put_number(to, of->n);
    to[8] = (uint8_t)of->kind;
    memcpy(to + 9, of->id, JT_REVOKED_ID);
    put_number(to + 25, (uint64_t)of->expires);
    memcpy(to + 33, of->mac, JT_REVOKED_MAC);
}

size_t jd_bus_item_pack(const jd_bus_item *item, uint8_t to[JD_BUS_ITEM])
{
    assert(item->count > 0 && item->count <= JD_BUS_ENTRIES);
    to[0] = VERSION;
    to[1] = item->hurry ? HURRY : 0;
    for (size_t i = 0; i < item->count; i++)
        pack_one(&item->at[i], to + HEAD + i * JD_BUS_PACKED);
    return HEAD + item->count * JD_BUS_PACKED;
}

/* A kind that is not known here is none of ours to refuse: its entry refuses everything before. */
static bool take_one(const uint8_t *from, uint64_t after, jt_revocation *to)
{
    *to = (jt_revocation){.n = take_number(from),
                          .kind = (jt_revoked)from[8],
                          .expires = (jeton_time)take_number(from + 25)};
    memcpy(to->id, from + 9, JT_REVOKED_ID);
    memcpy(to->mac, from + 33, JT_REVOKED_MAC);
    return to->n > after && to->n <= N_MOST && from[8] != 0 && to->expires >= 0;
}

static jeton_status read_item(jeton_span bytes, uint64_t n, jd_bus_item *item, jeton_err *err)
{
    if (bytes.len < HEAD)
        return jt_fail(err, JETON_E_SYNTAX, "an item of the bus is cut");
    if (bytes.ptr[0] != VERSION)
        return jt_fail(err, JETON_E_UNSUPPORTED, "an item of the bus is of another version");
    if ((bytes.ptr[1] & ~HURRY) != 0)
        return jt_fail(err, JETON_E_SYNTAX, "an item of the bus has an unknown flag");
    const size_t count = (bytes.len - HEAD) / JD_BUS_PACKED;
    if (count == 0 || count > JD_BUS_ENTRIES || bytes.len != HEAD + count * JD_BUS_PACKED)
        return jt_fail(err, JETON_E_SYNTAX, "an item of the bus has a length that none has");
    uint64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (!take_one(bytes.ptr + HEAD + i * JD_BUS_PACKED, last, &item->at[i]))
            return jt_fail(err, JETON_E_SYNTAX, "an item of the bus holds what is no entry");
        last = item->at[i].n;
    }
    if (last != n)
        return jt_fail(err, JETON_E_SYNTAX, "an item of the bus has another one's number");
    item->count = count;
    item->hurry = (bytes.ptr[1] & HURRY) != 0;
    return JETON_OK;
}

jeton_status jd_bus_item_parse(jeton_span bytes, uint64_t n, jd_bus_item *item, jeton_err *err)
{
    memset(item, 0, sizeof *item);
    const jeton_status status = read_item(bytes, n, item, err);
    if (status != JETON_OK)
        memset(item, 0, sizeof *item); /* it was filled as far as it was good */
    return status;
}

bool jd_bus_number(jeton_span id, uint64_t *n)
{
    *n = 0;
    if (id.len <= NUMBER_END || memcmp(id.ptr + id.len - NUMBER_END, "-0", NUMBER_END) != 0 ||
        id.ptr[0] == '0')
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < id.len - NUMBER_END; i++) {
        const unsigned digit = (unsigned)id.ptr[i] - '0';
        if (digit > 9 || number > (N_MOST - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *n = number;
    return true;
}
