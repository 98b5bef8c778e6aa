/* SPDX-License-Identifier: Apache-2.0 */
/* jeton.h - all of libjeton: make and verify JSON Web Tokens.
 *
 * jeton_key, jeton_keyset       keys, typed at import
 * jeton_claims, jeton_signer    make tokens
 * jeton_policy, jeton_verifier  say what is demanded, and decide
 * jeton_verdict                 the answer, and the claims of an accepted token
 * jeton_cache                   accepted tokens, remembered
 * jeton_segment                 revocations and keys of a jeton serve on this host
 * jeton_guard                   a verifier in front of the routes of an HTTP server
 * jeton_jws                     signatures over any octets, in every form
 * jeton_ctx                     clock, memory, randomness and limits of your own
 *
 * The library has no globals, does no I/O but for jeton_segment, and logs nothing.
 */
#ifndef JETON_H
#define JETON_H

#include <jeton/alg.h>
#include <jeton/cache.h>
#include <jeton/claims.h>
#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/guard.h>
#include <jeton/issuer.h>
#include <jeton/jws.h>
#include <jeton/key.h>
#include <jeton/keyset.h>
#include <jeton/policy.h>
#include <jeton/segment.h>
#include <jeton/signature_cache.h>
#include <jeton/signer.h>
#include <jeton/span.h>
#include <jeton/text.h>
#include <jeton/verdict.h>
#include <jeton/verifier.h>

#endif
