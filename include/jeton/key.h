/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/key.h - one key: read it, describe it, hand it to sign or verify.
 *
 * A key is typed at import: a JWK says what it is, a PEM block says what it is, and a secret is
 * one only when jeton_key_from_secret() was called. Text is never taken for a secret because of
 * how it looks. A key never changes once made, so threads may share it without locks; its memory
 * is shared by reference counting, and the last jeton_key_free() wipes it.
 * Nothing here does I/O: fetching keys belongs to the caller.
 *
 * Refused as JETON_E_KEY everywhere: RSA below 2048 bits, with an exponent below 3 or even, or with
 * a modulus that can be factored (ROCA, CVE-2017-15361); points off the curve; an OKP or AKP key
 * whose public half is not derived from the private one; an HMAC secret shorter than the hash
 * (RFC 7518 §3.2); values that are missing or not canonical base64url.
 */
#ifndef JETON_KEY_H
#define JETON_KEY_H

#include <jeton/alg.h>
#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>
#include <jeton/text.h>

typedef struct jeton_key jeton_key;

/* Which half of a key pair to print. A secret (kty oct) has no public half. */
typedef enum jeton_key_part {
    JETON_KEY_PUBLIC,
    JETON_KEY_PRIVATE, /* all there is, private members included */
} jeton_key_part;

JETON_BEGIN

/* Reads one JWK (RFC 7517 §4). Members it does not know are ignored; "alg", "use" and "key_ops",
 * where present, bind the key.
 *
 * ctx   may be NULL
 * json  borrowed for the call only
 * key   set to NULL first; on JETON_OK the caller owns it: jeton_key_free()
 * err   may be NULL, here and everywhere
 *
 * JETON_E_SYNTAX       not a JSON object, or a member name given twice
 * JETON_E_KEY          a member is missing, malformed or too weak
 * JETON_E_UNSUPPORTED  a kty, crv or alg this build does not know
 * JETON_E_LIMIT        longer than jeton_limits.json, or a kid too long
 */
JETON_API JETON_MUST jeton_status jeton_key_parse(const jeton_ctx *ctx, jeton_span json,
                                                  jeton_key **key, jeton_err *err);

/* Reads one PEM block: PUBLIC KEY, PRIVATE KEY (PKCS#8, not encrypted), RSA PRIVATE KEY,
 * RSA PUBLIC KEY or EC PRIVATE KEY.
 *
 * alg  binds the key to one algorithm; JETON_ALG_UNSET leaves it unbound (the policy must then
 *      name the algorithms)
 * kid  may be empty
 *
 * JETON_E_SYNTAX       not one PEM block of those
 * JETON_E_KEY          too weak, broken, or not a key for `alg`
 * JETON_E_UNSUPPORTED  encrypted, or of another type or curve
 * JETON_E_LIMIT        longer than 64 KiB
 */
JETON_API JETON_MUST jeton_status jeton_key_parse_pem(const jeton_ctx *ctx, jeton_span pem,
                                                      jeton_alg alg, jeton_span kid,
                                                      jeton_key **key, jeton_err *err);

/* An HMAC key from raw octets; they are copied. `alg` must be one of HS256, HS384, HS512 and the
 * secret at least as long as its hash: JETON_E_KEY otherwise, and JETON_E_LIMIT for one of more
 * than 4 KiB. `kid` may be empty. */
JETON_API JETON_MUST jeton_status jeton_key_from_secret(const jeton_ctx *ctx, jeton_alg alg,
                                                        jeton_span secret, jeton_span kid,
                                                        jeton_key **key, jeton_err *err);

/* A new key for `alg`: an HMAC secret of the hash's length, RSA of 2048 bits, or one on the
 * algorithm's curve; Ed25519 for EdDSA.
 * With an empty `kid` the key is named by its thumbprint; a secret stays unnamed.
 * JETON_E_ARGUMENT: `alg` is none of the list. JETON_E_UNSUPPORTED: this build does not have it. */
JETON_API JETON_MUST jeton_status jeton_key_generate(const jeton_ctx *ctx, jeton_alg alg,
                                                     jeton_span kid, jeton_key **key,
                                                     jeton_err *err);

/* The same key once more: adds a reference, which needs its own jeton_key_free(). */
JETON_API jeton_key *jeton_key_ref(const jeton_key *key);

/* Gives one reference back and sets *key to NULL; the last one wipes and frees the key. */
JETON_API void jeton_key_free(jeton_key **key);

/* Prints the key as a JWK, members in a fixed order. *text is the caller's: jeton_text_free().
 * JETON_E_KEY_USE when that part is not there (the public half of a secret, the private half of
 * a public key). */
JETON_API JETON_MUST jeton_status jeton_key_print(const jeton_key *key, jeton_key_part part,
                                                  jeton_text **text, jeton_err *err);

/* Prints the key as a PEM block: PUBLIC KEY or PRIVATE KEY (PKCS#8). JETON_E_KEY_USE as above,
 * and for every secret. */
JETON_API JETON_MUST jeton_status jeton_key_print_pem(const jeton_key *key, jeton_key_part part,
                                                      jeton_text **text, jeton_err *err);

/* The SHA-256 thumbprint as base64url (RFC 7638): 43 characters. */
JETON_API JETON_MUST jeton_status jeton_key_thumbprint(const jeton_key *key, jeton_text **text,
                                                       jeton_err *err);

/* The "kid", or an empty span. Borrowed: lives as long as the key. */
JETON_API jeton_span jeton_key_id(const jeton_key *key);

/* The algorithm the key is bound to, or JETON_ALG_UNSET. */
JETON_API jeton_alg jeton_key_alg(const jeton_key *key);

/* "oct", "RSA", "EC", "OKP" or "AKP". Static. */
JETON_API const char *jeton_key_type(const jeton_key *key);

/* Whether it can sign: a private key or a secret. */
JETON_API bool jeton_key_is_private(const jeton_key *key);

JETON_END

#endif
