/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_serve.c - jeton serve: the auth server. Its options are the settings of sys/config. */
#include "cli/args.h"
#include "cli/report.h"
#include "core/auto.h"
#include "daemon/server.h"
#include "sys/config.h"

static jeton_status read_config(const jd_args *args, jd_config *config, jeton_err *err)
{
    jd_config_init(config);
    JT_TRY(jd_config_env(config, err));
    for (size_t i = 0; i < args->count; i++)
        JT_TRY(jd_config_set(config, jeton_str(args->given[i].option->name + 2),
                             jeton_str(args->given[i].value), err));
    return JETON_OK;
}

static int serve(const jd_args *args)
{
    jd_config config;
    jeton_err err = {0};
    jeton_status status = read_config(args, &config, &err);
    if (status == JETON_OK)
        status = jd_server_run(&config, &err);
    return status == JETON_OK ? JD_EXIT_DONE : jd_report_failure(args, status, &err);
}

static const jd_option options[] = {
#define OPTION(type, when, field, setting, standard, least, most, text)                            \
    {.name = "--" setting, .value = #type, .help = text " [" standard "]"},
    JD_CONFIG_LIST(OPTION)
#undef OPTION
        {.name = NULL},
};

const jd_command jd_serve_commands[] = {
    {.noun = "serve",
     .summary = "Runs the auth server. Settings also come from JETON_… in the environment.",
     .options = options,
     .run = serve},
    {.noun = NULL},
};
