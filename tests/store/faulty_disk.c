/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/faulty_disk.c - an SQLite VFS that hands everything to the system's. */
#include "faulty_disk.h"

#include <sqlite3.h>
#include <stdlib.h>

/* What is to fail. The tests that use it have one thread. */
static struct {
    bool armed, lasting, fired;
    faulty_access access;
    unsigned left;
    int rc;
} plan;

/* A file of ours; the system's stands behind it in the same piece of memory. */
typedef struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real;
} faulty_file;

static sqlite3_vfs *system_vfs;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((faulty_file *)file)->real;
}

/* SQLITE_OK, or what the plan says. */
static int fate(faulty_access access)
{
    if (!plan.armed || access != plan.access)
        return SQLITE_OK;
    if (plan.left > 0) {
        plan.left--;
        return SQLITE_OK;
    }
    if (plan.fired && !plan.lasting)
        return SQLITE_OK;
    plan.fired = true;
    return plan.rc;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
    const int rc = fate(FAULTY_READ);
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xRead(real_of(file), to, len, at);
}

static int file_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    const int rc = fate(FAULTY_WRITE);
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xWrite(real_of(file), from, len, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    const int rc = fate(FAULTY_SYNC);
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *is)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int file_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, at);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
    (void)vfs;
    faulty_file *made = (faulty_file *)file;
    made->real = (sqlite3_file *)(made + 1);
    made->base.pMethods = NULL; /* until it is open: SQLite closes only what has them */
    const int rc = system_vfs->xOpen(system_vfs, name, made->real, flags, got);
    if (made->real->pMethods != NULL)
        made->base.pMethods = &methods;
    return rc;
}

void faulty_disk_install(void)
{
    static sqlite3_vfs ours;
    system_vfs = sqlite3_vfs_find(NULL);
    ours = *system_vfs; /* what is not about an open file goes to the system's functions */
    ours.zName = "faulty";
    ours.szOsFile = (int)sizeof(faulty_file) + system_vfs->szOsFile;
    ours.xOpen = vfs_open;
    if (sqlite3_vfs_register(&ours, 1) != SQLITE_OK)
        abort();
}

void faulty_disk_arm(faulty_access access, unsigned after, int rc, bool lasting)
{
    plan.armed = true;
    plan.lasting = lasting;
    plan.fired = false;
    plan.access = access;
    plan.left = after;
    plan.rc = rc;
}

bool faulty_disk_disarm(void)
{
    plan.armed = false;
    return plan.fired;
}
