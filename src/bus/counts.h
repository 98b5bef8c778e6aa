/* SPDX-License-Identifier: Apache-2.0 */
/* bus/counts.h - tries of passwords that several servers count together, in Redis or Valkey.
 *
 * The buckets are those of accounts/buckets.h, by the clock of Redis, each in a key of its own that
 * goes when the bucket is full again. What a key is called tells neither a name nor an address: it
 * is a MAC under a secret that the servers share. All buckets of a try are looked at and changed in
 * one step.
 *
 * An answer comes in time or not at all: then each server goes by what it has counted itself, which
 * it does in any case. So whoever can write there can at most lock others out, never let somebody
 * in who would not be by one server alone. A thread of its own connects and connects again; who
 * asks never waits for that.
 *
 * Any thread that may wait, so none that serves HTTP.
 */
#ifndef JD_BUS_COUNTS_H
#define JD_BUS_COUNTS_H

#include "bus/bus.h"

#define JD_COUNTS_TIMEOUT_MS 50U

typedef struct jd_counts jd_counts;

/* A bucket: `burst` tokens, of which one comes back each `interval` ms. */
typedef struct jd_count {
    jeton_span name;
    int64_t burst, interval;
} jd_count;

/* What a try is counted by, and the name of the mark that the account was logged in to before. */
typedef struct jd_counts_try {
    jd_count address, lock, account;
    jeton_span known;
} jd_counts_try;

/* 0, or the milliseconds after which there is a token again: nothing is counted then but, for the
 * account, the try of the address. */
typedef struct jd_counts_answer {
    int64_t address_over, account_over;
    bool known;  /* the mark is there: the account's bucket was left alone */
    bool locked; /* the lock's bucket was empty: so was the account's left alone */
} jd_counts_answer;

/* Who is asked, for accounts/limits.h. Both are false when there is no answer. */
typedef struct jd_counter {
    void *user;
    bool (*begin)(void *user, const jd_counts_try *at, jd_counts_answer *answer);
    /* Gives back the token of the lock, that of the account if `account`, and sets the mark for
     * known_for ms, if that is not 0. */
    bool (*end)(void *user, const jd_counts_try *at, bool account, int64_t known_for);
} jd_counter;

/* Starts the thread; connected or not. The options' timeout_ms is JD_COUNTS_TIMEOUT_MS if it is 0.
 *
 * secret  the same for all servers that count together; copied
 * counts  set to NULL first; on JETON_OK the caller owns it: jd_counts_close()
 *
 * JETON_E_NOMEM, JETON_E_SYSTEM, and what jd_bus_open() gives */
JETON_MUST jeton_status jd_counts_open(const jd_bus_options *options, jeton_span secret,
                                       jd_counts **counts, jeton_err *err);

/* Nobody may be asking. NULL is fine. */
void jd_counts_close(jd_counts **counts);

/* As accounts/limits.h takes it. Lives as long as `counts`. */
jd_counter jd_counts_counter(jd_counts *counts);

/* Whether there is a connection at the moment. */
bool jd_counts_is_up(jd_counts *counts);

#endif
