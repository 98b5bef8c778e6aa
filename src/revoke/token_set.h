/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/token_set.h - the fingerprints (fingerprints.h) that are kept in memory.
 *
 * Many small tables instead of one: when one of them grows, or forgets, it is copied in a
 * millisecond, however many tokens there are, and hardly any memory is needed twice. Ten million
 * tokens take less than 256 MB.
 *
 * No lock of its own: revocations.c has one.
 */
#ifndef JT_REVOKE_TOKEN_SET_H
#define JT_REVOKE_TOKEN_SET_H

#include "revoke/fingerprints.h"

#define JT_TOKEN_SET_TABLES 256U

typedef struct jt_token_set {
    const jeton_ctx *ctx;
    uint64_t seed[2];
    struct {
        jt_fingerprint_slot *slots;
        uint32_t count, used;
    } tables[JT_TOKEN_SET_TABLES];
    size_t slots; /* in all of them */
} jt_token_set;

/* An empty one is zeros, the context and a random seed. Gives all of the memory back. */
void jt_token_set_done(jt_token_set *set);

/* JT_FINGERPRINT_FULL: there is no memory, and nothing is done. */
JETON_MUST jt_fingerprint_put jt_token_set_put(jt_token_set *set, const jt_fingerprint *print,
                                               uint32_t second);
JETON_MUST bool jt_token_set_has(const jt_token_set *set, const jt_fingerprint *print);

/* Drops what may be forgotten at `now` from one of the tables, and gives how much that was. When
 * there is no memory for the rest of it, everything stays. */
size_t jt_token_set_sweep(jt_token_set *set, size_t table, jeton_time now);

/* Shows each of them. */
typedef void jt_token_visitor(void *user, const jt_fingerprint *print, uint32_t second);
void jt_token_set_each(const jt_token_set *set, jt_token_visitor *visit, void *user);

#endif
