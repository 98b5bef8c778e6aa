/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_backup.c - jeton backup FILE, jeton restore FILE. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/restore.h"
#include "sys/disk.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* ---- backup --------------------------------------------------------------------------------- */

/* The server has another working folder than this command. */
static jeton_status absolute(const char *file, jd_path *path, jeton_err *err)
{
    char here[JD_PATH_MAX];
    if (file[0] == '/')
        return jd_path_join("", file + 1, path, err);
    if (getcwd(here, sizeof here) == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "cannot tell the working folder: %s", strerror(errno));
    return jd_path_join(here, file, path, err);
}

static void fill_file(void *user, jt_tree *tree, jt_node *to)
{
    const jd_path *path = user;
    jt_put_text(tree, to, "file", jeton_str(path->chars));
}

static int backup(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jd_path path;
    jeton_err err = {0};
    jeton_status status = absolute(args->operand, &path, &err);
    if (status == JETON_OK)
        status = jd_operation_run(args, "backup", false, fill_file, &path, &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_str("the store is copied; it is worth nothing without the "
                                          "master key: keep that somewhere else"));
}

/* ---- restore -------------------------------------------------------------------------------- */

static int restore(const jd_args *args)
{
    jd_config config;
    jeton_err err = {0};
    jeton_status status = jd_operation_config(args, &config, &err);
    if (status == JETON_OK)
        status = jd_restore(&config, args->operand, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_str("the store is restored; all sessions and tokens are "
                                          "revoked, the store before it is jeton.db.old"));
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_backup_commands[] = {
    {.noun = "backup",
     .operand = "FILE",
     .summary = "Copies the store into a file, while a server may work on it.",
     .options = options,
     .run = backup},
    {.noun = NULL},
};

const jd_command jd_restore_commands[] = {
    {.noun = "restore",
     .operand = "FILE",
     .summary = "Puts a backup in the place of the store, and revokes everything issued so far.",
     .options = options,
     .run = restore},
    {.noun = NULL},
};
