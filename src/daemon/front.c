/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/front.c - listen addresses and the certificate, from settings to a server. */
#include "daemon/front.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "daemon/inherited.h"
#include "sys/metrics.h"

#include <stdio.h>
#include <time.h>

#define SOON ((int64_t)7 * 24 * 3600) /* seconds before a certificate expires */

/* ---- TLS ------------------------------------------------------------------------------------ */

static bool is_set(const char *text)
{
    return text[0] != '\0';
}

static const char *doubt_about(int64_t begins, int64_t ends)
{
    const int64_t now = jt_now(NULL) / 1000;
    if (now < begins)
        return "the certificate is not valid yet";
    if (now >= ends)
        return "the certificate has expired";
    return now >= ends - SOON ? "the certificate expires within a week" : NULL;
}

static void tell_of_certificate(jd_tls *tls, const jd_config *config)
{
    int64_t begins;
    int64_t ends;
    char until[32];
    struct tm parts = {0};
    jd_tls_dates(tls, &begins, &ends);
    jd_metric_set(JD_METRIC_CERTIFICATE, 0, ends > 0 ? (uint64_t)ends : 0);
    (void)gmtime_r(&ends, &parts);
    (void)strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", &parts);
    const char *doubt = doubt_about(begins, ends);
    jd_log(doubt != NULL ? JD_WARN : JD_INFO, EV_TLS_CERTIFICATE, JD_TEXT("file", config->tls_cert),
           JD_TEXT("expires", until), JD_TEXT("why", doubt));
}

static jeton_status open_tls(jd_server *of, jeton_err *err)
{
    const jd_config *config = &of->config;
    if (is_set(config->tls_cert) != is_set(config->tls_key))
        return jt_fail(err, JETON_E_ARGUMENT, "tls-cert and tls-key go together");
    if (!is_set(config->tls_cert))
        return JETON_OK;
    return jd_tls_open(config->tls_cert, config->tls_key, &of->tls, err);
}

jeton_status jd_front_prepare(jd_server *of, const jd_config *next, void **ready, jeton_err *err)
{
    jd_tls_pair *pair = NULL;
    if (is_set(next->tls_cert) != is_set(next->tls_key))
        return jt_fail(err, JETON_E_ARGUMENT, "tls-cert and tls-key go together");
    if (is_set(next->tls_cert) != (of->tls != NULL))
        return jt_fail(err, JETON_E_ARGUMENT, "TLS begins and ends with a restart only");
    if (of->tls == NULL)
        return JETON_OK;
    JT_TRY(jd_tls_pair_read(next->tls_cert, next->tls_key, &pair, err));
    *ready = pair;
    return JETON_OK;
}

void jd_front_commit(jd_server *of, const jd_config *next, void *ready)
{
    jd_tls_pair *pair = ready;
    if (pair == NULL)
        return;
    jd_tls_exchange(of->tls, &pair);
    tell_of_certificate(of->tls, next);
}

void jd_front_drop(void *ready)
{
    jd_tls_pair *pair = ready;
    jd_tls_pair_drop(&pair);
}

/* ---- addresses ------------------------------------------------------------------------------ */

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

/* "127.0.0.1:8080, unix:/run/jeton.sock", and the first of them that a URL can name. */
static void name_addresses(jd_server *of)
{
    const jd_listeners *listeners = jd_http_listeners(of->http);
    jd_listeners_print(listeners, of->address, sizeof of->address);
    for (size_t i = 0; i < listeners->count; i++) {
        const jd_listener *listener = &listeners->at[i];
        if (!listener->is_unix && of->origin[0] == '\0')
            (void)snprintf(of->origin, sizeof of->origin, "%s://%s",
                           of->tls != NULL ? "https" : "http", listener->name);
    }
}

static jeton_status open_http(jd_server *of, jeton_err *err)
{
    int fds[JD_LISTENERS];
    jd_http_options options = {
        .listen = of->config.listen,
        .socket_mode = (unsigned)of->config.socket_mode,
        .tls = of->tls,
        .inherited = fds,
        .threads = (unsigned)of->config.threads,
        .connections = (unsigned)of->config.connections,
        .body_limit = (size_t)of->config.body_limit,
        .user = &of->app,
        .handle = jd_app_handle,
        .refuse = jd_app_refuse,
        .finish = jd_app_finish,
        .trust.forwarded = of->config.forwarded,
        .log = log_http,
    };
    JT_TRY(jd_inherited_take(fds, &options.inherited_count, err));
    JT_TRY(read_proxies(&of->config, &options.trust.proxies, err));
    return jd_http_open(&options, &of->http, err);
}

jeton_status jd_front_open(jd_server *of, jeton_err *err)
{
    JT_TRY(open_tls(of, err));
    JT_TRY(open_http(of, err));
    name_addresses(of);
    return JETON_OK;
}

/* ---- what to know --------------------------------------------------------------------------- */

static bool has_unix(const jd_listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++)
        if (listeners->at[i].is_unix)
            return true;
    return false;
}

/* Their address is all that limits can tell clients apart by. */
static void warn_about_proxies(jd_server *of)
{
    const jd_address none = {{0}};
    jd_cidrs proxies;
    jeton_err err = {0};
    if (has_unix(jd_http_listeners(of->http)) &&
        (read_proxies(&of->config, &proxies, &err) != JETON_OK || !jd_cidrs_have(&proxies, &none)))
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "proxies"),
               JD_TEXT("why", "all clients of the Unix socket are one to the limits on logins"),
               JD_TEXT("next", "name unix among the proxies"));
}

static void warn_about_issuer(const jd_server *of)
{
    if (of->tls != NULL && strncmp(of->accounts.issuer, "https://", 8) != 0)
        jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", "issuer"),
               JD_TEXT("why", "tokens name an address without TLS, as it was at the first start"),
               JD_TEXT("next", "set it to how clients reach the server"));
}

void jd_front_warn(jd_server *of)
{
    warn_about_proxies(of);
    warn_about_issuer(of);
    if (of->tls != NULL)
        tell_of_certificate(of->tls, &of->config);
}

void jd_front_close(jd_server *of)
{
    jd_http_close(&of->http);
    jd_tls_free(&of->tls);
}
