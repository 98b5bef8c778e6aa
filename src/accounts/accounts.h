/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/accounts.h - what the functions on users and sessions work with: the store, the keys
 * and the revocation state, opened once and shared by all threads. */
#ifndef JD_ACCOUNTS_ACCOUNTS_H
#define JD_ACCOUNTS_ACCOUNTS_H

#include "accounts/limits.h"
#include "agent/agent.h"
#include "agent/follower.h"
#include "core/arena.h"
#include "crypto/hmac.h"
#include "crypto/pwhash.h"
#include "revoke/revocations.h"
#include "signer/signer.h"
#include "store/store.h"
#include "sys/config.h"
#include "sys/repeat.h"

typedef struct jd_clients jd_clients; /* client.h */
typedef struct jd_slot jd_slot;       /* slot.h */
typedef struct jd_waits jd_waits;     /* waits.h */
typedef struct jd_indexes jd_indexes; /* indexes.h */

/* The queue whose works reach the disk together (api/joint.h); asked by jd_batch_run(). */
typedef jeton_status jd_joint_work(void *args, jeton_err *err);
typedef struct jd_commit_queue {
    jeton_status (*run)(void *user, jd_joint_work *work, void *args, jeton_err *err);
    void *user;
} jd_commit_queue;

typedef struct jd_accounts {
    _Atomic(const jd_config *) config; /* of this moment: whoever wants two of its fields that fit
                                          each other copies the pointer first */
    jt_arena configs;                  /* every one there has been: readers need no lock */
    jd_store *store;
    jd_sealer *sealer;
    jd_signer *signer;
    atomic_bool keys_tended; /* a key schedule is at work: new keys will sign */
    jt_revocations *revocations;
    jt_revocation loaded;            /* the last entry that is in them from the start; 0: none */
    jd_lease lease;                  /* by which tokens are accepted */
    _Atomic(jd_follower *) follower; /* of the log of all nodes; NULL: this is the only one */
    jd_repeat unread;                /* what its notices are about: the follower's thread */
    jd_agent *agent;                 /* of the segment; NULL: there is none */
    jd_clients *clients;
    jd_waits *waits;               /* for other nodes to confirm revocations */
    jd_indexes *indexes;           /* of tokens; NULL: they have none */
    jd_commit_queue commits;       /* of a server; no `run`: each operation commits by itself */
    char issuer[JD_CONFIG_TEXT];   /* the iss of every token */
    char audience[JD_CONFIG_TEXT]; /* the aud of every token */
    jt_pwhash_cost cost;           /* of new password hashes */
    char decoy[JT_PWHASH_TEXT];    /* a hash of that cost which no password has */
    jt_hmac_key aliases;           /* of names that nobody has (alias.h) */
    jd_limits *limits;             /* on logins; NULL until they are expected */
    jd_counts *counts;             /* by which servers count them together; NULL: no bus */
    jd_slot *slot;                 /* that failures take; NULL likewise */
} jd_accounts;

/* Opens everything in the data folder of `config`, making what is missing at a first start, and
 * loads the revocation state. The folder's lock must be held.
 *
 * accounts  jd_accounts_close() is due whatever comes back
 *
 * JETON_E_STORE  the store or its keys cannot be used: damaged, or the master key is not its own
 * JETON_E_SYSTEM, JETON_E_NOMEM, …
 */
JETON_MUST jeton_status jd_accounts_open(const jd_config *config, jd_accounts *accounts,
                                         jeton_err *err);
void jd_accounts_close(jd_accounts *accounts);

/* Other settings from now on, in two steps: a copy that can be taken, and taking it. Only what is
 * RELOAD in sys/config_keys.h may differ. For one thread; the others may be at work. JETON_E_NOMEM.
 */
JETON_MUST jeton_status jd_accounts_keep_config(jd_accounts *accounts, const jd_config *config,
                                                const jd_config **kept, jeton_err *err);
void jd_accounts_configure(jd_accounts *accounts, const jd_config *kept);

/* Makes the decoy, so that trying a name which nobody has takes as long as a wrong password, the
 * slot and the limits. Takes as long as a hash takes, so only who checks passwords does it. */
JETON_MUST jeton_status jd_accounts_expect_logins(jd_accounts *accounts, jeton_err *err);

/* Settles the issuer and the audience: the settings, else what the store remembers, else `origin`,
 * which the store then remembers (tokens must not become strange because the server moves to
 * another port).
 *
 * origin  "http://127.0.0.1:8080"; empty: there is none
 *
 * JETON_E_ARGUMENT  there is none of all these */
JETON_MUST jeton_status jd_accounts_name(jd_accounts *accounts, const char *origin, jeton_err *err);

/* Begins the segment that the settings name, for others on this host to read; nothing is in it
 * until jd_agent_keys(). What jd_agent_open() gives. */
JETON_MUST jeton_status jd_accounts_share(jd_accounts *accounts, jeton_err *err);

/* Of something that was just signed without a transaction of the store: whether the node was fresh
 * all the while, and so the key was not one that had been withdrawn while it slept. If not the text
 * is freed, and set to NULL. JETON_E_STALE. */
JETON_MUST jeton_status jd_accounts_stand_by(const jd_accounts *accounts, jeton_text **text,
                                             jeton_err *err);

/* Takes an entry of the log into the revocation state, at once, wherever it comes from. */
void jd_accounts_apply(jd_accounts *accounts, const jt_revocation *entry);

/* Takes a new entry of the log, which this process has made, into the revocation state, and tells
 * the other nodes. An entry with number 0 is none. From
 * its return on, the tokens it concerns are refused, also by whoever reads the segment; in a batch
 * from the batch's end on (accounts/batch.h). */
void jd_accounts_revoke(jd_accounts *accounts, const jt_revocation *entry);

/* Whether somebody waits until all nodes confirm what the calling thread revokes from now on: then
 * they are asked to say so at once. */
void jd_accounts_hurry(bool hurry);
bool jd_accounts_is_in_hurry(void);

/* When every access token that was issued before `now` has expired, whatever the settings were
 * then and will be by then: until then its revocation is kept. */
jeton_time jd_accounts_horizon(jeton_time now);

/* Drops what has expired from the revocation state, and from the store what expired so long ago
 * that no access token can need it any more. Whether it did not come to
 * the end: to be called again soon, for at 10,000 revocations a second so many expire as well. */
bool jd_accounts_sweep(jd_accounts *accounts, jeton_time now);

#endif
