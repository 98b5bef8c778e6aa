/* SPDX-License-Identifier: Apache-2.0 */
/* cli/settings.c - from options to sources of settings. */
#include "cli/settings.h"

#include "cli/report.h"
#include "daemon/config_check.h"

#include <stdlib.h>
#include <string.h>

static const char *file_of(const jd_args *args)
{
    const char *given = jd_args_get(args, "--config");
    const char *named = getenv("JETON_CONFIG");
    if (given != NULL)
        return given;
    return named != NULL && *named != '\0' ? named : NULL;
}

void jd_settings_sources(const jd_args *args, jd_config_sources *sources)
{
    *sources = (jd_config_sources){.file = file_of(args)};
    for (size_t i = 0; i < args->count; i++) {
        const char *name = args->given[i].option->name + strlen("--");
        if (jd_setting_find(jeton_str(name)) != NULL)
            sources->flags[sources->flag_count++] =
                (jd_config_flag){.name = name, .value = args->given[i].value};
    }
}

void jd_settings_folder_sources(const jd_args *args, jd_config_sources *sources)
{
    const char *data = jd_args_get(args, "--data");
    *sources = (jd_config_sources){.file = file_of(args)};
    const char *store = jd_args_get(args, "--store");
    if (data != NULL)
        sources->flags[sources->flag_count++] = (jd_config_flag){.name = "data", .value = data};
    if (store != NULL)
        sources->flags[sources->flag_count++] = (jd_config_flag){.name = "store", .value = store};
}

static void tell(void *user, const char *where, const char *what)
{
    const jd_args *const *args = user;
    jd_report_mistake(*args, where, what);
}

int jd_settings_load(const jd_args *args, const jd_config_sources *sources,
                     jd_config_loaded *loaded)
{
    const jd_args *who = args;
    return jd_exit_of(jd_config_load_checked(sources, loaded, tell, &who, NULL));
}
