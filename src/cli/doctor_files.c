/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_files.c - who can get at the files, and whether there is room for more. */
#include "cli/doctor.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "http/tls.h"
#include "signer/master.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define OTHERS      (S_IRWXG | S_IRWXO)
#define WRITES      (S_IWGRP | S_IWOTH)
#define MIB         ((uint64_t)1 << 20)
#define SPACE_LEAST (100 * MIB)
#define SPACE_LOW   (1024 * MIB)
#define SOON        ((int64_t)7 * 86400)

/* ---- the folder ----------------------------------------------------------------------------- */

/* All of them are made for their owner alone. */
static const char *const files[] = {"jeton.db",   "jeton.db-wal", "jeton.db-shm",
                                    "master.key", "control.sock", "lock"};

static size_t troubles(const jd_doctor *of)
{
    return of->findings->counts[JD_FINDING_WARNING] + of->findings->counts[JD_FINDING_ERROR];
}

static void examine_mode(jd_doctor *of, const char *name, const char *path,
                         const struct stat *found, const char *mode)
{
    char advice[JD_PATH_MAX + 40];
    const unsigned open = (unsigned)found->st_mode & OTHERS;
    const bool passes = S_ISDIR(found->st_mode) && (open & WRITES) == 0;
    (void)snprintf(advice, sizeof advice, "chmod %s %s", mode, path);
    if (open != 0)
        jd_doctor_say(of, passes ? JD_FINDING_WARNING : JD_FINDING_ERROR, name, advice,
                      "other users of this machine can get %s it (mode %03o)",
                      passes ? "into" : "at", (unsigned)found->st_mode & 0777);
    (void)snprintf(advice, sizeof advice, "run jeton as the user that owns %s", of->config->data);
    if (geteuid() != 0 && found->st_uid != geteuid())
        jd_doctor_say(of, JD_FINDING_ERROR, name, advice, "it belongs to another user");
}

static void examine_files(jd_doctor *of)
{
    const size_t before = troubles(of);
    for (size_t i = 0; i < JT_COUNT(files); i++) {
        jd_path path;
        struct stat found;
        if (jd_path_join(of->config->data, files[i], &path, NULL) == JETON_OK &&
            lstat(path.chars, &found) == 0)
            examine_mode(of, files[i], path.chars, &found, "600");
    }
    if (troubles(of) == before)
        jd_doctor_say(of, JD_FINDING_OK, "files", NULL, "the files in it are their owner's alone");
}

void jd_doctor_folder(jd_doctor *of)
{
    const char *data = of->config->data;
    const size_t before = troubles(of);
    struct stat found;
    if (stat(data, &found) != 0) {
        jd_doctor_say(of, JD_FINDING_ERROR, "data",
                      "name it by --data; jeton serve makes it when it starts",
                      "there is no data folder %.300s: %s", data, strerror(errno));
        return;
    }
    if (!S_ISDIR(found.st_mode)) {
        jd_doctor_say(of, JD_FINDING_ERROR, "data", "name another one by --data",
                      "%.300s is not a folder", data);
        return;
    }
    examine_mode(of, "data", data, &found, "700");
    if (troubles(of) == before)
        jd_doctor_say(of, JD_FINDING_OK, "data", NULL, "%.300s is its owner's alone", data);
    of->has_folder = access(data, R_OK | X_OK) == 0;
    if (of->has_folder)
        examine_files(of);
}

/* ---- the master key ------------------------------------------------------------------------- */

static bool in_folder(const jd_doctor *of, const char *name)
{
    jd_path path;
    return jd_path_join(of->config->data, name, &path, NULL) == JETON_OK &&
           access(path.chars, F_OK) == 0;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0';
}

/* A key of the environment is the server's only if both have the same environment: what is not
 * there need not be lost. */
void jd_doctor_master_key(jd_doctor *of)
{
    static const char where[] = "master key";
    jeton_err err = {0};
    if (is_set(JD_MASTER_FILE_ENV) || is_set(JD_MASTER_ENV)) {
        of->has_master_key = jd_master_check_named(NULL, &err) == JETON_OK;
        if (!of->has_master_key)
            jd_doctor_say(of, JD_FINDING_ERROR, where, NULL, "%s", err.text);
        else if (!is_set(JD_MASTER_FILE_ENV))
            jd_doctor_say(of, JD_FINDING_NOTE, where,
                          "put it into a file that " JD_MASTER_FILE_ENV " names",
                          "it is in the environment, which child processes inherit");
        else
            jd_doctor_say(of, JD_FINDING_OK, where, NULL, "in the file that the environment names");
        return;
    }
    of->has_master_key = in_folder(of, "master.key");
    if (of->has_master_key)
        jd_doctor_say(of, JD_FINDING_OK, where,
                      "back it up apart from the store: either is worth nothing without the other",
                      "in the data folder");
    else if (in_folder(of, "jeton.db"))
        jd_doctor_say(of, JD_FINDING_ERROR, where,
                      "put master.key back from its backup, or set " JD_MASTER_FILE_ENV
                      " as for the server",
                      "there is none, and without it nothing that is sealed can be opened");
}

/* ---- room ----------------------------------------------------------------------------------- */

void jd_doctor_space(jd_doctor *of)
{
    struct statvfs disk;
    if (!of->has_folder || statvfs(of->config->data, &disk) != 0)
        return;
    const uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    const bool no_names = disk.f_files > 0 && disk.f_favail == 0;
    jd_severity severity = JD_FINDING_OK;
    if (room < SPACE_LOW)
        severity = JD_FINDING_WARNING;
    if (room < SPACE_LEAST || no_names)
        severity = JD_FINDING_ERROR;
    jd_doctor_say(of, severity, "disk",
                  severity == JD_FINDING_OK
                      ? NULL
                      : "make room: a full disk refuses logins, refreshes and revocations",
                  "%" PRIu64 " MiB are free%s", room / MIB,
                  no_names ? ", and no further file can be made" : "");
}

/* ---- TLS ------------------------------------------------------------------------------------ */

void jd_doctor_certificate(jd_doctor *of)
{
    JT_AUTO(jd_tls_pair_drop) jd_tls_pair *pair = NULL;
    const jd_config *config = of->config;
    char until[32] = "?";
    struct tm parts = {0};
    /* that it can be read is an examination of the settings */
    if (config->tls_cert[0] == '\0' ||
        jd_tls_pair_read(config->tls_cert, config->tls_key, &pair, NULL) != JETON_OK)
        return;
    const time_t ends = (time_t)pair->ends;
    const int64_t now = jt_now(NULL) / 1000;
    if (gmtime_r(&ends, &parts) != NULL)
        (void)strftime(until, sizeof until, "%Y-%m-%d", &parts);
    if (now < pair->begins)
        jd_doctor_say(of, JD_FINDING_ERROR, "tls-cert", "look at the clock", "it is not valid yet");
    else if (now >= pair->ends)
        jd_doctor_say(of, JD_FINDING_ERROR, "tls-cert", "renew it, then send the server SIGHUP",
                      "it expired on %s: browsers refuse it", until);
    else
        jd_doctor_say(of, pair->ends - now < SOON ? JD_FINDING_WARNING : JD_FINDING_OK, "tls-cert",
                      pair->ends - now < SOON ? "renew it, then send the server SIGHUP" : NULL,
                      "it is valid until %s", until);
}
