/* SPDX-License-Identifier: Apache-2.0 */
/* bus/ask.h - any other command, by the connection of a jd_bus. */
#ifndef JD_BUS_ASK_H
#define JD_BUS_ASK_H

#include "bus/bus.h"
#include "bus/link.h"

/* Sends a command over a connection that is there (jd_bus_connect()).
 *
 * reply  set to NULL first; on JETON_OK the caller's: jd_reply_free(). Never an error
 *
 * JETON_E_SYSTEM  no answer in time, or an error: the connection is closed
 * JETON_E_BUSY    jd_bus_stop() */
JETON_MUST jeton_status jd_bus_ask(jd_bus *bus, const jeton_span *words, size_t count,
                                   redisReply **reply, jeton_err *err);

#endif
