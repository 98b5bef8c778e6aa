/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/restore.c - copy, open, check, start again, and only then take the place of the store. */
#include "daemon/restore.h"

#include "accounts/accounts.h"
#include "accounts/audit.h"
#include "accounts/cluster.h"
#include "core/auto.h"
#include "core/err.h"
#include "signer/master.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/log.h"
#include "store/place.h"
#include "store/schema.h"
#include "sys/clock.h"
#include "sys/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES 65536U

/* The files of a restore, all in the data folder. */
typedef struct places {
    jd_path store, fresh, old;
} places;

static jeton_status find_places(const char *data, places *at, jeton_err *err)
{
    JT_TRY(jd_path_join(data, "jeton.db", &at->store, err));
    JT_TRY(jd_path_join(data, "jeton.db.restore", &at->fresh, err));
    return jd_path_join(data, "jeton.db.old", &at->old, err);
}

/* ---- copy ----------------------------------------------------------------------------------- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            len -= (size_t)written;
        }
    }
    return true;
}

static bool copy_bytes(int from, int to)
{
    char bytes[COPY_BYTES];
    for (;;) {
        const ssize_t got = read(from, bytes, sizeof bytes);
        if (got == 0)
            return fsync(to) == 0;
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0 && !write_all(to, bytes, (size_t)got))
            return false;
    }
}

/* A store and what SQLite keeps beside it. */
static void remove_store(const char *path)
{
    static const char *const endings[] = {"-wal", "-shm", ""};
    for (size_t i = 0; i < JT_COUNT(endings); i++) {
        jd_path file;
        if ((size_t)snprintf(file.chars, JD_PATH_MAX, "%s%s", path, endings[i]) < JD_PATH_MAX)
            (void)unlink(file.chars);
    }
}

static jeton_status copy_file(const char *from, const char *to, jeton_err *err)
{
    JT_AUTO(close_fd) int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return jt_fail(err, errno == ENOENT ? JETON_E_NOT_FOUND : JETON_E_SYSTEM,
                       "cannot open %.90s: %s", from, strerror(errno));
    remove_store(to); /* of a restore that was interrupted */
    JT_AUTO(close_fd)
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (out < 0 || !copy_bytes(in, out))
        return jt_fail(err, JETON_E_SYSTEM, "cannot write %.90s: %s", to, strerror(errno));
    return JETON_OK;
}

/* ---- the two stores ------------------------------------------------------------------------- */

/* Brings the old store's WAL into its file, so that nothing of it can be taken for the new one's,
 * and keeps it under another name. One that does not open is kept with all its files. */
static jeton_status put_aside(const places *at, uint64_t *head, jeton_err *err)
{
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    jeton_err why = {0};
    *head = 0;
    if (access(at->store.chars, F_OK) != 0)
        return JETON_OK;
    if (jd_store_open(NULL, at->store.chars, &store, &why) == JETON_OK &&
        jd_store_log_head(store, head, &why) != JETON_OK)
        *head = 0;
    jd_store_close(&store);
    remove_store(at->old.chars);
    if (link(at->store.chars, at->old.chars) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot keep the old store: %s", strerror(errno));
    return JETON_OK;
}

/* What SQLite left beside a store that it could not open would be replayed into the new one. */
static jeton_status move_rest(const places *at, jeton_err *err)
{
    static const char *const endings[] = {"-wal", "-shm"};
    for (size_t i = 0; i < JT_COUNT(endings); i++) {
        jd_path from;
        jd_path to;
        if ((size_t)snprintf(from.chars, JD_PATH_MAX, "%s%s", at->store.chars, endings[i]) >=
                JD_PATH_MAX ||
            (size_t)snprintf(to.chars, JD_PATH_MAX, "%s%s", at->old.chars, endings[i]) >=
                JD_PATH_MAX)
            return jt_fail(err, JETON_E_LIMIT, "the path is too long");
        if (access(from.chars, F_OK) == 0)
            JT_TRY(jd_file_replace(from.chars, to.chars, err));
    }
    return JETON_OK;
}

/* Makes a store one that a server may start with, which is an old copy of one. */
static jeton_status start_again(const jd_config *config, jd_store *store, uint64_t head,
                                jeton_err *err)
{
    JT_AUTO(jd_sealer_free) jd_sealer *sealer = NULL;
    static const jd_audit_who operator= {.actor = "operator", .address = "local"};
    const jeton_time now = jd_now();
    unsigned applied;
    JT_TRY(jd_store_migrate(store, &applied, err));
    JT_TRY(jd_master_open(NULL, config->data, store, &sealer, err));
    JT_TRY(jd_audit_open(store, sealer, NULL, err));
    JT_TRY(jd_cluster_open(store, sealer, err));
    jd_audit_within(&operator);
    const jeton_status status = jd_store_restart(store, head, now, jd_accounts_horizon(now), err);
    jd_audit_within(NULL);
    return status;
}

static jeton_status prepare(const jd_config *config, const places *at, uint64_t head,
                            jeton_err *err)
{
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    JT_TRY(jd_store_open(NULL, at->fresh.chars, &store, err));
    return start_again(config, store, head, err);
}

static jeton_status restore(const jd_config *config, const places *at, const char *file,
                            jeton_err *err)
{
    uint64_t head;
    JT_TRY(copy_file(file, at->fresh.chars, err));
    JT_TRY(
        prepare(config, at, 0, err)); /* a backup that is no good is found before anything else */
    JT_TRY(put_aside(at, &head, err));
    if (head > 0)
        JT_TRY(prepare(config, at, head, err));
    JT_TRY(move_rest(at, err));
    return jd_file_replace(at->fresh.chars, at->store.chars, err);
}

jeton_status jd_restart(const jd_config *config, jeton_err *err)
{
    JT_AUTO(jd_lock_drop) jd_lock lock = {.fd = -1};
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    if (config->store[0] == '\0')
        return jt_fail(err, JETON_E_UNSUPPORTED,
                       "this is for a store in a database; for a file, jeton restore does it");
    JT_TRY(jd_lock_take(config->data, &lock, err));
    unsigned applied;
    JT_TRY(jd_store_open_place(config, &store, err));
    JT_TRY(jd_store_migrate(store, &applied, err));
    JT_TRY(jd_store_check_alone(store, err));
    return start_again(config, store, 0, err);
}

jeton_status jd_restore(const jd_config *config, const char *file, jeton_err *err)
{
    JT_AUTO(jd_lock_drop) jd_lock lock = {.fd = -1};
    bool open_to_others;
    places at;
    if (config->store[0] != '\0')
        return jt_fail(
            err, JETON_E_UNSUPPORTED,
            "restore the database with PostgreSQL's own tools, then: jeton store restart");
    JT_TRY(find_places(config->data, &at, err));
    JT_TRY(jd_dir_make(config->data, &open_to_others, err));
    JT_TRY(jd_lock_take(config->data, &lock, err));
    const jeton_status status = restore(config, &at, file, err);
    if (status != JETON_OK)
        remove_store(at.fresh.chars);
    return status;
}
