/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/inherited.h - listening sockets that a service manager opened for us (systemd's socket
 * activation): LISTEN_PID and LISTEN_FDS in the environment. */
#ifndef JD_DAEMON_INHERITED_H
#define JD_DAEMON_INHERITED_H

#include "http/listener.h"

/* The descriptors that were handed over, and takes the variables away: they are not meant for
 * whatever we may start. Before a second thread is started.
 *
 * fds, count  emptied first; count stays 0 when there are none, or when they are another process's
 *
 * JETON_E_ARGUMENT  LISTEN_FDS is no number, or of more than JD_LISTENERS */
JETON_MUST jeton_status jd_inherited_take(int fds[JD_LISTENERS], size_t *count, jeton_err *err);

#endif
