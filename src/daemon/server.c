/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/server.c - boots the parts in order, waits for a signal, takes them down in reverse. */
#include "daemon/server.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "daemon/reload.h"
#include "daemon/server_inside.h"
#include "sys/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define SWEEP_SECONDS 60

/* ---- up ------------------------------------------------------------------------------------- */

/* Signals are taken by the main thread alone; every other thread is started after this. */
static sigset_t block_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return set;
}

/* Each connection takes a file descriptor. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void warn_about_limits(const jd_config *config)
{
    if (!config->rate_limits)
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "rate-limits"),
               JD_TEXT("why", "passwords may be guessed without limits: for load tests only"));
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

static void warn_of_settings(const jd_config *config)
{
    if (config->insecure_cookies)
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "insecure-cookies"),
               JD_TEXT("why", "cookies can be read on the way: for development only"),
               JD_TEXT("next", "set for localhost only"));
}

static void log_http(void *app, const char *text)
{
    (void)app;
    jd_log(JD_WARN, EV_HTTP_WARNING, JD_TEXT("why", text));
}

static jeton_status read_proxies(const jd_config *config, jd_cidrs *proxies, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_cidrs_parse(jeton_str(config->proxies), proxies, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, JETON_E_ARGUMENT, "proxies: %s", why.text);
}

static jeton_status open_http(jd_server *of, jeton_err *err)
{
    jd_http_options options = {
        .listen = of->config.listen,
        .threads = (unsigned)of->config.threads,
        .connections = (unsigned)of->config.connections,
        .body_limit = (size_t)of->config.body_limit,
        .user = &of->app,
        .handle = jd_app_handle,
        .refuse = jd_app_refuse,
        .finish = jd_app_finish,
        .forwarded = of->config.forwarded,
        .log = log_http,
    };
    JT_TRY(read_proxies(&of->config, &options.proxies, err));
    JT_TRY(jd_http_open(&options, &of->http, err));
    const char *colon = strrchr(of->config.listen, ':');
    (void)snprintf(of->address, sizeof of->address, "%.*s:%u", (int)(colon - of->config.listen),
                   of->config.listen, jd_http_port(of->http));
    return JETON_OK;
}

static jeton_status boot(jd_server *of, jeton_err *err)
{
    raise_file_limit();
    warn_about_limits(&of->config);
    JT_TRY(take_folder(of, err));
    JT_TRY(open_http(of, err));
    of->accounts_open = true;
    JT_TRY(jd_accounts_open(&of->config, &of->accounts, err));
    JT_TRY(jd_accounts_name(&of->accounts, of->address, err));
    of->app_open = true;
    JT_TRY(jd_app_open(&of->app, &of->accounts, err));
    of->app.http = of->http;
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
    const jeton_time now = jt_now(NULL);
    return now < passed ? now : passed;
}

/* Waits for a signal to stop; meanwhile reloads when asked to, and drops what has expired. */
static void wait_for_end(jd_server *of, const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = SWEEP_SECONDS};
    const jeton_time start = jt_now(NULL);
    const int64_t started = jd_monotonic();
    for (;;) {
        const int got = sigtimedwait(signals, NULL, &pause);
        if (got == SIGTERM || got == SIGINT)
            return;
        if (got == SIGHUP)
            jd_reload(of);
        jd_accounts_sweep(&of->accounts, sweep_time(start, started));
    }
}

/* ---- down ----------------------------------------------------------------------------------- */

/* Somebody who asks twice does not want to wait. */
static void end_at_second_signal(int number)
{
    (void)number;
    _exit(1);
}

static void drain(jd_server *of, const sigset_t *signals)
{
    jd_log(JD_INFO, EV_SERVER_DRAINING, JD_INT("seconds", of->config.drain_time));
    (void)signal(SIGTERM, end_at_second_signal);
    (void)signal(SIGINT, end_at_second_signal);
    (void)signal(SIGHUP, SIG_IGN); /* a terminal that closes meanwhile does not cut anybody off */
    (void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    atomic_store(&of->app.ready, false);
    const bool done = jd_http_drain(of->http, (unsigned)of->config.drain_time * 1000);
    jd_log(JD_INFO, EV_SERVER_STOPPED, JD_BOOL("drained", done));
}

static void take_down(jd_server *of)
{
    jd_control_close(&of->control);
    jd_key_schedule_close(&of->keys);
    if (of->app_open)
        jd_app_hurry(&of->app); /* or each hash in the queue would take its time after all */
    jd_http_close(&of->http);
    if (of->app_open)
        jd_app_close(&of->app);
    if (of->accounts_open)
        jd_accounts_close(&of->accounts);
    jd_lock_drop(&of->lock);
}

jeton_status jd_server_run(const jd_config *config, jeton_err *err)
{
    const int64_t started = jd_monotonic();
    const sigset_t signals = block_signals();
    jd_server of = {.config = *config, .lock = {.fd = -1}};
    jd_log_start(STDERR_FILENO, config->log_level);
    const jeton_status status = boot(&of, err);
    if (status == JETON_OK) {
        jd_log(JD_INFO, EV_SERVER_READY, JD_TEXT("listen", of.address),
               JD_TEXT("issuer", of.accounts.issuer), JD_TEXT("data", config->data),
               JD_INT("ms", jd_monotonic() - started));
        warn_of_settings(config);
        wait_for_end(&of, &signals);
        drain(&of, &signals);
    }
    take_down(&of);
    return status;
}
