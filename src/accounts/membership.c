/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/membership.c - what the log of all nodes does to this one. */
#include "accounts/membership.h"

#include "accounts/bans.h"
#include "accounts/client.h"
#include "accounts/indexes.h"
#include "accounts/waits.h"
#include "agent/trust.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"
#include "store/log.h"
#include "store/nodes.h"
#include "sys/clock.h"
#include "sys/log.h"

bool jd_membership_is_due(const jd_accounts *accounts)
{
    return accounts->config->bus[0] != '\0' || jd_store_is_shared(accounts->store);
}

static bool is_genuine(void *user, const jt_revocation *entry)
{
    const jd_accounts *accounts = user;
    return jd_store_log_genuine(accounts->store, entry);
}

/* From here on nothing is signed with keys of before (signer.h). A key is withdrawn in a
 * transaction that tells of it right before the mark, which may be here first. */
static void tell_signer(const jd_accounts *accounts, const jt_revocation *entry)
{
    if (entry->kind == JT_NOTICE_KEYS || entry->kind == JT_NOTICE_JUMP)
        jd_store_keys_told(accounts->store, entry->n);
    if (entry->kind == JT_REVOKED_KEY)
        jd_store_keys_told(accounts->store, entry->n - 1);
}

/* Blocks of indexes may have been leased in what was lost: others would not know them. */
static void take_jump(jd_accounts *accounts, const jt_revocation *entry)
{
    jd_log_jump(entry);
    jd_indexes_forget(accounts);
}

static bool apply(void *user, const jt_revocation *entry)
{
    tell_signer(user, entry);
    if (entry->kind == JT_NOTICE_JUMP)
        take_jump(user, entry);
    if (jt_is_notice(entry->kind))
        return false;
    jd_accounts_apply(user, entry);
    return true;
}

static jeton_status read_all(jd_accounts *accounts, jeton_err *err)
{
    JT_TRY(jd_signer_renew(accounts->signer, err));
    JT_TRY(jd_clients_renew(accounts, err));
    return jd_bans_load(accounts, err);
}

static bool read(void *user)
{
    jd_accounts *accounts = user;
    jeton_err err = {0};
    int64_t times;
    if (read_all(accounts, &err) == JETON_OK) {
        jd_repeat_end(&accounts->unread);
        return true;
    }
    if (jd_repeat_is_due(&accounts->unread, jd_monotonic(), err.text, &times))
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", err.text), JD_INT("times", times),
               JD_TEXT("next", "retried"));
    return false;
}

static void beat(void *user)
{
    const jd_accounts *accounts = user;
    if (accounts->agent != NULL)
        jd_agent_beat(accounts->agent);
}

jeton_status jd_membership_meet(jd_accounts *accounts, jeton_err *err)
{
    jd_nodes nodes;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    if (!jd_membership_is_due(accounts))
        return JETON_OK;
    const int64_t leeway_ms = accounts->config->leeway * 1000 + JD_CLOCK_SLACK_MS;
    const int64_t sent = (int64_t)jt_boot_now();
    JT_TRY(jd_store_node_list(accounts->store, &arena, &nodes, err));
    jd_clock_look look;
    (void)jd_clock_look_around(sent, nodes.now, &look); /* there is nothing better yet */
    jd_trust_clock(&look, leeway_ms);
    return JETON_OK;
}

jeton_status jd_membership_open(jd_accounts *accounts, jeton_err *err)
{
    const jd_config *config = accounts->config;
    JT_AUTO(jd_follower_close) jd_follower *follower = NULL;
    if (!jd_membership_is_due(accounts))
        return JETON_OK;
    const jd_follower_options options = {.store = accounts->store,
                                         .kind = "serve",
                                         .name = config->node_name,
                                         .lease = &accounts->lease,
                                         .leeway = config->leeway,
                                         .bus = {.address = config->bus,
                                                 .prefix = config->bus_prefix,
                                                 .ca_file = config->bus_ca_file},
                                         .user = {.user = accounts,
                                                  .is_genuine = is_genuine,
                                                  .apply = apply,
                                                  .read = read,
                                                  .beat = beat}};
    JT_TRY(jd_follower_open(&options, &follower, err));
    /* What was loaded is not read a second time, as long as the store still says the same of it. */
    if (accounts->loaded.n > 0)
        jd_follower_resume(follower, accounts->loaded.n, accounts->loaded.mac);
    jd_waits_self(accounts->waits, jd_follower_id(follower));
    JT_TRY(jd_follower_start(follower, err));
    atomic_store(&accounts->follower, follower);
    follower = NULL; /* it is theirs now */
    return JETON_OK;
}

void jd_membership_stop(jd_accounts *accounts)
{
    jd_follower *follower = atomic_load(&accounts->follower);
    if (follower != NULL)
        jd_follower_stop(follower);
}

void jd_membership_close(jd_accounts *accounts)
{
    jd_follower *follower = atomic_exchange(&accounts->follower, NULL);
    jd_follower_close(&follower);
}

const char *jd_membership_why_stale(jd_accounts *accounts)
{
    return jd_follower_why_stale(atomic_load(&accounts->follower), &accounts->lease);
}
