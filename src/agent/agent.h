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
 *
 * With a lease, the next run begins before it can prove what is in force, and a file that it put in
 * the place at once would have readers refuse everybody until it can. So the file of the last run
 * stays until the lease holds, for no longer than it is good by itself. Nobody who is revoked is
 * let in by that:
 *
 * - Nothing renews it: it is good for Δ from the moment F at which the last run sent the last
 *   request whose answer it had applied. What was committed before F is in it. What was committed
 *   later is refused by then, which is what is promised of a revocation by another node; and one
 *   that waits for all nodes waits for the row of the last run, which is one of its own, until that
 *   run's lease must be over.
 * - What this very process commits is promised to be refused here when it is answered. So with the
 *   first such entry a new file takes the place at once, which has it (jd_agent_settle()).
 * - Keys: a file with other keys than those that are to be published does not stay.
 * - What cannot be put in the place makes that file void.
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
 * force, unless that of the last run stays for now; that alone can fail. Later, readers have no
 * keys until it has worked. */
JETON_MUST jeton_status jd_agent_keys(jd_agent *agent, const jeton_keyset *published,
                                      jeton_err *err);

/* Takes an entry in, which `revocations` knows already. */
void jd_agent_revoke(jd_agent *agent, const jt_revocation *entry);

/* This process itself has committed what jd_agent_revoke() was given: readers go by the file of the
 * last run no more when this returns. */
void jd_agent_settle(jd_agent *agent);

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
