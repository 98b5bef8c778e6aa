/* SPDX-License-Identifier: Apache-2.0 */
/* api/app.h - what all endpoints share, and the way into them from http/. */
#ifndef JD_API_APP_H
#define JD_API_APP_H

#include "accounts/access_token.h"
#include "accounts/accounts.h"
#include "accounts/status_list.h"
#include "api/identity.h"
#include "api/lane.h"
#include "api/origin.h"
#include "api/verdicts.h"
#include "api/verify_rules.h"
#include "http/server.h"

#include <jeton/cache.h>
#include <jeton/verifier.h>
#include <pthread.h>
#include <stdatomic.h>

typedef struct jd_agent_view jd_agent_view;

typedef struct jd_app {
    jd_accounts *accounts;
    jd_agent_view *view;   /* of an agent, which has nothing else of this (agent_app.h); or NULL */
    jeton_cache *cache;    /* of the verifiers that accept */
    uint64_t verified;     /* how often it had been asked when jd_app_rest() looked last */
    pthread_rwlock_t keys; /* of those below, which are replaced when keys change */
    jeton_verifier *verifiers[JD_TAKINGS];
    jd_verdicts verdicts;
    _Atomic(const jd_origins *) origins; /* of other pages that may call; replaced, never changed */
    jt_arena every_origins;              /* all of them there have been: readers need no lock */
    jd_identity identity;                /* what /verify tells of who it is */
    jd_verify_rules *verify_rules;       /* what /verify demands; NULL: what its query says */
    jd_lane *reads;                      /* of a store that may be far away; NULL: it is here */
    jd_lane *commits;                    /* work that waits for the disk */
    jd_lane *hashes;                     /* work that hashes passwords */
    jd_lane *operations;                 /* work for operators */
    jd_status_lists *status_lists;       /* made and kept; NULL: tokens have no indexes */
    uint64_t boot;                       /* random: where the ids of requests start */
    const jd_http *http; /* what it is served by, for counting; borrowed, may be NULL */
    _Atomic uint64_t requests;
    atomic_bool ready;   /* what /readyz says */
    atomic_bool hurried; /* passwords are not hashed any more */
} jd_app;

/* Verifies an access token with the keys of this moment; see jeton_verify(). */
JETON_MUST jeton_status jd_app_verify(jd_app *app, jd_taking taking, jeton_span token,
                                      jeton_verdict *verdict);

/* To be called every now and then, by one thread: when less was verified since the last time than
 * is worth what the verdict cache holds, gives its memory back to the system. */
void jd_app_rest(jd_app *app);

/* Makes the parts above for open and named accounts, which are borrowed. jd_app_close() is due
 * whatever comes back. */
JETON_MUST jeton_status jd_app_open(jd_app *app, jd_accounts *accounts, jeton_err *err);

/* Other origins from now on, in two steps as jd_accounts_keep_config(): a list that can be taken,
 * and taking it. JETON_E_ARGUMENT, JETON_E_NOMEM. */
JETON_MUST jeton_status jd_app_keep_origins(jd_app *app, const char *list, const jd_origins **kept,
                                            jeton_err *err);
void jd_app_allow_origins(jd_app *app, const jd_origins *kept);

/* The time to drain is over: logins that still wait for their hash, and revocations that wait for
 * other nodes, are answered with 503 instead.
 * Any thread. */
void jd_app_hurry(jd_app *app);

/* Finishes the works that wait and frees the parts. */
void jd_app_close(jd_app *app);

/* For jd_http_options, with the app as user. */
void jd_app_handle(void *app, jd_request *request);
void jd_app_refuse(void *app, jd_request *request, unsigned status, const char *why);
void jd_app_finish(void *app, jd_request *request, bool sent);

#endif
