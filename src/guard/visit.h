/* SPDX-License-Identifier: Apache-2.0 */
/* guard/visit.h - what a visit is inside: the request, the scratch memory its token was found in,
 * and what is known of it so far. */
#ifndef JT_GUARD_VISIT_H
#define JT_GUARD_VISIT_H

#include "guard/settings.h"
#include "token/verdict.h"

/* What is wrong with a request, in more detail than a refusal tells: constant, the refusal in the
 * presets strict and flask, the outcome, the words of the strict preset. Where the token itself is
 * wrong, refusal and words are the verdict's. */
/* clang-format off */
#define JT_FAULT_LIST(X)                                                                                             \
    X(NO_HEADER,  MISSING,   MISSING,   E_MISSING,   "no token was sent")                                            \
    X(NO_SCHEME,  MISSING,   MISSING,   E_MISSING,   "the header has another scheme")                                \
    X(NO_COOKIE,  MISSING,   MISSING,   E_MISSING,   "no token was sent")                                            \
    X(NO_QUERY,   MISSING,   MISSING,   E_MISSING,   "no token was sent")                                            \
    X(NO_JSON,    MISSING,   MISSING,   E_MISSING,   "no token was sent")                                            \
    X(NO_MEMBER,  MISSING,   MISSING,   E_MISSING,   "no token was sent")                                            \
    X(BAD_HEADER, INVALID,   INVALID,   E_SYNTAX,    "the header is not the scheme and one token")                   \
    X(BAD_PREFIX, INVALID,   INVALID,   E_SYNTAX,    "the token in the query has not the prefix")                    \
    X(BAD_QUERY,  REQUEST,   REQUEST,   E_REQUEST,   "the query or form is not encoded as it must be")               \
    X(REPEATED,   REQUEST,   REQUEST,   E_REQUEST,   "the token came twice in one place")                            \
    X(TWO_TOKENS, REQUEST,   REQUEST,   E_REQUEST,   "two tokens came in one request")                               \
    X(NO_CSRF,    CSRF,      CSRF,      E_CSRF,      "the CSRF value is missing")                                    \
    X(CSRF_CLAIM, CSRF,      INVALID,   E_CSRF,      "the token has no CSRF value")                                  \
    X(BAD_CSRF,   CSRF,      CSRF,      E_CSRF,      "the CSRF value is not that of the token")                      \
    X(TOKEN,      INVALID,   INVALID,   E_SIGNATURE, "")                                                             \
    X(NO_SUBJECT, INVALID,   INVALID,   E_MISSING,   "the token does not say whose it is")                           \
    X(NO_REFRESH, INVALID,   INVALID,   E_TYP,       "a refresh token is demanded")                                  \
    X(NO_ACCESS,  INVALID,   INVALID,   E_TYP,       "an access token is demanded")                                  \
    X(NOT_FRESH,  NOT_FRESH, NOT_FRESH, E_NOT_FRESH, "the login behind the token is too long ago")                   \
    X(REVOKED,    REVOKED,   REVOKED,   E_REVOKED,   "the token has been revoked")                                   \
    X(STALE,      FAILURE,   FAILURE,   E_STALE,     "what is known of revocations is too old")                      \
    X(REJECTED,   REJECTED,  REJECTED,  E_REFUSED,   "the application refuses the token")                            \
    X(NO_USER,    NO_USER,   NO_USER,   E_REFUSED,   "the application knows no such user")                           \
    X(NO_ROLE,    FORBIDDEN, FORBIDDEN, E_SCOPE,     "a role is missing")                                            \
    X(NO_SCOPE,   FORBIDDEN, FORBIDDEN, E_SCOPE,     "a scope is missing")                                           \
    X(RULE,       FORBIDDEN, FORBIDDEN, E_SCOPE,     "a claim does not meet a rule of the route")                    \
    X(BAD_ROUTE,  FAILURE,   FAILURE,   E_ARGUMENT,  "the route is none: jeton_route_check() says why")              \
    X(MEMORY,     FAILURE,   FAILURE,   E_NOMEM,     "out of memory")
/* clang-format on */

typedef enum jt_fault {
    JT_FAULT_NONE = 0,
#define JT_FAULT_ENUM(name, strict, flask, status, why) JT_FAULT_##name,
    JT_FAULT_LIST(JT_FAULT_ENUM)
#undef JT_FAULT_ENUM
} jt_fault;

/* Whether there is no token: the one thing that makes a search go on, and that a route may allow.
 */
static inline bool jt_fault_is_missing(jt_fault fault)
{
    return fault >= JT_FAULT_NO_HEADER && fault <= JT_FAULT_NO_MEMBER;
}

/* What need not be asked again in the same visit. */
enum {
    JT_ASKED_REVOKED = 1,
    JT_ASKED_ACCEPT = 2,
    JT_ASKED_LOOKUP = 4,
};

/* A token, where it was, and the CSRF value that came with it. */
typedef struct jt_found {
    jeton_span token;
    jeton_location location;
    jeton_span csrf;
    bool needs_csrf;
} jt_found;

struct jeton_visit {
    const jeton_ctx *ctx;
    jeton_request request;
    jeton_verdict *verdict;
    /* what the last search was for, and what it brought; nothing while `guard` is NULL */
    const jeton_guard *guard;
    jeton_token_type type;
    jeton_location locations[JETON_GUARD_PLACES];
    bool bare;
    jt_fault fault; /* of the search and the token itself: before any demand of a route */
    jt_fault missed[JETON_GUARD_PLACES]; /* why nothing was found, for each location */
    jt_found found;
    jeton_span identity;
    char number[24]; /* … where it is one */
    unsigned asked;
    jeton_stale_rule stale; /* under which it was asked whether the token is revoked */
    jeton_status status;    /* what a callback said last, and in which words */
    jeton_err said;
    void *user; /* what `lookup` gave, to be forgotten by that guard's `forget` */
    jeton_guard_forget forget;
    void *forget_user;
    /* scratch, reused: a body that was read as JSON, a decoded query or form, a rule's value */
    const jt_val *json;
    bool json_read;
    jt_buf json_text, json_pool, query, form, rule_text, rule_pool;
    /* the answer */
    jt_buf why, challenge, body;
};

/* Back to knowing nothing of the request's token. */
void jt_visit_forget(jeton_visit *visit);

#endif
