/* SPDX-License-Identifier: Apache-2.0 */
/* store/revoke.h - marks: what is to be refused from now on, and the sessions that end with it. The
 * rules of store/store.h hold. */
#ifndef JD_STORE_REVOKE_H
#define JD_STORE_REVOKE_H

#include "revoke/revocations.h"
#include "store/audit.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* What is to be refused from now on: the tokens issued so far to a subject, to a client, with a
 * key, all of them, or one token. */
typedef struct jd_revoking {
    jt_revoked kind;
    uint8_t id[JT_REVOKED_ID]; /* as in the entry; zeros for JT_REVOKED_ALL */
    jeton_span client;         /* the client_id, for JT_REVOKED_CLIENT */
    jeton_time now, expires;   /* as in jd_store_user_disable */
} jd_revoking;

/* Puts a mark into the log and ends the sessions it concerns: those of the subject, those of the
 * client, or all. Whether there is such a thing is not looked at.
 *
 * entry  the mark, to be applied */
JETON_MUST jeton_status jd_store_revoke(jd_store *store, const jd_revoking *asked,
                                        jt_revocation *entry, jeton_err *err);

/* One of many revocations, and who asked for it. */
typedef struct jd_revoke_one {
    jd_revoking asked;
    const struct jd_audit_who *who; /* for its row in the audit log; NULL: nobody is known */
    jt_revocation entry;            /* output: the mark, to be applied */
} jd_revoke_one;

/* jd_store_revoke() for many at once, in their order, which costs little more than one. All or
 * none. */
JETON_MUST jeton_status jd_store_revoke_many(jd_store *store, jd_revoke_one *ones, size_t count,
                                             jeton_err *err);

#endif
