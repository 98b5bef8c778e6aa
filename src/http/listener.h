/* SPDX-License-Identifier: Apache-2.0 */
/* http/listener.h - from "HOST:PORT" to a listening socket. */
#ifndef JD_HTTP_LISTENER_H
#define JD_HTTP_LISTENER_H

#include <jeton/error.h>

/* Binds and listens, non-blocking, closed on exec.
 *
 * text  "127.0.0.1:8080", "[::1]:8080", "localhost:0"; "[::]:80" takes IPv4 as well
 * fd    -1 first; on JETON_OK the caller owns it
 *
 * A second server on the same port is refused: SO_REUSEPORT would let any process of the same
 * user take a share of the logins.
 *
 * JETON_E_ARGUMENT  not HOST:PORT
 * JETON_E_SYSTEM    "cannot listen on 127.0.0.1:8080: Address already in use" */
JETON_MUST jeton_status jd_listener_open(const char *text, int *fd, jeton_err *err);

/* The port a socket is bound to, or 0. */
unsigned jd_listener_port(int fd);

#endif
