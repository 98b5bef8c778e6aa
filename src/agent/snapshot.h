/* SPDX-License-Identifier: Apache-2.0 */
/* agent/snapshot.h - what an agent knows, as a file, for its next start: then it has to read of the
 * log only what has come since.
 *
 * It is a head start and nothing else. Whoever has loaded one is not fresh before the store has
 * said so, and the store has to know the entry it ends with. It is sealed with a MAC under the
 * cluster key, so what somebody has put there, or a disk has changed, is as good as none.
 */
#ifndef JD_AGENT_SNAPSHOT_H
#define JD_AGENT_SNAPSHOT_H

#include "revoke/revocations.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Where in the log it was taken. */
typedef struct jd_snapshot_end {
    uint64_t n;                  /* all up to this number is in it, unless it has expired */
    uint8_t mac[JT_REVOKED_MAC]; /* of that entry */
} jd_snapshot_end;

/* Writes all that `revocations` has. The path holds a whole snapshot afterwards, this one or the
 * one before.
 *
 * cluster  the cluster key
 * end      what `revocations` had applied before this call; more may have come since
 *
 * JETON_E_SYSTEM */
JETON_MUST jeton_status jd_snapshot_save(const char *path, jeton_span cluster,
                                         const jd_snapshot_end *end,
                                         const jt_revocations *revocations, jeton_err *err);

/* Takes a snapshot in, beside what is there.
 *
 * end  zeros unless JETON_OK
 *
 * JETON_E_NOT_FOUND    there is none
 * JETON_E_SIGNATURE    it was not written with this cluster key, or is damaged; nothing is taken in
 * JETON_E_UNSUPPORTED  it is of another version; nothing is taken in
 * JETON_E_SYSTEM, JETON_E_NOMEM */
JETON_MUST jeton_status jd_snapshot_load(const char *path, jeton_span cluster,
                                         jt_revocations *revocations, jd_snapshot_end *end,
                                         jeton_err *err);

#endif
