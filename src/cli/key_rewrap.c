/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_rewrap.c - jeton key rewrap: another master key. */
#include "cli/key_operations.h"
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "signer/master.h"
#include "store/place.h"
#include "store/store.h"
#include "sys/disk.h"

#include <unistd.h>

/* A store is not made by this. */
static jeton_status open_store(const jd_config *config, jd_store **store, jeton_err *err)
{
    jd_store_place place;
    jd_upgrade done;
    JT_TRY(jd_store_place_of(config, &place, err));
    if (place.is_file && access(place.file.chars, F_OK) != 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no store in %.90s: name it by --data",
                       config->data);
    JT_TRY(jd_store_open_upgraded(config, store, &done, err));
    /* Others that work with it would go on with the old key, and seal with it. */
    return jd_store_check_alone(*store, err);
}

static jeton_status rewrap(const jd_args *args, bool *in_folder, jeton_err *err)
{
    jd_config config;
    JT_AUTO(jd_lock_drop) jd_lock lock = {.fd = -1};
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    JT_TRY(jd_operation_config(args, &config, err));
    if (access(config.data, F_OK) != 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no data folder %.90s: name it by --data",
                       config.data);
    jeton_err why = {0};
    const jeton_status locked = jd_lock_take(config.data, &lock, &why);
    if (locked == JETON_E_BUSY)
        return jt_fail(err, locked, "a server works on %.90s: stop it first", config.data);
    if (locked != JETON_OK)
        return jt_fail(err, locked, "%s", why.text);
    JT_TRY(open_store(&config, &store, err));
    return jd_master_rewrap(NULL, config.data, store, in_folder, err);
}

int jd_key_rewrap(const jd_args *args)
{
    bool in_folder;
    jeton_err err = {0};
    const jeton_status status = rewrap(args, &in_folder, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args,
                          jeton_str(in_folder ? "master.key is a new one: back it up, and keep the "
                                                "old one with the backups made before"
                                              : "the store opens with the new master key only: "
                                                "start the server with that one"));
}

const jd_option jd_key_rewrap_options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};
