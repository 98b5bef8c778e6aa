/* SPDX-License-Identifier: Apache-2.0 */
/* sys/cidr.h - addresses of clients, and lists of networks ("10.0.0.0/8, ::1, unix").
 *
 * IPv4 and IPv6 are one kind here: 192.0.2.7 and ::ffff:192.0.2.7 are the same address, or one
 * client would have two names.
 */
#ifndef JD_SYS_CIDR_H
#define JD_SYS_CIDR_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_ADDRESS_BYTES 16U
#define JD_ADDRESS_CHARS 46U /* of an address as text, with its NUL */
#define JD_CIDR_CHARS    50U /* of a network as text, with its NUL */
#define JD_CIDRS_MAX     64U /* networks of one list */

typedef struct jd_address {
    uint8_t bytes[JD_ADDRESS_BYTES]; /* IPv4 as ::ffff:a.b.c.d; all zeros: none (a Unix socket) */
} jd_address;

/* Reads "192.0.2.7" or "2001:db8::7", without brackets, port, zone or anything else around it.
 * False, and *address is zeros, for other texts; also for "::", which is nobody's. */
JETON_MUST bool jd_address_parse(jeton_span text, jd_address *address);

/* Writes it as people do: 192.0.2.7 without ::ffff:, and "unix" for no address at all. */
void jd_address_print(const jd_address *address, char to[JD_ADDRESS_CHARS]);

bool jd_address_is_none(const jd_address *address);

/* What stands for one client when tries are counted: an IPv4 address, or the first 64 bits of an
 * IPv6 one, of which everybody is given at least that many. */
jd_address jd_address_source(const jd_address *address);

/* A network: the addresses that begin with these bits. */
typedef struct jd_cidr {
    jd_address network; /* zeros behind the bits */
    unsigned bits;      /* of 128: an IPv4 /24 has 120 */
} jd_cidr;

/* Reads "10.0.0.0/8", "2001:db8::/32", a single address, or "unix": whoever comes through a Unix
 * socket. A network that has bits set behind its prefix ("10.0.0.1/8") is refused: whoever wrote it
 * meant one thing or the other. False, and *cidr is zeros, for other texts. */
JETON_MUST bool jd_cidr_parse(jeton_span text, jd_cidr *cidr);

/* As it would be read again; a single address without "/32" and "/128". */
void jd_cidr_print(const jd_cidr *cidr, char to[JD_CIDR_CHARS]);

bool jd_cidr_has(const jd_cidr *cidr, const jd_address *address);

typedef struct jd_cidrs {
    size_t count;
    jd_cidr at[JD_CIDRS_MAX];
} jd_cidrs;

/* Reads a list, parted by commas and blanks around them. The empty text is the empty list; empty
 * pieces ("a,,b") are not. On failure the list is empty.
 *
 * JETON_E_ARGUMENT  something is no network
 * JETON_E_LIMIT     more than JD_CIDRS_MAX of them */
JETON_MUST jeton_status jd_cidrs_parse(jeton_span text, jd_cidrs *list, jeton_err *err);

bool jd_cidrs_have(const jd_cidrs *list, const jd_address *address);

#endif
