/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/accounts.c - opens and closes what users and sessions are made of. */
#include "accounts/accounts.h"

#include "accounts/audit.h"
#include "accounts/bans.h"
#include "accounts/batch.h"
#include "accounts/client.h"
#include "accounts/cluster.h"
#include "accounts/hash_cost.h"
#include "accounts/indexes.h"
#include "accounts/membership.h"
#include "accounts/slot.h"
#include "accounts/waits.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "signer/master.h"
#include "store/log.h"
#include "store/meta.h"
#include "store/place.h"
#include "store/purge.h"
#include "sys/clock.h"
#include "sys/disk.h"
#include "sys/log.h"

#include <stdio.h>

#define LOG_BATCH    1000U
#define PURGE_ROUNDS 100U /* in one sweep: a signal to stop must not wait for all of a backlog */

static jeton_status open_store(jd_accounts *accounts, jeton_err *err)
{
    jd_upgrade done;
    JT_TRY(jd_store_open_upgraded(accounts->config, &accounts->store, &done, err));
    if (done.applied > 0)
        jd_log(JD_INFO, EV_STORE_MIGRATED, JD_INT("applied", done.applied),
               JD_TEXT("kept", done.kept.chars));
    return JETON_OK;
}

static jeton_status open_sealed(jd_accounts *accounts, jeton_err *err)
{
    JT_TRY(jd_master_open(NULL, accounts->config->data, accounts->store, &accounts->sealer, err));
    JT_TRY(jd_audit_open(accounts->store, accounts->sealer, &accounts->aliases, err));
    JT_TRY(jd_cluster_open(accounts->store, accounts->sealer, err));
    const jd_signer_options options = {.alg = accounts->config->token_alg,
                                       .max_age = accounts->config->jwks_max_age,
                                       .active = accounts->config->key_active,
                                       .leeway = accounts->config->leeway};
    return jd_signer_open(jd_now_ctx(), &options, accounts->store, accounts->sealer,
                          &accounts->signer, err);
}

/* A key that is missing or another is no refusal of what somebody asked for: to the caller it is a
 * store that cannot be used. */
static jeton_status as_store(jeton_status status, const jeton_err *why, jeton_err *err)
{
    switch ((int)status) {
    case JETON_OK: return JETON_OK;
    case JETON_E_BUSY:
    case JETON_E_NOMEM:
    case JETON_E_ARGUMENT:
    case JETON_E_SYSTEM: return jt_fail(err, status, "%s", why->text);
    }
    return jt_fail(err, JETON_E_STORE, "%s", why->text);
}

/* Before there is a store: one that nothing can be sealed in would be of no use. */
static jeton_status check_master(jeton_err *err)
{
    jeton_err why = {0};
    return as_store(jd_master_check_named(NULL, &why), &why, err);
}

static jeton_status open_keys(jd_accounts *accounts, jeton_err *err)
{
    jeton_err why = {0};
    return as_store(open_sealed(accounts, &why), &why, err);
}

static jeton_status load_entries(jd_accounts *accounts, jeton_err *err)
{
    uint64_t seen = 0;
    jd_entries entries;
    do {
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        JT_TRY(jd_store_log_after(accounts->store, seen, LOG_BATCH, &arena, &entries, err));
        for (size_t i = 0; i < entries.count; i++) {
            jd_accounts_apply(accounts, &entries.at[i]);
            seen = entries.at[i].n;
            accounts->loaded = entries.at[i];
        }
    } while (entries.count == LOG_BATCH);
    return JETON_OK;
}

/* A log that somebody has written to is not gone by: what he has taken back nobody knows. */
static jeton_status load_revocations(jd_accounts *accounts, jeton_err *err)
{
    jeton_err why = {0};
    JT_TRY(jt_revocations_new(NULL, &accounts->revocations, err));
    jt_bitmaps_limit(jt_revocations_bitmaps(accounts->revocations),
                     (size_t)accounts->config->revocation_memory);
    const jeton_status status = load_entries(accounts, &why);
    if (status == JETON_E_SIGNATURE)
        return jt_fail(err, JETON_E_STORE, "%s: restore a backup", why.text);
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

/* Where there is a bus, tries are counted by all servers of this store. */
static jeton_status count_together(jd_accounts *accounts, jeton_err *err)
{
    const jd_config *config = accounts->config;
    const jd_bus_options options = {.address = config->bus,
                                    .prefix = config->bus_prefix,
                                    .ca_file = config->bus_ca_file,
                                    .timeout_ms = (unsigned)config->limits_wait};
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    if (config->bus[0] == '\0')
        return JETON_OK;
    JT_TRY(jd_cluster_key(accounts->store, accounts->sealer, &key, err));
    JT_TRY(jd_counts_open(&options, jt_secret_span(&key), &accounts->counts, err));
    const jd_counter counter = jd_counts_counter(accounts->counts);
    jd_limits_share(accounts->limits, &counter);
    return JETON_OK;
}

jeton_status jd_accounts_expect_logins(jd_accounts *accounts, jeton_err *err)
{
    uint8_t random[32];
    JT_TRY(jt_random(NULL, random, sizeof random, err));
    JT_TRY(jt_pwhash_print(NULL, jeton_bytes(random, sizeof random), &accounts->cost,
                           accounts->decoy, err));
    JT_TRY(jd_slot_open(accounts, err));
    JT_TRY(jd_limits_open(accounts->config, &accounts->limits, err));
    JT_TRY(count_together(accounts, err));
    return jd_bans_load(accounts, err);
}

jeton_status jd_accounts_keep_config(jd_accounts *accounts, const jd_config *config,
                                     const jd_config **kept, jeton_err *err)
{
    jd_config *copy = jt_arena_alloc(&accounts->configs, sizeof *copy);
    *kept = copy;
    if (copy == NULL)
        return jt_fail(err, JETON_E_NOMEM, "settings");
    *copy = *config;
    return JETON_OK;
}

void jd_accounts_configure(jd_accounts *accounts, const jd_config *kept)
{
    accounts->config = kept;
    jd_limits_configure(accounts->limits, kept);
    jt_bitmaps_limit(jt_revocations_bitmaps(accounts->revocations),
                     (size_t)kept->revocation_memory);
}

static _Thread_local bool in_a_hurry;

/* So that a client that was disabled or a network that was banned is so everywhere in milliseconds.
 */
static void publish_notice(void *user, const jt_revocation *notice)
{
    jd_accounts *accounts = user;
    jd_follower *follower = atomic_load(&accounts->follower);
    if (follower != NULL)
        jd_follower_committed(follower, notice, in_a_hurry);
}

jeton_status jd_accounts_open(const jd_config *config, jd_accounts *accounts, jeton_err *err)
{
    const jd_config *kept;
    *accounts = (jd_accounts){.configs = jt_arena_init(NULL)};
    JT_TRY(jd_accounts_keep_config(accounts, config, &kept, err));
    accounts->config = kept;
    JT_TRY(check_master(err));
    JT_TRY(open_store(accounts, err));
    jd_store_on_notice(accounts->store, publish_notice, accounts);
    JT_TRY(jd_membership_meet(accounts, err));
    if (jd_membership_is_due(accounts))
        accounts->lease.ms = (uint64_t)config->lease * 1000;
    JT_TRY(open_keys(accounts, err));
    JT_TRY(load_revocations(accounts, err));
    JT_TRY(jd_clients_open(accounts, err));
    JT_TRY(jd_waits_open(accounts->store, config->lease * 1000, &accounts->waits, err));
    return jd_hash_cost_settle(accounts, err);
}

jeton_status jd_accounts_share(jd_accounts *accounts, jeton_err *err)
{
    jd_path path;
    if (strcmp(accounts->config->segment, "off") == 0)
        return JETON_OK;
    if (accounts->config->segment[0] == '\0' && accounts->config->segment_group[0] != '\0')
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "segment-group"),
               JD_TEXT("why", "the segment is in the data folder, which is closed to the group"),
               JD_TEXT("next", "name another place by --segment"));
    JT_TRY(jd_agent_path(accounts->config, &path, err));
    const jd_agent_options options = {.path = path.chars,
                                      .group = accounts->config->segment_group,
                                      .locked = accounts->config->segment[0] == '\0',
                                      .revocations = accounts->revocations,
                                      .lease = accounts->lease.ms != 0 ? &accounts->lease : NULL};
    return jd_agent_open(&options, &accounts->agent, err);
}

jeton_status jd_accounts_stand_by(const jd_accounts *accounts, jeton_text **text, jeton_err *err)
{
    if (jd_lease_holds(&accounts->lease))
        return JETON_OK;
    jeton_text_free(text);
    return jt_fail(err, JETON_E_STALE, "%s", jeton_status_text(JETON_E_STALE));
}

void jd_accounts_close(jd_accounts *accounts)
{
    jd_waits_close(&accounts->waits);
    jd_membership_close(accounts);
    jd_agent_close(&accounts->agent);
    jd_slot_keep(accounts);
    jd_slot_close(&accounts->slot);
    jd_limits_close(&accounts->limits);
    jd_counts_close(&accounts->counts);
    jd_clients_close(accounts);
    jd_indexes_close(&accounts->indexes);
    jt_revocations_free(&accounts->revocations);
    jd_signer_free(&accounts->signer);
    jd_sealer_free(&accounts->sealer);
    jd_store_close(&accounts->store);
    jt_hmac_done(&accounts->aliases);
    jt_arena_done(&accounts->configs);
}

/* What the store remembers, or, at the first start, what it shall remember. */
static jeton_status remembered_issuer(jd_store *store, const char *origin, jt_arena *arena,
                                      jeton_span *issuer, jeton_err *err)
{
    jeton_err why = {0};
    if (origin[0] != '\0')
        return jd_store_meta_claim(store, "issuer", jeton_str(origin), arena, issuer, err);
    const jeton_status status = jd_store_meta_get(store, "issuer", arena, issuer, &why);
    if (status == JETON_E_NOT_FOUND)
        return jt_fail(err, JETON_E_ARGUMENT,
                       "issuer must be set: what is listened on has no URL that tokens could name");
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

jeton_status jd_accounts_name(jd_accounts *accounts, const char *origin, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span issuer = jeton_str(accounts->config->issuer);
    if (issuer.len == 0)
        JT_TRY(remembered_issuer(accounts->store, origin, &arena, &issuer, err));
    (void)snprintf(accounts->issuer, sizeof accounts->issuer, "%.*s", (int)issuer.len,
                   (const char *)issuer.ptr);
    const bool audience_set = accounts->config->audience[0] != '\0';
    (void)snprintf(accounts->audience, sizeof accounts->audience, "%s",
                   audience_set ? accounts->config->audience : accounts->issuer);
    return JETON_OK;
}

void jd_accounts_apply(jd_accounts *accounts, const jt_revocation *entry)
{
    jeton_err err = {0};
    if (jt_revocations_apply(accounts->revocations, entry, &err) != JETON_OK)
        jd_log(JD_ERROR, EV_REVOCATIONS_FULL, JD_TEXT("why", err.text),
               JD_TEXT("next", "every token issued before is refused"));
    if (accounts->agent != NULL)
        jd_agent_revoke(accounts->agent, entry);
}

void jd_accounts_hurry(bool hurry)
{
    in_a_hurry = hurry;
}

bool jd_accounts_is_in_hurry(void)
{
    return in_a_hurry;
}

void jd_accounts_revoke(jd_accounts *accounts, const jt_revocation *entry)
{
    if (entry->n == 0 || jd_batch_hold(accounts, entry))
        return;
    jd_accounts_apply(accounts, entry);
    if (accounts->agent != NULL && entry->kind != JT_REVOKED_LIST) /* which revokes nothing */
        jd_agent_settle(accounts->agent);
    jd_follower *follower = atomic_load(&accounts->follower);
    if (follower != NULL)
        jd_follower_committed(follower, entry, in_a_hurry);
}

/* How long an access token can be good for. Not the settings of today: it may have been issued
 * under a longer life, and may be judged under a wider leeway, after a restart. */
#define LONGEST_LIFE ((JD_ACCESS_TTL_MAX + JD_LEEWAY_MAX) * 1000)

jeton_time jd_accounts_horizon(jeton_time now)
{
    return now + LONGEST_LIFE;
}

/* A session stays as long as access tokens of it may live: a logout must still find it. */
static jeton_status purge(jd_accounts *accounts, jeton_time now, bool *more, jeton_err *err)
{
    size_t removed = 1;
    for (unsigned i = 0; i < PURGE_ROUNDS && removed > 0; i++)
        JT_TRY(jd_store_purge(accounts->store, now - LONGEST_LIFE, &removed, err));
    *more = removed > 0;
    return JETON_OK;
}

bool jd_accounts_sweep(jd_accounts *accounts, jeton_time now)
{
    jeton_err err = {0};
    bool more = false;
    if (!jd_lease_holds(&accounts->lease)) /* our clock may be what is wrong */
        return false;
    jt_revocations_sweep(accounts->revocations, now);
    if (accounts->agent != NULL)
        jd_agent_sweep(accounts->agent);
    jd_indexes_tend(accounts);
    jd_slot_keep(accounts);
    if (purge(accounts, now, &more, &err) != JETON_OK)
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", err.text), JD_TEXT("next", "retried"));
    return more;
}
