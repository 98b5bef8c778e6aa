/* SPDX-License-Identifier: Apache-2.0 */
/* store/users.h - users: added, found, listed, changed, disabled, removed, imported. The rules of
 * store/store.h hold. */
#ifndef JD_STORE_USERS_H
#define JD_STORE_USERS_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/store.h"
#include "sys/id.h"

#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_user {
    jd_id id;
    jeton_span name;         /* as typed when the user was added */
    jeton_span email;        /* may be empty */
    jeton_span password;     /* the hash as text, in any format accounts/ knows; empty: none */
    uint64_t password_n;     /* how often it was changed; rehashing is no change */
    const jeton_span *roles; /* in the order of their names */
    size_t role_count;
    const jeton_span *permissions; /* of all the roles, each once, in the order of their names */
    size_t permission_count;
    bool disabled;
    bool must_change; /* the password, before anything else */
    jeton_time created;
} jd_user;

/* Adds a user; roles that are new are made. password_n and the permissions need not be filled in.
 * JETON_E_EXISTS: the name or the e-mail is taken, whatever the case of their ASCII letters. */
JETON_MUST jeton_status jd_store_user_add(jd_store *store, const jd_user *user, jeton_err *err);

/* JETON_E_NOT_FOUND. Names are compared like above. */
JETON_MUST jeton_status jd_store_user_find(jd_store *store, jeton_span name, jt_arena *arena,
                                           jd_user *user, jeton_err *err);
JETON_MUST jeton_status jd_store_user_get(jd_store *store, const jd_id *id, jt_arena *arena,
                                          jd_user *user, jeton_err *err);
JETON_MUST jeton_status jd_store_user_find_email(jd_store *store, jeton_span email, jt_arena *arena,
                                                 jd_user *user, jeton_err *err);

typedef struct jd_users {
    const jd_user *at;
    size_t count;
} jd_users;

typedef struct jd_user_page {
    jeton_span after;  /* those after this name; empty: from the first */
    jeton_span prefix; /* those whose names begin with this, the case of ASCII letters aside */
    size_t most;
} jd_user_page;

/* At most `most` users in the order of their names. Fewer mean that there are no more. */
JETON_MUST jeton_status jd_store_user_list(jd_store *store, const jd_user_page *page,
                                           jt_arena *arena, jd_users *users, jeton_err *err);

/* Disables a user, ends the sessions and puts a mark for the subject into the log, which refuses
 * every access token issued so far.
 *
 * now      goes into the sessions as the moment of their end
 * expires  when the last access token issued so far has expired
 * entry    the mark, to be applied; a user who was disabled before gets another one
 *
 * JETON_E_NOT_FOUND
 * JETON_E_LAST_ADMIN  nobody else who is enabled has JD_ROLE_ADMIN
 */
JETON_MUST jeton_status jd_store_user_disable(jd_store *store, const jd_id *id, jeton_time now,
                                              jeton_time expires, jt_revocation *entry,
                                              jeton_err *err);

/* JETON_E_NOT_FOUND. A user who is enabled already stays so. */
JETON_MUST jeton_status jd_store_user_enable(jd_store *store, const jd_id *id, jeton_err *err);

/* Removes a user with the sessions, and puts a mark for the subject into the log; see above.
 * JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_store_user_remove(jd_store *store, const jd_id *id, jeton_time expires,
                                             jt_revocation *entry, jeton_err *err);

/* What of a user changes. NULL: it stays. */
typedef struct jd_user_changes {
    const jeton_span *name;
    const jeton_span *email; /* empty: none */
    const bool *disabled;
    bool must_change; /* demand another password before the user's next session */
} jd_user_changes;

/* Makes all of the changes, or none. A user who is disabled or must change the password: sessions
 * and tokens end as with jd_store_user_disable().
 *
 * entry  the mark, to be applied; number 0: there is none
 *
 * JETON_E_NOT_FOUND, JETON_E_EXISTS, JETON_E_LAST_ADMIN */
JETON_MUST jeton_status jd_store_user_change(jd_store *store, const jd_id *id,
                                             const jd_user_changes *change, jeton_time now,
                                             jeton_time expires, jt_revocation *entry,
                                             jeton_err *err);

typedef enum jd_import_outcome {
    JD_IMPORT_ADDED,
    JD_IMPORT_ALREADY, /* a user of that name came from a line that said the same */
    JD_IMPORT_NAME,    /* the name is taken by another */
    JD_IMPORT_EMAIL,   /* the e-mail is */
} jd_import_outcome;

typedef struct jd_import {
    jd_user user;
    uint8_t digest[32]; /* of what the line said, whatever that is to the caller */
    jd_import_outcome outcome;
} jd_import;

/* Adds those users whose name and e-mail are free, and says of each what came of it: an outcome
 * other than JD_IMPORT_ADDED is no failure of the others. With `dry` nothing is added. */
JETON_MUST jeton_status jd_store_user_import(jd_store *store, jd_import *imports, size_t count,
                                             bool dry, jeton_err *err);

#endif
