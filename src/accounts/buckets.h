/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/buckets.h - token buckets for any number of things in a fixed amount of memory.
 *
 * A bucket holds `burst` tokens and gets one back each `interval`. All that has to be remembered of
 * one is when it will be full again; one that is full is forgotten. Its place is chosen by a hash
 * under a secret, so nobody can aim at another's. Where more are in use than there is room for, the
 * one that would be full soonest gives way: what strangers can send bounds neither memory nor time,
 * and what is nearly empty stays longest.
 *
 * Not for two threads at a time; no clock of its own.
 */
#ifndef JD_ACCOUNTS_BUCKETS_H
#define JD_ACCOUNTS_BUCKETS_H

#include "crypto/hmac.h"

#include <jeton/ctx.h>

typedef struct jd_bucket {
    uint64_t tag;    /* of whom it is; 0: free */
    int64_t full_at; /* milliseconds of the caller's clock */
} jd_bucket;

#define JD_BUCKETS_WAYS 8U

typedef struct jd_buckets {
    size_t sets; /* a power of two, of JD_BUCKETS_WAYS each */
    jd_bucket *at;
    jt_hmac_key secret;
} jd_buckets;

/* How much a kind of bucket holds. */
typedef struct jd_bucket_size {
    int64_t burst;    /* at least 1 */
    int64_t interval; /* milliseconds per token, at least 1 */
} jd_bucket_size;

/* Room for sets × JD_BUCKETS_WAYS buckets; memory is touched as it is used. JETON_E_NOMEM,
 * JETON_E_RANDOM; jd_buckets_done() is due whatever comes back. */
JETON_MUST jeton_status jd_buckets_init(jd_buckets *buckets, size_t sets, jeton_err *err);
void jd_buckets_done(jd_buckets *buckets);

/* Takes a token out of the bucket of `name`. 0 when there was one; otherwise the milliseconds until
 * there is one, and nothing is taken. */
JETON_MUST int64_t jd_buckets_take(jd_buckets *buckets, jeton_span name, jd_bucket_size size,
                                   int64_t now);

/* Puts one back, as if it had not been taken. */
void jd_buckets_give(jd_buckets *buckets, jeton_span name, jd_bucket_size size, int64_t now);

/* Marks `name` until a moment; whether it is marked. For a table of its own. */
void jd_buckets_mark(jd_buckets *buckets, jeton_span name, int64_t until, int64_t now);
bool jd_buckets_has(const jd_buckets *buckets, jeton_span name, int64_t now);

#endif
