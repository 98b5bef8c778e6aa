/* SPDX-License-Identifier: Apache-2.0 */
/* store/passwords.h - passwords replaced, hashed anew, and reset with a one-time code. The rules of
 * store/store.h hold. */
#ifndef JD_STORE_PASSWORDS_H
#define JD_STORE_PASSWORDS_H

#include "core/arena.h"
#include "store/log.h"
#include "store/store.h"
#include "store/users.h"
#include "sys/id.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Replaces the password hash if it still is `old`, and leaves the rest of the user alone: made
 * for upgrading a format at login, when a change by the user must win.
 *
 * JETON_E_NOT_FOUND    no such user
 * JETON_E_CREDENTIALS  the hash is another one by now
 */
JETON_MUST jeton_status jd_store_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                             jeton_span password, jeton_err *err);

typedef struct jd_password_change {
    jd_id user;
    uint64_t password_n; /* what it must be; the change makes it one more */
    jeton_span code;     /* the digest of a one-time code that the user must have; empty: none */
    jeton_span password; /* the new hash */
    const jd_id *keep;   /* the one session that goes on, or NULL */
    jeton_time now;
    jeton_time expires; /* as in jd_store_user_disable() */
} jd_password_change;

/* Changes the password: must_change and any one-time code are gone afterwards, and the sessions
 * but one are ended.
 *
 * entries  their ends, to be applied
 *
 * JETON_E_CREDENTIALS  the user is gone or disabled, the password was changed meanwhile, or the
 *                      code is not (or no longer) his
 */
JETON_MUST jeton_status jd_store_password_set(jd_store *store, const jd_password_change *change,
                                              jt_arena *arena, jd_entries *entries, jeton_err *err);

#define JD_RESET_DIGEST 32U

/* Gives the user a one-time code in the place of an earlier one. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_reset_put(jd_store *store, const jd_id *user, jeton_span digest,
                                           jeton_time expires, jeton_err *err);

/* The user who has this code. JETON_E_NOT_FOUND: nobody, or no longer at `now`. */
JETON_MUST jeton_status jd_store_reset_find(jd_store *store, jeton_span digest, jeton_time now,
                                            jt_arena *arena, jd_user *user, jeton_err *err);

#endif
