/* SPDX-License-Identifier: Apache-2.0 */
/* bus/bus.h - the fast way between nodes: a stream of Redis (6 or later) or Valkey that carries the
 * entries of the revocation log.
 *
 * It may be lost: empty, trimmed, behind, forged, cut off. Nothing is true because it says so. The
 * log is in the store; this only tells of it before the next time somebody asks there. The stream
 * is PREFIX:log, the id of an item is the number of its last entry, and one field "e" holds
 * bus/item.h.
 *
 * A jd_bus is one connection, for one thread at a time; only jd_bus_stop() may be called by others.
 * It is made when it is needed and again after it was lost, with pauses that grow up to 5 s and are
 * never quite the same. Every call has a time limit, but for the look-up of a name, whose limit is
 * that of the system's resolver. SIGPIPE has to be ignored.
 */
#ifndef JD_BUS_BUS_H
#define JD_BUS_BUS_H

#include "bus/item.h"

#include <jeton/ctx.h>

#define JD_BUS_TIMEOUT_MS 1000U
#define JD_BUS_KEPT       100000U /* items that the stream keeps, about */

/* Where the password comes from, the first of these that is there: a file, or the text itself. */
#define JD_BUS_PASSWORD_FILE_ENV "JETON_BUS_PASSWORD_FILE"
#define JD_BUS_PASSWORD_ENV      "JETON_BUS_PASSWORD"

typedef struct jd_bus jd_bus;

/* Texts are copied. */
typedef struct jd_bus_options {
    const char *address; /* bus/address.h */
    const char *prefix;  /* of the names of our keys there */
    const char *ca_file; /* PEM: who may sign the certificate of a rediss server; else empty */
    unsigned timeout_ms; /* of each exchange; 0: JD_BUS_TIMEOUT_MS */
} jd_bus_options;

/* Reads the options and the password. Connects to nobody yet.
 *
 * bus  set to NULL first; on JETON_OK the caller owns it: jd_bus_close()
 *
 * JETON_E_ARGUMENT     not an address, a password in it, rediss without a ca_file
 * JETON_E_UNSUPPORTED  rediss, and the hiredis that this was built with is older than 1.0
 * JETON_E_SYSTEM       the file of the password or of the certificates cannot be read
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_bus_open(const jd_bus_options *options, jd_bus **bus, jeton_err *err);

/* Ends the connection. NULL is fine. */
void jd_bus_close(jd_bus **bus);

/* Has the call that waits at the moment, and every later one, fail with JETON_E_BUSY: for another
 * thread, before it waits for the one that uses the bus. */
void jd_bus_stop(jd_bus *bus);

/* Connects, after the pause that is due since the last attempt that failed. Done at once when there
 * is a connection.
 *
 * JETON_E_SYSTEM  not reached, refused, no answer in time, not let in
 * JETON_E_BUSY    jd_bus_stop() */
JETON_MUST jeton_status jd_bus_connect(jd_bus *bus, jeton_err *err);

/* Puts an item behind the last one of the stream.
 *
 * late  may be NULL; set to true when the stream has a higher number already, so that the item is
 *       not in it: those who follow see the hole and ask the store
 *
 * JETON_E_SYSTEM, and the connection is closed: not connected, no answer in time, refused
 * JETON_E_LIMIT   the stream's last number is far ahead of what is being numbered: it is another
 *                 installation's, or forged, and of no use until somebody deletes it
 * JETON_E_BUSY    jd_bus_stop() */
JETON_MUST jeton_status jd_bus_publish(jd_bus *bus, const jd_bus_item *item, bool *late,
                                       jeton_err *err);

/* Gets an item, borrowed for the call. Its MACs are not checked yet. */
typedef void jd_bus_taker(void *user, const jd_bus_item *item);

typedef struct jd_bus_reading {
    uint64_t after;      /* numbers above it are wanted: what the caller has */
    unsigned wait_ms;    /* how long to wait when there is none */
    jd_bus_taker *take;  /* called for each item, in their order */
    void *user;          /* for it */
    uint64_t taken, bad; /* counted up: items handed over, and those that were none */
} jd_bus_reading;

/* Hands over the items that are there, or those that come next. None within wait_ms is no failure.
 * Reading goes on behind what was read before, and begins anew behind `after` when nothing came for
 * a while or the connection was lost: so items may come twice.
 *
 * JETON_E_SYSTEM, and the connection is closed: not connected, no answer in time, refused
 * JETON_E_BUSY    jd_bus_stop() */
JETON_MUST jeton_status jd_bus_read(jd_bus *bus, jd_bus_reading *reading, jeton_err *err);

/* Deletes the stream: one that was made for measuring, under a prefix that nobody else has.
 *
 * JETON_E_SYSTEM, and the connection is closed: not connected, no answer in time, refused
 * JETON_E_BUSY    jd_bus_stop() */
JETON_MUST jeton_status jd_bus_delete(jd_bus *bus, jeton_err *err);

#endif
