/* SPDX-License-Identifier: Apache-2.0 */
/* store/store_ops.h - what a back end is: one constant table of functions.
 *
 * They do what store.h says of the functions of the same names. Outputs come emptied, and store.c
 * empties them again after a failure, so a back end may fill them as it goes.
 */
#ifndef JD_STORE_STORE_OPS_H
#define JD_STORE_STORE_OPS_H

#include "crypto/hmac.h"
#include "store/store.h"

typedef struct jd_store_ops {
    const char *scheme; /* of its addresses: "sqlite:" */
    jeton_status (*open)(const jeton_ctx *ctx, const char *where, jd_store **store, jeton_err *err);
    void (*close)(jd_store *store);
    jeton_status (*schema)(jd_store *store, jd_schema *schema, jeton_err *err);
    jeton_status (*check)(jd_store *store, jeton_err *err);
    jeton_status (*migrate)(jd_store *store, unsigned *applied, jeton_err *err);
    jeton_status (*batch_begin)(jd_store *store, jeton_err *err);
    jeton_status (*batch_end)(jd_store *store, jeton_err *err);

    jeton_status (*meta_get)(jd_store *store, const char *name, jt_arena *arena, jeton_span *value,
                             jeton_err *err);
    jeton_status (*meta_set)(jd_store *store, const char *name, jeton_span value, jeton_err *err);
    jeton_status (*meta_claim)(jd_store *store, const char *name, jeton_span value, jt_arena *arena,
                               jeton_span *winner, jeton_err *err);

    jeton_status (*user_add)(jd_store *store, const jd_user *user, jeton_err *err);
    jeton_status (*user_find)(jd_store *store, jeton_span name, jt_arena *arena, jd_user *user,
                              jeton_err *err);
    jeton_status (*user_get)(jd_store *store, const jd_id *id, jt_arena *arena, jd_user *user,
                             jeton_err *err);
    jeton_status (*user_find_email)(jd_store *store, jeton_span email, jt_arena *arena,
                                    jd_user *user, jeton_err *err);
    jeton_status (*user_list)(jd_store *store, const jd_user_page *page, jt_arena *arena,
                              jd_users *users, jeton_err *err);
    jeton_status (*user_disable)(jd_store *store, const jd_id *id, jeton_time now,
                                 jeton_time expires, jt_revocation *entry, jeton_err *err);
    jeton_status (*user_enable)(jd_store *store, const jd_id *id, jeton_err *err);
    jeton_status (*user_rehash)(jd_store *store, const jd_id *id, jeton_span old,
                                jeton_span password, jeton_err *err);

    jeton_status (*user_remove)(jd_store *store, const jd_id *id, jeton_time expires,
                                jt_revocation *entry, jeton_err *err);
    jeton_status (*user_change)(jd_store *store, const jd_id *id, const jd_user_changes *change,
                                jeton_time now, jeton_time expires, jt_revocation *entry,
                                jeton_err *err);
    jeton_status (*user_roles)(jd_store *store, const jd_id *id, const jd_role_change *change,
                               jeton_err *err);
    jeton_status (*user_import)(jd_store *store, jd_import *imports, size_t count, bool dry,
                                jeton_err *err);

    jeton_status (*password_set)(jd_store *store, const jd_password_change *change, jt_arena *arena,
                                 jd_entries *entries, jeton_err *err);
    jeton_status (*reset_put)(jd_store *store, const jd_id *user, jeton_span digest,
                              jeton_time expires, jeton_err *err);
    jeton_status (*reset_find)(jd_store *store, jeton_span digest, jeton_time now, jt_arena *arena,
                               jd_user *user, jeton_err *err);

    jeton_status (*role_add)(jd_store *store, const jd_role *role, jeton_err *err);
    jeton_status (*role_list)(jd_store *store, jt_arena *arena, jd_roles *roles, jeton_err *err);
    jeton_status (*role_grant)(jd_store *store, const jd_role *role, jeton_err *err);
    jeton_status (*role_revoke)(jd_store *store, const jd_role *role, jeton_err *err);
    jeton_status (*role_remove)(jd_store *store, jeton_span name, jeton_err *err);

    jeton_status (*session_add)(jd_store *store, const jd_session *session, uint64_t *rev,
                                jeton_err *err);
    jeton_status (*session_get)(jd_store *store, const jd_id *id, jt_arena *arena,
                                jd_session_view *view, jeton_err *err);
    jeton_status (*session_rotate)(jd_store *store, const jd_rotation *rotation, uint64_t *rev,
                                   jeton_err *err);
    jeton_status (*session_end)(jd_store *store, const jd_id *id, jeton_time now,
                                jeton_time expires, jt_revocation *entry, jeton_err *err);
    jeton_status (*session_end_all)(jd_store *store, const jd_id *user, const jd_id *keep,
                                    jeton_time now, jeton_time expires, jt_arena *arena,
                                    jd_entries *entries, jeton_err *err);
    jeton_status (*session_list)(jd_store *store, const jd_id *user, jeton_time now,
                                 jt_arena *arena, jd_sessions *sessions, jeton_err *err);

    jeton_status (*log_add)(jd_store *store, jt_revocation *entry, jeton_err *err);
    jeton_status (*log_after)(jd_store *store, uint64_t n, size_t most, jt_arena *arena,
                              jd_entries *entries, jeton_err *err);
    jeton_status (*log_head)(jd_store *store, uint64_t *head, jeton_err *err);

    jeton_status (*revoke)(jd_store *store, const jd_revoking *asked, jt_revocation *entry,
                           jeton_err *err);
    jeton_status (*client_add)(jd_store *store, const jd_client *client, jeton_err *err);
    jeton_status (*client_list)(jd_store *store, jeton_span after, size_t most, jt_arena *arena,
                                jd_client_list *clients, jeton_err *err);
    jeton_status (*client_change)(jd_store *store, const jd_client *was, const jd_client *becomes,
                                  jeton_err *err);
    jeton_status (*client_set_secret)(jd_store *store, jeton_span id, jeton_span hash,
                                      jeton_err *err);
    jeton_status (*client_disable)(jd_store *store, const jd_revoking *revoking,
                                   jt_revocation *entry, jeton_err *err);
    jeton_status (*client_enable)(jd_store *store, jeton_span id, jeton_err *err);
    jeton_status (*client_remove)(jd_store *store, const jd_revoking *revoking,
                                  jt_revocation *entry, jeton_err *err);
    jeton_status (*ban_add)(jd_store *store, const jd_ban *ban, jeton_err *err);
    jeton_status (*ban_list)(jd_store *store, jeton_time now, jt_arena *arena, jd_ban_list *bans,
                             jeton_err *err);
    jeton_status (*ban_lift)(jd_store *store, jeton_span network, jeton_err *err);
    jeton_status (*key_add)(jd_store *store, const jd_stored_key *key, jeton_err *err);
    jeton_status (*key_list)(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                             jeton_err *err);
    jeton_status (*key_change)(jd_store *store, const jd_key_change *changes, size_t count,
                               const jd_revoking *mark, jt_revocation *entry, jeton_err *err);
    jeton_status (*reseal)(jd_store *store, jd_reseal *reseal, void *user, jeton_err *err);

    /* Writes what is noted (audit.h), and nothing else. */
    jeton_status (*audit_add)(jd_store *store, jeton_err *err);
    jeton_status (*audit_list)(jd_store *store, uint64_t after, size_t most, jt_arena *arena,
                               jd_audit_rows *rows, jeton_err *err);
    jeton_status (*audit_check)(jd_store *store, jd_audit_head *head, jeton_err *err);

    jeton_status (*backup)(jd_store *store, const char *file, jeton_err *err);
    jeton_status (*restart)(jd_store *store, uint64_t head, jeton_time now, jeton_time expires,
                            jeton_err *err);

    jeton_status (*purge)(jd_store *store, jeton_time before, size_t *removed, jeton_err *err);
} jd_store_ops;

/* The first member of each back end's own object. */
struct jd_store {
    const jd_store_ops *ops;
    const jeton_ctx *ctx;
    jt_hmac_key audit_key; /* set by jd_store_open() */
};

extern const jd_store_ops jd_sqlite_ops;

#endif
