/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/error.h - every outcome a call can have, in one list.
 *
 * The code says what the caller can do; the text in jeton_err says what happened. Texts never hold
 * bytes of a token, key or password. Numbers are stable: new outcomes get new numbers.
 */
#ifndef JETON_ERROR_H
#define JETON_ERROR_H

#include <jeton/export.h>

/* clang-format off */
#define JETON_STATUS_LIST(X)                                                    \
    X(OK,             0, "success")                                             \
    /* the machine and the caller */                                            \
    X(E_NOMEM,        1, "out of memory")                                       \
    X(E_ARGUMENT,     2, "an argument is wrong")                                \
    X(E_RANDOM,       3, "no randomness to be had")                             \
    X(E_CRYPTO,       4, "the cryptographic library failed")                    \
    X(E_UNSUPPORTED,  5, "not supported by this build")                         \
    X(E_LIMIT,        6, "larger or deeper than the limit allows")              \
    /* the shape of what came in */                                             \
    X(E_SYNTAX,      10, "not well-formed")                                     \
    X(E_ENCODING,    11, "not canonical base64url")                             \
    X(E_HEADER,      12, "the token's header is not acceptable")                \
    X(E_CRIT,        13, "the token demands an extension that is not understood") \
    X(E_CLAIM,       14, "a claim has the wrong type or value")                 \
    /* keys and signatures */                                                   \
    X(E_KEY,         20, "key is missing, malformed or too weak")               \
    X(E_KEY_UNKNOWN, 21, "no key matches the token")                            \
    X(E_KEY_USE,     22, "the key may not be used for this")                    \
    X(E_ALG,         23, "the algorithm is not allowed here")                   \
    X(E_SIGNATURE,   24, "signature does not match")                            \
    /* what the policy demands */                                               \
    X(E_EXPIRED,     30, "the token has expired")                               \
    X(E_NOT_YET,     31, "the token is not valid yet")                          \
    X(E_ISSUED,      32, "the token was issued in the future or too long ago")  \
    X(E_ISSUER,      33, "the issuer is not the expected one")                  \
    X(E_AUDIENCE,    34, "the token is meant for another audience")             \
    X(E_TYP,         35, "the token is of another type")                        \
    X(E_MISSING,     36, "a required claim is missing")                         \
    X(E_REVOKED,     37, "the token has been revoked")                          \
    X(E_NOT_FRESH,   38, "the login behind the token is too long ago")          \
    /* accounts, sessions and the server */                                     \
    X(E_CREDENTIALS, 50, "user name or password is wrong")                      \
    X(E_SESSION,     51, "the session is over or was never issued here")        \
    X(E_REPLAY,      52, "the refresh token was used before; its session is ended") \
    X(E_SCOPE,       53, "a role or scope is missing")                          \
    X(E_NOT_FOUND,   54, "there is no such thing")                              \
    X(E_EXISTS,      55, "there is one of that name already")                   \
    X(E_REQUEST,     56, "the request is malformed")                            \
    X(E_BUSY,        57, "too much to do at the moment")                        \
    X(E_STORE,       58, "the store cannot be used")                            \
    X(E_SYSTEM,      59, "the operating system refused")
/* clang-format on */

typedef enum jeton_status {
#define JETON_STATUS_ENUM(name, number, text) JETON_##name = number,
    JETON_STATUS_LIST(JETON_STATUS_ENUM)
#undef JETON_STATUS_ENUM
} jeton_status;

/* What went wrong, for a person. Start from {0}; the first failure is kept, later ones do not
 * overwrite it. `text` is always NUL-terminated. */
typedef struct jeton_err {
    jeton_status status;
    char text[156];
} jeton_err;

JETON_BEGIN

/* The name without prefix ("E_EXPIRED") and the text of the list above. Static, never NULL:
 * a number that is not in the list gives "E_UNKNOWN" and "unknown outcome". Any thread. */
JETON_API const char *jeton_status_name(jeton_status status);
JETON_API const char *jeton_status_text(jeton_status status);

JETON_END

#endif
