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
 *
 * Claims of your own are held against rules, and what rules cannot say is said by a hook
 * (jeton/verifier.h):
 *
 *     static const jeton_policy admins = {
 *         .preset = JETON_PRESET_RFC9068,
 *         .issuers = {"https://login.example.com"},
 *         .audiences = {"https://api.example.com"},
 *         .rules = {{"scope", JETON_RULE_CONTAINS, "\"admin\""},
 *                   {"/org/level", JETON_RULE_AT_LEAST, "3"}},
 *     };
 *
 * Threads: a policy is a value of the program's and copied where a verifier is made of it.
 */
#ifndef JETON_POLICY_H
#define JETON_POLICY_H

#include <jeton/alg.h>
#include <jeton/ctx.h>
#include <jeton/error.h>

#include <stdbool.h>

#define JETON_POLICY_NAMES    8  /* issuers, audiences at most */
#define JETON_POLICY_REQUIRED 16 /* required claims at most */
#define JETON_POLICY_RULES    16 /* rules at most */

/* The one way a policy is made laxer than {0}: flags, each naming what it allows. */
typedef enum jeton_allow {
    JETON_ALLOW_NO_EXP = 1,     /* tokens without "exp", which live for ever */
    JETON_ALLOW_FUTURE_IAT = 2, /* an "iat" later than now */
    JETON_ALLOW_NUMBER_SUB = 4, /* a "sub" that is an integer */
    JETON_ALLOW_ANY_AUD = 8,    /* with the preset PYJWT, an "aud" where no audience is named */
} jeton_allow;

/* What a rule may say of a claim: constant, number, the word for it on a command line.
 *
 * A claim that is null counts as absent. A rule about a claim that is absent, or of a type that the
 * operator has no meaning for, is not met. Nothing here takes time that the token could make long:
 * there are no patterns. */
/* clang-format off */
#define JETON_RULE_LIST(X)                                                                        \
    X(EXISTS,        1, "exists")       /* there and not null; takes no value */                  \
    X(ABSENT,        2, "absent")       /* not there, or null; takes no value */                  \
    X(EQUALS,        3, "equals")       /* the same JSON value: 1 and 1.0 are the same, members   \
                                           of objects may stand in any order */                   \
    X(ONE_OF,        4, "one-of")       /* equal to one element of the value, an array */         \
    X(CONTAINS,      5, "contains")     /* an array with an element equal to the value, or a text \
                                           of words parted by spaces of which one is the value */ \
    X(CONTAINS_ALL,  6, "contains-all") /* as CONTAINS, for each element of the value, an array */ \
    X(STARTS_WITH,   7, "starts-with")  /* a text that begins with the value, byte for byte */    \
    X(ENDS_WITH,     8, "ends-with")    /* a text that ends with the value, byte for byte */      \
    X(AT_LEAST,      9, "at-least")     /* a number that is the value or more */                  \
    X(AT_MOST,      10, "at-most")      /* a number that is the value or less */
/* clang-format on */

typedef enum jeton_rule_op {
#define JETON_RULE_ENUM(name, number, word) JETON_RULE_##name = number,
    JETON_RULE_LIST(JETON_RULE_ENUM)
#undef JETON_RULE_ENUM
} jeton_rule_op;

/* One rule: the claim at `path` has to be as the operator says. Two rules about one path make a
 * range: {"level", JETON_RULE_AT_LEAST, "2"}, {"level", JETON_RULE_AT_MOST, "4"}. */
typedef struct jeton_rule {
    const char *path; /* a top-level claim by its name, or, when it begins with "/", any value by
                         its JSON Pointer (RFC 6901): "/realm_access/roles", "/amr/0" */
    jeton_rule_op op;
    const char *value; /* JSON text: "\"gold\"", "3", "[\"a\",\"b\"]"; NULL where none is taken */
} jeton_rule;

/* Ready-made demands, by number and name; docs/presets.md has each of them in full. What a policy
 * says besides comes on top: required claims and what is allowed add up, and a "typ" of its own
 * goes over that of the preset.
 *
 * JETON     access tokens of `jeton serve`: typ at+jwt; iss, sub, aud, client_id, iat, exp, jti
 *           and rev are there. Who asks the revocation state is the revocation hook.
 * RFC9068   OAuth 2 access tokens (RFC 9068 §4): typ at+jwt; iss, exp, aud, sub, client_id, iat
 *           and jti are there. Issuers and audiences must be named: without them
 *           jeton_verifier_new() fails.
 * PYJWT     accepts and refuses, in the same order, what PyJWT 2.10 does: exp is not required,
 *           exp and nbf may be decimal texts and lose their fractions, an aud that nobody asked
 *           for is refused. An iat is the number it is, as in PyJWT 2.6: 2.10 takes int() of
 *           that too, so its fraction counts here, and as a text it is refused. Stricter
 *           where PyJWT is unsafe; the differences are in docs/presets.md. */
/* clang-format off */
#define JETON_PRESET_LIST(X) \
    X(NONE,    0, "none")    \
    X(JETON,   1, "jeton")   \
    X(RFC9068, 2, "rfc9068") \
    X(PYJWT,   3, "pyjwt")
/* clang-format on */

typedef enum jeton_preset {
#define JETON_PRESET_ENUM(name, number, word) JETON_PRESET_##name = number,
    JETON_PRESET_LIST(JETON_PRESET_ENUM)
#undef JETON_PRESET_ENUM
} jeton_preset;

/* Everything is copied where a verifier is made of it. Lists end at the first NULL. */
typedef struct jeton_policy {
    uint32_t algs; /* JETON_ALG_BIT(…) | …; 0: the algorithm each key is bound to, and keys
                      bound to none are not used */
    const char *issuers[JETON_POLICY_NAMES];   /* "iss" must be one of these; none: any */
    const char *audiences[JETON_POLICY_NAMES]; /* "aud" must have one of these; none: any */
    const char *typ; /* the header's "typ", compared as a media type (RFC 8725 §3.11): letters
                        in any case, "application/" left out or not; NULL: any */
    const char *require[JETON_POLICY_REQUIRED]; /* claims that must be there and not null */
    unsigned leeway;     /* seconds of clock difference tolerated in exp, nbf and iat */
    unsigned max_age;    /* seconds since "iat" at most, and "iat" required; 0: no limit */
    unsigned allow;      /* jeton_allow flags; 0: the secure default */
    jeton_preset preset; /* ready-made demands to start from */
    bool all_audiences;  /* "aud" must have every one of `audiences` instead of any */
    const char *subject; /* "sub" must be this, a number in decimal; NULL: any */
    const char *jti;     /* "jti" must be this; NULL: any */
    unsigned max_life;   /* seconds from "iat" to "exp" at most, and both required; 0: no limit */
    jeton_rule rules[JETON_POLICY_RULES]; /* all have to be met; ends at the first without a path */
} jeton_policy;

/* The checks behind E_EXPIRED … E_REFUSED, as bits of jeton_verdict_failed(). They are made in this
 * order, LIFE behind IAT and the hooks last: typ, exp, nbf, iat, life, iss, aud, sub, jti,
 * required, rules; with JETON_PRESET_PYJWT required claims come before exp, and iat and nbf too. */
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
    X(REVOKED,  9, "revocation")                                           \
    X(LIFE,    10, "life")                                                 \
    X(RULE,    11, "rule")                                                 \
    X(HOOK,    12, "hook")
/* clang-format on */

typedef enum jeton_check {
#define JETON_CHECK_ENUM(name, bit, text) JETON_CHECK_##name = 1 << bit,
    JETON_CHECK_LIST(JETON_CHECK_ENUM)
#undef JETON_CHECK_ENUM
} jeton_check;

#endif
