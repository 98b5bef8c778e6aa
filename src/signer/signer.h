/* SPDX-License-Identifier: Apache-2.0 */
/* signer/signer.h - the only holder of private keys: claims in, tokens out.
 *
 * Narrow, so that it can become a process of its own: nothing that comes out of here is secret.
 * Any thread may sign.
 */
#ifndef JD_SIGNER_SIGNER_H
#define JD_SIGNER_SIGNER_H

#include "signer/seal.h"
#include "store/store.h"

#include <jeton/claims.h>
#include <jeton/keyset.h>
#include <jeton/text.h>

typedef struct jd_signer jd_signer;

/* Loads the signing keys from the store, making the first one (ES256) when there is none.
 *
 * store, sealer  needed for this call only
 * signer         set to NULL first; on JETON_OK the caller owns it: jd_signer_free()
 *
 * JETON_E_KEY    a key in the store does not open or is broken, or none is active
 * JETON_E_STORE
 */
JETON_MUST jeton_status jd_signer_open(const jeton_ctx *ctx, jd_store *store,
                                       const jd_sealer *sealer, jd_signer **signer, jeton_err *err);

/* Wipes the keys, frees *signer and sets it to NULL. */
void jd_signer_free(jd_signer **signer);

/* Makes an access token of these claims, with the active key and "typ": "at+jwt" (RFC 9068 §2.1).
 * Nothing is added to the claims but a missing "iat". *token is the caller's: jeton_text_free(). */
JETON_MUST jeton_status jd_signer_sign(const jd_signer *signer, const jeton_claims *claims,
                                       jeton_text **token, jeton_err *err);

/* The public keys that tokens may be verified with: as JWKS text for everybody, and as a set for
 * our own verifiers. HMAC secrets are in neither. Borrowed from the signer. */
jeton_span jd_signer_jwks(const jd_signer *signer);
const jeton_keyset *jd_signer_keyset(const jd_signer *signer);

#endif
