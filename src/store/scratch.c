/* SPDX-License-Identifier: Apache-2.0 */
/* store/scratch.c - made by the driver when it connects, dropped by a statement. */
#include "store/scratch.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/driver.h"
#include "store/schema.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_database(const char *address)
{
    static const char *const starts[] = {"postgres://", "postgresql://"};
    for (size_t i = 0; i < JT_COUNT(starts); i++)
        if (strncmp(address, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static jeton_status name(const char *address, const char *folder, jd_scratch *scratch,
                         jeton_err *err)
{
    uint64_t random;
    if (strcmp(address, "sqlite") == 0)
        return jd_path_join(folder, "bench.db", &scratch->file, err);
    if (!is_database(address))
        return jt_fail(err, JETON_E_ARGUMENT,
                       "the store is postgres://USER@HOST/DATABASE, or "
                       "sqlite");
    JT_TRY(jt_random(NULL, &random, sizeof random, err));
    (void)snprintf(scratch->schema, sizeof scratch->schema, "jeton_bench_%016" PRIx64, random);
    scratch->address = address;
    return JETON_OK;
}

jeton_status jd_scratch_open(const jd_scratch *scratch, unsigned connections, jd_store **store,
                             jeton_err *err)
{
    const jd_store_limits limits = {.connections = connections, .schema = scratch->schema};
    const char *where = scratch->address != NULL ? scratch->address : scratch->file.chars;
    return jd_store_open_within(NULL, where, &limits, store, err);
}

static jeton_status migrate(const jd_scratch *scratch, jeton_err *err)
{
    unsigned applied;
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    JT_TRY(jd_scratch_open(scratch, 1, &store, err));
    return jd_store_migrate(store, &applied, err);
}

jeton_status jd_scratch_make(const char *address, const char *folder, jd_scratch *scratch,
                             jeton_err *err)
{
    jd_scratch made = {0};
    jeton_err none = {0};
    *scratch = made;
    JT_TRY(name(address, folder, &made, err));
    const jeton_status status = migrate(&made, err);
    if (status == JETON_OK) {
        *scratch = made;
        return JETON_OK;
    }
    const jeton_status dropped = jd_scratch_drop(&made, &none); /* it may be half there */
    (void)dropped;
    return status;
}

static jeton_status drop(const jd_scratch *scratch, jeton_err *err)
{
    char sql[JD_SCRATCH_SCHEMA + 48];
    jd_conn *conn;
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    (void)snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s CASCADE", scratch->schema);
    JT_TRY(jd_scratch_open(scratch, 1, &store, err));
    JT_TRY(store->driver->take(store, JD_TO_WRITE, &conn, err));
    const jeton_status status = conn->driver->script(conn, sql, err);
    store->driver->give(store, conn);
    return status;
}

jeton_status jd_scratch_drop(jd_scratch *scratch, jeton_err *err)
{
    const jd_scratch old = *scratch;
    jeton_err why = {0};
    *scratch = (jd_scratch){0};
    if (old.address == NULL || drop(&old, &why) == JETON_OK)
        return JETON_OK;
    return jt_fail(err, JETON_E_STORE, "%.60s; left behind: DROP SCHEMA %s CASCADE", why.text,
                   old.schema);
}
