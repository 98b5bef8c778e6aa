/* SPDX-License-Identifier: Apache-2.0 */
/* store/place.c - a file in the data folder, or the database of the setting. */
#include "store/place.h"

#include "core/auto.h"
#include "core/err.h"

jeton_status jd_store_place_of(const jd_config *config, jd_store_place *place, jeton_err *err)
{
    *place = (jd_store_place){.is_file = config->store[0] == '\0'};
    return place->is_file ? jd_path_join(config->data, "jeton.db", &place->file, err) : JETON_OK;
}

jeton_status jd_store_place_check(const jd_config *config, jeton_err *err)
{
    static const char *const starts[] = {"postgres://", "postgresql://"};
    bool good = config->store[0] == '\0';
    for (size_t i = 0; i < JT_COUNT(starts); i++)
        good = good || strncmp(config->store, starts[i], strlen(starts[i])) == 0;
    return good ? JETON_OK
                : jt_fail(err, JETON_E_ARGUMENT,
                          "store is postgres://USER@HOST/DATABASE, or empty: a file in the data "
                          "folder");
}

jeton_status jd_store_open_place(const jd_config *config, jd_store **store, jeton_err *err)
{
    const jd_store_limits limits = {.connections = (unsigned)config->store_connections,
                                    .milliseconds = (unsigned)config->store_timeout * 1000};
    jd_store_place place;
    *store = NULL;
    JT_TRY(jd_store_place_check(config, err));
    JT_TRY(jd_store_place_of(config, &place, err));
    return jd_store_open_within(NULL, place.is_file ? place.file.chars : config->store, &limits,
                                store, err);
}

jeton_status jd_store_open_upgraded(const jd_config *config, jd_store **store, jd_upgrade *done,
                                    jeton_err *err)
{
    jd_store_place place;
    *done = (jd_upgrade){0};
    JT_TRY(jd_store_open_place(config, store, err));
    JT_TRY(jd_store_place_of(config, &place, err));
    return place.is_file ? jd_store_upgrade(*store, place.file.chars, done, err)
                         : jd_store_migrate(*store, &done->applied, err);
}
