/* SPDX-License-Identifier: Apache-2.0 */
/* cli/settings.h - the settings that a command line asks for. */
#ifndef JD_CLI_SETTINGS_H
#define JD_CLI_SETTINGS_H

#include "cli/args.h"
#include "sys/config_sources.h"

/* The row of the file of settings. */
#define JD_CONFIG_OPTION                                                                           \
    {                                                                                              \
        .name = "--config", .value = "FILE",                                                       \
        .help = "settings as JSON with comments; by default what JETON_CONFIG names"               \
    }

/* A row for each setting; to be ended by {.name = NULL}. */
#define JD_SETTING_OPTION(type, when, field, setting, standard, least, most, text)                 \
    {.name = "--" setting, .value = #type, .help = text " [" standard "]"},

/* Where the settings of a command come from whose options are the settings: --config or
 * JETON_CONFIG, the environment, the options. Borrows from the command line. */
void jd_settings_sources(const jd_args *args, jd_config_sources *sources);

/* The same of a command that has --data, and else options of its own. */
void jd_settings_folder_sources(const jd_args *args, jd_config_sources *sources);

/* Loads them, and tells all mistakes on stderr. The exit status. */
int jd_settings_load(const jd_args *args, const jd_config_sources *sources,
                     jd_config_loaded *loaded);

#endif
