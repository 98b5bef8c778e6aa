/* SPDX-License-Identifier: Apache-2.0 */
/* http/unix_socket.h - a listening Unix socket in the file system. */
#ifndef JD_HTTP_UNIX_SOCKET_H
#define JD_HTTP_UNIX_SOCKET_H

#include "http/listen_place.h"

#include <stdbool.h>
#include <sys/types.h>

/* Which file a socket has, so that nobody else's is removed. */
typedef struct jd_unix_file {
    char path[JD_UNIX_CHARS]; /* empty: there is none of ours */
    dev_t device;
    ino_t inode;
} jd_unix_file;

/* Listens on a path, non-blocking, closed on exec. A socket that nobody listens on any more is
 * replaced in one step: at no moment does a client meet nothing where there was something. What
 * is no socket, or is one that somebody listens on, is left alone.
 *
 * mode  of the file; whoever may write to it can connect
 * fd    -1 first; on JETON_OK the caller owns it
 * file  emptied first; for jd_unix_remove()
 *
 * JETON_E_SYSTEM  "cannot listen on unix:/run/a.sock: Address already in use" */
JETON_MUST jeton_status jd_unix_listen(const char *path, mode_t mode, int *fd, jd_unix_file *file,
                                       jeton_err *err);

/* Removes the file unless it is another one by now. Empties *file. */
void jd_unix_remove(jd_unix_file *file);

#endif
