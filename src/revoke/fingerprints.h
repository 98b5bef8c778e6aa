/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/fingerprints.h - single tokens that are revoked without an index, 16 bytes each.
 *
 * The jti of a token of ours is 96 random bits, so nothing of it is left out: two tokens never look
 * alike. A token is revoked once and for good, so all there is beside is when that may be
 * forgotten. What is no jti of ours goes where everything else goes.
 *
 * Open addressing, linear probing; the number of slots is any number, so that a table is never much
 * larger than it need be. One writes at a time; others may read meanwhile, without a lock: a slot
 * counts from the moment its last word is there.
 */
#ifndef JT_REVOKE_FINGERPRINTS_H
#define JT_REVOKE_FINGERPRINTS_H

#include "revoke/revocations.h"

typedef struct jt_fingerprint_slot {
    jt_word low;  /* 64 bits of the fingerprint */
    jt_word rest; /* the other 32, and the second in which it may be forgotten; 0: free */
} jt_fingerprint_slot;

_Static_assert(sizeof(jt_fingerprint_slot) == 16, "four in a cache line");

/* Where a table is. A value. */
typedef struct jt_fingerprints {
    jt_fingerprint_slot *slots;
    uint64_t count;   /* of slots; one of them stays free */
    uint64_t seed[2]; /* so that nobody who chooses a jti knows where it goes */
} jt_fingerprints;

typedef struct jt_fingerprint {
    uint64_t low;
    uint32_t high;
} jt_fingerprint;

/* The fingerprint of a token's id in the log. False: it has none. */
JETON_MUST bool jt_fingerprint_of(const uint8_t id[JT_REVOKED_ID], jt_fingerprint *print);
void jt_fingerprint_id(const jt_fingerprint *print, uint8_t id[JT_REVOKED_ID]);

/* Where it belongs, as a number of any size. */
uint64_t jt_fingerprint_hash(const uint64_t seed[2], const jt_fingerprint *print);

/* When it may be forgotten, in seconds, never too early; and back, in milliseconds. */
uint32_t jt_fingerprint_second(jeton_time expires);
jeton_time jt_fingerprint_time(uint32_t second);

/* Whether it is there. True as well for a table that is damaged. */
JETON_MUST bool jt_fingerprints_has(const jt_fingerprints *table, const jt_fingerprint *print);

typedef enum jt_fingerprint_put {
    JT_FINGERPRINT_NEW,
    JT_FINGERPRINT_THERE, /* it was; the later second stays */
    JT_FINGERPRINT_FULL,  /* nothing is done */
} jt_fingerprint_put;

JETON_MUST jt_fingerprint_put jt_fingerprints_put(const jt_fingerprints *table,
                                                  const jt_fingerprint *print, uint32_t second);

#endif
