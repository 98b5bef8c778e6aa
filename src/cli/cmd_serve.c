/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_serve.c - jeton serve: the auth server. Its options are the settings of sys/config. */
#include "cli/report.h"
#include "cli/settings.h"
#include "daemon/server.h"

static int serve(const jd_args *args)
{
    jd_config_sources sources;
    jd_config_loaded loaded;
    jeton_err err = {0};
    jd_settings_sources(args, &sources);
    const int exit = jd_settings_load(args, &sources, &loaded);
    if (exit != JD_EXIT_DONE)
        return exit;
    const jeton_status status = jd_server_run(&loaded.config, &sources, &err);
    return status == JETON_OK ? JD_EXIT_DONE : jd_report_failure(args, status, &err);
}

static const jd_option options[] = {
    JD_CONFIG_OPTION,
    JD_CONFIG_LIST(JD_SETTING_OPTION){.name = NULL},
};

const jd_command jd_serve_commands[] = {
    {.noun = "serve",
     .summary = "Runs the auth server. Settings also come from a file, and from JETON_… in the "
                "environment.",
     .options = options,
     .run = serve},
    {.noun = NULL},
};
