/* SPDX-License-Identifier: Apache-2.0 */
/* bus/link.h - a connection to Redis: one command and its answer at a time, within a limit. */
#ifndef JD_BUS_LINK_H
#define JD_BUS_LINK_H

#include "bus/address.h"
#include "core/secret.h"

#include <hiredis/hiredis.h>

/* What a jd_link is opened with, borrowed. */
typedef struct jd_link_place {
    const jd_bus_address *address;
    jeton_span password; /* empty: none */
    void *tls;           /* of jd_link_tls(), or NULL */
    int stop;            /* a file descriptor: nothing is waited for once it can be read */
    unsigned timeout_ms; /* of connecting, and of each exchange */
} jd_link_place;

typedef struct jd_link {
    redisContext *context; /* NULL: not connected */
    jd_link_place place;
} jd_link;

/* What TLS needs, read once: the certificates that may sign the server's. Freed by
 * jd_link_tls_free(). JETON_E_UNSUPPORTED, JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_link_tls(const char *ca_file, void **tls, jeton_err *err);
void jd_link_tls_free(void **tls);

/* Connects, logs in and selects the database. JETON_E_SYSTEM, JETON_E_BUSY (stopped). */
JETON_MUST jeton_status jd_link_open(jd_link *link, const jd_link_place *place, jeton_err *err);

/* Fine when it is not open. */
void jd_link_close(jd_link *link);

/* Sends a command and waits for its answer, wait_ms longer than usually.
 *
 * reply  set to NULL first; on JETON_OK the caller's: jd_reply_free(). May be of the type
 *        REDIS_REPLY_ERROR
 *
 * JETON_E_SYSTEM, JETON_E_BUSY: the link is closed */
JETON_MUST jeton_status jd_link_ask(jd_link *link, const jeton_span *words, size_t count,
                                    unsigned wait_ms, redisReply **reply, jeton_err *err);

void jd_reply_free(redisReply **reply);

static inline jeton_span jd_reply_text(const redisReply *reply)
{
    return jeton_bytes(reply->str, reply->len);
}

/* Makes a failure of an answer that is an error, without its words but for the first, which says
 * which one it is. */
JETON_MUST jeton_status jd_reply_fail(const redisReply *reply, jeton_err *err);

#endif
