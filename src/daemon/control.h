/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/control.h - the control socket: how the command line talks to a running server.
 *
 * DATA/control.sock, a Unix stream socket for its owner alone. One exchange per connection, a line
 * of JSON each way; several may be asking at a time (callers.h), and are answered one after the
 * other:
 *
 *     {"operation":"user.add","arguments":{…}}
 *     {"status":0,"result":{…}}   or   {"status":55,"why":"…"}
 *
 * `status` is a number of jeton/error.h. The answer comes after the server has applied the change.
 */
#ifndef JD_DAEMON_CONTROL_H
#define JD_DAEMON_CONTROL_H

#include "accounts/accounts.h"
#include "json/tree.h"

typedef struct jd_control jd_control;

/* Opens the socket and starts the thread that answers. The folder's lock is held, so a socket
 * that is there is left over from a server that was killed. `accounts` is borrowed. */
JETON_MUST jeton_status jd_control_open(jd_accounts *accounts, jd_control **control,
                                        jeton_err *err);

/* Finishes the exchange under way, removes the socket, frees *control and sets it to NULL. */
void jd_control_close(jd_control **control);

/* The other end: asks the server that works on `data`. What the operation itself met is the
 * status that comes back, its sentence in err.
 *
 * request  a line as above, without the newline
 * answer   the answer as a document, "result" in it; the caller's
 *
 * JETON_E_NOT_FOUND with *reached = false: nobody listens there
 */
JETON_MUST jeton_status jd_control_ask(const char *data, jeton_span request, jt_json **answer,
                                       bool *reached, jeton_err *err);

#endif
