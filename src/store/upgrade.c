/* SPDX-License-Identifier: Apache-2.0 */
/* store/upgrade.c - look, copy, migrate. */
#include "store/upgrade.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/backup.h"
#include "store/schema.h"

#include <stdio.h>
#include <unistd.h>

jeton_status jd_store_backup_over(jd_store *store, const char *file, jeton_err *err)
{
    jd_path part;
    if ((size_t)snprintf(part.chars, JD_PATH_MAX, "%s.part", file) >= JD_PATH_MAX)
        return jt_fail(err, JETON_E_LIMIT, "the path is too long");
    (void)unlink(part.chars); /* of a copy that was interrupted */
    jeton_status status = jd_store_backup(store, part.chars, err);
    if (status == JETON_OK)
        status = jd_file_replace(part.chars, file, err);
    if (status != JETON_OK)
        (void)unlink(part.chars);
    return status;
}

/* An empty store has nothing to lose, and one of today nothing to gain. */
static jeton_status keep_copy(jd_store *store, const char *path, jd_path *kept, jeton_err *err)
{
    jd_schema schema;
    JT_TRY(jd_store_schema(store, &schema, err));
    if (schema.has == 0 || schema.has == schema.knows)
        return JETON_OK;
    jd_path file;
    if ((size_t)snprintf(file.chars, JD_PATH_MAX, "%s.schema-%u", path, schema.has) >= JD_PATH_MAX)
        return jt_fail(err, JETON_E_LIMIT, "the path is too long");
    JT_TRY(jd_store_backup_over(store, file.chars, err));
    *kept = file;
    return JETON_OK;
}

jeton_status jd_store_upgrade(jd_store *store, const char *path, jd_upgrade *done, jeton_err *err)
{
    *done = (jd_upgrade){0};
    jd_path kept = {{0}};
    JT_TRY(keep_copy(store, path, &kept, err));
    JT_TRY(jd_store_migrate(store, &done->applied, err));
    done->kept = kept;
    return JETON_OK;
}
