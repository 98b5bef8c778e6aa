/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/revocations.h - what has been revoked, in memory: asked at every verification.
 *
 * The state is made of the entries of the revocation log (DESIGN.md §7). It only grows until
 * entries expire, so entries may come in any order and any number of times: of two entries about
 * one thing the higher number and the later expiry stay. An entry refuses as long as it is here,
 * whatever the clock says; only jt_revocations_sweep() takes it away.
 *
 * Marks are log numbers, not times: a mark N refuses the tokens it concerns whose "rev", the log
 * number their issuer read in the transaction that made them, is below N.
 *
 * When there is no memory for an entry N, a mark N for everything takes its place. That refuses
 * each token the entry would have refused, for it was issued before N, and many good ones, whose
 * owners get new tokens by refreshing. So nothing is ever forgotten, and nothing needs to be
 * repaired afterwards.
 *
 * No I/O, no clock of its own. Any thread may call any function; checks run side by side, and a
 * check that begins after apply has returned sees the entry.
 */
#ifndef JT_REVOKE_REVOCATIONS_H
#define JT_REVOKE_REVOCATIONS_H

#include "revoke/bitmaps.h"

#include <jeton/ctx.h>
#include <jeton/error.h>

#define JT_REVOKED_ID  16U
#define JT_REVOKED_MAC 16U

/* What an entry is about. The numbers stand in the log and never change. */
typedef enum jt_revoked {
    JT_REVOKED_SESSION = 1, /* a session has ended: each of its tokens is refused */
    JT_REVOKED_SUBJECT = 2, /* a mark for the tokens of one subject */
    JT_REVOKED_ALL = 3,     /* a mark for every token */
    JT_REVOKED_CLIENT = 4,  /* a mark for the tokens of one client */
    JT_REVOKED_KEY = 5,     /* a mark for the tokens signed with one key */
    JT_REVOKED_TOKEN = 6,   /* one token */
    JT_REVOKED_INDEX = 7,   /* one token by its index: list ‖ place, see jt_revoked_pair() */
    JT_REVOKED_LIST = 8,    /* no revocation: a list of indexes ‖ how many of it are announced; it
                               is dropped when this expires */

    /* Notices revoke nothing: they tell whoever follows the log to read something anew. Their id
     * is zeros but for the last, and `expires` the moment they were written. */
    JT_NOTICE_KEYS = 9,     /* the signing keys have changed */
    JT_NOTICE_CLIENTS = 10, /* the clients */
    JT_NOTICE_BANS = 11,    /* the networks that are banned */
    JT_NOTICE_JUMP = 12,    /* anything: the store may have lost its last commits, so the numbers
                               jump to this one, from the one that the id begins with */
    /* A number that is not known here is taken like an entry for which there is no memory. */
} jt_revoked;

/* Whether an entry refuses nothing and is only news. */
static inline bool jt_is_notice(jt_revoked kind)
{
    return kind >= JT_NOTICE_KEYS && kind <= JT_NOTICE_JUMP;
}

typedef struct jt_revocation {
    uint64_t n; /* its number in the log, from 1 */
    jt_revoked kind;
    uint8_t id[JT_REVOKED_ID];   /* of the session or the subject, of a client, key or token what
                                    its owner makes of its name; zeros for JT_REVOKED_ALL */
    jeton_time expires;          /* when every token it concerns has expired */
    uint8_t mac[JT_REVOKED_MAC]; /* of the above (entry_mac.h), as the store and the bus carry it;
                                    not looked at here, and zeros in what comes from here */
} jt_revocation;

/* The id of an entry that is about two numbers, 64 bits each, the higher byte first. */
void jt_revoked_pair(uint64_t first, uint64_t second, uint8_t id[JT_REVOKED_ID]);
void jt_revoked_pair_of(const uint8_t id[JT_REVOKED_ID], uint64_t *first, uint64_t *second);

/* The entry that has the token of an index refused (bits.h). */
static inline void jt_revoked_index(uint64_t index, uint8_t id[JT_REVOKED_ID])
{
    jt_revoked_pair(jt_index_list(index), jt_index_place(index), id);
}

typedef struct jt_revocations jt_revocations;

/* Something that knows what is revoked: this, or a segment. Asked by jt_revoked_ask() (names.h). */
typedef struct jt_revoked_state {
    const void *of;
    uint64_t (*all)(const void *of);              /* the mark for everything; 0: none */
    bool (*has)(const void *of, jt_revoked kind); /* whether there is any entry of a kind */
    jeton_status (*check)(const void *of, jt_revoked kind, const uint8_t *id, uint64_t rev);
    const jt_bits *(*bits)(const void *of); /* the lists of token bits */
} jt_revoked_state;

/* Whether the entry `n` (0: there is none) about a thing refuses a token that names it and was
 * issued at `rev`. No token is issued for a session after its end, and a token is issued once:
 * these need no comparison. */
static inline bool jt_revoked_refuses(jt_revoked kind, uint64_t n, uint64_t rev)
{
    return n != 0 && (kind == JT_REVOKED_SESSION || kind == JT_REVOKED_TOKEN || rev < n);
}

/* An empty state. ctx may be NULL; it gives memory and the seed of the table.
 * JETON_E_NOMEM, JETON_E_RANDOM, JETON_E_SYSTEM (no lock to be had). */
JETON_MUST jeton_status jt_revocations_new(const jeton_ctx *ctx, jt_revocations **revocations,
                                           jeton_err *err);

/* Frees *revocations and sets it to NULL. Nobody may be using it. */
void jt_revocations_free(jt_revocations **revocations);

/* Takes one entry in. The tokens it concerns are refused from now on, also when memory is short.
 *
 * JETON_E_NOMEM        no memory for it: every token with a lower "rev" is refused instead; of an
 *                      index, all tokens of its list
 * JETON_E_UNSUPPORTED  a kind that is not known here: the same
 * JETON_E_ARGUMENT     the number is 0, so this is no entry of the log; nothing is done. Or an
 *                      index or a list that there cannot be: tokens that name it are refused anyway
 */
JETON_MUST jeton_status jt_revocations_apply(jt_revocations *revocations,
                                             const jt_revocation *entry, jeton_err *err);

/* Whether a token that names this session, subject, client, key or token and was issued at log
 * number `rev` stands as far as that thing goes; jt_revocations_state() tells the mark for
 * everything. `has` says whether there is any entry of that kind: only then is it worth finding out
 * the id.
 *
 * JETON_OK or JETON_E_REVOKED, and nothing else */
JETON_MUST jeton_status jt_revocations_check(const jt_revocations *revocations, jt_revoked kind,
                                             const uint8_t *id, uint64_t rev);
bool jt_revocations_has(const jt_revocations *revocations, jt_revoked kind);

/* The lists of token bits: for those who copy them, and for jt_bits_check(), which takes no lock.
 * Borrowed. */
jt_bitmaps *jt_revocations_bitmaps(const jt_revocations *revocations);

/* All of the above, for jt_revoked_ask(). */
jt_revoked_state jt_revocations_state(const jt_revocations *revocations);

/* The highest number applied; 0 for none. */
uint64_t jt_revocations_head(const jt_revocations *revocations);

/* Drops the entries whose tokens have all expired at `now`, and gives their memory back. */
void jt_revocations_sweep(jt_revocations *revocations, jeton_time now);

/* Shows every entry but those about lists and indexes, which jt_bitmaps_each() shows, in no
 * order. Of a single token the number may be a later one than that of its entry. Those who write
 * wait, so `visit` neither applies nor sweeps. */
typedef void jt_revocation_visitor(void *user, const jt_revocation *entry);
void jt_revocations_each(const jt_revocations *revocations, jt_revocation_visitor *visit,
                         void *user);

/* How many entries are kept, and how many of those are fingerprints of tokens (fingerprints.h). */
size_t jt_revocations_count(const jt_revocations *revocations);
size_t jt_revocations_prints(const jt_revocations *revocations);

#endif
