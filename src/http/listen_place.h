/* SPDX-License-Identifier: Apache-2.0 */
/* http/listen_place.h - a listen address as text: HOST:PORT, or unix:PATH. */
#ifndef JD_HTTP_LISTEN_PLACE_H
#define JD_HTTP_LISTEN_PLACE_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_HOST_CHARS 256U /* RFC 1035 names have at most 253 characters */
#define JD_UNIX_CHARS 104U /* a socket's path may have 107, and one being made has four more */

/* NUL-terminated texts. Either path, or host and port, are not empty. */
typedef struct jd_listen_place {
    char host[JD_HOST_CHARS]; /* without brackets */
    char port[6];             /* a number up to 65535 */
    char path[JD_UNIX_CHARS];
} jd_listen_place;

/* Reads one address; blanks around it do not count.
 *
 * place  emptied first
 *
 * JETON_E_ARGUMENT  it is none */
JETON_MUST jeton_status jd_listen_place_parse(jeton_span text, jd_listen_place *place,
                                              jeton_err *err);

#endif
