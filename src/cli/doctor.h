/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor.h - what jeton doctor looks at: each examination adds its findings, one for what is as
 * it should be too, and none changes anything. To add one: a function here and a row in
 * cmd_doctor.c. */
#ifndef JD_CLI_DOCTOR_H
#define JD_CLI_DOCTOR_H

#include "cli/findings.h"
#include "cli/settings.h"
#include "sys/disk.h"

typedef struct jd_doctor {
    const jd_args *args;
    const jd_config *config; /* as far as it was good */
    jd_findings *findings;
    bool has_folder;      /* the data folder is there */
    bool has_master_key;  /* the server's or not */
    bool has_store;       /* a store is in it, and nobody else may read it */
    bool store_is_usable; /* and it is whole, and of this program's schema */
    bool server_answers;  /* one works on the folder */
} jd_doctor;

/* Adds a finding with a sentence that is put together; advice may be NULL. */
void jd_doctor_say(jd_doctor *of, jd_severity severity, const char *where, const char *advice,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

typedef void jd_examination(jd_doctor *of);

jd_examination jd_doctor_folder;      /* doctor_files.c: modes, owners */
jd_examination jd_doctor_master_key;  /* … */
jd_examination jd_doctor_space;       /* … */
jd_examination jd_doctor_certificate; /* … */
jd_examination jd_doctor_clock;       /* doctor_clock.c */
jd_examination jd_doctor_store;       /* doctor_store.c: schema, damage */
jd_examination jd_doctor_server;      /* doctor_server.c: control socket, /readyz */
jd_examination jd_doctor_bus;         /* doctor_bus.c */
jd_examination jd_doctor_keys;        /* doctor_records.c: states, rotation */
jd_examination jd_doctor_audit;       /* … the chain and its head */

#endif
