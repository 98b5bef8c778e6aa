/* SPDX-License-Identifier: Apache-2.0 */
/* api/identity.h - who it is, as headers of an answer of /verify, for the service behind a proxy.
 */
#ifndef JD_API_IDENTITY_H
#define JD_API_IDENTITY_H

#include <jeton/error.h>
#include <stddef.h>

typedef struct jd_call jd_call;

#define JD_IDENTITY_MAX 12U

/* Which claims are told in which headers. */
typedef struct jd_identity {
    struct {
        char claim[64], header[64];
    } at[JD_IDENTITY_MAX];
    size_t count;
} jd_identity;

/* Reads "sub=X-User, roles=X-Roles, /realm/id=X-Realm": a claim, or a JSON Pointer to one, and the
 * header that shall tell it. "" is none.
 *
 * JETON_E_ARGUMENT  no such list, too many, a header twice, or one that means something to HTTP */
JETON_MUST jeton_status jd_identity_parse(const char *list, jd_identity *identity, jeton_err *err);

/* Puts all of the headers into the answer, empty ones for what the token does not have, or without
 * a good token: what is not there could be a header of the client's that the proxy passes on. How
 * claims are written: json/line.h.
 *
 * JETON_E_CLAIM  a claim that cannot be told in a line
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_identity_put(jd_call *call, const jd_identity *identity, jeton_err *err);

#endif
