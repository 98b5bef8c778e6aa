/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/agent_front.h - the addresses at which an agent answers whoever watches over it
 * (api/agent_app.h): one thread, few connections, requests without a body, no TLS. */
#ifndef JD_DAEMON_AGENT_FRONT_H
#define JD_DAEMON_AGENT_FRONT_H

#include "api/agent_app.h"
#include "sys/config.h"

typedef struct jd_agent_front jd_agent_front;

/* Listens where config->listen says, and serves from now on; nowhere, and *front is NULL, when that
 * is empty.
 *
 * view   borrowed until close
 * front  set to NULL first; on JETON_OK the caller owns it: jd_agent_front_close()
 *
 * JETON_E_ARGUMENT  that is no address
 * JETON_E_SYSTEM    "cannot listen on 127.0.0.1:9100: Address already in use" */
JETON_MUST jeton_status jd_agent_front_open(const jd_config *config, jd_agent_view *view,
                                            jd_agent_front **front, jeton_err *err);

/* What is listened on, with real ports: "127.0.0.1:9100"; NULL when there is no front. */
const char *jd_agent_front_address(const jd_agent_front *front);

/* Whether it serves, see jd_http_is_turning(). True when there is no front. */
bool jd_agent_front_is_turning(jd_agent_front *front, unsigned wait_ms);

/* Cuts connections. NULL is fine. */
void jd_agent_front_close(jd_agent_front **front);

#endif
