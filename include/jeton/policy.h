/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/policy.h - what is demanded of a token, as a constant a program writes once:
 *
 *     static const jeton_policy api = {
 *         .algs = JETON_ALG_BIT(JETON_ES256),
 *         .issuers = {"https://login.example.com"},
 *         .audiences = {"https://api.example.com"},
 *         .require = {"sub"},
 *     };
 *
 * The zero policy {0} already demands: an algorithm that key and header agree on, a good
 * signature, an "exp" in the future, "nbf" and "iat" not in the future where present, registered
 * claims of the right JSON type, and a "sub" that is a string.
 */
#ifndef JETON_POLICY_H
#define JETON_POLICY_H

#include <jeton/alg.h>
#include <jeton/ctx.h>
#include <jeton/error.h>

#define JETON_POLICY_NAMES    8  /* issuers, audiences at most */
#define JETON_POLICY_REQUIRED 16 /* required claims at most */

/* The one way a policy is made laxer than {0}: flags, each naming what it allows. */
typedef enum jeton_allow {
    JETON_ALLOW_NO_EXP = 1,     /* tokens without "exp", which live for ever */
    JETON_ALLOW_FUTURE_IAT = 2, /* an "iat" later than now */
    JETON_ALLOW_NUMBER_SUB = 4, /* a "sub" that is an integer */
} jeton_allow;

/* Everything is copied where a verifier is made of it. Lists end at the first NULL. */
typedef struct jeton_policy {
    uint32_t algs; /* JETON_ALG_BIT(…) | …; 0: the algorithm each key is bound to, and keys
                      bound to none are not used */
    const char *issuers[JETON_POLICY_NAMES];   /* "iss" must be one of these; none: any */
    const char *audiences[JETON_POLICY_NAMES]; /* "aud" must have one of these; none: any */
    const char *typ; /* the header's "typ", compared as a media type (RFC 8725 §3.11): letters
                        in any case, "application/" left out or not; NULL: any */
    const char *require[JETON_POLICY_REQUIRED]; /* claims that must be there and not null */
    unsigned leeway;  /* seconds of clock difference tolerated in exp, nbf and iat */
    unsigned max_age; /* seconds since "iat" at most, and "iat" required; 0: no limit */
    unsigned allow;   /* jeton_allow flags; 0: the secure default */
} jeton_policy;

/* The checks behind E_EXPIRED … E_REVOKED, as bits of jeton_verdict_failed(). */
/* clang-format off */
#define JETON_CHECK_LIST(X)                                                \
    X(TYP,      0, "typ")                                                  \
    X(EXP,      1, "exp")                                                  \
    X(NBF,      2, "nbf")                                                  \
    X(IAT,      3, "iat")                                                  \
    X(ISS,      4, "iss")                                                  \
    X(AUD,      5, "aud")                                                  \
    X(SUB,      6, "sub")                                                  \
    X(JTI,      7, "jti")                                                  \
    X(REQUIRED, 8, "required claim")                                       \
    X(REVOKED,  9, "revocation")
/* clang-format on */

typedef enum jeton_check {
#define JETON_CHECK_ENUM(name, bit, text) JETON_CHECK_##name = 1 << bit,
    JETON_CHECK_LIST(JETON_CHECK_ENUM)
#undef JETON_CHECK_ENUM
} jeton_check;

#endif
