/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/issuer.h - access and refresh tokens for a program that keeps its own users and runs
 * without `jeton serve`, and the cookies they travel in:
 *
 *     jeton_issuer_access(issuer, &(jeton_grant){.identity = name, .fresh = true}, &access, &err);
 *     jeton_issuer_refresh(issuer, &(jeton_grant){.identity = name}, &refresh, &err);
 *
 * Both are JWTs, told apart by the claim "type", and a guard with the same settings takes them
 * (jeton/guard.h). A refresh token of this kind is good until it expires, however often it is used:
 * to end one, remember its "jti" and refuse it in a callback. `jeton serve` has refresh tokens that
 * are good once and sessions that can be ended.
 *
 * The claims are "iat", "jti", "type", "fresh", the identity, and where they apply "exp", "nbf",
 * "iss", "aud", "auth_time" (strict: of a fresh token) and "csrf" (where CSRF protection is on).
 *
 * Threads: an issuer never changes once made, so any number may use it at once. Callbacks run on
 * the thread that calls.
 */
#ifndef JETON_ISSUER_H
#define JETON_ISSUER_H

#include <jeton/claims.h>
#include <jeton/guard.h>
#include <jeton/key.h>
#include <jeton/text.h>

typedef struct jeton_issuer jeton_issuer;

#define JETON_CSRF_SIZE 40 /* room for a CSRF value and its NUL */

/* For whom a token is, and what it shall say. */
typedef struct jeton_grant {
    jeton_span identity;  /* goes through `identity` of the options, where there is one */
    bool fresh;           /* the password was typed in just now; a refresh token never is fresh */
    unsigned fresh_for;   /* or: fresh for so many seconds from now */
    uint32_t life;        /* seconds, or JETON_FOREVER; 0: as the settings say */
    jeton_time auth_time; /* of the login behind it; 0: now, if `fresh` */
    const char *claims;   /* further claims, a JSON object; they go over all others; NULL: none */
    const char *header;   /* further members of the header, a JSON object; NULL: none */
} jeton_grant;

/* What was made. */
typedef struct jeton_issued {
    jeton_text *token;          /* the caller's: jeton_text_free() */
    jeton_token_type type;      /* JETON_ACCESS or JETON_REFRESH */
    char csrf[JETON_CSRF_SIZE]; /* what has to come back with a cookie; "": nothing */
    uint32_t life;              /* seconds, for "expires_in"; JETON_FOREVER: it never expires */
} jeton_issued;

/* Callbacks of creation; NULL: none. Members set in `claims` go over the issuer's own, and those of
 * the grant over both. In `header`, alg and kid cannot be set. */
typedef struct jeton_issuer_options {
    void *user;
    jeton_status (*identity)(void *user, jeton_span identity, jeton_claims *claims, jeton_err *err);
    jeton_status (*claims)(void *user, jeton_span identity, jeton_claims *claims, jeton_err *err);
    jeton_status (*header)(void *user, jeton_span identity, jeton_claims *header, jeton_err *err);
} jeton_issuer_options;

/* Puts a line into the answer: the value of one Set-Cookie header, borrowed for the call. */
typedef void (*jeton_set_cookie)(void *user, const char *line);

JETON_BEGIN

/* Makes an issuer.
 *
 * ctx       may be NULL
 * key       referenced; what its tokens are signed with. A secret from the environment:
 *           jeton_key_from_secret(NULL, JETON_HS256, jeton_str(getenv("JWT_SECRET_KEY")), …)
 * alg       JETON_ALG_UNSET: the one the key is bound to
 * settings  may be NULL; those of the guard. Copied
 * options   may be NULL. Copied
 * issuer    set to NULL first; on JETON_OK the caller owns it: jeton_issuer_free()
 *
 * JETON_E_ARGUMENT  as jeton_guard_new() has it
 * JETON_E_KEY_USE   a public key, or one that may not sign
 * JETON_E_ALG       no algorithm said, or not one for this key
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_issuer_new(const jeton_ctx *ctx, const jeton_key *key,
                                                   jeton_alg alg,
                                                   const jeton_guard_settings *settings,
                                                   const jeton_issuer_options *options,
                                                   jeton_issuer **issuer, jeton_err *err);

/* Frees *issuer and sets it to NULL. */
JETON_API void jeton_issuer_free(jeton_issuer **issuer);

/* Makes an access or a refresh token. *issued is emptied first.
 *
 * JETON_E_ARGUMENT  no identity; a member of the header that is the issuer's to say
 * JETON_E_SYNTAX    claims or header of the grant are not a JSON object
 * JETON_E_LIMIT     longer than a verifier takes
 * JETON_E_RANDOM, JETON_E_CRYPTO, JETON_E_NOMEM, and what a callback refuses with
 */
JETON_API JETON_MUST jeton_status jeton_issuer_access(const jeton_issuer *issuer,
                                                      const jeton_grant *grant,
                                                      jeton_issued *issued, jeton_err *err);
JETON_API JETON_MUST jeton_status jeton_issuer_refresh(const jeton_issuer *issuer,
                                                       const jeton_grant *grant,
                                                       jeton_issued *issued, jeton_err *err);

/* Sets the cookies of a token: itself, and the CSRF value for scripts to read. They live as long as
 * the token, or until the browser is closed, as the settings say.
 *
 * max_age  seconds that they shall live instead; < 0: as said
 *
 * JETON_E_LIMIT  longer than browsers take (4096 bytes); nothing is set then
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_issuer_set_cookies(const jeton_issuer *issuer,
                                                           const jeton_issued *issued,
                                                           int64_t max_age, jeton_set_cookie set,
                                                           void *user, jeton_err *err);

/* Takes the cookies of a type away; JETON_EITHER: of both. JETON_E_NOMEM. */
JETON_API JETON_MUST jeton_status jeton_issuer_unset_cookies(const jeton_issuer *issuer,
                                                             jeton_token_type type,
                                                             jeton_set_cookie set, void *user,
                                                             jeton_err *err);

/* A new access token in place of one that is about to expire, for the answer to a request that was
 * allowed with it: for the same identity, with its "auth_time", and not fresh unless that one is.
 * What the callbacks say is asked anew; other claims are not taken over. issued->token stays NULL,
 * and that is no failure, when it lives longer than that, never expires, is a refresh token, or
 * there is none.
 *
 * within  seconds before the end
 *
 * The outcomes of jeton_issuer_access().
 */
JETON_API JETON_MUST jeton_status jeton_issuer_renew(const jeton_issuer *issuer,
                                                     const jeton_decision *decision,
                                                     unsigned within, jeton_issued *issued,
                                                     jeton_err *err);

/* The CSRF value that the token of a decision says ("csrf"); empty when it has none. */
JETON_API jeton_span jeton_decision_csrf(const jeton_decision *decision);

JETON_END

#endif
