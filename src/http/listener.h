/* SPDX-License-Identifier: Apache-2.0 */
/* http/listener.h - from a list of listen addresses, or of sockets that somebody opened for us, to
 * listening sockets. */
#ifndef JD_HTTP_LISTENER_H
#define JD_HTTP_LISTENER_H

#include "http/listen_place.h"
#include "http/unix_socket.h"

#include <stddef.h>

#define JD_LISTENERS      16U
#define JD_LISTENER_CHARS 288U

typedef struct jd_listener {
    int fd; /* non-blocking, closed on exec; -1 when let go */
    bool is_unix;
    bool is_inherited; /* it goes on without us: who waits in it waits for our successor */
    jd_unix_file file; /* of a Unix socket that we made */
    char name[JD_LISTENER_CHARS]; /* "127.0.0.1:8080", with the real port; "unix:/run/a.sock" */
} jd_listener;

typedef struct jd_listeners {
    size_t count;
    jd_listener at[JD_LISTENERS];
} jd_listeners;

/* Binds and listens on each address of a list.
 *
 * text       "127.0.0.1:8080, [::1]:8080, unix:/run/jeton.sock"; "[::]:80" takes IPv4 as well
 * mode       of the file of a Unix socket
 * listeners  emptied first; jd_listeners_close() is due whatever comes back
 *
 * A second server on the same port is refused: SO_REUSEPORT would let any process of the same
 * user take a share of the logins.
 *
 * JETON_E_ARGUMENT  an element is no address, or there are more than JD_LISTENERS of them
 * JETON_E_SYSTEM    "cannot listen on 127.0.0.1:8080: Address already in use" */
JETON_MUST jeton_status jd_listeners_open(const char *text, unsigned mode, jd_listeners *listeners,
                                          jeton_err *err);

/* Whether they could be opened, as far as that can be said without doing it. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_listeners_check(const char *text, jeton_err *err);

/* Takes sockets that listen already, as a service manager hands them over.
 *
 * JETON_E_ARGUMENT  one of them is no listening stream socket of IPv4, IPv6 or Unix */
JETON_MUST jeton_status jd_listeners_take(const int *fds, size_t count, jd_listeners *listeners,
                                          jeton_err *err);

/* The beginning of the end: removes the files of Unix sockets that we made, and has the kernel let
 * nobody else begin with sockets that we opened. Clients that it has let in wait to be accepted as
 * before, and so do those whose handshake was under way, for which this waits some milliseconds;
 * others try again a second later, and are refused by then. */
void jd_listeners_freeze(jd_listeners *listeners);

/* Closes what is open, removes the files of Unix sockets that we made, and empties the list. */
void jd_listeners_close(jd_listeners *listeners);

/* All of them as text: "127.0.0.1:8080, unix:/run/jeton.sock", cut where there is no room. */
void jd_listeners_print(const jd_listeners *listeners, char *to, size_t size);

/* The port a socket is bound to, or 0. */
unsigned jd_listener_port(int fd);

#endif
