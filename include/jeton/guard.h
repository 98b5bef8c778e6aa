/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/guard.h - who sends this request, and may he? A verifier put in front of the routes of an
 * HTTP server, whichever that is: the server says what the request holds, the guard says what to
 * do with it. A route is a constant that a program writes once, and guarding it one call:
 *
 *     static const jeton_route admins = {.roles_all = {"admin"}, .fresh_within = 300};
 *
 *     jeton_visit_begin(visit, &request);
 *     if (jeton_guard_check(guard, &admins, visit, &decision) != JETON_OK)
 *         return answer(decision.http, decision.challenge, decision.body);
 *     greet(decision.identity);
 *
 * The order is fixed: where the token is, its signature and claims (jeton/verifier.h), the CSRF
 * value, the type, freshness, revocation, the program's own check, its user, then roles, scopes and
 * rules. No callback sees a token whose signature failed.
 *
 * There are two presets. JETON_GUARD_STRICT is the secure one: 401 and 403 with a challenge (RFC
 * 6750 §3), cookies that only this host can set, and a request that holds two tokens is refused.
 * JETON_GUARD_FLASK has the names, statuses and messages of Flask-JWT-Extended 4, so that what was
 * written for a program with it works unchanged; docs/guard.md has both in full. What makes tokens
 * for programs without `jeton serve`, and their cookies, is in jeton/issuer.h.
 *
 * Nothing here does I/O, and a check of a token that is in the verifier's cache allocates nothing.
 *
 * Threads: a guard never changes once made, and any number may check with it at once, each with a
 * visit of its own. Callbacks run on the thread that checks.
 */
#ifndef JETON_GUARD_H
#define JETON_GUARD_H

#include <jeton/segment.h>
#include <jeton/verifier.h>

#define JETON_GUARD_PLACES  4 /* locations of a token at most */
#define JETON_GUARD_METHODS 8 /* methods that need CSRF protection at most */
#define JETON_ROUTE_NAMES   8 /* roles or scopes in one list at most */
#define JETON_ROUTE_RULES   JETON_POLICY_RULES

typedef struct jeton_guard jeton_guard;

/* One request on its way past the guards: scratch memory, and what they found out. Make one for
 * each thread, or for each request that is under way, and use it again and again. */
typedef struct jeton_visit jeton_visit;

/* Where a token may be. */
typedef enum jeton_location {
    JETON_NOWHERE = 0,
    JETON_IN_HEADER = 1, /* "Authorization: Bearer TOKEN" */
    JETON_IN_COOKIE = 2,
    JETON_IN_QUERY = 3, /* "?jwt=TOKEN": ends up in logs and histories; for downloads */
    JETON_IN_JSON = 4,  /* a member of a JSON body */
} jeton_location;

/* What a token is for, by its claim "type"; one without is an access token. */
typedef enum jeton_token_type {
    JETON_ACCESS = 0,
    JETON_REFRESH = 1,
    JETON_EITHER = 2, /* is looked for where access tokens are */
} jeton_token_type;

/* What a route demands. {0}: a good access token. Lists end at the first NULL, or nothing. */
typedef struct jeton_route {
    bool optional;         /* a request without any token is let in, too; a bad one is not */
    bool fresh;            /* the claim "fresh" is true, or a time to come; a token without it was
                              logged in with jeton_guard_settings.fresh_for seconds ago at most */
    unsigned fresh_within; /* seconds since the login ("auth_time", or else "iat") at most, and
                              "fresh" does not say otherwise; 0: any */
    jeton_token_type type;
    jeton_location locations[JETON_GUARD_PLACES]; /* in this order; none: the guard's */
    bool skip_revocation;                         /* for a logout, which may come twice */
    const char *roles_any[JETON_ROUTE_NAMES];     /* one of these */
    const char *roles_all[JETON_ROUTE_NAMES];     /* and all of these */
    const char *scopes_all[JETON_ROUTE_NAMES];    /* and all of these */
    jeton_rule claims[JETON_ROUTE_RULES];         /* and these (jeton/policy.h) are met */
    bool bare_token;        /* "Authorization: TOKEN", without a scheme, is taken, too */
    bool number_identity;   /* so is an identity that is an integer, if the policy allows it */
    jeton_stale_rule stale; /* while it is not known what has been revoked */
} jeton_route;

/* What the server knows of a request. Names come as the settings have them. A function gives how
 * often the name occurs, and sets *value to the first, decoded; what it points to has to stay there
 * until the request is answered. NULL functions are made up for as said below. */
typedef struct jeton_request {
    const char *method;                                                /* "GET" */
    void *user;                                                        /* handed to each function */
    size_t (*header)(void *user, const char *name, jeton_span *value); /* names in any case */
    size_t (*cookie)(void *user, const char *name, jeton_span *value); /* NULL: the guard reads the
                                                                          header "Cookie" */
    size_t (*query)(void *user, const char *name, jeton_span *value);  /* NULL: `query_text` */
    size_t (*json)(void *user, const char *name, jeton_span *value);   /* a text; NULL: `body` */
    size_t (*form)(void *user, const char *name, jeton_span *value);   /* NULL: `body` */
    jeton_span query_text; /* behind the "?" of the target, as it was sent */
    jeton_span body;       /* read as its Content-Type says */
} jeton_request;

/* Why a request is refused: constant, number, status of the presets strict and flask; 0: that of
 * jeton_status_http(). One for each answer that a program may want to give in its own way. */
/* clang-format off */
#define JETON_REFUSAL_LIST(X)                                                                     \
    X(MISSING,   1, 401, 401) /* no token where it may be */                                      \
    X(INVALID,   2, 401, 422) /* it is none, of another type, or not for us */                    \
    X(EXPIRED,   3, 401, 401) /* it was good once */                                              \
    X(NOT_FRESH, 4, 401, 401) /* the login is too long ago */                                     \
    X(REVOKED,   5, 401, 401)                                                                     \
    X(CSRF,      6, 403, 401) /* a stranger's page may be behind it */                            \
    X(REJECTED,  7, 401, 400) /* the program's own check refuses it */                            \
    X(NO_USER,   8, 401, 401) /* the program knows no such user */                                \
    X(FORBIDDEN, 9, 403, 403) /* a role, scope or rule is not met */                              \
    X(REQUEST,  10, 400, 400) /* two tokens in one request */                                     \
    X(FAILURE,  11,   0,   0) /* no memory, a route that cannot be, revocation state too old */
/* clang-format on */

typedef enum jeton_refusal {
    JETON_REFUSED_NOT = 0,
#define JETON_REFUSAL_ENUM(name, number, strict, flask) JETON_REFUSED_##name = number,
    JETON_REFUSAL_LIST(JETON_REFUSAL_ENUM)
#undef JETON_REFUSAL_ENUM
} jeton_refusal;

#define JETON_REFUSALS 12 /* one more than the highest */

/* What to do with the request. Pointers are borrowed from the visit and live until it begins again.
 */
typedef struct jeton_decision {
    bool allowed;
    jeton_refusal refusal;        /* JETON_REFUSED_NOT when allowed */
    jeton_status status;          /* JETON_OK, or the outcome in detail, for logs */
    const char *why;              /* "" or the reason, without bytes of the token, for logs */
    unsigned http;                /* 200, or the status to answer with */
    const char *challenge;        /* for the header WWW-Authenticate; NULL: none */
    jeton_span body;              /* JSON to answer with, a NUL behind it; empty when allowed */
    jeton_location location;      /* where the token was; JETON_NOWHERE: there is none */
    jeton_span identity;          /* whose token it is; empty when refused, and for nobody */
    const jeton_verdict *verdict; /* its claims; NULL for nobody, and when it is no good */
    void *user;                   /* what `lookup` gave; NULL when refused */
} jeton_decision;

/* The callbacks. `user` is jeton_guard_settings.user.
 *
 * Asked whether a token is revoked: JETON_OK; the reason to refuse (JETON_E_REVOKED); or
 * JETON_E_STALE, when what is known is too old for the route's rule. */
typedef jeton_status (*jeton_guard_revoked)(void *user, const jeton_verdict *verdict,
                                            const jeton_stale_rule *stale);

/* Finds whom a token belongs to: anything but NULL, which refuses it. What was found is given back
 * by `forget` when the visit begins again or is freed. */
typedef void *(*jeton_guard_lookup)(void *user, const jeton_verdict *verdict, jeton_span identity);
typedef void (*jeton_guard_forget)(void *user, void *found);

/* Replaces the answer to a refusal: may set http, challenge and body. What it sets has to live
 * until the request is answered. It stays a refusal, whatever is set. */
typedef void (*jeton_guard_answer)(void *user, jeton_decision *decision);

typedef enum jeton_guard_preset {
    JETON_GUARD_STRICT = 0,
    JETON_GUARD_FLASK = 1,
} jeton_guard_preset;

/* On, off, or what the preset says. */
typedef enum jeton_switch {
    JETON_AS_PRESET = 0,
    JETON_ON = 1,
    JETON_OFF = 2,
} jeton_switch;

#define JETON_FOREVER UINT32_MAX /* a life without end */

/* How a program's tokens travel. {0} is the strict preset; 0 and NULL stand for what the preset
 * says, in brackets: strict | flask. Everything is copied. */
typedef struct jeton_guard_settings {
    jeton_guard_preset preset;
    jeton_location locations[JETON_GUARD_PLACES]; /* in this order [the header] */
    /* in headers, queries and JSON */
    const char *header;         /* [Authorization] */
    const char *scheme;         /* [Bearer; in any case | Bearer]; "": there is none */
    const char *query;          /* [jwt] */
    const char *query_prefix;   /* what stands before the token in it [""] */
    const char *access_member;  /* of a JSON body [access_token] */
    const char *refresh_member; /* [refresh_token] */
    /* in cookies: names and paths */
    const char *access_cookie;       /* [__Host-jeton-access | access_token_cookie] */
    const char *refresh_cookie;      /* [__Host-jeton-refresh | refresh_token_cookie] */
    const char *access_csrf_cookie;  /* [__Host-jeton-csrf | csrf_access_token] */
    const char *refresh_csrf_cookie; /* [__Host-jeton-refresh-csrf | csrf_refresh_token] */
    const char *access_path;         /* [/] */
    const char *refresh_path;        /* [/] */
    const char *access_csrf_path;    /* [/] */
    const char *refresh_csrf_path;   /* [/] */
    const char *cookie_domain;       /* [none: the host that sets them] */
    const char *same_site;           /* Strict, Lax, None [Lax | not said] */
    jeton_switch secure;             /* sent over TLS only [on | off] */
    jeton_switch session_cookies;    /* gone when the browser is closed [off | on] */
    /* CSRF protection of tokens in cookies, by double submit */
    jeton_switch csrf;                             /* [on] */
    const char *csrf_methods[JETON_GUARD_METHODS]; /* [all but GET, HEAD and OPTIONS |
                                                      POST, PUT, PATCH, DELETE] */
    const char *access_csrf_header;                /* [X-CSRF-TOKEN] */
    const char *refresh_csrf_header;               /* [X-CSRF-TOKEN] */
    const char *access_csrf_field;  /* of a form, where csrf_form is on [csrf_token] */
    const char *refresh_csrf_field; /* [csrf_token] */
    jeton_switch csrf_form;         /* [off] */
    jeton_switch csrf_in_cookies;   /* the value is set in a cookie for scripts, too [on] */
    /* what tokens say: names of claims, or JSON Pointers */
    const char *identity_claim; /* [sub] */
    const char *roles_claim;    /* [roles] */
    const char *scope_claim;    /* [scope] */
    unsigned fresh_for; /* see jeton_route.fresh [300 | 0: none is fresh without saying so] */
    /* answers */
    const char *realm;             /* of challenges [none] */
    const char *resource_metadata; /* the URL of RFC 9728 for challenges [none] */
    const char *error_member;      /* of JSON answers [RFC 6750's error and description | msg] */
    jeton_switch options_pass;     /* OPTIONS is let in as nobody: what asks before a request of
                                      another origin (CORS) brings no token [on] */
    /* tokens to be made, see jeton/issuer.h */
    uint32_t access_life;                      /* seconds, or JETON_FOREVER [900] */
    uint32_t refresh_life;                     /* [2592000, 30 days] */
    const char *issuer;                        /* "iss" [none] */
    const char *audiences[JETON_POLICY_NAMES]; /* "aud" [none] */
    jeton_switch not_before;                   /* "nbf" is set [off | on] */
    /* who is asked; NULL: nobody */
    void *user;
    const jeton_segment *segment; /* of a jeton serve: is asked whether its token is revoked, for a
                                     verifier that does not ask by itself. Borrowed */
    jeton_guard_revoked revoked;  /* is asked, too */
    jeton_accept_hook accept;     /* the program's own check, which refuses by a status */
    jeton_guard_lookup lookup;
    jeton_guard_forget forget;
    jeton_guard_answer answers[JETON_REFUSALS]; /* [JETON_REFUSED_EXPIRED] = … */
} jeton_guard_settings;

JETON_BEGIN

/* Makes a guard. The settings are copied; the verifier is borrowed and has to live as long as the
 * guard. New keys: make both anew and swap the pointers.
 *
 * ctx       may be NULL
 * settings  may be NULL: {0}
 * guard     set to NULL first; on JETON_OK the caller owns it: jeton_guard_free()
 *
 * JETON_E_ARGUMENT  a location, switch or preset that stands for nothing, or the same location
 *                   twice; a name that is empty or cannot be that of a header or cookie; a cookie
 *                   whose name begins with "__Host-" or "__Secure-" and that is not what browsers
 *                   demand of such; SameSite=None without `secure`
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_guard_new(const jeton_ctx *ctx,
                                                  const jeton_guard_settings *settings,
                                                  const jeton_verifier *verifier,
                                                  jeton_guard **guard, jeton_err *err);

/* Frees *guard and sets it to NULL. No check may be under way, and no visit that was checked with
 * it may be used before it begins again. */
JETON_API void jeton_guard_free(jeton_guard **guard);

/* Whether a route is one, for a program to ask when it starts: jeton_guard_check() refuses every
 * request to one that is not.
 *
 * ctx    may be NULL
 * route  may be NULL: {0}
 *
 * JETON_E_ARGUMENT  a type, location or stale policy that stands for nothing,
 * JETON_STALE_INTROSPECT without a function, the same location twice, or a rule that
 *                   jeton_verifier_new() would not take
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_route_check(const jeton_ctx *ctx, const jeton_route *route,
                                                    jeton_err *err);

/* Makes a visit. ctx may be NULL. JETON_E_NOMEM. */
JETON_API JETON_MUST jeton_status jeton_visit_new(const jeton_ctx *ctx, jeton_visit **visit,
                                                  jeton_err *err);

/* Begins with a request and forgets the last one. The request is copied; what it points to is
 * borrowed until the visit begins again or is freed. */
JETON_API void jeton_visit_begin(jeton_visit *visit, const jeton_request *request);

/* A field of the request's body that is a text and not empty: a member of a JSON object, or a field
 * of a form, as the Content-Type says. False, and *value is emptied, when there is none. Borrowed
 * like what a decision points to; several may be held at once. */
JETON_API bool jeton_visit_field(jeton_visit *visit, const char *name, jeton_span *value);

/* Wipes and frees *visit and sets it to NULL. */
JETON_API void jeton_visit_free(jeton_visit **visit);

/* Decides about the request of a visit.
 *
 * route     may be NULL: {0}
 * decision  overwritten whatever happens
 *
 * Checked again in the same visit by the same guard, with the same type and locations, a request
 * keeps its verdict: the token is not looked for or verified again, and neither are callbacks asked
 * that said yes.
 *
 * Returns decision->status: JETON_OK when the request is allowed, and nothing else then.
 */
JETON_API JETON_MUST jeton_status jeton_guard_check(const jeton_guard *guard,
                                                    const jeton_route *route, jeton_visit *visit,
                                                    jeton_decision *decision);

JETON_END

#endif
