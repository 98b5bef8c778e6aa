/* SPDX-License-Identifier: Apache-2.0 */
/* signer/signer.h - the only holder of private keys: claims in, tokens out, and the life of keys.
 *
 * Narrow, so that it can become a process of its own: nothing that comes out of here is secret, but
 * for a client's secret in the moment it is made. Any thread may call anything.
 *
 * The life of a key pair is next → active → retiring → withdrawn. It is published while it is next,
 * for at least as long as others may keep what is published (max_age), so that nobody meets a token
 * whose key he cannot know; there is always a next one, so a rotation need not wait for it. Its
 * private half is destroyed when it begins to retire, and it is withdrawn when the last token it
 * signed has expired. A secret (HS256) is never published, begins as active, and changes only when
 * somebody says so, since others have a copy.
 *
 * Where several nodes share the store, no key signs before each of them has it ("other nodes"
 * below), and what time it is says the database.
 */
#ifndef JD_SIGNER_SIGNER_H
#define JD_SIGNER_SIGNER_H

#include "signer/seal.h"
#include "store/keys.h"
#include "store/revoke.h"

#include <jeton/claims.h>
#include <jeton/keyset.h>
#include <jeton/text.h>

typedef struct jd_signer jd_signer;

typedef struct jd_signer_options {
    const char *alg; /* of tokens whose client has none of its own */
    int64_t max_age; /* seconds that others may keep the published keys */
    int64_t active;  /* seconds that a key signs before the next one takes over */
    int64_t leeway;  /* seconds for which tokens may be taken although they have expired */
} jd_signer_options;

/* ---- the signer ----------------------------------------------------------------------------- */

/* Loads the signing keys from the store, making the first one when there is none.
 *
 * store, sealer  must outlive the signer
 * signer         set to NULL first; on JETON_OK the caller owns it: jd_signer_free()
 *
 * JETON_E_ARGUMENT  options->alg is not one of jd_signer_algs(), or HS256, which needs a client
 * JETON_E_KEY       a key in the store does not open or is broken, or keys but none is active
 * JETON_E_STORE
 */
JETON_MUST jeton_status jd_signer_open(const jeton_ctx *ctx, const jd_signer_options *options,
                                       jd_store *store, const jd_sealer *sealer, jd_signer **signer,
                                       jeton_err *err);

/* Wipes the keys, frees *signer and sets it to NULL. */
void jd_signer_free(jd_signer **signer);

/* The algorithms that tokens may be signed with; NULL ends the list. */
const char *const *jd_signer_algs(void);

/* How a token is to be signed. */
typedef struct jd_signing {
    jeton_span alg;    /* empty: the server's */
    jeton_span client; /* whose secret, for HS256 */
    jeton_time expires;
    bool status_list; /* "typ": "statuslist+jwt" in the place of "at+jwt" */
} jd_signing;

/* Makes an access token of these claims, with the key that is active and "typ": "at+jwt" (RFC 9068
 * §2.1). Nothing is added to the claims but a missing "iat". *token is the caller's:
 * jeton_text_free(). When what was read from the store last tells of other keys, they are read
 * first.
 *
 * JETON_E_KEY   there is no key for that
 * JETON_E_BUSY  it is not known to all nodes yet, or the keys are just being changed
 * JETON_E_STORE the keys of now cannot be read */
JETON_MUST jeton_status jd_signer_sign(jd_signer *signer, const jd_signing *how,
                                       const jeton_claims *claims, jeton_text **token,
                                       jeton_err *err);

/* ---- what tokens are verified with ---------------------------------------------------------- */

/* What is published, and for how long it may be kept. */
typedef struct jd_jwks {
    jeton_span json;
    const char *etag; /* changes with the text */
    int64_t max_age;  /* seconds */
} jd_jwks;

/* Copies it into the arena. Secrets are not in it. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_signer_jwks(jd_signer *signer, jt_arena *arena, jd_jwks *jwks,
                                       jeton_err *err);

/* Told which keys verify tokens from now on: those that are published, and those with the secrets,
 * for ourselves. Borrowed for the call; verifiers keep references. A failure fails the change. */
typedef jeton_status jd_signer_watcher(void *user, const jeton_keyset *published,
                                       const jeton_keyset *all, jeton_err *err);

/* Calls the watcher, and from then on at every change: before a new key signs, and when a
 * withdrawn one is to be refused. NULL: nobody. */
JETON_MUST jeton_status jd_signer_watch(jd_signer *signer, jd_signer_watcher *watcher, void *user,
                                        jeton_err *err);

/* Takes up what is in the store now: another node has changed it. What the watcher gives. */
JETON_MUST jeton_status jd_signer_renew(jd_signer *signer, jeton_err *err);

/* Whether the kid is that of a secret of this client. */
JETON_MUST bool jd_signer_owns(jd_signer *signer, jeton_span kid, jeton_span client);

/* ---- the life of keys ----------------------------------------------------------------------- */

/* Does what the schedule asks for: makes next keys, lets them take over, retires and withdraws.
 *
 * due  when there is something to do again, by the clock that keys live by: that of the database
 *      where nodes share one; filled in whatever comes back */
JETON_MUST jeton_status jd_signer_tend(jd_signer *signer, jeton_time *due, jeton_err *err);

/* Whether tokens can be signed with it by default: any but HS256. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_signer_check_alg(const char *alg, jeton_err *err);

/* So many milliseconds are left until then. */
int64_t jd_signer_left(jd_signer *signer, jeton_time due);

/* Waits so many milliseconds, at most a minute, or until something else may be due since the last
 * jd_signer_tend(), or jd_signer_wake() is called. */
void jd_signer_wait(jd_signer *signer, int64_t ms);
void jd_signer_wake(jd_signer *signer);

typedef struct jd_key_news {
    char kid[64];
    bool signs;            /* it does already … */
    jeton_time signs_from; /* … or will, from here on at the earliest */
} jd_key_news;

/* Makes the next key of an algorithm (empty: the server's) take over, at once if it has been
 * published for long enough and all nodes have it, else as soon as it has: jd_signer_tend() sees to
 * that. JETON_E_NOT_FOUND: no key has that algorithm, or it is HS256. */
JETON_MUST jeton_status jd_signer_rotate(jd_signer *signer, jeton_span alg, jd_key_news *news,
                                         jeton_err *err);

/* Withdraws a key, whatever its state: what was signed with it is refused from here on. If it was
 * the active one, the next takes over at once; when not all nodes have that yet, nothing is signed
 * with the algorithm until they do.
 *
 * mark   goes into the log in the same transaction
 * entry  the mark, to be applied
 *
 * JETON_E_NOT_FOUND  there is no such key, or it is withdrawn already
 * JETON_E_REQUEST    it is the active secret of a client: give that another one first
 */
JETON_MUST jeton_status jd_signer_withdraw(jd_signer *signer, jeton_span kid,
                                           const jd_revoking *mark, jt_revocation *entry,
                                           jeton_err *err);

/* Sees to it that tokens can be signed with an algorithm, other than HS256, as soon as all nodes
 * have a key for it. JETON_E_REQUEST: not one of jd_signer_algs(). */
JETON_MUST jeton_status jd_signer_need(jd_signer *signer, jeton_span alg, jeton_err *err);

#define JD_SECRET_LEAST 32U /* bytes, RFC 7518 §3.2 */
#define JD_SECRET_MOST  512U

/* Gives a client a secret for HS256; one that it had verifies until its tokens have expired.
 *
 * secret  its bytes, JETON_E_REQUEST when they are too few or too many */
JETON_MUST jeton_status jd_signer_add_secret(jd_signer *signer, jeton_span client,
                                             jeton_span secret, jeton_err *err);

/* ---- other nodes ---------------------------------------------------------------------------- */

/* A key that is put into a store that several nodes share is announced by a notice in the log, and
 * does not sign before each of them that may accept tokens has it: a token that is signed here
 * would be refused there. Who finds that out is not the signer's business.
 *
 * The lowest number above `above` of a notice that not all nodes are known to have; 0: none. */
uint64_t jd_signer_awaited(jd_signer *signer, uint64_t above);

/* All nodes have what was announced up to this number: it signs from here on. */
JETON_MUST jeton_status jd_signer_known(jd_signer *signer, uint64_t n, jeton_err *err);

/* Whether no key of this algorithm, or secret of this client, waits for that. */
bool jd_signer_is_settled(jd_signer *signer, jeton_span alg, jeton_span client);

/* The keys of the store, for operators. Sealed parts are left out. */
JETON_MUST jeton_status jd_signer_list(jd_signer *signer, jt_arena *arena, jd_stored_keys *keys,
                                       jeton_err *err);

#endif
