/* SPDX-License-Identifier: Apache-2.0 */
/* bus/address.h - where the bus is: the text of the setting `bus`, taken apart.
 *
 *     redis://HOST[:PORT][/DB]             redis://USER@HOST:6380/2
 *     rediss://HOST[:PORT][/DB]            the same by TLS
 *     unix:PATH[?db=DB]                    unix:///run/redis/redis.sock?db=2
 *
 * No password is in it, for it stands on command lines and in lists of processes: that comes from
 * the environment or a file (bus/bus.h).
 */
#ifndef JD_BUS_ADDRESS_H
#define JD_BUS_ADDRESS_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_BUS_HOST 256U
#define JD_BUS_PATH 108U /* what the address of a Unix socket holds */
#define JD_BUS_USER 128U
#define JD_BUS_PORT 6379U

typedef struct jd_bus_address {
    bool tls;
    char path[JD_BUS_PATH]; /* of a Unix socket; empty: by TCP */
    char host[JD_BUS_HOST]; /* without the brackets of an IPv6 address */
    unsigned port;
    char user[JD_BUS_USER]; /* of an ACL; empty: the default user */
    unsigned db;
} jd_bus_address;

/* JETON_E_ARGUMENT, and *address is zeros: no such address, or there is a password in it. */
JETON_MUST jeton_status jd_bus_address_parse(jeton_span text, jd_bus_address *address,
                                             jeton_err *err);

#endif
