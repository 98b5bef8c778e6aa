/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_bench.c - jeton bench cluster: what this machine, a database and a bus do. What it makes
 * it takes away again, also when it is interrupted. */
#include "bus/bus.h"
#include "cli/bench.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/signals.h"
#include "sys/config.h"
#include "sys/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS_MOST 600.0

/* ---- options -------------------------------------------------------------------------------- */

static const struct {
    char letter;
    uint64_t times;
} units[] = {{'\0', 1}, {'k', 1000}, {'M', 1000000}, {'G', 1000000000}};

/* Digits, and perhaps the letter of a unit. */
static bool read_count(const char *text, uint64_t *count)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    for (size_t i = 0; errno == 0 && i < JT_COUNT(units); i++) {
        if (end[0] != units[i].letter || (end[0] != '\0' && end[1] != '\0'))
            continue;
        *count = number * units[i].times;
        return number <= JD_BENCH_TOKENS_MOST; /* so the product is one, too */
    }
    return false;
}

static jeton_status take_tokens(const jd_args *args, jd_bench *of, jeton_err *err)
{
    const char *text = jd_args_get(args, "--tokens");
    of->tokens = (uint64_t)JD_BENCH_STATED;
    if (text == NULL)
        return JETON_OK;
    if (!read_count(text, &of->tokens) || of->tokens < JD_BENCH_TOKENS_LEAST ||
        of->tokens > JD_BENCH_TOKENS_MOST)
        return jt_fail(err, JETON_E_ARGUMENT,
                       "--tokens is a number from 10000 to 1G, such as 500k or 100M");
    return JETON_OK;
}

static jeton_status take_seconds(const jd_args *args, jd_bench *of, jeton_err *err)
{
    char *end;
    const char *text = jd_args_get(args, "--seconds");
    if (text == NULL)
        text = "5";
    const double seconds = strtod(text, &end);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || !(seconds >= 0.05) ||
        seconds > SECONDS_MOST)
        return jt_fail(err, JETON_E_ARGUMENT, "--seconds is a number from 0.05 to 600");
    of->ns = (int64_t)(seconds * 1e9);
    return JETON_OK;
}

/* Others see what stands on a command line. */
static jeton_status check_password(const char *name, const char *given, const char *file,
                                   jeton_err *err)
{
    const jd_setting *setting = jd_setting_find(jeton_str(name));
    if (given == NULL || !jd_setting_has_password(setting, given))
        return JETON_OK;
    return jt_fail(err, JETON_E_ARGUMENT,
                   "--%s: others see a password on the command line: put it into a file that %s "
                   "names",
                   name, file);
}

static jeton_status take_options(const jd_args *args, jd_bench *of, jeton_err *err)
{
    *of = (jd_bench){.store = jd_args_get(args, "--store"),
                     .bus = jd_args_get(args, "--bus"),
                     .bus_ca_file = jd_args_get(args, "--bus-ca-file"),
                     .prints = !jd_args_has(args, "--json")};
    JT_TRY(take_tokens(args, of, err));
    JT_TRY(take_seconds(args, of, err));
    JT_TRY(check_password("store", of->store, "JETON_STORE_PASSWORD_FILE", err));
    return check_password("bus", of->bus, JD_BUS_PASSWORD_FILE_ENV, err);
}

/* ---- what is made and taken away ------------------------------------------------------------ */

bool jd_bench_goes_on(void)
{
    sigset_t pending;
    if (sigpending(&pending) != 0)
        return true;
    return sigismember(&pending, SIGINT) == 0 && sigismember(&pending, SIGTERM) == 0 &&
           sigismember(&pending, SIGHUP) == 0;
}

jeton_status jd_bench_path(const jd_bench *of, const char *name, jd_path *path, jeton_err *err)
{
    return jd_path_join(of->folder.chars, name, path, err);
}

static jeton_status make_folder(jd_bench *of, jeton_err *err)
{
    char reason[64];
    jd_path path;
    const char *where = getenv("TMPDIR");
    JT_TRY(jd_path_join(where != NULL && where[0] != '\0' ? where : "/tmp", "jeton-bench-XXXXXX",
                        &path, err));
    if (mkdtemp(path.chars) == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "cannot make a folder like %.80s: %s", path.chars,
                       strerror_r(errno, reason, sizeof reason));
    of->folder = path;
    return JETON_OK;
}

/* All that any part ever puts there. */
static const char *const files[] = {
    "bench.db",     "bench.db-wal", "bench.db-shm", "segment",
    "segment.lock", "segment.new",  "snapshot",     "snapshot.new",
};

static void remove_folder(jd_bench *of)
{
    jd_path path;
    jeton_err none = {0};
    for (size_t i = 0; i < JT_COUNT(files); i++)
        if (jd_bench_path(of, files[i], &path, &none) == JETON_OK)
            (void)unlink(path.chars);
    (void)rmdir(of->folder.chars);
}

/* ---- running -------------------------------------------------------------------------------- */

static bool always(const jd_bench *of)
{
    (void)of;
    return true;
}

static bool has_store(const jd_bench *of)
{
    return of->store != NULL;
}

static bool has_bus(const jd_bench *of)
{
    return of->bus != NULL;
}

static const struct {
    bool (*is_due)(const jd_bench *of);
    jeton_status (*run)(jd_bench *of, jeton_err *err);
} parts[] = {
    /* Who has mistyped an address is to know at once. Followers before the store's own, for they
     * would begin by reading a log as long as those make it. */
    {has_bus, jd_bench_reach},
    {has_store, jd_bench_store},
    {always, jd_bench_state},
    {always, jd_bench_prints},
};

/* Followers need a log, be it one in a file. */
static jeton_status make_store(jd_bench *of, jeton_err *err)
{
    if (of->store == NULL && of->bus == NULL)
        return JETON_OK;
    return jd_scratch_make(of->store != NULL ? of->store : "sqlite", of->folder.chars, &of->scratch,
                           err);
}

static jeton_status run_parts(jd_bench *of, jeton_err *err)
{
    JT_TRY(make_folder(of, err));
    JT_TRY(make_store(of, err));
    for (size_t i = 0; i < JT_COUNT(parts) && jd_bench_goes_on(); i++)
        if (parts[i].is_due(of))
            JT_TRY(parts[i].run(of, err));
    return JETON_OK;
}

/* The first failure is what is told, but what was left behind is, too. */
static jeton_status tidy_up(const jd_args *args, jd_bench *of, jeton_status status, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status dropped = jd_scratch_drop(&of->scratch, &why);
    if (of->folder.chars[0] != '\0')
        remove_folder(of);
    if (dropped == JETON_OK || status == JETON_OK)
        return dropped == JETON_OK ? status : jt_fail(err, dropped, "%s", why.text);
    (void)jd_report_failure(args, dropped, &why);
    return status;
}

/* As if it had not been held up: whoever has started us sees by what we have ended. */
static void end_if_interrupted(const sigset_t *signals)
{
    if (!jd_bench_goes_on())
        (void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

static int bench_cluster(const jd_args *args)
{
    jd_bench of;
    jeton_err err = {0};
    jeton_status status = take_options(args, &of, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const sigset_t signals = jd_signals_block();
    jd_log_start(STDERR_FILENO, JD_ERROR);
    status = tidy_up(args, &of, run_parts(&of, &err), &err);
    end_if_interrupted(&signals);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return of.prints ? jd_report_bytes(args, jeton_str("")) : jd_bench_print_json(args, &of);
}

static const jd_option options[] = {
    {.name = "--store",
     .value = "ADDRESS",
     .help = "measure this database, in a schema of its own: postgres://…; or sqlite, a file in "
             "TMPDIR"},
    {.name = "--bus",
     .value = "URL",
     .help = "measure how fast 8 followers hear by this bus: redis://…"},
    {.name = "--bus-ca-file", .value = "FILE", .help = "certificates of a rediss bus, PEM"},
    {.name = "--tokens", .value = "NUMBER", .help = "live tokens, such as 500k or 1G [100M]"},
    {.name = "--seconds", .value = "NUMBER", .help = "how long each rate is measured [5]"},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

const jd_command jd_bench_commands[] = {
    {.noun = "bench",
     .verb = "cluster",
     .summary = "Measures what revocation costs on this machine, beside the bounds of the "
                "documents.",
     .options = options,
     .run = bench_cluster},
    {.noun = NULL},
};
