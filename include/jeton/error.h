/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/error.h - every outcome a call can have, in one list.
 *
 * The code says what the caller can do; the text in jeton_err says what happened. Texts never hold
 * bytes of a token, key or password. Numbers are stable: new outcomes get new numbers.
 *
 * A row: name, number, HTTP status, OAuth 2 error code, text. Status and code are what a server
 * answers when a request fails that way; the codes are those of RFC 6750 §3.1, RFC 6749 §5.2 and
 * §4.1.2.1 and RFC 9470 §3, and six of our own for what they have no word for (not_found,
 * already_exists, last_admin, password_change_required, too_many_requests, csrf_refused).
 *
 * Threads: any may ask for names and texts at any time; a jeton_err belongs to one.
 */
#ifndef JETON_ERROR_H
#define JETON_ERROR_H

#include <jeton/export.h>

/* clang-format off */
#define JETON_STATUS_LIST(X)                                                                                                  \
    X(OK,              0, 200, "",                                 "success")                                                 \
    /* the machine and the caller */                                                                                          \
    X(E_NOMEM,         1, 503, "temporarily_unavailable",          "out of memory")                                           \
    X(E_ARGUMENT,      2, 500, "server_error",                     "an argument is wrong")                                    \
    X(E_RANDOM,        3, 500, "server_error",                     "no randomness to be had")                                 \
    X(E_CRYPTO,        4, 500, "server_error",                     "the cryptographic library failed")                        \
    X(E_UNSUPPORTED,   5, 500, "server_error",                     "not supported by this build")                             \
    X(E_LIMIT,         6, 401, "invalid_token",                    "larger or deeper than the limit allows")                  \
    /* the shape of what came in */                                                                                           \
    X(E_SYNTAX,       10, 401, "invalid_token",                    "not well-formed")                                         \
    X(E_ENCODING,     11, 401, "invalid_token",                    "not canonical base64url")                                 \
    X(E_HEADER,       12, 401, "invalid_token",                    "the token's header is not acceptable")                    \
    X(E_CRIT,         13, 401, "invalid_token",                    "the token demands an extension that is not understood")   \
    X(E_CLAIM,        14, 401, "invalid_token",                    "a claim has the wrong type or value")                     \
    /* keys and signatures */                                                                                                 \
    X(E_KEY,          20, 500, "server_error",                     "key is missing, malformed or too weak")                   \
    X(E_KEY_UNKNOWN,  21, 401, "invalid_token",                    "no key matches the token")                                \
    X(E_KEY_USE,      22, 401, "invalid_token",                    "the key may not be used for this")                        \
    X(E_ALG,          23, 401, "invalid_token",                    "the algorithm is not allowed here")                       \
    X(E_SIGNATURE,    24, 401, "invalid_token",                    "signature does not match")                                \
    X(E_PASSPHRASE,   25, 500, "server_error",                     "the passphrase does not open the key")                    \
    /* what the policy demands */                                                                                             \
    X(E_EXPIRED,      30, 401, "invalid_token",                    "the token has expired")                                   \
    X(E_NOT_YET,      31, 401, "invalid_token",                    "the token is not valid yet")                              \
    X(E_ISSUED,       32, 401, "invalid_token",                    "the token was issued in the future or too long ago")      \
    X(E_ISSUER,       33, 401, "invalid_token",                    "the issuer is not the expected one")                      \
    X(E_AUDIENCE,     34, 401, "invalid_token",                    "the token is meant for another audience")                 \
    X(E_TYP,          35, 401, "invalid_token",                    "the token is of another type")                            \
    X(E_MISSING,      36, 401, "invalid_token",                    "a required claim is missing")                             \
    X(E_REVOKED,      37, 401, "invalid_token",                    "the token has been revoked")                              \
    X(E_NOT_FRESH,    38, 401, "insufficient_user_authentication", "the login behind the token is too long ago")              \
    X(E_RULE,         39, 401, "invalid_token",                    "a claim does not meet a rule of the policy")              \
    X(E_SUBJECT,      40, 401, "invalid_token",                    "the subject is not the expected one")                     \
    X(E_ID,           41, 401, "invalid_token",                    "the token's id is not the expected one")                  \
    X(E_LIFE,         42, 401, "invalid_token",                    "the token is made to live too long")                      \
    X(E_REFUSED,      43, 401, "invalid_token",                    "the application refuses the token")                       \
    X(E_STALE,        44, 503, "temporarily_unavailable",          "what is known of revocations is too old")                 \
    /* accounts, sessions and the server */                                                                                   \
    X(E_CREDENTIALS,  50, 401, "invalid_grant",                    "user name or password is wrong")                          \
    X(E_SESSION,      51, 401, "invalid_grant",                    "the session is over or was never issued here")            \
    X(E_REPLAY,       52, 401, "invalid_grant",                    "the refresh token was used before; its session is ended") \
    X(E_SCOPE,        53, 403, "insufficient_scope",               "a role or scope is missing")                              \
    X(E_NOT_FOUND,    54, 404, "not_found",                        "there is no such thing")                                  \
    X(E_EXISTS,       55, 409, "already_exists",                   "there is one of that name already")                       \
    X(E_REQUEST,      56, 400, "invalid_request",                  "the request is malformed")                                \
    X(E_BUSY,         57, 503, "temporarily_unavailable",          "too much to do at the moment")                            \
    X(E_STORE,        58, 503, "temporarily_unavailable",          "the store cannot be used")                                \
    X(E_SYSTEM,       59, 500, "server_error",                     "the operating system refused")                            \
    X(E_LAST_ADMIN,   60, 409, "last_admin",                       "the last administrator stays one")                        \
    X(E_MUST_CHANGE,  61, 403, "password_change_required",         "the password has to be changed before anything else")     \
    /* what OAuth clients are told (RFC 6749 §5.2) */                                                                         \
    X(E_CLIENT,       62, 401, "invalid_client",                   "the client is unknown or did not authenticate")           \
    X(E_GRANT,        63, 400, "unsupported_grant_type",           "there is no such grant type")                             \
    X(E_UNAUTHORIZED, 64, 400, "unauthorized_client",              "the client may not do this")                              \
    X(E_WIDER,        65, 400, "invalid_scope",                    "none of the scope asked for is allowed")                  \
    /* limits */                                                                                                              \
    X(E_RATE,         66, 429, "too_many_requests",                "too many tries: come back later")                          \
    /* what browsers are told */                                                                                              \
    X(E_CSRF,         67, 403, "csrf_refused",                     "a page of a stranger may be behind the request")
/* clang-format on */

typedef enum jeton_status {
#define JETON_STATUS_ENUM(name, number, http, oauth, text) JETON_##name = number,
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

/* The HTTP status and the OAuth 2 error code of the list above: 401 and "invalid_token" for a token
 * that is refused, 503 and "temporarily_unavailable" for what may be tried again, 500 and
 * "server_error" for what is wrong on our side, also for a number that is not in the list.
 * JETON_OK gives 200 and "". Static, never NULL. Any thread. */
JETON_API unsigned jeton_status_http(jeton_status status);
JETON_API const char *jeton_status_oauth(jeton_status status);

JETON_END

#endif
