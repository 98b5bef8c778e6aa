/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_doctor.c - jeton doctor: what is wrong, why it matters, and what to type. */
#include "cli/config_findings.h"
#include "cli/doctor.h"
#include "cli/report.h"
#include "core/auto.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void jd_doctor_say(jd_doctor *of, jd_severity severity, const char *where, const char *advice,
                   const char *format, ...)
{
    char what[512];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(what, sizeof what, format, values);
    va_end(values);
    jd_findings_add(of->findings, severity, where, what, advice);
}

/* In this order: later ones lean on what earlier ones found. */
static jd_examination *const examinations[] = {
    jd_doctor_folder,      jd_doctor_master_key, jd_doctor_store, jd_doctor_space, jd_doctor_clock,
    jd_doctor_certificate, jd_doctor_server,     jd_doctor_bus,   jd_doctor_keys,  jd_doctor_audit,
};

static jeton_status examine(const jd_args *args, jd_findings *findings, jeton_err *err)
{
    jd_config_sources sources;
    jd_config_loaded loaded;
    jd_settings_sources(args, &sources);
    JT_TRY(jd_findings_init(findings, err));
    JT_TRY(jd_config_findings(&sources, &loaded, JD_FINDING_ERROR, findings, err));
    jd_doctor of = {.args = args, .config = &loaded.config, .findings = findings};
    jd_log_start(STDERR_FILENO, JD_ERROR); /* what there is to say are findings */
    if (findings->counts[JD_FINDING_ERROR] + findings->counts[JD_FINDING_WARNING] == 0)
        jd_doctor_say(&of, JD_FINDING_OK, "settings", NULL, "no mistakes, none weak");
    for (size_t i = 0; i < JT_COUNT(examinations); i++)
        examinations[i](&of);
    return JETON_OK;
}

static int doctor(const jd_args *args)
{
    JT_AUTO(jd_findings_done) jd_findings findings = {0};
    jeton_err err = {0};
    const jeton_status status = examine(args, &findings, &err);
    return status == JETON_OK ? jd_findings_report(args, &findings)
                              : jd_report_failure(args, status, &err);
}

static const jd_option options[] = {
    JD_CONFIG_OPTION,
    {.name = "--json", .help = "print one line of JSON: {\"ok\":…,\"findings\":[…]}"},
    JD_CONFIG_LIST(JD_SETTING_OPTION){.name = NULL},
};

const jd_command jd_doctor_commands[] = {
    {.noun = "doctor",
     .summary = "Looks at the settings, the data folder, the clock, the keys and the server, and "
                "says what to do.",
     .options = options,
     .run = doctor},
    {.noun = NULL},
};
