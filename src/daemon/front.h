/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/front.h - what clients meet of a server: its addresses and its TLS certificate. */
#ifndef JD_DAEMON_FRONT_H
#define JD_DAEMON_FRONT_H

#include "daemon/server_inside.h"

/* Binds what the settings say, or takes what a service manager handed over, reads the certificate,
 * and names all of it: of->http, of->tls, of->address, of->origin. jd_front_close() is due whatever
 * comes back.
 *
 * JETON_E_ARGUMENT  a setting is no address, or only one of tls-cert and tls-key is set
 * JETON_E_SYSTEM    an address is taken, the certificate or its key cannot be used */
JETON_MUST jeton_status jd_front_open(jd_server *of, jeton_err *err);

/* Logs what the operator should know of it, once the issuer is settled. */
void jd_front_warn(jd_server *of);

void jd_front_close(jd_server *of);

/* For the table of reload.c: another certificate, under the same settings or others. */
JETON_MUST jeton_status jd_front_prepare(jd_server *of, const jd_config *next, void **ready,
                                         jeton_err *err);
void jd_front_commit(jd_server *of, const jd_config *next, void *ready);
void jd_front_drop(void *ready);

#endif
