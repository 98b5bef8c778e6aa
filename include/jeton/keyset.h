/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/keyset.h - the keys a verifier may use.
 *
 * Keys are found by "kid", for a token without one by "x5t#S256", then by what the algorithm needs.
 *
 * Threads: a set never changes once made, so any number may use it at once; to change keys, make a
 * new set. Verifiers have references of their own: the caller may free his, on any thread, while
 * they are in use.
 */
#ifndef JETON_KEYSET_H
#define JETON_KEYSET_H

#include <jeton/key.h>

typedef struct jeton_keyset jeton_keyset;

JETON_BEGIN

/* Reads a JWK Set (RFC 7517 §5), or a single JWK as a set of one. A key in it that is broken or
 * of an unknown type is skipped and counted (jeton_keyset_skipped), not fatal; so is a second key
 * with a "kid" and type already seen.
 *
 * set   set to NULL first; on JETON_OK the caller owns it: jeton_keyset_free()
 *
 * JETON_E_SYNTAX       not a JSON object, or "keys" is not an array
 * JETON_E_LIMIT        more keys than jeton_limits.keys
 * JETON_E_UNSUPPORTED  an encrypted set (RFC 7517 §7)
 */
JETON_API JETON_MUST jeton_status jeton_keyset_parse(const jeton_ctx *ctx, jeton_span json,
                                                     jeton_keyset **set, jeton_err *err);

/* The same for a set that somebody publishes, where private keys have no place: a key with a
 * private member, whatever its type ("d", "k", "priv", …), is skipped and counted like a broken
 * one. A single JWK of that kind is JETON_E_KEY. */
JETON_API JETON_MUST jeton_status jeton_keyset_parse_public(const jeton_ctx *ctx, jeton_span json,
                                                            jeton_keyset **set, jeton_err *err);

/* A set of these keys. The set takes its own references: the caller still frees his.
 * JETON_E_KEY when two keys of one type have the same kid. */
JETON_API JETON_MUST jeton_status jeton_keyset_new(const jeton_ctx *ctx,
                                                   const jeton_key *const *keys, size_t count,
                                                   jeton_keyset **set, jeton_err *err);

/* Gives one reference back and sets *set to NULL. */
JETON_API void jeton_keyset_free(jeton_keyset **set);

/* Prints the set as a JWKS. The public part leaves secrets (kty oct) out; the private part needs
 * every key to be private: JETON_E_KEY_USE otherwise. */
JETON_API JETON_MUST jeton_status jeton_keyset_print(const jeton_keyset *set, jeton_key_part part,
                                                     jeton_text **text, jeton_err *err);

/* How many keys there are, and the i-th (borrowed; NULL past the end). */
JETON_API size_t jeton_keyset_count(const jeton_keyset *set);
JETON_API const jeton_key *jeton_keyset_get(const jeton_keyset *set, size_t i);

/* How many keys parsing skipped, and why the first one was ("" when none). Borrowed. */
JETON_API size_t jeton_keyset_skipped(const jeton_keyset *set);
JETON_API const char *jeton_keyset_skipped_why(const jeton_keyset *set);

JETON_END

#endif
