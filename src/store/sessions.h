/* SPDX-License-Identifier: Apache-2.0 */
/* store/sessions.h - sessions: added, rotated, ended, listed. The rules of store/store.h hold. */
#ifndef JD_STORE_SESSIONS_H
#define JD_STORE_SESSIONS_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/log.h"
#include "store/store.h"
#include "store/users.h"
#include "sys/id.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* One login on one device; its refresh tokens are one family (DESIGN.md §5). It is live while it
 * has not ended, idle_expires and expires are in the future, and its user is not disabled. */
typedef struct jd_session {
    jd_id id;
    jd_id user;
    uint64_t password_n;   /* the user's, when the password was checked; for adding only */
    jeton_span client;     /* may be empty */
    jeton_span sealed_key; /* the key of its refresh tokens */
    uint64_t counter;      /* of the refresh token that is good now; 0 at first */
    jeton_time created;
    jeton_time rotated;      /* when the counter last changed; at first: created */
    jeton_time idle_expires; /* without use; rotating moves it */
    jeton_time expires;      /* at the latest */
    jeton_time ended;        /* 0: it has not been ended */
    jeton_time auth_time;    /* when the password was given */
    jeton_span device;       /* what the client says it is, at most JD_DEVICE_MAX bytes */
    jeton_span address;      /* where it was made from */
    jeton_span scope;        /* words: what its tokens may be good for; empty: nothing was asked */
} jd_session;

#define JD_DEVICE_MAX 200U

/* Adds a session; counter, rotated and ended need not be filled in.
 *
 * rev  the head of the log in this transaction, for the tokens that are issued with it
 *
 * JETON_E_CREDENTIALS  the user is gone or disabled by now, or must change or has changed the
 *                      password
 * JETON_E_EXISTS       there is one of that id
 * JETON_E_ARGUMENT     the device text is too long
 */
JETON_MUST jeton_status jd_store_session_add(jd_store *store, const jd_session *session,
                                             uint64_t *rev, jeton_err *err);

/* What a refresh needs to judge: the session, live or not, its user, and the head of the log at
 * the same moment. Tokens issued from a live one carry `rev`. */
typedef struct jd_session_view {
    jd_session session;
    jd_user user;
    uint64_t rev;
} jd_session_view;

/* JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_session_get(jd_store *store, const jd_id *id, jt_arena *arena,
                                             jd_session_view *view, jeton_err *err);

typedef struct jd_rotation {
    jd_id session;
    uint64_t counter; /* what it must be */
    jeton_time now;
    jeton_time idle_expires; /* what it becomes */
} jd_rotation;

/* Uses up a refresh token: if the session is live at rotation->now and its counter is the expected
 * one, the counter goes up by one and `rotated` becomes now. Of all who try with one counter, one
 * succeeds.
 *
 * rev  as in jd_store_session_add
 *
 * JETON_E_SESSION  not live, not that counter, or not there: read it again to learn which
 */
JETON_MUST jeton_status jd_store_session_rotate(jd_store *store, const jd_rotation *rotation,
                                                uint64_t *rev, jeton_err *err);

/* Ends one session and puts its end into the log.
 *
 * now, expires  as in jd_store_user_disable
 * entry         its end, to be applied; when it had been ended before, which is fine, the number
 *               is that of the entry that ended it and the log gets no other
 *
 * JETON_E_NOT_FOUND  there is no such session
 */
JETON_MUST jeton_status jd_store_session_end(jd_store *store, const jd_id *id, jeton_time now,
                                             jeton_time expires, jt_revocation *entry,
                                             jeton_err *err);

/* Ends the sessions of a user, all but `keep` (NULL: all), with one log entry each. Ending none
 * is fine, also of a user who is not there. */
JETON_MUST jeton_status jd_store_session_end_all(jd_store *store, const jd_id *user,
                                                 const jd_id *keep, jeton_time now,
                                                 jeton_time expires, jt_arena *arena,
                                                 jd_entries *entries, jeton_err *err);

typedef struct jd_sessions {
    const jd_session *at;
    size_t count;
} jd_sessions;

/* The sessions of a user that are live at `now`, newest first, at most JD_SESSIONS_MAX. Their
 * sealed keys are left out. */
JETON_MUST jeton_status jd_store_session_list(jd_store *store, const jd_id *user, jeton_time now,
                                              jt_arena *arena, jd_sessions *sessions,
                                              jeton_err *err);

#define JD_SESSIONS_MAX 1000U

#endif
