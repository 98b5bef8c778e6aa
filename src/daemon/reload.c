/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/reload.c - the parts that reload, and the two rounds in which they do. */
#include "daemon/reload.h"

#include "core/auto.h"
#include "core/err.h"
#include "daemon/front.h"
#include "sys/log.h"

#include <unistd.h>

/* ---- the parts ------------------------------------------------------------------------------ */

static void commit_log_level(jd_server *of, const jd_config *next, void *ready)
{
    (void)of;
    (void)ready;
    jd_log_start(STDERR_FILENO, next->log_level);
}

static const jd_reload_part parts[] = {
    {.name = "tls", .prepare = jd_front_prepare, .commit = jd_front_commit, .drop = jd_front_drop},
    {.name = "log-level", .commit = commit_log_level},
};

/* ---- the rounds ----------------------------------------------------------------------------- */

#define PARTS JT_COUNT(parts)

static void drop(void *const *ready, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].drop != NULL)
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

void jd_reload(jd_server *of)
{
    void *ready[PARTS] = {NULL};
    const jd_config next = of->config;
    jeton_err err = {0};
    if (prepare(of, &next, ready, &err) != JETON_OK) {
        jd_log(JD_ERROR, EV_RELOAD_REFUSED, JD_TEXT("why", err.text),
               JD_TEXT("next", "nothing has changed"));
        return;
    }
    commit(of, &next, ready);
    of->config = next;
    jd_log(JD_INFO, EV_RELOADED);
}
