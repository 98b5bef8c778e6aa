/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/verifier.h - a policy and a key set, compiled: decides about tokens.
 *
 * To change policy or keys, make a new one and swap the pointer.
 *
 * Threads: hooks and cache are set before a verifier is shared; from then on it never changes, and
 * any number may call jeton_verify() with it at once, without locks, each with a verdict of its
 * own. One frees it, when no verification is under way.
 *
 * The order of one verification is fixed: limits, base64url, header, key, algorithm, signature,
 * claims, revocation, the program's own check. A hook therefore never sees a token whose signature
 * failed, nor one that the policy refuses.
 */
#ifndef JETON_VERIFIER_H
#define JETON_VERIFIER_H

#include <jeton/cache.h>
#include <jeton/keyset.h>
#include <jeton/policy.h>
#include <jeton/signature_cache.h>
#include <jeton/verdict.h>

typedef struct jeton_verifier jeton_verifier;

/* Asked about a token that the policy accepts: JETON_OK, or the reason to refuse (usually
 * JETON_E_REVOKED). Runs on the verifying thread and must be safe to call from all of
 * them at once. The verdict gives out its claims while the hook runs. */
typedef jeton_status (*jeton_revocation_hook)(void *user, const jeton_verdict *verdict);

/* Asked last of all, behind revocation: JETON_OK, or the reason to refuse, usually
 * JETON_E_REFUSED. It may put a text of its own into err->text, cut after 155 bytes, which
 * jeton_verdict_why() then gives behind "hook: "; err->status is of no interest. What the token
 * says does not belong there: reasons end up in logs. Runs where the revocation hook does, with the
 * same claims to look at. */
typedef jeton_status (*jeton_accept_hook)(void *user, const jeton_verdict *verdict, jeton_err *err);

JETON_BEGIN

/* Makes a verifier. The policy is copied, the set referenced: the caller still frees his.
 *
 * ctx     may be NULL; its clock and its limits are what tokens are judged by
 * policy  may be NULL: the zero policy
 *
 * JETON_E_ARGUMENT  the policy has an algorithm bit, a flag in `allow` or a preset that stands for
 *                   nothing, a rule without path or operator, whose path is no JSON Pointer or
 *                   whose value is not JSON of the kind the operator takes; all_audiences without
 *                   audiences; a preset that wants issuers and audiences named, and they are not
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_verifier_new(const jeton_ctx *ctx,
                                                     const jeton_policy *policy,
                                                     const jeton_keyset *keys,
                                                     jeton_verifier **verifier, jeton_err *err);

/* Sets the revocation hook; call it before the verifier is shared. NULL takes it away. */
JETON_API void jeton_verifier_on_revocation(jeton_verifier *verifier, jeton_revocation_hook hook,
                                            void *user);

/* Sets the hook that runs last, for what rules cannot say; call it before the verifier is shared.
 * NULL takes it away. */
JETON_API void jeton_verifier_on_accept(jeton_verifier *verifier, jeton_accept_hook hook,
                                        void *user);

/* Makes it remember the tokens it accepts, and use what it remembers; call it before the verifier
 * is shared. The cache is referenced: the caller still frees his. NULL takes it away. One cache may
 * serve any number of verifiers, whatever their policies and keys; what one accepted is never found
 * by another, nor by a later one of the same policy. The hooks are asked and the time is looked at
 * in every call all the same. */
JETON_API void jeton_verifier_use_cache(jeton_verifier *verifier, const jeton_cache *cache);

/* Makes it look for signatures in memory that processes share (jeton/signature_cache.h), behind the
 * choice of key and algorithm, and put there the good ones; call it before the verifier is shared.
 * The cache is referenced: the caller still frees his. NULL takes it away. Works with a verdict
 * cache and without. */
JETON_API void jeton_verifier_use_signatures(jeton_verifier *verifier,
                                             const jeton_signature_cache *cache);

/* Frees *verifier and sets it to NULL. No verification may be under way. Takes what it had
 * accepted out of its cache. */
JETON_API void jeton_verifier_free(jeton_verifier **verifier);

/* Decides about one compact token (RFC 7515 §3.1, RFC 7519 §7.2).
 *
 * token    borrowed for the call only; exactly the token, no white space around it
 * verdict  the caller's; overwritten whatever happens
 *
 * Returns jeton_verdict_status(verdict): JETON_OK, or why it is refused. With a JETON_E_NOMEM
 * nothing is known about the token, and it is refused all the same.
 */
JETON_API JETON_MUST jeton_status jeton_verify(const jeton_verifier *verifier, jeton_span token,
                                               jeton_verdict *verdict);

JETON_END

#endif
