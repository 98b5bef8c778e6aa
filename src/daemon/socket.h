/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/socket.h - Unix sockets of the data folder, and lines over them. */
#ifndef JD_DAEMON_SOCKET_H
#define JD_DAEMON_SOCKET_H

#include "core/buf.h"

#define JD_LINE_MAX ((size_t)256 * 1024) /* what the JSON layer takes, too */

/* Listens on DATA/control.sock, replacing what is there. The caller closes *fd. */
JETON_MUST jeton_status jd_socket_listen(const char *data, int *fd, jeton_err *err);

/* Connects to it. *fd is -1, and nothing is noted in err, when nobody listens. */
JETON_MUST jeton_status jd_socket_connect(const char *data, int *fd, jeton_err *err);

/* Removes it. */
void jd_socket_remove(const char *data);

/* Whether the other end is our own user or root. The folder's mode says so already; this holds
 * even where somebody loosened it. */
bool jd_socket_is_ours(int fd);

/* Gives up on reads and writes that take longer than this. */
void jd_socket_set_patience(int fd, unsigned seconds);

/* Sends a line; the newline is added. */
JETON_MUST jeton_status jd_socket_send(int fd, jeton_span line, jeton_err *err);

/* Receives a part of a line behind what is in *line. *complete: it is whole, and without its
 * newline. A socket that gives nothing in its time, or at all, is JETON_E_SYSTEM; JETON_E_LIMIT
 * past JD_LINE_MAX bytes. */
JETON_MUST jeton_status jd_socket_hear(int fd, jt_buf *line, bool *complete, jeton_err *err);

/* Receives a line into *line, without the newline. JETON_E_SYSTEM when the connection ends before
 * it; JETON_E_LIMIT past JD_LINE_MAX bytes. */
JETON_MUST jeton_status jd_socket_receive(int fd, jt_buf *line, jeton_err *err);

#endif
