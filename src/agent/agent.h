/* SPDX-License-Identifier: Apache-2.0 */
/* agent/agent.h - keeps the segment: what guards and nginx on this host read instead of asking.
 *
 * Revocations are in the segment when jd_agent_revoke() returns, so before their answers go out;
 * keys before anything is signed with them. A thread says twice a second that it is complete; where
 * there is a lease, how long that is known (jd_agent_beat()).
 *
 * What cannot be kept exactly is refused: an entry for which there is no room becomes a mark for
 * everything, and keys that cannot be published make all of them void; both are tried again every
 * second. Only public keys ever come here.
 *
 * When it is closed, the file stays and grows stale: until it is, nothing can be revoked anyway, so
 * a restart refuses nobody.
 */
#ifndef JD_AGENT_AGENT_H
#define JD_AGENT_AGENT_H

#include "agent/lease.h"
#include "revoke/revocations.h"

#include "sys/config.h"
#include "sys/disk.h"

#include <jeton/keyset.h>

typedef struct jd_agent jd_agent;

typedef struct jd_agent_options {
    const char *path;  /* of the segment */
    const char *group; /* that may read it, by name or number; empty: its owner alone */
    bool locked;       /* the folder is locked already, so nobody else can be writing there */
    const jt_revocations *revocations; /* what is in force: borrowed */
    const jd_lease *lease; /* how fresh that is: borrowed; NULL: always, as of the only node */
} jd_agent_options;

/* Where the settings say that the segment is. JETON_E_LIMIT. */
JETON_MUST jeton_status jd_agent_path(const jd_config *config, jd_path *path, jeton_err *err);

/* Nothing is published until the keys are known: jd_agent_keys().
 *
 * JETON_E_BUSY    another jeton writes that segment
 * JETON_E_SYSTEM  no such folder or group, no right to write there, something else is there
 */
JETON_MUST jeton_status jd_agent_open(const jd_agent_options *options, jd_agent **agent,
                                      jeton_err *err);

/* Stops. NULL is fine. */
void jd_agent_close(jd_agent **agent);

/* Publishes these keys and no others. The first time, that makes the file, with all that is in
 * force; that alone can fail. Later, readers have no keys until it has worked. */
JETON_MUST jeton_status jd_agent_keys(jd_agent *agent, const jeton_keyset *published,
                                      jeton_err *err);

/* Takes an entry in, which `revocations` knows already. */
void jd_agent_revoke(jd_agent *agent, const jt_revocation *entry);

/* Tells readers that the lease has changed; at once, unless a new file is being made, which tells
 * them itself. */
void jd_agent_beat(jd_agent *agent);

/* Forgets what `revocations` has forgotten, when that is worth a new file. */
void jd_agent_sweep(jd_agent *agent);

/* Whether the file holds what it should; false while one that is due cannot be made, or none was
 * made so far. Any thread. */
bool jd_agent_is_written(const jd_agent *agent);

typedef struct jd_agent_counts {
    uint64_t entries, bytes, generation, lost;
} jd_agent_counts;

/* False, and *counts is zeros, while it is busy: nobody waits for this. */
bool jd_agent_count(jd_agent *agent, jd_agent_counts *counts);

#endif
