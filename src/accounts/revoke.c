/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/revoke.c - marks, by what they are about. */
#include "accounts/revoke.h"

#include "accounts/batch.h"
#include "accounts/client.h"
#include "core/auto.h"
#include "core/err.h"
#include "revoke/names.h"
#include "store/clients.h"
#include "store/keys.h"
#include "store/users.h"
#include "sys/clock.h"
#include "sys/log.h"

static jd_revoking revoking_of(jt_revoked kind, jeton_time now)
{
    return (jd_revoking){.kind = kind, .now = now, .expires = jd_accounts_horizon(now)};
}

jd_revoking jd_revoking_client(jeton_span id, jeton_time now)
{
    jd_revoking revoking = revoking_of(JT_REVOKED_CLIENT, now);
    revoking.client = id;
    jt_revoked_name(id, revoking.id);
    return revoking;
}

jd_revoking jd_revoking_key(jeton_span kid, jeton_time now)
{
    jd_revoking revoking = revoking_of(JT_REVOKED_KEY, now);
    jt_revoked_name(kid, revoking.id);
    return revoking;
}

/* Who wants the entry tells of it once it holds; where nobody does, it is told here. */
static jeton_status apply(jd_accounts *accounts, const jd_revoking *revoking, jt_revocation *entry,
                          jeton_err *err)
{
    jt_revocation made;
    if (jd_batch_put_off(accounts, revoking, entry))
        return JETON_OK;
    JT_TRY(jd_store_revoke(accounts->store, revoking, &made, err));
    jd_accounts_revoke(accounts, &made);
    if (entry != NULL)
        *entry = made;
    else
        jd_log(JD_INFO, EV_REVOKED, JD_TEXT("what", "token"), JD_INT("n", (int64_t)made.n));
    return JETON_OK;
}

static jeton_status revoke_user(jd_accounts *accounts, jeton_span name, jt_revocation *entry,
                                jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_user user;
    jd_revoking revoking = revoking_of(JT_REVOKED_SUBJECT, jd_now());
    JT_TRY(jd_store_user_find(accounts->store, name, &arena, &user, err));
    memcpy(revoking.id, user.id.bytes, JD_ID_BYTES);
    return apply(accounts, &revoking, entry, err);
}

static jeton_status revoke_client(jd_accounts *accounts, jeton_span id, jt_revocation *entry,
                                  jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_client client;
    jeton_err none = {0};
    const jeton_status found = jd_client_find(accounts, id, &arena, &client, &none);
    if (found == JETON_E_CLIENT || id.len == 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such client, or it is disabled");
    if (found != JETON_OK)
        return jt_fail(err, found, "%s", none.text);
    const jd_revoking revoking = jd_revoking_client(id, jd_now());
    return apply(accounts, &revoking, entry, err);
}

static jeton_status revoke_key(jd_accounts *accounts, jeton_span kid, jt_revocation *entry,
                               jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_stored_keys keys;
    const jd_revoking revoking = jd_revoking_key(kid, jd_now());
    JT_TRY(jd_store_key_list(accounts->store, &arena, &keys, err));
    for (size_t i = 0; i < keys.count; i++)
        if (jeton_span_equal(keys.at[i].kid, kid))
            return apply(accounts, &revoking, entry, err);
    return jt_fail(err, JETON_E_NOT_FOUND, "there is no such key");
}

static jeton_status revoke_all(jd_accounts *accounts, jeton_span name, jt_revocation *entry,
                               jeton_err *err)
{
    const jd_revoking revoking = revoking_of(JT_REVOKED_ALL, jd_now());
    (void)name;
    return apply(accounts, &revoking, entry, err);
}

/* The widest leeway a verifier may ever have comes on top of the token's own life. */
static jeton_status revoke_until(jd_accounts *accounts, jeton_span jti, jeton_time expires,
                                 jt_revocation *entry, jeton_err *err)
{
    jd_revoking revoking = revoking_of(JT_REVOKED_TOKEN, jd_now());
    if (!jt_revoked_token(jti, revoking.id))
        return jt_fail(err, JETON_E_REQUEST, "the jti of a token of ours has %u characters",
                       JT_REVOKED_ID);
    if (expires != 0 && expires + JD_LEEWAY_MAX * 1000 < revoking.expires)
        revoking.expires = expires + JD_LEEWAY_MAX * 1000;
    return apply(accounts, &revoking, entry, err);
}

static jeton_time sooner(jeton_time a, jeton_time b)
{
    return a < b ? a : b;
}

/* A list that is not here refuses all of its tokens, and the list's end is the end of them all. */
static jeton_status revoke_place(jd_accounts *accounts, uint64_t index, jeton_time expires,
                                 jt_revocation *entry, jeton_err *err)
{
    jt_bitmap_info list;
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(accounts->revocations);
    jd_revoking revoking = revoking_of(JT_REVOKED_INDEX, jd_now());
    if (!jt_bitmaps_copy(bitmaps, jt_index_list(index), NULL, &list) ||
        jt_index_place(index) >= list.announced)
        return jt_fail(err, JETON_E_NOT_FOUND, "no token that could be good has that index");
    jt_revoked_index(index, revoking.id);
    revoking.expires = sooner(revoking.expires, list.expires);
    if (expires != 0)
        revoking.expires = sooner(revoking.expires, expires + JD_LEEWAY_MAX * 1000);
    return apply(accounts, &revoking, entry, err);
}

static jeton_status revoke_idx(jd_accounts *accounts, jeton_span text, jt_revocation *entry,
                               jeton_err *err)
{
    uint64_t index = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || index >> 53 != 0)
            return jt_fail(err, JETON_E_REQUEST, "an index is a number");
        index = index * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return revoke_place(accounts, index, 0, entry, err);
}

jeton_status jd_revoke_named(jd_accounts *accounts, const jd_token_name *name, jeton_err *err)
{
    return name->has_index ? revoke_place(accounts, name->index, name->expires, NULL, err)
                           : revoke_until(accounts, name->jti, name->expires, NULL, err);
}

static jeton_status revoke_jti(jd_accounts *accounts, jeton_span jti, jt_revocation *entry,
                               jeton_err *err)
{
    return revoke_until(accounts, jti, 0, entry, err);
}

static const struct {
    const char *word;
    jeton_status (*run)(jd_accounts *accounts, jeton_span name, jt_revocation *entry,
                        jeton_err *err);
} words[] = {
    {"user", revoke_user}, {"client", revoke_client}, {"key", revoke_key},
    {"token", revoke_jti}, {"index", revoke_idx},     {"all", revoke_all},
};

jeton_status jd_revoke_by_word(jd_accounts *accounts, jeton_span word, jeton_span name,
                               jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    for (size_t i = 0; i < JT_COUNT(words); i++)
        if (jeton_span_equal(word, jeton_str(words[i].word)))
            return words[i].run(accounts, name, entry, err);
    return jt_fail(err, JETON_E_REQUEST,
                   "what to revoke is one of: user, client, key, token, index, all");
}
