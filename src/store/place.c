/* SPDX-License-Identifier: Apache-2.0 */
/* store/place.c - a file in the data folder, or the database of the setting. */
#include "store/place.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/nodes.h"
#include "store/postgres.h"
#include "store/schema.h"
#include "sys/clock.h"

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

bool jd_store_place_is_exposed(const jd_config *config)
{
    return config->store[0] != '\0' && jd_pg_url_is_exposed(config->store);
}

jeton_status jd_store_open_place(const jd_config *config, jd_store **store, jeton_err *err)
{
    const jd_store_limits limits = {.connections = (unsigned)config->store_connections,
                                    .milliseconds = (unsigned)config->store_timeout * 1000};
    jd_store_place place;
    *store = NULL;
    JT_TRY(jd_store_place_check(config, err));
    JT_TRY(jd_store_place_of(config, &place, err));
    return jd_store_open_within(jd_now_ctx(), place.is_file ? place.file.chars : config->store,
                                &limits, store, err);
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

#define GONE_MS 60000 /* one that was not seen for so long was stopped, or has crashed */

jeton_status jd_store_check_alone(jd_store *store, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_nodes nodes;
    if (!jd_store_is_shared(store))
        return JETON_OK;
    JT_TRY(jd_store_node_list(store, &arena, &nodes, err));
    for (size_t i = 0; i < nodes.count; i++)
        if (nodes.at[i].seen > nodes.now - GONE_MS)
            return jt_fail(err, JETON_E_BUSY,
                           "%.60s works with this store, or did a minute ago: stop all nodes",
                           (const char *)jt_arena_text(&arena, nodes.at[i].name));
    return JETON_OK;
}
