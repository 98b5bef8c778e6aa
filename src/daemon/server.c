/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/server.c - boots the parts in order, waits for a signal, takes them down in reverse. */
#include "daemon/server.h"

#include "accounts/membership.h"
#include "accounts/waits.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/front.h"
#include "daemon/reload.h"
#include "daemon/server_inside.h"
#include "daemon/signals.h"
#include "daemon/weak_settings.h"
#include "sys/clock.h"
#include "sys/log_writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define SWEEP_MS 60000
#define MORE_MS  1000 /* when there was more than one sweep takes */

/* ---- up ------------------------------------------------------------------------------------- */

/* Each connection takes a file descriptor. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static jeton_status take_folder(jd_server *of, jeton_err *err)
{
    bool open_to_others = false;
    JT_TRY(jd_dir_make(of->config.data, &open_to_others, err));
    if (open_to_others)
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "data"),
               JD_TEXT("why", "the folder is open to other users of this machine"));
    return jd_lock_take(of->config.data, &of->lock, err);
}

static jeton_status open_accounts(jd_server *of, jeton_err *err)
{
    of->accounts_open = true;
    JT_TRY(jd_accounts_open(&of->config, &of->accounts, err));
    JT_TRY(jd_accounts_name(&of->accounts, of->origin, err));
    JT_TRY(jd_accounts_share(&of->accounts, err));
    return jd_waits_watch(of->accounts.waits, err);
}

static jeton_status boot(jd_server *of, jeton_err *err)
{
    raise_file_limit();
    JT_TRY(take_folder(of, err));
    JT_TRY(jd_front_open(of, err));
    JT_TRY(open_accounts(of, err));
    of->app_open = true;
    JT_TRY(jd_app_open(&of->app, &of->accounts, err));
    of->app.http = of->http;
    JT_TRY(jd_membership_open(&of->accounts, err));
    JT_TRY(jd_key_schedule_open(&of->accounts, &of->keys, err));
    JT_TRY(jd_control_open(&of->accounts, &of->control, err));
    JT_TRY(jd_http_start(of->http, err));
    atomic_store(&of->app.ready, true);
    return JETON_OK;
}

/* ---- running -------------------------------------------------------------------------------- */

/* The time that what has expired is judged by: the clock's, but never ahead of what has passed
 * since the start. A clock that jumps ahead and is set back again must not have made us forget what
 * is revoked. */
static jeton_time sweep_time(jeton_time start, int64_t started)
{
    const jeton_time passed = start + (jd_monotonic() - started);
    const jeton_time now = jd_now();
    return now < passed ? now : passed;
}

/* How long nothing has to be done but to answer signals. */
static struct timespec pause_until(const jd_server *of, int64_t next_sweep)
{
    int64_t ms = next_sweep - jd_monotonic();
    if (of->notify.pulse_ms > 0 && of->notify.pulse_ms < ms)
        ms = of->notify.pulse_ms;
    if (ms < 0)
        ms = 0;
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* Says that we live, when we do: whoever watches over us restarts us otherwise. */
static void pulse(jd_server *of)
{
    if (of->notify.pulse_ms > 0 && jd_http_is_turning(of->http, (unsigned)of->notify.pulse_ms / 2))
        jd_notify_send(&of->notify, "WATCHDOG=1");
}

static void reload(jd_server *of)
{
    jd_notify_reloading(&of->notify);
    jd_reload(of);
    jd_notify_send(&of->notify, "READY=1");
}

/* Waits for a signal to stop; meanwhile reloads when asked to, and drops what has expired. */
static void wait_for_end(jd_server *of, const sigset_t *signals)
{
    const jeton_time start = jd_now();
    const int64_t started = jd_monotonic();
    int64_t next_sweep = started + SWEEP_MS;
    for (;;) {
        const struct timespec pause = pause_until(of, next_sweep);
        const int got = sigtimedwait(signals, NULL, &pause);
        if (got == SIGTERM || got == SIGINT)
            return;
        if (got == SIGHUP)
            reload(of);
        pulse(of);
        if (jd_monotonic() < next_sweep)
            continue;
        const bool more = jd_accounts_sweep(&of->accounts, sweep_time(start, started));
        jd_app_rest(&of->app);
        next_sweep = jd_monotonic() + (more ? MORE_MS : SWEEP_MS);
    }
}

/* ---- down ----------------------------------------------------------------------------------- */

/* Somebody who asks twice does not want to wait. */
static void end_at_second_signal(int number)
{
    (void)number;
    _exit(1);
}

/* Drains in pieces: whoever watches over us wants to hear from us meanwhile, too. */
static bool drain_http(jd_server *of)
{
    int64_t left = of->config.drain_time * 1000;
    for (;;) {
        const bool in_pieces = of->notify.pulse_ms > 0 && of->notify.pulse_ms < left;
        const int64_t piece = in_pieces ? of->notify.pulse_ms : left;
        if (jd_http_drain(of->http, (unsigned)piece))
            return true;
        left -= piece;
        if (left <= 0)
            return false;
        pulse(of);
    }
}

static void drain(jd_server *of, const sigset_t *signals)
{
    jd_notify_send(&of->notify, "STOPPING=1\nSTATUS=Finishing what is under way");
    jd_log(JD_INFO, EV_SERVER_DRAINING, JD_INT("seconds", of->config.drain_time));
    (void)signal(SIGTERM, end_at_second_signal);
    (void)signal(SIGINT, end_at_second_signal);
    (void)signal(SIGHUP, SIG_IGN); /* a terminal that closes meanwhile does not cut anybody off */
    (void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    atomic_store(&of->app.ready, false);
    const bool done = drain_http(of);
    jd_log(JD_INFO, EV_SERVER_STOPPED, JD_BOOL("drained", done));
}

static void take_down(jd_server *of)
{
    jd_control_close(&of->control);
    jd_key_schedule_close(&of->keys);
    if (of->app_open)
        jd_app_hurry(&of->app); /* or each hash in the queue would take its time after all */
    jd_front_close(of);
    if (of->accounts_open)
        jd_membership_stop(&of->accounts);
    if (of->app_open)
        jd_app_close(&of->app);
    if (of->accounts_open)
        jd_accounts_close(&of->accounts);
    jd_lock_drop(&of->lock);
    jd_notify_close(&of->notify);
}

static void tell_of_start(jd_server *of, int64_t started)
{
    char text[sizeof of->address + 64];
    jd_log(JD_INFO, EV_SERVER_READY, JD_TEXT("listen", of->address),
           JD_TEXT("issuer", of->accounts.issuer), JD_TEXT("data", of->config.data),
           JD_INT("ms", jd_monotonic() - started));
    jd_weaknesses_log(NULL, &of->config);
    jd_front_warn(of);
    (void)snprintf(text, sizeof text, "READY=1\nSTATUS=Listening on %s", of->address);
    jd_notify_send(&of->notify, text);
}

jeton_status jd_server_run(const jd_config *config, const jd_config_sources *sources,
                           jeton_err *err)
{
    const int64_t started = jd_monotonic();
    const sigset_t signals = jd_signals_block();
    jd_server of = {.config = *config, .sources = sources, .lock = {.fd = -1}};
    jd_notify_open(&of.notify);
    jd_log_start(STDERR_FILENO, config->log_level);
    jeton_status status = jd_log_writer_start(err);
    if (status == JETON_OK)
        status = boot(&of, err);
    if (status == JETON_OK) {
        tell_of_start(&of, started);
        wait_for_end(&of, &signals);
        drain(&of, &signals);
    }
    take_down(&of);
    jd_log_writer_flush();
    return status;
}
