/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/reload.c - the parts that reload, and the two rounds in which they do. */
#include "daemon/reload.h"

#include "core/auto.h"
#include "core/err.h"
#include "daemon/config_check.h"
#include "daemon/front.h"
#include "daemon/weak_settings.h"
#include "sys/log.h"

#include <stdio.h>
#include <unistd.h>

#define NAMES_MAX 500U /* of settings in a line of the log */

/* Whether a setting has another value now. */
static bool changes(const jd_server *of, const jd_config *next, const char *setting)
{
    return !jd_config_same(&of->config, next, jd_setting_find(jeton_str(setting)));
}

/* ---- the parts ------------------------------------------------------------------------------ */

/* The names of settings with other values than before. */
static void name_changes(const jd_config *before, const jd_config *after, char to[NAMES_MAX])
{
    size_t count;
    size_t len = 0;
    const jd_setting *all = jd_settings(&count);
    to[0] = '\0';
    for (size_t i = 0; i < count && len < NAMES_MAX; i++)
        if (!jd_config_same(before, after, &all[i]))
            len += (size_t)snprintf(to + len, NAMES_MAX - len, "%s%s", len > 0 ? ", " : "",
                                    all[i].name);
}

/* Whatever is read through accounts->config, limits included. */
static jeton_status prepare_config(jd_server *of, const jd_config *next, void **ready,
                                   jeton_err *err)
{
    char names[NAMES_MAX];
    const jd_config *kept = NULL;
    name_changes(&of->config, next, names);
    if (names[0] == '\0')
        return JETON_OK;
    JT_TRY(jd_accounts_keep_config(&of->accounts, next, &kept, err));
    *ready = (void *)(uintptr_t)kept; /* handed back to a call that takes it as const */
    return JETON_OK;
}

static void commit_config(jd_server *of, const jd_config *next, void *ready)
{
    (void)next;
    if (ready != NULL)
        jd_accounts_configure(&of->accounts, ready);
}

static jeton_status prepare_proxies(jd_server *of, const jd_config *next, void **ready,
                                    jeton_err *err)
{
    const jd_trust *kept = NULL;
    jd_trust trust = {.forwarded = next->forwarded};
    if (!changes(of, next, "proxies") && !changes(of, next, "forwarded"))
        return JETON_OK;
    JT_TRY(jd_cidrs_parse(jeton_str(next->proxies), &trust.proxies, err));
    JT_TRY(jd_http_keep_trust(of->http, &trust, &kept, err));
    *ready = (void *)(uintptr_t)kept;
    return JETON_OK;
}

static void commit_proxies(jd_server *of, const jd_config *next, void *ready)
{
    (void)next;
    if (ready != NULL)
        jd_http_trust(of->http, ready);
}

static jeton_status prepare_origins(jd_server *of, const jd_config *next, void **ready,
                                    jeton_err *err)
{
    const jd_origins *kept = NULL;
    if (!changes(of, next, "allowed-origins"))
        return JETON_OK;
    JT_TRY(jd_app_keep_origins(&of->app, next->allowed_origins, &kept, err));
    *ready = (void *)(uintptr_t)kept;
    return JETON_OK;
}

static void commit_origins(jd_server *of, const jd_config *next, void *ready)
{
    (void)next;
    if (ready != NULL)
        jd_app_allow_origins(&of->app, ready);
}

static void commit_log_level(jd_server *of, const jd_config *next, void *ready)
{
    (void)of;
    (void)ready;
    jd_log_start(STDERR_FILENO, next->log_level);
}

/* Those that can refuse stand before those that keep something for good when they have prepared. */
static const jd_reload_part parts[] = {
    {.name = "tls", .prepare = jd_front_prepare, .commit = jd_front_commit, .drop = jd_front_drop},
    {.name = "proxies", .prepare = prepare_proxies, .commit = commit_proxies},
    {.name = "allowed-origins", .prepare = prepare_origins, .commit = commit_origins},
    {.name = "settings", .prepare = prepare_config, .commit = commit_config},
    {.name = "log-level", .commit = commit_log_level},
};

/* ---- the rounds ----------------------------------------------------------------------------- */

#define PARTS JT_COUNT(parts)

static void drop(void *const *ready, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].drop != NULL && ready[i] != NULL)
            parts[i].drop(ready[i]);
}

static jeton_status prepare(jd_server *of, const jd_config *next, void **ready, jeton_err *err)
{
    for (size_t i = 0; i < PARTS; i++) {
        jeton_err why = {0};
        const jeton_status status =
            parts[i].prepare != NULL ? parts[i].prepare(of, next, &ready[i], &why) : JETON_OK;
        if (status == JETON_OK)
            continue;
        drop(ready, i);
        return jt_fail(err, status, "%s: %s", parts[i].name, why.text);
    }
    return JETON_OK;
}

static void commit(jd_server *of, const jd_config *next, void *const *ready)
{
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].commit != NULL)
            parts[i].commit(of, next, ready[i]);
}

/* ---- reloading ------------------------------------------------------------------------------ */

static void tell(void *user, const char *where, const char *what)
{
    (void)user;
    jd_log(JD_ERROR, EV_RELOAD_REFUSED, JD_TEXT("where", where), JD_TEXT("why", what),
           JD_TEXT("next", "nothing has changed"));
}

/* What needs a restart stays as it is. */
static void keep_for_restart(const jd_config *running, jd_config *next)
{
    size_t count;
    const jd_setting *all = jd_settings(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].when == JD_RESTART)
            jd_config_copy(next, &all[i], running);
}

static void log_reload(const jd_config *before, const jd_config *after, const jd_config *asked)
{
    char changed[NAMES_MAX];
    char needs_restart[NAMES_MAX];
    name_changes(before, after, changed);
    name_changes(after, asked, needs_restart);
    jd_log(needs_restart[0] != '\0' ? JD_WARN : JD_INFO, EV_RELOADED, JD_TEXT("changed", changed),
           JD_TEXT("needs_restart", needs_restart));
}

void jd_reload(jd_server *of)
{
    void *ready[PARTS] = {NULL};
    jd_config_loaded loaded;
    jeton_err err = {0};
    if (jd_config_load_checked(of->sources, &loaded, tell, NULL, &err) != JETON_OK)
        return;
    jd_config next = loaded.config;
    keep_for_restart(&of->config, &next);
    if (prepare(of, &next, ready, &err) != JETON_OK) {
        tell(NULL, NULL, err.text);
        return;
    }
    commit(of, &next, ready);
    jd_weaknesses_log(&of->config, &next);
    log_reload(&of->config, &next, &loaded.config);
    of->config = next;
}
