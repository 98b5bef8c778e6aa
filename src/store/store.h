/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.h - what the program keeps: users, sessions, keys, the revocation log.
 *
 * One interface for every back end; tests/store holds each of them to this file. Whoever opens a
 * store learns the back end from its address and nothing else.
 *
 * Each operation is one transaction: when it returns JETON_OK, what it did survives a power cut;
 * when it returns anything else, it did nothing. Two operations never see each other half done.
 * Any thread may call any of them; they block on the disk or the network. Only between
 * jd_store_batch_begin() and jd_store_batch_end() is an operation's survival told later.
 *
 * Results are values whose texts and arrays live in the caller's arena; texts have a NUL behind
 * them. Results are emptied first and filled only on JETON_OK. Passwords are hashes and keys are
 * sealed before they come here: nothing in the store is a usable secret.
 *
 * Outcomes of every operation, beside those named with it:
 *   JETON_E_STORE  the store cannot be used; err says what happened, never what is stored
 *   JETON_E_BUSY   somebody else holds it for too long: trying again may help
 *   JETON_E_NOMEM
 */
#ifndef JD_STORE_STORE_H
#define JD_STORE_STORE_H

#include "core/arena.h"
#include "core/buf.h"
#include "revoke/revocations.h"
#include "sys/id.h"

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_store jd_store;

/* --- the store itself ----------------------------------------------------------------------- */

/* Opens a store, making an empty one where there is none. What is not a store is left untouched.
 *
 * ctx      may be NULL; must outlive the store
 * address  "sqlite:PATH" or a path: an SQLite file, made readable by its owner alone;
 *          "postgres://…": a database of PostgreSQL, as libpq reads it. Its password may also be in
 *          the file that the environment names by JETON_STORE_PASSWORD_FILE
 * store    set to NULL first; on JETON_OK the caller owns it: jd_store_close()
 *
 * JETON_E_UNSUPPORTED  an address of a back end that this build does not have
 * JETON_E_STORE        "PATH is not a store of jeton", a database of another program, no
 *                      permission, …
 */
JETON_MUST jeton_status jd_store_open(const jeton_ctx *ctx, const char *address, jd_store **store,
                                      jeton_err *err);

/* What a store in a database of its own may take. 0: the default. */
typedef struct jd_store_limits {
    unsigned connections;  /* open at one time: 8 */
    unsigned milliseconds; /* for an answer, and for a connection to become free: 5000 */
} jd_store_limits;

JETON_MUST jeton_status jd_store_open_within(const jeton_ctx *ctx, const char *address,
                                             const jd_store_limits *limits, jd_store **store,
                                             jeton_err *err);

/* Whether other nodes may work with the store at the same time. */
bool jd_store_is_shared(const jd_store *store);

/* Closes *store and sets it to NULL. Nobody may be using it. A NULL *store is fine. */
void jd_store_close(jd_store **store);

/* The schema of a store, and that of this program; `has` is 0 of an empty store. */
typedef struct jd_schema {
    unsigned has, knows;
} jd_schema;

/* JETON_E_STORE  the schema is newer than this program, or was changed by somebody else */
JETON_MUST jeton_status jd_store_schema(jd_store *store, jd_schema *schema, jeton_err *err);

/* Reads all of it. Others may work with it meanwhile. JETON_E_STORE  it is damaged */
JETON_MUST jeton_status jd_store_check(jd_store *store, jeton_err *err);

/* Brings the schema up to this program's: to be called after open and before anything else. All of
 * it or nothing: a store whose migration fails or is interrupted is as it was. One that is in use
 * goes through store/upgrade.h, which keeps a copy.
 *
 * applied  how many migrations were needed
 *
 * JETON_E_STORE  as jd_store_schema(); or the store has an older schema and is damaged
 */
JETON_MUST jeton_status jd_store_migrate(jd_store *store, unsigned *applied, jeton_err *err);

/* Group commit: the operations of the calling thread, from here to jd_store_batch_end(), reach the
 * disk together, which costs as much as one of them alone. Each still does all it does or nothing,
 * and sees what those before it did; others see none of it until the end. Meanwhile the writes of
 * other threads wait, so the batch has to be short, and a thread has one batch at a time.
 *
 * An outcome within the batch is not to be told to anybody before jd_store_batch_end() has returned
 * JETON_OK. When begin fails there is no batch, and no end is due. */
JETON_MUST jeton_status jd_store_batch_begin(jd_store *store, jeton_err *err);

/* Commits. When this fails, none of the operations of the batch has happened, whatever they
 * returned: what a caller keeps in memory of them may only be such that refuses too much. Of a
 * database whose connection breaks while it commits, nobody knows whether it has (JETON_E_STORE);
 * the same is true of an operation by itself. */
JETON_MUST jeton_status jd_store_batch_end(jd_store *store, jeton_err *err);

/* Rolls back, in the place of jd_store_batch_end(): none of the operations has happened. */
void jd_store_batch_undo(jd_store *store);

/* --- meta: a few texts by name -------------------------------------------------------------- */

/* JETON_E_NOT_FOUND when it was never set. */
JETON_MUST jeton_status jd_store_meta_get(jd_store *store, const char *name, jt_arena *arena,
                                          jeton_span *value, jeton_err *err);

JETON_MUST jeton_status jd_store_meta_set(jd_store *store, const char *name, jeton_span value,
                                          jeton_err *err);

/* Sets it unless it is set. *winner is what it is afterwards, in either case. */
JETON_MUST jeton_status jd_store_meta_claim(jd_store *store, const char *name, jeton_span value,
                                            jt_arena *arena, jeton_span *winner, jeton_err *err);

/* --- users ---------------------------------------------------------------------------------- */

#define JD_ROLES_MAX  32U     /* roles of one user */
#define JD_ROLE_ADMIN "admin" /* the role that at least one user keeps who can log in */

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

/* Gives roles to a user and takes others away; those given that are new are made, and one that is
 * in both lists is given. To give what he has and to take what he has not is fine.
 *
 * JETON_E_NOT_FOUND
 * JETON_E_LIMIT       he would have more than JD_ROLES_MAX
 * JETON_E_LAST_ADMIN  see jd_store_user_disable()
 */
typedef struct jd_role_change {
    const jeton_span *give, *take;
    size_t give_count, take_count;
} jd_role_change;

JETON_MUST jeton_status jd_store_user_roles(jd_store *store, const jd_id *id,
                                            const jd_role_change *change, jeton_err *err);

/* --- imports -------------------------------------------------------------------------------- */

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

/* --- passwords ------------------------------------------------------------------------------ */

/* Replaces the password hash if it still is `old`, and leaves the rest of the user alone: made
 * for upgrading a format at login, when a change by the user must win.
 *
 * JETON_E_NOT_FOUND    no such user
 * JETON_E_CREDENTIALS  the hash is another one by now
 */
JETON_MUST jeton_status jd_store_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                             jeton_span password, jeton_err *err);

/* New entries of the log. */
typedef struct jd_entries {
    const jt_revocation *at;
    size_t count;
} jd_entries;

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

/* --- roles ---------------------------------------------------------------------------------- */

#define JD_PERMISSIONS_MAX 64U /* of one role */

typedef struct jd_role {
    jeton_span name;
    const jeton_span *permissions; /* in the order of their names */
    size_t permission_count;
    uint64_t users; /* how many have it */
} jd_role;

typedef struct jd_roles {
    const jd_role *at;
    size_t count;
} jd_roles;

/* JETON_E_EXISTS. JETON_E_LIMIT: more than JD_PERMISSIONS_MAX. */
JETON_MUST jeton_status jd_store_role_add(jd_store *store, const jd_role *role, jeton_err *err);

/* All roles in the order of their names. */
JETON_MUST jeton_status jd_store_role_list(jd_store *store, jt_arena *arena, jd_roles *roles,
                                           jeton_err *err);

/* Gives permissions to a role or takes them away; what it has, or has not, already is fine.
 * JETON_E_NOT_FOUND; JETON_E_LIMIT: it would have more than JD_PERMISSIONS_MAX. */
JETON_MUST jeton_status jd_store_role_grant(jd_store *store, const jd_role *role, jeton_err *err);
JETON_MUST jeton_status jd_store_role_revoke(jd_store *store, const jd_role *role, jeton_err *err);

/* Removes a role, and takes it from whoever has it.
 * JETON_E_NOT_FOUND. JETON_E_LAST_ADMIN: it is JD_ROLE_ADMIN, which stays. */
JETON_MUST jeton_status jd_store_role_remove(jd_store *store, jeton_span name, jeton_err *err);

/* --- sessions ------------------------------------------------------------------------------- */

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

/* --- the revocation log --------------------------------------------------------------------- */

/* Adds one entry. Entries are numbered from 1 without gaps in the order of their commits.
 *
 * entry  entry->n is an output: its number
 */
JETON_MUST jeton_status jd_store_log_add(jd_store *store, jt_revocation *entry, jeton_err *err);

/* Adds many at once, in their order, which costs little more than one. All or none. */
JETON_MUST jeton_status jd_store_log_add_many(jd_store *store, jt_revocation *entries, size_t count,
                                              jeton_err *err);

/* The entries numbered above `n`, in their order, at most `most`; fewer means that there are no
 * more. Those that nobody needs any more may be missing (jd_store_purge()). Each comes with its
 * mac, which has been checked.
 * JETON_E_SIGNATURE  an entry is not what was written, and err says which */
JETON_MUST jeton_status jd_store_log_after(jd_store *store, uint64_t n, size_t most,
                                           jt_arena *arena, jd_entries *entries, jeton_err *err);

/* The highest number ever given; 0 for none. */
JETON_MUST jeton_status jd_store_log_head(jd_store *store, uint64_t *head, jeton_err *err);

/* The cluster key, from which that of the macs is made; copied. Until it is given, the macs are
 * made and checked under the empty one. Before a second thread. */
void jd_store_log_key(jd_store *store, jeton_span cluster);

/* Whether entry->mac is under that key: for entries that do not come from the store. */
JETON_MUST bool jd_store_log_genuine(const jd_store *store, const jt_revocation *entry);

/* A cluster key that was just made, and under which name and as which text it is to be kept. */
typedef struct jd_log_claim {
    const char *name; /* in meta */
    jeton_span value; /* sealed: what meta gets */
    jeton_span cluster;
} jd_log_claim;

/* Keeps the value under its name, unless there is one, and gives a mac under this key to each entry
 * that has none, from before there was a cluster key: in one transaction, so that no entry is ever
 * taken without a mac. *winner is what meta has afterwards, in either case. */
JETON_MUST jeton_status jd_store_log_claim(jd_store *store, const jd_log_claim *claim,
                                           jt_arena *arena, jeton_span *winner, jeton_err *err);

/* Operations that change what each node keeps a copy of put a notice into the log in their own
 * transaction, so that others read it anew: those of keys (JT_NOTICE_KEYS), clients
 * (JT_NOTICE_CLIENTS) and bans (JT_NOTICE_BANS). */

/* What is to be refused from now on: the tokens issued so far to a subject, to a client, with a
 * key, all of them, or one token. */
typedef struct jd_revoking {
    jt_revoked kind;
    uint8_t id[JT_REVOKED_ID]; /* as in the entry; zeros for JT_REVOKED_ALL */
    jeton_span client;         /* the client_id, for JT_REVOKED_CLIENT */
    jeton_time now, expires;   /* as in jd_store_user_disable */
} jd_revoking;

/* Puts a mark into the log and ends the sessions it concerns: those of the subject, those of the
 * client, or all. Whether there is such a thing is not looked at.
 *
 * entry  the mark, to be applied */
JETON_MUST jeton_status jd_store_revoke(jd_store *store, const jd_revoking *asked,
                                        jt_revocation *entry, jeton_err *err);

/* One of many revocations, and who asked for it. */
typedef struct jd_revoke_one {
    jd_revoking asked;
    const struct jd_audit_who *who; /* for its row in the audit log; NULL: nobody is known */
    jt_revocation entry;            /* output: the mark, to be applied */
} jd_revoke_one;

/* jd_store_revoke() for many at once, in their order, which costs little more than one. All or
 * none. */
JETON_MUST jeton_status jd_store_revoke_many(jd_store *store, jd_revoke_one *ones, size_t count,
                                             jeton_err *err);

/* --- nodes ---------------------------------------------------------------------------------- */

/* A program that follows the log: one run of `jeton serve` or `jeton agent`. While its lease lasts
 * it may accept tokens by what it has applied. */
typedef struct jd_node {
    jd_id id; /* of this one run */
    jeton_span name;
    jeton_span kind; /* "serve" or "agent" */
    jeton_span version;
    uint64_t applied; /* the log, up to this number */
    int64_t lease;    /* milliseconds */
    jeton_time began; /* by the database's clock, like all times here */
    jeton_time seen;  /* of its last request; always later than of the one before, also when the
                         clock has been set back: that it changes is what shows that there was one */
} jd_node;

/* What a node says, and asks. */
typedef struct jd_beat {
    jd_id id;
    jeton_span name, kind, version;
    uint64_t applied;
    int64_t lease;
    uint64_t from; /* the lowest number it wants */
    size_t most;   /* entries */
} jd_beat;

typedef struct jd_beat_answer {
    uint64_t head;      /* of the log */
    uint64_t pruned;    /* the highest number that was ever pruned: who has not applied that much
                           may have missed notices, and reads anew all that they are about */
    jeton_time now;     /* the database's clock */
    jeton_time started; /* the database: rows of `nodes` from before may be lost; 0: they are not */
    jd_entries entries; /* numbered `from` and above, in their order, at least up to the head unless
                           there are `most` of them; as with jd_store_log_after() */
} jd_beat_answer;

/* Writes the node's row, and then reads the log: whoever commits an entry that is not in the answer
 * finds the row, with what the node said, when he looks at jd_store_node_list() afterwards. That
 * the row survives a power cut is not waited for.
 *
 * JETON_E_ARGUMENT   the kind is another word
 * JETON_E_SIGNATURE  as with jd_store_log_after(); the row has been written
 */
JETON_MUST jeton_status jd_store_node_beat(jd_store *store, const jd_beat *beat, jt_arena *arena,
                                           jd_beat_answer *answer, jeton_err *err);

typedef struct jd_nodes {
    const jd_node *at; /* in the order of their names */
    size_t count;
    uint64_t head;           /* of the log */
    jeton_time now, started; /* as in jd_beat_answer */
} jd_nodes;

/* All that have not said that they stop; those that were not seen for a day are removed some time
 * (jd_store_purge()). */
JETON_MUST jeton_status jd_store_node_list(jd_store *store, jt_arena *arena, jd_nodes *nodes,
                                           jeton_err *err);

/* To be called by a node that will not accept anything any more. One that is not there is fine. */
JETON_MUST jeton_status jd_store_node_remove(jd_store *store, const jd_id *id, jeton_err *err);

/* --- indexes of tokens ---------------------------------------------------------------------- */

/* What is asked for by whoever issues tokens (revoke/bits.h). */
typedef struct jd_index_asking {
    uint64_t count; /* places, at most JT_BITS_PLACES */
    int64_t life;   /* milliseconds that the tokens live: those of a list live alike */
    jeton_time now;
    jeton_time expires; /* when the last of the tokens has expired */
} jd_index_asking;

typedef struct jd_index_block {
    uint64_t list;
    uint64_t first, count; /* places, which nobody else gets */
    jeton_time expires;    /* of the list, by now */
} jd_index_block;

/* Leases a block and announces it in the log. A list is opened when there is none with so many
 * places, or it is a day old; one that has expired is removed. What becomes of a block is not kept:
 * places that were not used are never leased again.
 *
 * entry  JT_REVOKED_LIST, to be applied before a token with one of the indexes is issued
 *
 * JETON_E_LIMIT     there are as many lists as there can be
 * JETON_E_ARGUMENT  a list has not so many places */
JETON_MUST jeton_status jd_store_index_lease(jd_store *store, const jd_index_asking *asked,
                                             jd_index_block *block, jt_revocation *entry,
                                             jeton_err *err);

/* --- clients -------------------------------------------------------------------------------- */

/* An application that gets tokens. What the texts may be is accounts/client.h's business. */
typedef struct jd_client {
    jeton_span id;
    jeton_span name;                              /* for people */
    jeton_span secret;                            /* a keyed hash; empty: a public client */
    jeton_span audience;                          /* the aud of its tokens; empty: the server's */
    jeton_span scopes;                            /* words: what its tokens may be good for */
    jeton_span grants;                            /* words: the grant types it may use */
    int64_t access_ttl, refresh_ttl, session_ttl; /* seconds; 0: as the settings say */
    jeton_span alg;                               /* of its tokens; empty: the server's */
    bool disabled;
    jeton_time created;
} jd_client;

/* JETON_E_EXISTS */
JETON_MUST jeton_status jd_store_client_add(jd_store *store, const jd_client *client,
                                            jeton_err *err);

typedef struct jd_client_list {
    const jd_client *at;
    size_t count;
} jd_client_list;

/* At most `most` clients in the order of their ids, those after the id `after` (empty: from the
 * first). Fewer than `most` means that there are no more. */
JETON_MUST jeton_status jd_store_client_list(jd_store *store, jeton_span after, size_t most,
                                             jt_arena *arena, jd_client_list *clients,
                                             jeton_err *err);

/* Replaces all of a client but its id, its secret, `disabled` and `created`, if it still is what it
 * was when it was read.
 * JETON_E_NOT_FOUND: it is not there, or somebody has changed it meanwhile. */
JETON_MUST jeton_status jd_store_client_change(jd_store *store, const jd_client *was,
                                               const jd_client *becomes, jeton_err *err);

/* Replaces the hash of its secret. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_client_set_secret(jd_store *store, jeton_span id, jeton_span hash,
                                                   jeton_err *err);

/* Disables or removes the client revoking->client, and does what jd_store_revoke() does.
 * JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_client_disable(jd_store *store, const jd_revoking *revoking,
                                                jt_revocation *entry, jeton_err *err);
JETON_MUST jeton_status jd_store_client_remove(jd_store *store, const jd_revoking *revoking,
                                               jt_revocation *entry, jeton_err *err);

/* JETON_E_NOT_FOUND. A client that is enabled already stays so. */
JETON_MUST jeton_status jd_store_client_enable(jd_store *store, jeton_span id, jeton_err *err);

/* --- bans ----------------------------------------------------------------------------------- */

#define JD_BANS_MAX 500U /* they fit a line of the control socket */

typedef struct jd_ban {
    jeton_span network; /* as sys/cidr.h prints it */
    jeton_span why;     /* for people */
    jeton_time until;   /* 0: until it is lifted */
    jeton_time made;
} jd_ban;

typedef struct jd_ban_list {
    const jd_ban *at;
    size_t count;
} jd_ban_list;

/* Keeps a ban, in the place of another one of the same network; those that have ended by ban->made
 * go. JETON_E_LIMIT: there are JD_BANS_MAX. */
JETON_MUST jeton_status jd_store_ban_add(jd_store *store, const jd_ban *ban, jeton_err *err);

/* Those that have not ended. */
JETON_MUST jeton_status jd_store_ban_list(jd_store *store, jeton_time now, jt_arena *arena,
                                          jd_ban_list *bans, jeton_err *err);

/* JETON_E_NOT_FOUND */
JETON_MUST jeton_status jd_store_ban_lift(jd_store *store, jeton_span network, jeton_err *err);

/* --- signing keys --------------------------------------------------------------------------- */

typedef struct jd_stored_key {
    jeton_span kid;
    jeton_span alg;    /* "ES256" */
    jeton_span state;  /* "next", "active", "retiring", "withdrawn" */
    jeton_span public; /* the public JWK; empty for a secret */
    jeton_span sealed; /* the private JWK, sealed; empty once destroyed */
    jeton_time created;
    jeton_span client; /* of a secret: the client it is good for; empty: of a key pair */
    jeton_time since;  /* when it got its state */
    jeton_time ready;  /* of a next one: when it may sign at the earliest */
    jeton_time until;  /* when it is to lose its state; 0: not set */
} jd_stored_key;

typedef struct jd_stored_keys {
    const jd_stored_key *at;
    size_t count;
} jd_stored_keys;

/* JETON_E_EXISTS: there is a key of that kid. */
JETON_MUST jeton_status jd_store_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err);

/* The same for what several nodes may find missing at the same time: one of them adds it.
 *
 * JETON_E_EXISTS: there is a key of that state, algorithm and client already */
JETON_MUST jeton_status jd_store_key_add_first(jd_store *store, const jd_stored_key *key,
                                               jeton_err *err);

/* All keys, oldest first. */
JETON_MUST jeton_status jd_store_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                                          jeton_err *err);

/* A key in the state `from` gets the state `to`, which may be the same. */
typedef struct jd_key_change {
    jeton_span kid;
    jeton_span from, to;
    jeton_time since, until; /* what they become */
    bool destroy;            /* the sealed part becomes empty */
} jd_key_change;

/* Makes all of the changes, or none.
 *
 * mark   NULL, or what is put into the log with them; see jd_store_revoke()
 * entry  the mark, to be applied; number 0: there is none
 *
 * JETON_E_NOT_FOUND  a key is not there, or not in the state it must be in
 * JETON_E_ARGUMENT   not one of the states
 */
JETON_MUST jeton_status jd_store_key_change(jd_store *store, const jd_key_change *changes,
                                            size_t count, const jd_revoking *mark,
                                            jt_revocation *entry, jeton_err *err);

/* Seals what is sealed anew.
 *
 * column, row  where it is: "keys.sealed" and a kid, "sessions.sealed_key" and an id,
 *              "meta.value" and a name. Each text of meta is asked about
 * sealed       what is there
 * again        empty; what is to be there instead, left empty: it stays */
typedef jeton_status jd_reseal(void *user, const char *column, jeton_span row, jeton_span sealed,
                               jt_buf *again, jeton_err *err);

/* Gives everything that is sealed to `reseal`, in one transaction: when it fails or fails once,
 * everything stays as it was. */
JETON_MUST jeton_status jd_store_reseal(jd_store *store, jd_reseal *reseal, void *user,
                                        jeton_err *err);

/* --- the audit log ------------------------------------------------------------------------- */

/* Each operation above that changes what somebody may care about later (users, roles, passwords,
 * sessions but for their refreshing, clients, keys, revocations) writes a row of its own, in its
 * own transaction: what is not in the log did not happen. A row's mac covers the row before, under
 * a key that is not in the store, so that a row that was changed, taken out or put in shows. */

#define JD_AUDIT_MAC 32U

typedef struct jd_audit_row {
    uint64_t n; /* from 1, without gaps */
    jeton_time time;
    jeton_span actor;  /* the id of a user, or "operator"; empty: nobody was known */
    jeton_span action; /* "user.disable", "session.add", … */
    jeton_span target; /* the id or name of what it was done to */
    jeton_span detail; /* more about it; may be empty */
    jeton_span address, request;
    jeton_span outcome; /* "ok", or the name of an outcome */
    uint8_t mac[JD_AUDIT_MAC];
} jd_audit_row;

/* Who the calling thread works for from now on: goes into the rows. NULL: nobody is known. Borrowed
 * until the next call, so who sets it takes it back. Each text may be NULL. */
typedef struct jd_audit_who {
    const char *actor, *address, *request;
} jd_audit_who;

void jd_audit_within(const jd_audit_who *who);
const jd_audit_who *jd_audit_whom(void);

/* The key of the macs, copied; until it is given it is the empty one. Before a second thread. */
void jd_store_audit_key(jd_store *store, jeton_span key);

/* Writes a row for what changed nothing: a login that failed. n, time and mac need not be filled
 * in. */
JETON_MUST jeton_status jd_store_audit_add(jd_store *store, const jd_audit_row *row,
                                           jeton_err *err);

typedef struct jd_audit_rows {
    const jd_audit_row *at;
    size_t count;
} jd_audit_rows;

/* At most `most` rows in the order of their numbers, those after `after`. */
JETON_MUST jeton_status jd_store_audit_list(jd_store *store, uint64_t after, size_t most,
                                            jt_arena *arena, jd_audit_rows *rows, jeton_err *err);

typedef struct jd_audit_head {
    uint64_t n; /* rows */
    uint8_t mac[JD_AUDIT_MAC];
    uint8_t seal[JD_AUDIT_MAC];
} jd_audit_head;

/* Checks all of it: *head is that of the log, for keeping it elsewhere.
 * JETON_E_SIGNATURE  it is not what was written, and err says from which row on */
JETON_MUST jeton_status jd_store_audit_check(jd_store *store, jd_audit_head *head, jeton_err *err);

/* --- backup and restore -------------------------------------------------------------------- */

/* Writes a copy of one moment of the store to a file that is not there yet, for its owner alone,
 * while others go on reading and writing. It can be opened as a store.
 * JETON_E_SYSTEM: the file cannot be made. On failure it may be there, incomplete. */
JETON_MUST jeton_status jd_store_backup(jd_store *store, const char *file, jeton_err *err);

/* To be called once on a store that is an old copy, before it is used: the log's numbers go on far
 * behind any that can have been given out since (or `head`, if that is more), a mark refuses
 * everything issued before it, all sessions are ended and all one-time codes gone.
 *
 * now, expires  as in jd_store_user_disable()
 * JETON_E_STORE  among others: it is damaged */
JETON_MUST jeton_status jd_store_restart(jd_store *store, uint64_t head, jeton_time now,
                                         jeton_time expires, jeton_err *err);

/* --- moving ------------------------------------------------------------------------------- */

/* How many rows of a table have been copied. */
typedef void jd_store_copied(void *user, const char *table, uint64_t rows);

/* Copies one moment of a store into another, which has the same schema and nothing in it: all or
 * nothing. Sessions, the audit log and the numbers of the revocation log go on there. Nobody may
 * write to the first one any more; who the nodes are is not copied.
 *
 * told  called for each table. What it has told is true once this returns JETON_OK
 *
 * JETON_E_EXISTS    there is something in the other one
 * JETON_E_ARGUMENT  a text that the other database cannot keep */
JETON_MUST jeton_status jd_store_copy(jd_store *from, jd_store *to, jd_store_copied *told,
                                      void *user, jeton_err *err);

/* --- housekeeping --------------------------------------------------------------------------- */

/* Removes sessions and log entries that expired before `before`, a bounded number of them: call
 * again while *removed is not 0. The head of the log stays. Nodes that were not seen for a day go
 * as well. */
JETON_MUST jeton_status jd_store_purge(jd_store *store, jeton_time before, size_t *removed,
                                       jeton_err *err);

#endif
