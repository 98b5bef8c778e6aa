/* SPDX-License-Identifier: Apache-2.0 */
/* sys/cidr.c - reads and compares addresses and networks. */
#include "sys/cidr.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"

#include <arpa/inet.h>
#include <stdio.h>

#define MAPPED_BYTES 12U /* of ::ffff: before an IPv4 address */
#define MAPPED_BITS  96U
#define ALL_BITS     128U
#define SOURCE_BITS  64U

static const uint8_t mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};
static const jd_address none = {{0}};

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_ipv4(const jd_address *address)
{
    return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

/* "::" is read here; jd_address_parse() refuses it. */
static bool read_address(jeton_span text, jd_address *address)
{
    char copy[JD_ADDRESS_CHARS];
    *address = none;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET6, copy, address->bytes) == 1)
        return true;
    if (inet_pton(AF_INET, copy, address->bytes + MAPPED_BYTES) != 1)
        return false;
    memcpy(address->bytes, mapped, MAPPED_BYTES);
    return true;
}

bool jd_address_parse(jeton_span text, jd_address *address)
{
    return read_address(text, address) && !jd_address_is_none(address);
}

void jd_address_print(const jd_address *address, char to[JD_ADDRESS_CHARS])
{
    if (jd_address_is_none(address))
        (void)snprintf(to, JD_ADDRESS_CHARS, "unix");
    else if (is_ipv4(address))
        (void)inet_ntop(AF_INET, address->bytes + MAPPED_BYTES, to, JD_ADDRESS_CHARS);
    else
        (void)inet_ntop(AF_INET6, address->bytes, to, JD_ADDRESS_CHARS);
}

bool jd_address_is_none(const jd_address *address)
{
    return memcmp(address->bytes, none.bytes, JD_ADDRESS_BYTES) == 0;
}

/* The first `bits` of it, and zeros. */
static jd_address masked(const jd_address *address, unsigned bits)
{
    jd_address first = none;
    for (unsigned i = 0; i < JD_ADDRESS_BYTES && bits > 8 * i; i++) {
        const unsigned here = bits - 8 * i;
        const uint8_t mask = (uint8_t)(here >= 8 ? 0xffU : 0xff00U >> here);
        first.bytes[i] = address->bytes[i] & mask;
    }
    return first;
}

jd_address jd_address_source(const jd_address *address)
{
    return is_ipv4(address) ? *address : masked(address, SOURCE_BITS);
}

/* ---- networks -------------------------------------------------------------------------------- */

/* "0" to "128" without zeros in front. */
static bool read_bits(jeton_span text, unsigned most, unsigned *bits)
{
    *bits = 0;
    if (text.len == 0 || text.len > 3 || (text.ptr[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *bits = *bits * 10 + (text.ptr[i] - '0');
    }
    return *bits <= most;
}

static bool read_cidr(jeton_span text, jd_cidr *cidr)
{
    const uint8_t *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    const size_t len = slash != NULL ? (size_t)(slash - text.ptr) : text.len;
    cidr->bits = ALL_BITS;
    if (jeton_span_equal(text, jeton_str("unix"))) {
        cidr->network = none;
        return true;
    }
    if (!read_address(jeton_bytes(text.ptr, len), &cidr->network))
        return false;
    if (slash == NULL)
        return !jd_address_is_none(&cidr->network);
    /* ::ffff:10.0.0.0/104 is written as an IPv4 network, or not at all. */
    const bool ipv4 = memchr(text.ptr, ':', len) == NULL;
    if (!ipv4 && is_ipv4(&cidr->network))
        return false;
    const unsigned front = ipv4 ? MAPPED_BITS : 0;
    if (!read_bits(jeton_bytes(slash + 1, text.len - len - 1), ALL_BITS - front, &cidr->bits))
        return false;
    cidr->bits += front;
    const jd_address network = masked(&cidr->network, cidr->bits);
    return memcmp(&network, &cidr->network, sizeof network) == 0;
}

bool jd_cidr_parse(jeton_span text, jd_cidr *cidr)
{
    if (read_cidr(text, cidr))
        return true;
    *cidr = (jd_cidr){0};
    return false;
}

void jd_cidr_print(const jd_cidr *cidr, char to[JD_CIDR_CHARS])
{
    char network[JD_ADDRESS_CHARS];
    const bool any = jd_address_is_none(&cidr->network) && cidr->bits < ALL_BITS;
    const bool ipv4 = is_ipv4(&cidr->network) && cidr->bits >= MAPPED_BITS;
    jd_address_print(&cidr->network, network);
    if (cidr->bits == ALL_BITS)
        (void)snprintf(to, JD_CIDR_CHARS, "%s", network);
    else
        (void)snprintf(to, JD_CIDR_CHARS, "%s/%u", any ? "::" : network,
                       cidr->bits - (ipv4 ? MAPPED_BITS : 0));
}

/* "::/0" is all of IPv6, and neither IPv4 nor a Unix socket: those are named. */
bool jd_cidr_has(const jd_cidr *cidr, const jd_address *address)
{
    const bool alike = is_ipv4(&cidr->network) == is_ipv4(address);
    if (!alike || (jd_address_is_none(address) && cidr->bits < ALL_BITS))
        return false;
    const jd_address network = masked(address, cidr->bits);
    return memcmp(&network, &cidr->network, sizeof network) == 0;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* The piece before the first comma, taken off the text. False when the text was the last one. */
static bool take_piece(jeton_span *text, jeton_span *piece)
{
    const size_t before = text->len;
    *piece = jt_cut_before(text, ',');
    const bool more = piece->len < before; /* a comma behind it: another one follows, if empty */
    *piece = jt_trim(*piece, jt_is_blank);
    return more;
}

static jeton_status read_list(jeton_span text, jd_cidrs *list, jeton_err *err)
{
    bool more = jt_trim(text, jt_is_blank).len > 0;
    while (more) {
        jeton_span piece;
        more = take_piece(&text, &piece);
        if (list->count == JD_CIDRS_MAX)
            return jt_fail(err, JETON_E_LIMIT, "at most %u networks are taken", JD_CIDRS_MAX);
        if (!jd_cidr_parse(piece, &list->at[list->count]))
            return jt_fail(err, JETON_E_ARGUMENT,
                           "a network looks like 10.0.0.0/8, 192.0.2.7, 2001:db8::/32 or unix; "
                           "lists have commas");
        list->count++;
    }
    return JETON_OK;
}

jeton_status jd_cidrs_parse(jeton_span text, jd_cidrs *list, jeton_err *err)
{
    list->count = 0;
    const jeton_status status = read_list(text, list, err);
    if (status != JETON_OK)
        list->count = 0;
    return status;
}

bool jd_cidrs_have(const jd_cidrs *list, const jd_address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (jd_cidr_has(&list->at[i], address))
            return true;
    return false;
}
