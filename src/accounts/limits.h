/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/limits.h - how often a password may be tried, by whom.
 *
 * Four things count, each in memory of a fixed size (buckets.h), none of them about whether
 * there is such an account:
 *
 *   address    tries of one address, good or bad: more are told to wait
 *   lock       failures at one account from one address: past them that address is locked out of
 *              that account, and is told nothing else than that the password is wrong. A success
 *              gives back no more than its own try
 *   account    failures at one account from all addresses together: past them whoever has not
 *              logged in to it from his address before is told to wait
 *   ban        networks that an operator shut out
 *
 * So who guesses locks out himself; where many guess together, the owner still gets in from where
 * he has been. An IPv6 address counts as its first 64 bits.
 *
 * Servers of a cluster count together where they can (bus/counts.h): all but the bans is counted
 * there as well, and a try has to pass both. While nobody answers there, what this server has
 * counted goes by itself: with N servers, N times as many may be tried then.
 *
 * Any thread. A NULL jd_limits limits nothing.
 */
#ifndef JD_ACCOUNTS_LIMITS_H
#define JD_ACCOUNTS_LIMITS_H

#include "bus/counts.h"
#include "sys/cidr.h"
#include "sys/config.h"

typedef struct jd_limits jd_limits;

/* The settings are copied. JETON_E_NOMEM, JETON_E_RANDOM. */
JETON_MUST jeton_status jd_limits_open(const jd_config *config, jd_limits **limits, jeton_err *err);

/* Other settings from now on; what was counted goes on counting. */
void jd_limits_configure(jd_limits *limits, const jd_config *config);

/* Has tries counted by `counter`, too, from now on; .begin NULL: by nobody else. Threads that begin
 * or end tries wait for it. Copied. */
void jd_limits_share(jd_limits *limits, const jd_counter *counter);

/* Frees *limits and sets it to NULL. */
void jd_limits_close(jd_limits **limits);

/* A network that is shut out, until a moment of jt_now(); 0: for good. */
typedef struct jd_limit_ban {
    jd_cidr network;
    int64_t until;
} jd_limit_ban;

/* Replaces the bans; they hold even where limits are off. Copied. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_limits_ban(jd_limits *limits, const jd_limit_ban *bans, size_t count,
                                      jeton_err *err);

/* A password is about to be tried: called before anything else is done about it.
 *
 * now   jd_monotonic()
 * wait  seconds until the next try may be made; 0 on JETON_OK
 *
 * JETON_E_RATE  too many tries from there, or it is banned */
JETON_MUST jeton_status jd_limits_knock(jd_limits *limits, const jd_address *client, int64_t now,
                                        int64_t *wait, jeton_err *err);

/* Somebody tries the password of an account. */
typedef struct jd_try {
    const jd_address *client;
    jeton_span name; /* of the account, as it was typed */
    bool locked;     /* what comes of it is a failure */
    bool known;      /* the account was logged in to from there before */
    bool counted;    /* as a failure, until it is known to be none */
    bool shared;     /* other servers count it, too */
    bool shared_at_account;
} jd_try;

/* Begins a try and fills in the rest of it: right before the password is checked, which is then
 * done in any case, so that a lock takes as long as anything else. The try is a failure unless
 * jd_limits_succeed() says otherwise.
 *
 * JETON_E_RATE  as above: the account; nothing is counted then */
JETON_MUST jeton_status jd_limits_begin(jd_limits *limits, jd_try *at, int64_t now, int64_t *wait,
                                        jeton_err *err);

/* The password was right. Not for a locked try. */
void jd_limits_succeed(jd_limits *limits, const jd_try *at, int64_t now);

/* The password was not judged at all (no memory, …): nothing is counted. */
void jd_limits_forget(jd_limits *limits, const jd_try *at, int64_t now);

#endif
