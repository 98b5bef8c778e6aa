/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/agent_host.c - boots what an agent is made of, waits for a signal, takes it down. */
#include "daemon/agent_host.h"

#include "agent/agent.h"
#include "agent/cluster_key.h"
#include "agent/follower.h"
#include "agent/snapshot.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/agent_front.h"
#include "daemon/notify.h"
#include "daemon/signals.h"
#include "daemon/weak_settings.h"
#include "signer/published.h"
#include "store/log.h"
#include "store/place.h"
#include "store/schema.h"
#include "sys/clock.h"
#include "sys/log_writer.h"
#include "sys/repeat.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define SWEEP_MS    60000
#define SNAPSHOT_MS 300000
#define RETRY_MS    1000
#define LOOK_MS     20 /* how often it is looked whether we are ready, until we are */

typedef struct host {
    jd_config config;
    jd_path snapshot, segment;
    jd_lock lock;
    jt_secret cluster;
    jd_store *store;
    jt_revocations *revocations;
    jd_lease lease;
    jd_agent *agent;
    jd_agent_view view; /* the follower is in it, and whether the segment is published */
    jd_agent_front *front;
    pthread_mutex_t keys_lock; /* of what is below, and of view.published */
    jeton_keyset *keys;        /* to be published first; NULL: none are known */
    jd_snapshot_end start;     /* of the snapshot that was loaded; n 0: none */
    jd_notify notify;
    bool told_ready;
    jd_repeat unopened, unread, unpublished; /* what fails again and again */
    int64_t began, next_open, next_sweep, next_snapshot;
} host;

/* ---- what the follower has done ------------------------------------------------------------- */

static bool is_genuine(void *user, const jt_revocation *entry)
{
    const host *of = user;
    return jd_store_log_genuine(of->store, entry);
}

static bool apply(void *user, const jt_revocation *entry)
{
    const host *of = user;
    jeton_err err = {0};
    if (entry->kind == JT_NOTICE_JUMP)
        jd_log_jump(entry);
    if (jt_is_notice(entry->kind))
        return false;
    if (jt_revocations_apply(of->revocations, entry, &err) != JETON_OK)
        jd_log(JD_ERROR, EV_REVOCATIONS_FULL, JD_TEXT("why", err.text),
               JD_TEXT("next", "every token issued before is refused"));
    jd_agent_revoke(of->agent, entry);
    return true;
}

/* Later ones are published at once, the first when there is something to publish them with. */
static jeton_status take_keys(host *of, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(jd_published_load(of->store, &keys, err));
    (void)pthread_mutex_lock(&of->keys_lock);
    jeton_status status = JETON_OK;
    if (of->view.published) {
        status = jd_agent_keys(of->agent, keys, err);
    } else {
        jeton_keyset_free(&of->keys);
        of->keys = keys;
        keys = NULL;
    }
    (void)pthread_mutex_unlock(&of->keys_lock);
    return status;
}

/* Until the head of the log has been reached, guards go on by the segment of our last run: a new
 * one would not know the lists of tokens that are good. */
static void publish_first(host *of)
{
    jeton_err err = {0};
    (void)pthread_mutex_lock(&of->keys_lock);
    if (!of->view.published && of->keys != NULL) {
        int64_t times;
        of->view.published = jd_agent_keys(of->agent, of->keys, &err) == JETON_OK;
        if (!of->view.published &&
            jd_repeat_is_due(&of->unpublished, jd_monotonic(), err.text, &times))
            jd_log(JD_ERROR, EV_SEGMENT_FAILED, JD_TEXT("why", err.text), JD_INT("times", times),
                   JD_TEXT("next", "retried"));
    }
    (void)pthread_mutex_unlock(&of->keys_lock);
}

static bool read_keys(void *user)
{
    host *of = user;
    jeton_err err = {0};
    int64_t times;
    if (take_keys(of, &err) == JETON_OK) {
        jd_repeat_end(&of->unread);
        return true;
    }
    if (jd_repeat_is_due(&of->unread, jd_monotonic(), err.text, &times))
        jd_log(JD_WARN, EV_KEYS_FAILED, JD_TEXT("why", err.text), JD_INT("times", times),
               JD_TEXT("next", "retried"));
    return false;
}

static void beat(void *user)
{
    host *of = user;
    if (!of->view.published && jd_lease_holds(&of->lease))
        publish_first(of);
    jd_agent_beat(of->agent);
}

/* ---- up ------------------------------------------------------------------------------------- */

static jeton_status check_settings(const jd_config *config, jeton_err *err)
{
    if (config->store[0] == '\0')
        return jt_fail(err, JETON_E_ARGUMENT, "store must be set: whose log shall be followed?");
    if (config->cluster_key_file[0] == '\0')
        return jt_fail(err, JETON_E_ARGUMENT,
                       "cluster-key-file must be set: jeton cluster key prints it on a server");
    if (strcmp(config->segment, "off") == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "segment is off, but an agent is for nothing else");
    return JETON_OK;
}

static void load_snapshot(host *of)
{
    jeton_err err = {0};
    const int64_t began = jd_monotonic();
    const jeton_status status = jd_snapshot_load(of->snapshot.chars, jt_secret_span(&of->cluster),
                                                 of->revocations, &of->start, &err);
    if (status == JETON_OK)
        jd_log(JD_INFO, EV_SNAPSHOT_LOADED, JD_INT("applied", (int64_t)of->start.n),
               JD_INT("entries", (int64_t)jt_revocations_count(of->revocations)),
               JD_INT("ms", jd_monotonic() - began));
    else if (status != JETON_E_NOT_FOUND)
        jd_log(JD_WARN, EV_SNAPSHOT_FAILED, JD_TEXT("why", err.text),
               JD_TEXT("next", "all of the log is read"));
}

static jeton_status prepare(host *of, jeton_err *err)
{
    bool open_to_others = false;
    JT_TRY(check_settings(&of->config, err));
    JT_TRY(jd_dir_make(of->config.data, &open_to_others, err));
    JT_TRY(jd_lock_take(of->config.data, &of->lock, err));
    JT_TRY(jd_cluster_key_read(of->config.cluster_key_file, &of->cluster, err));
    JT_TRY(jd_path_join(of->config.data, "snapshot", &of->snapshot, err));
    JT_TRY(jd_agent_path(&of->config, &of->segment, err));
    JT_TRY(jt_revocations_new(NULL, &of->revocations, err));
    jt_bitmaps_limit(jt_revocations_bitmaps(of->revocations), (size_t)of->config.revocation_memory);
    load_snapshot(of);
    const jd_agent_options options = {.path = of->segment.chars,
                                      .group = of->config.segment_group,
                                      .locked = of->config.segment[0] == '\0',
                                      .revocations = of->revocations,
                                      .lease = &of->lease};
    JT_TRY(jd_agent_open(&options, &of->agent, err));
    of->view.lease = &of->lease;
    of->view.segment = of->agent;
    of->view.revocations = of->revocations;
    return jd_agent_front_open(&of->config, &of->view, &of->front, err);
}

/* What an older or a newer program keeps there is not what we would take it for. */
static jeton_status check_schema(jd_store *store, jeton_err *err)
{
    jd_schema schema;
    JT_TRY(jd_store_schema(store, &schema, err));
    if (schema.has != schema.knows)
        return jt_fail(err, JETON_E_STORE,
                       "the store has schema %u and this program knows %u: start a server of the "
                       "same version",
                       schema.has, schema.knows);
    return JETON_OK;
}

static jeton_status follow(host *of, jeton_err *err)
{
    const jd_follower_options options = {
        .store = of->store,
        .kind = "agent",
        .name = of->config.node_name,
        .lease = &of->lease,
        .leeway = of->config.leeway,
        .bus = {.address = of->config.bus,
                .prefix = of->config.bus_prefix,
                .ca_file = of->config.bus_ca_file},
        .user = {
            .user = of, .is_genuine = is_genuine, .apply = apply, .read = read_keys, .beat = beat}};
    jd_follower *follower = NULL;
    JT_TRY(jd_follower_open(&options, &follower, err));
    of->view.follower = follower; /* from now on it is looked at, and closed with the rest */
    if (of->start.n > 0)
        jd_follower_resume(follower, of->start.n, of->start.mac);
    return jd_follower_start(follower, err);
}

static jeton_status open_store(host *of, jeton_err *err)
{
    JT_TRY(jd_store_open_place(&of->config, &of->store, err));
    jd_store_log_key(of->store, jt_secret_span(&of->cluster));
    JT_TRY(check_schema(of->store, err));
    return take_keys(of, err);
}

/* The store may not be there yet, nor be a store: a server makes it one. */
static jeton_status try_store(host *of, jeton_err *err)
{
    jeton_err why = {0};
    if (of->view.follower != NULL || jd_monotonic() < of->next_open)
        return JETON_OK;
    if (open_store(of, &why) == JETON_OK)
        return follow(of, err);
    int64_t times;
    if (jd_repeat_is_due(&of->unopened, jd_monotonic(), why.text, &times))
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", why.text), JD_INT("times", times),
               JD_TEXT("next", "retried"));
    jd_store_close(&of->store);
    of->next_open = jd_monotonic() + RETRY_MS;
    return JETON_OK;
}

/* ---- running -------------------------------------------------------------------------------- */

static void save_snapshot(host *of)
{
    jeton_err err = {0};
    jd_follower_counts counts;
    if (of->view.follower == NULL)
        return;
    jd_follower_count(of->view.follower, &counts);
    jd_snapshot_end end = {.n = counts.mac_of};
    memcpy(end.mac, counts.mac, sizeof end.mac);
    if (end.n == 0)
        return; /* what is here is not known to be all of anything */
    if (jd_snapshot_save(of->snapshot.chars, jt_secret_span(&of->cluster), &end, of->revocations,
                         &err) != JETON_OK)
        jd_log(JD_WARN, EV_SNAPSHOT_FAILED, JD_TEXT("why", err.text), JD_TEXT("next", "retried"));
}

/* A clock that is wrong must not have us forget: while the lease holds, it is not. */
static void sweep(host *of)
{
    if (!jd_lease_holds(&of->lease))
        return;
    jt_revocations_sweep(of->revocations, jd_now());
    jd_agent_sweep(of->agent);
}

static void tell_when_ready(host *of)
{
    if (of->told_ready || !of->view.published || !jd_lease_holds(&of->lease))
        return;
    of->told_ready = true;
    jd_log(JD_INFO, EV_AGENT_READY, JD_TEXT("segment", of->segment.chars),
           JD_INT("revoked", (int64_t)jt_revocations_count(of->revocations)),
           JD_TEXT("listen", jd_agent_front_address(of->front)),
           JD_INT("ms", jd_monotonic() - of->began));
    jd_notify_send(&of->notify, "READY=1\nSTATUS=Following the log");
}

static void do_what_is_due(host *of)
{
    const int64_t now = jd_monotonic();
    tell_when_ready(of);
    if (of->notify.pulse_ms > 0 &&
        jd_agent_front_is_turning(of->front, (unsigned)of->notify.pulse_ms / 2))
        jd_notify_send(&of->notify, "WATCHDOG=1");
    if (now >= of->next_sweep) {
        sweep(of);
        of->next_sweep = now + SWEEP_MS;
    }
    if (now >= of->next_snapshot) {
        save_snapshot(of);
        of->next_snapshot = now + SNAPSHOT_MS;
    }
}

static struct timespec pause_of(const host *of)
{
    const int64_t now = jd_monotonic();
    int64_t ms = of->next_sweep - now;
    if (of->view.follower == NULL)
        ms = of->next_open - now;
    else if (!of->told_ready)
        ms = LOOK_MS;
    if (of->notify.pulse_ms > 0 && of->notify.pulse_ms < ms)
        ms = of->notify.pulse_ms;
    if (ms < 0)
        ms = 0;
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static jeton_status wait_for_end(host *of, const sigset_t *signals, jeton_err *err)
{
    for (;;) {
        JT_TRY(try_store(of, err));
        do_what_is_due(of);
        const struct timespec pause = pause_of(of);
        const int got = sigtimedwait(signals, NULL, &pause);
        if (got == SIGTERM || got == SIGINT)
            return JETON_OK;
        if (got == SIGHUP) /* there is nothing that could be taken anew; but somebody asks */
            save_snapshot(of);
    }
}

/* ---- down ----------------------------------------------------------------------------------- */

/* The segment is not said to be stale at once: until the lease has run out, what it says is true,
 * and who restarts us refuses nobody. */
static void take_down(host *of)
{
    jd_notify_send(&of->notify, "STOPPING=1");
    jd_agent_front_close(&of->front); /* it looks at everything below */
    if (of->view.follower != NULL) {
        jd_follower_stop(of->view.follower);
        save_snapshot(of);
        jd_log(JD_INFO, EV_AGENT_STOPPED, JD_TEXT("segment", of->segment.chars));
    }
    jd_follower *follower = of->view.follower;
    jd_follower_close(&follower);
    jd_agent_close(&of->agent);
    jeton_keyset_free(&of->keys);
    (void)pthread_mutex_destroy(&of->keys_lock);
    jt_revocations_free(&of->revocations);
    jd_store_close(&of->store);
    jt_secret_done(&of->cluster);
    jd_lock_drop(&of->lock);
    jd_notify_close(&of->notify);
}

jeton_status jd_agent_host_run(const jd_config *config, jeton_err *err)
{
    const sigset_t signals = jd_signals_block();
    host of = {.config = *config, .lock = {.fd = -1}, .began = jd_monotonic()};
    (void)pthread_mutex_init(&of.keys_lock, NULL);
    of.lease.ms = (uint64_t)config->lease * 1000;
    of.next_sweep = of.began + SWEEP_MS;
    of.next_snapshot = of.began + SNAPSHOT_MS;
    jd_notify_open(&of.notify);
    jd_log_start(STDERR_FILENO, config->log_level);
    jeton_status status = jd_log_writer_start(err);
    if (status == JETON_OK)
        status = prepare(&of, err);
    if (status == JETON_OK)
        jd_weaknesses_log(NULL, config);
    if (status == JETON_OK)
        status = wait_for_end(&of, &signals, err);
    take_down(&of);
    jd_log_writer_flush();
    return status;
}
