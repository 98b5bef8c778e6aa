/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/alg.h - the signature algorithms (RFC 7518 §3, RFC 8037, RFC 8812, RFC 9864, RFC 9964), in
 * one list.
 *
 * "none" is not among them: there is no value for it to have. "EdDSA", deprecated by RFC 9864, is
 * an alias: it is understood as the algorithm of the key's curve. The names of ML-DSA are always
 * known; its keys are JETON_E_UNSUPPORTED when the library was built against OpenSSL before 3.5.
 *
 * Threads: both calls may be made by any thread at any time.
 */
#ifndef JETON_ALG_H
#define JETON_ALG_H

#include <jeton/span.h>

/* clang-format off */
#define JETON_ALG_LIST(X)         \
    X(HS256,     1, "HS256")      \
    X(HS384,     2, "HS384")      \
    X(HS512,     3, "HS512")      \
    X(RS256,     4, "RS256")      \
    X(RS384,     5, "RS384")      \
    X(RS512,     6, "RS512")      \
    X(PS256,     7, "PS256")      \
    X(PS384,     8, "PS384")      \
    X(PS512,     9, "PS512")      \
    X(ES256,    10, "ES256")      \
    X(ES384,    11, "ES384")      \
    X(ES512,    12, "ES512")      \
    X(ES256K,   13, "ES256K")     \
    X(ED25519,  14, "Ed25519")    \
    X(EDDSA,    15, "EdDSA")      \
    X(ED448,    16, "Ed448")      \
    X(ML_DSA_44, 17, "ML-DSA-44") \
    X(ML_DSA_65, 18, "ML-DSA-65") \
    X(ML_DSA_87, 19, "ML-DSA-87")
/* clang-format on */

typedef enum jeton_alg {
    JETON_ALG_UNSET = 0, /* not said */
#define JETON_ALG_ENUM(name, number, text) JETON_##name = number,
    JETON_ALG_LIST(JETON_ALG_ENUM)
#undef JETON_ALG_ENUM
} jeton_alg;

/* One algorithm as a member of a set, for jeton_policy.algs. */
#define JETON_ALG_BIT(alg) ((uint32_t)1 << (alg))

JETON_BEGIN

/* The registered name, or "" for what is not in the list. Static. */
JETON_API const char *jeton_alg_name(jeton_alg alg);

/* The algorithm of that name (case-sensitive, RFC 7515 §4.1.1), or JETON_ALG_UNSET. */
JETON_API jeton_alg jeton_alg_find(jeton_span name);

JETON_END

#endif
