/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/key.h - one key: read it, describe it, hand it to sign or verify.
 *
 * A key is typed at import: a JWK says what it is, a PEM block says what it is, and a secret is
 * one only when jeton_key_from_secret() was called. Text is never taken for a secret because of
 * how it looks. Nothing here does I/O: fetching keys belongs to the caller.
 *
 * Threads: a key never changes once made, so any number may use it at once, without locks. Its
 * memory is shared by reference counting: each thread may free its own reference at any time, and
 * the last jeton_key_free() wipes the key.
 *
 * Refused as JETON_E_KEY everywhere: RSA below 2048 bits, with an exponent below 3 or even, or with
 * a modulus that can be factored (ROCA, CVE-2017-15361); points off the curve; an OKP or AKP key
 * whose public half is not derived from the private one; an HMAC secret shorter than the hash
 * (RFC 7518 §3.2); values that are missing or not canonical base64url; "x5c" or "x5t#S256" that
 * are not of this key.
 *
 * A certificate is only a place where a public key stands. Nothing of it is checked - no signature,
 * no date, no name, no chain - so it proves nothing about who has the private key.
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
 * where present, bind the key. "x5c" (up to 8 certificates of 16 KiB) and "x5t#S256" are matched
 * with the key and kept; "x5u" and "x5t" are ignored.
 *
 * ctx   may be NULL
 * json  borrowed for the call only
 * key   set to NULL first; on JETON_OK the caller owns it: jeton_key_free()
 * err   may be NULL, here and everywhere
 *
 * JETON_E_SYNTAX       not a JSON object, or a member name given twice
 * JETON_E_KEY          a member is missing, malformed or too weak
 * JETON_E_UNSUPPORTED  a kty, crv or alg this build does not know; an encrypted key (RFC 7517 §7)
 * JETON_E_LIMIT        longer than jeton_limits.json, or a kid too long
 */
JETON_API JETON_MUST jeton_status jeton_key_parse(const jeton_ctx *ctx, jeton_span json,
                                                  jeton_key **key, jeton_err *err);

/* The same where a public key is expected: private members, of whatever type of key, are
 * JETON_E_KEY. */
JETON_API JETON_MUST jeton_status jeton_key_parse_public(const jeton_ctx *ctx, jeton_span json,
                                                         jeton_key **key, jeton_err *err);

/* Reads one PEM block: PUBLIC KEY, PRIVATE KEY (PKCS#8, not encrypted), RSA PRIVATE KEY,
 * RSA PUBLIC KEY, EC PRIVATE KEY, or CERTIFICATE, of which the public key is taken.
 *
 * alg  binds the key to one algorithm; JETON_ALG_UNSET leaves it unbound (the policy must then
 *      name the algorithms)
 * kid  may be empty
 *
 * JETON_E_SYNTAX       not one PEM block of those
 * JETON_E_KEY          too weak, broken, or not a key for `alg`
 * JETON_E_UNSUPPORTED  encrypted (see below), or of another type or curve
 * JETON_E_LIMIT        longer than 64 KiB
 */
JETON_API JETON_MUST jeton_status jeton_key_parse_pem(const jeton_ctx *ctx, jeton_span pem,
                                                      jeton_alg alg, jeton_span kid,
                                                      jeton_key **key, jeton_err *err);

/* Reads one PEM block ENCRYPTED PRIVATE KEY (PKCS#8, RFC 5958 §3). Encrypted by PBES2 (RFC 8018)
 * with PBKDF2 or scrypt and AES-CBC, which is what OpenSSL and Python's cryptography write; what it
 * would cost to open is looked at first. Everything that was plain on the way is wiped.
 *
 * passphrase  borrowed for the call only; up to 1 KiB
 *
 * JETON_E_PASSPHRASE   does not open
 * JETON_E_SYNTAX       not one such block
 * JETON_E_UNSUPPORTED  encrypted in another way, or a key of another type or curve
 * JETON_E_LIMIT        more rounds than jeton_limits.rounds; scrypt with more than 32 MiB or 16
 *                      lanes; block or passphrase too long
 * JETON_E_KEY          as above
 */
JETON_API JETON_MUST jeton_status jeton_key_parse_pem_encrypted(const jeton_ctx *ctx,
                                                                jeton_span pem,
                                                                jeton_span passphrase,
                                                                jeton_alg alg, jeton_span kid,
                                                                jeton_key **key, jeton_err *err);

/* Reads a key as DER, all of it: SubjectPublicKeyInfo, PrivateKeyInfo (PKCS#8, not encrypted),
 * RSAPublicKey, RSAPrivateKey (PKCS#1), ECPrivateKey (SEC 1), or Certificate, of which the public
 * key is taken. Which it is, its outermost elements say; nothing is tried out. `alg` and `kid` as
 * for PEM.
 *
 * JETON_E_SYNTAX       not the DER of one of those, or bytes behind it
 * JETON_E_KEY, JETON_E_UNSUPPORTED, JETON_E_LIMIT as for PEM
 */
JETON_API JETON_MUST jeton_status jeton_key_parse_der(const jeton_ctx *ctx, jeton_span der,
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

/* The same key under a name and for one algorithm: a key set of somebody else may say neither.
 *
 * alg    JETON_ALG_UNSET leaves what the key says
 * kid    empty leaves what the key says
 * bound  set to NULL first; on JETON_OK the caller owns it. `key` does not change.
 *
 * JETON_E_ALG  the key is bound to another algorithm
 * JETON_E_KEY  not a key for `alg`
 */
JETON_API JETON_MUST jeton_status jeton_key_bind(const jeton_key *key, jeton_alg alg,
                                                 jeton_span kid, jeton_key **bound, jeton_err *err);

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

/* Prints a private key as a PEM block ENCRYPTED PRIVATE KEY: PBKDF2-HMAC-SHA256 of 600,000 rounds
 * and AES-256-CBC. This takes a good part of a second.
 * JETON_E_KEY_USE for a public key or a secret; JETON_E_ARGUMENT for an empty passphrase;
 * JETON_E_LIMIT for one of more than 1 KiB; JETON_E_RANDOM. */
JETON_API JETON_MUST jeton_status jeton_key_print_pem_encrypted(const jeton_key *key,
                                                                jeton_span passphrase,
                                                                jeton_text **text, jeton_err *err);

/* Prints the key as DER: SubjectPublicKeyInfo or PrivateKeyInfo (PKCS#8). *bytes is the caller's:
 * jeton_text_free(). JETON_E_KEY_USE as for PEM. */
JETON_API JETON_MUST jeton_status jeton_key_print_der(const jeton_key *key, jeton_key_part part,
                                                      jeton_text **bytes, jeton_err *err);

/* The SHA-256 thumbprint as base64url (RFC 7638): 43 characters. */
JETON_API JETON_MUST jeton_status jeton_key_thumbprint(const jeton_key *key, jeton_text **text,
                                                       jeton_err *err);

/* The same as a URI (RFC 9278): "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" and those 43. */
JETON_API JETON_MUST jeton_status jeton_key_thumbprint_uri(const jeton_key *key, jeton_text **text,
                                                           jeton_err *err);

/* The SHA-256 of the key's certificate as base64url ("x5t#S256", RFC 7517 §4.9): as the JWK says,
 * or computed from its "x5c". Empty when it has neither. Borrowed: lives as long as the key. */
JETON_API jeton_span jeton_key_x5t_s256(const jeton_key *key);

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
