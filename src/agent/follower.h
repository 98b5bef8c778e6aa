/* SPDX-License-Identifier: Apache-2.0 */
/* agent/follower.h - this process as one of the nodes of a store: it follows the log there and on
 * the bus, holds its lease, and tells others of what it has committed itself.
 *
 * The decisions are those of agent/follow.h; here are the threads that carry them out. Some ask the
 * store, one listens to the bus, one publishes: so neither a store that stands still nor a bus that
 * does keeps the other from being heard, and nobody who answers requests waits for any of them.
 *
 * Usually one of those that ask is busy. When an answer does not come in a quarter of the lease,
 * the next one asks over another connection (store/haste.h): a connection that died without a word,
 * or a host that swallows what is sent to it, does not cost the lease as long as another one would
 * be answered.
 */
#ifndef JD_AGENT_FOLLOWER_H
#define JD_AGENT_FOLLOWER_H

#include "agent/agent.h"
#include "agent/follow.h"
#include "agent/lease.h"
#include "bus/bus.h"
#include "store/store.h"
#include "sys/id.h"

typedef struct jd_follower jd_follower;

/* What the node is for. Called by its threads, one at a time but for `read`, beside which the
 * others are called. */
typedef struct jd_follower_user {
    void *user;
    /* See jd_follow_sink. */
    bool (*is_genuine)(void *user, const jt_revocation *entry);
    bool (*apply)(void *user, const jt_revocation *entry);
    /* Reads anew what notices are about: keys, clients, bans. False: it did not work. */
    bool (*read)(void *user);
    /* The lease has been renewed or lost: for whoever shows it to others. */
    void (*beat)(void *user);
} jd_follower_user;

/* Borrowed for as long as the node lives, but for the texts. */
typedef struct jd_follower_options {
    jd_store *store;
    const char *kind;   /* "serve" or "agent" */
    const char *name;   /* empty: that of the host */
    jd_lease *lease;    /* its ms are set; whether it holds is told here */
    int64_t leeway;     /* seconds that clocks may be apart, beside one that they always may */
    jd_bus_options bus; /* an empty address: no bus */
    jd_follower_user user;
} jd_follower_options;

/* Starts with nothing known: the lease does not hold before the store has been asked.
 *
 * follower  set to NULL first; on JETON_OK the caller owns it: jd_follower_close()
 *
 * what jd_bus_open() gives; JETON_E_SYSTEM, JETON_E_NOMEM */
JETON_MUST jeton_status jd_follower_open(const jd_follower_options *options, jd_follower **follower,
                                         jeton_err *err);

/* Before jd_follower_start(): all entries up to this one have been applied, and this is its MAC;
 * see jd_follow_resume(). */
void jd_follower_resume(jd_follower *follower, uint64_t n, const uint8_t mac[JT_REVOKED_MAC]);

/* Starts the threads. JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_follower_start(jd_follower *follower, jeton_err *err);

/* Ends the threads: nobody is called any more when it returns. What is committed after that is not
 * told, but found. The lease is left to run out. */
void jd_follower_stop(jd_follower *follower);

/* The same, and frees it. NULL is fine. */
void jd_follower_close(jd_follower **follower);

/* This process has committed an entry, and applied it. Others are told as soon as may be; nothing
 * is waited for. Any thread.
 *
 * hurry  somebody waits until all nodes say that they have it */
void jd_follower_committed(jd_follower *follower, const jt_revocation *entry, bool hurry);

/* Writes to our log that the numbers of the revocation log have jumped. */
void jd_log_jump(const jt_revocation *entry);

/* Its id in the table of nodes. */
const jd_id *jd_follower_id(const jd_follower *follower);

/* Why tokens must not be accepted at the moment, as a word; NULL: they may.
 *
 * follower  NULL: it has not begun */
const char *jd_follower_why_stale(jd_follower *follower, const jd_lease *lease);

typedef struct jd_follower_counts {
    bool fresh;
    jd_follow_state why;
    uint64_t applied, head; /* of the log: what is applied, and the last that was heard of */
    uint64_t mac_of;        /* the number that `mac` belongs to, for the next start; 0: none */
    uint8_t mac[JT_REVOKED_MAC];
    bool bus_up;                     /* false also without one */
    uint64_t published, unpublished; /* entries: told on the bus, or not since it was away */
    uint64_t bad;                    /* items of the bus that were none */
    jd_follow_counts follow;
} jd_follower_counts;

void jd_follower_count(jd_follower *follower, jd_follower_counts *counts);

#endif
