/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/signer.h - a key and defaults: makes tokens.
 *
 * Threads: a signer never changes once made, so any number may sign with it at once; one frees it,
 * when no other signs any more.
 */
#ifndef JETON_SIGNER_H
#define JETON_SIGNER_H

#include <jeton/claims.h>
#include <jeton/key.h>
#include <jeton/text.h>

typedef struct jeton_signer jeton_signer;

/* What goes into a token whose claims do not say it. All-zero: only "iat". */
typedef struct jeton_token_defaults {
    const char *issuer;   /* "iss"; NULL: none */
    const char *audience; /* "aud"; NULL: none */
    const char *typ;      /* the header's "typ"; NULL: "JWT" */
    unsigned lifetime;    /* seconds from now to "exp"; 0: no "exp" */
    bool jti;             /* a random "jti" of 96 bits, base64url */
} jeton_token_defaults;

JETON_BEGIN

/* Makes a signer. The key is referenced, the defaults (NULL: all-zero) are copied.
 *
 * alg  the algorithm to sign with; JETON_ALG_UNSET takes the one the key is bound to
 *
 * JETON_E_KEY_USE  a public key, or one whose "use" or "key_ops" do not allow signing
 * JETON_E_ALG      no algorithm said, or not one for this key
 */
JETON_API JETON_MUST jeton_status jeton_signer_new(const jeton_ctx *ctx, const jeton_key *key,
                                                   jeton_alg alg,
                                                   const jeton_token_defaults *defaults,
                                                   jeton_signer **signer, jeton_err *err);

/* Frees *signer and sets it to NULL. */
JETON_API void jeton_signer_free(jeton_signer **signer);

/* Makes a compact token of these claims (RFC 7515 §7.1). The header holds "alg", "typ" and, where
 * the key has one, "kid"; missing claims come from the defaults. `claims` is left as it was.
 * *token is the caller's: jeton_text_free(). Also fails with what a setter of `claims` met. */
JETON_API JETON_MUST jeton_status jeton_sign(const jeton_signer *signer, const jeton_claims *claims,
                                             jeton_text **token, jeton_err *err);

JETON_END

#endif
