/* SPDX-License-Identifier: Apache-2.0 */
/* cli/config_findings.c - mistakes, weak settings, and what nobody would notice otherwise. */
#include "cli/config_findings.h"

#include "core/auto.h"
#include "core/err.h"
#include "daemon/config_check.h"
#include "daemon/weak_settings.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE_PREFIX "JETON_"

static void add_mistake(void *user, const char *where, const char *what)
{
    jd_findings_add(user, JD_FINDING_ERROR, where, what, NULL);
}

static jd_severity at_most(jd_severity worst, jd_severity severity)
{
    return severity < worst ? severity : worst;
}

static void add_weak(const jd_config *config, jd_severity worst, jd_findings *findings)
{
    static const jd_severity severities[] = {[JD_WEAK_NOTE] = JD_FINDING_NOTE,
                                             [JD_WEAK_WARNING] = JD_FINDING_WARNING,
                                             [JD_WEAK_PROBLEM] = JD_FINDING_ERROR};
    size_t count;
    const jd_weakness *all = jd_weaknesses(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].is_weak(config))
            jd_findings_add(findings, at_most(worst, severities[all[i].degree]), all[i].setting,
                            all[i].why, all[i].next);
}

/* Who may write it decides who may call, which proxies are believed, and where the keys lie. */
static void add_file(const char *path, jd_severity worst, jd_findings *findings)
{
    struct stat found;
    if (path == NULL || stat(path, &found) != 0)
        return;
    if ((found.st_mode & S_IWOTH) != 0)
        jd_findings_add(findings, at_most(worst, JD_FINDING_ERROR), path,
                        "everybody on this machine may write it", "chmod o-w");
    else if ((found.st_mode & S_IWGRP) != 0)
        jd_findings_add(findings, JD_FINDING_WARNING, path, "its group may write it", "chmod g-w");
}

/* JETON_ACESS_TTL would be ignored in silence. What is near no setting may be anybody's. */
static void add_variable(const char *entry, jd_findings *findings)
{
    const size_t prefix = strlen(VARIABLE_PREFIX);
    const size_t len = strcspn(entry, "=");
    char name[64];
    char what[96];
    char variable[JD_VARIABLE_CHARS];
    if (len >= sizeof name || len <= prefix || strncmp(entry, VARIABLE_PREFIX, prefix) != 0)
        return;
    (void)snprintf(name, sizeof name, "%.*s", (int)len, entry);
    const jd_setting *meant = jd_setting_meant(jeton_str(name + prefix));
    if (meant == NULL)
        return;
    jd_setting_variable(meant, variable);
    if (strcmp(variable, name) == 0)
        return;
    (void)snprintf(what, sizeof what, "nothing reads it; did you mean %s?", variable);
    jd_findings_add(findings, JD_FINDING_WARNING, name, what, NULL);
}

jeton_status jd_config_findings(const jd_config_sources *sources, jd_config_loaded *loaded,
                                jd_severity worst, jd_findings *findings, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status =
        jd_config_load_checked(sources, loaded, add_mistake, findings, &why);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "%s", why.text);
    add_weak(&loaded->config, worst, findings);
    add_file(sources->file, worst, findings);
    for (char *const *entry = environ; *entry != NULL; entry++)
        add_variable(*entry, findings);
    return JETON_OK;
}
