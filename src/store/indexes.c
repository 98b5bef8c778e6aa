/* SPDX-License-Identifier: Apache-2.0 */
/* store/indexes.c - blocks of token indexes, leased to whoever issues tokens. */
#include "store/indexes.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

#define OPEN_FOR ((jeton_time)86400000) /* a list that is older gets no more tokens */
#define STAYS_FOR                                                                                  \
    ((jeton_time)1800000) /* after it has expired: until every node has dropped it                 \
                           */

typedef struct leasing {
    const jd_index_asking *asked;
    jd_index_block *block;
    jt_revocation *entry;
} leasing;

static jeton_status drop_expired(jd_conn *conn, jeton_time now, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_DROP);
    jd_bind_int(&query, now - STAYS_FOR);
    return jd_query_run(&query, NULL, err);
}

/* The newest list of such tokens that has as many places left; its number stays 0 if there is none.
 */
static jeton_status find_list(jd_conn *conn, const leasing *of, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_FIND);
    jd_bind_int(&query, of->asked->life);
    jd_bind_count(&query, JT_BITS_PLACES - of->asked->count);
    jd_bind_int(&query, of->asked->now - OPEN_FOR);
    if (jd_query_row(&query)) {
        of->block->list = (uint64_t)jd_take_int(&query);
        of->block->first = (uint64_t)jd_take_int(&query);
        of->block->expires = jd_take_int(&query);
    }
    return jd_query_end(&query, err);
}

static jeton_status next_number(jd_conn *conn, uint64_t *list, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_NEXT);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the lists of indexes have no head");
    *list = (uint64_t)jd_take_int(&query);
    return jd_query_end(&query, err);
}

static jeton_status is_taken(jd_conn *conn, uint64_t list, bool *taken, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_MEETS);
    jd_bind_count(&query, JT_BITS_SLOTS);
    jd_bind_count(&query, list % JT_BITS_SLOTS);
    *taken = jd_query_row(&query);
    return jd_query_end(&query, err);
}

/* Readers give a list the slot that the low bits of its number say (revoke/bits.h), so a number
 * that would meet another's is passed over. */
static jeton_status open_list(jd_conn *conn, const leasing *of, jeton_err *err)
{
    bool taken = true;
    for (uint64_t i = 0; taken && i < JT_BITS_SLOTS; i++) {
        JT_TRY(next_number(conn, &of->block->list, err));
        JT_TRY(is_taken(conn, of->block->list, &taken, err));
    }
    if (taken || of->block->list > JT_BITS_LIST_MOST)
        return jt_fail(err, JETON_E_LIMIT, "there are as many lists of indexes as there can be");
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_OPEN);
    jd_bind_count(&query, of->block->list);
    jd_bind_int(&query, of->asked->life);
    jd_bind_int(&query, of->asked->now);
    jd_bind_int(&query, of->asked->expires);
    return jd_query_run(&query, NULL, err);
}

static jeton_status take_places(jd_conn *conn, const leasing *of, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_INDEX_LEASE);
    jd_bind_count(&query, of->block->first + of->block->count);
    jd_bind_int(&query, of->block->expires);
    jd_bind_count(&query, of->block->list);
    return jd_query_run(&query, NULL, err);
}

static jeton_status lease(jd_conn *conn, void *args, jeton_err *err)
{
    const leasing *of = args;
    *of->block = (jd_index_block){.count = of->asked->count};
    JT_TRY(jd_sql_settle_numbers(conn, err)); /* or a block might be leased a second time */
    JT_TRY(drop_expired(conn, of->asked->now, err));
    JT_TRY(find_list(conn, of, err));
    if (of->block->list == 0)
        JT_TRY(open_list(conn, of, err));
    if (of->asked->expires > of->block->expires)
        of->block->expires = of->asked->expires;
    JT_TRY(take_places(conn, of, err));
    *of->entry = (jt_revocation){.kind = JT_REVOKED_LIST, .expires = of->block->expires};
    jt_revoked_pair(of->block->list, of->block->first + of->block->count, of->entry->id);
    return jd_sql_append(conn, of->entry, err);
}

jeton_status jd_store_index_lease(jd_store *store, const jd_index_asking *asked,
                                  jd_index_block *block, jt_revocation *entry, jeton_err *err)
{
    *block = (jd_index_block){0};
    *entry = (jt_revocation){0};
    if (asked->count == 0 || asked->count > JT_BITS_PLACES)
        return jt_fail(err, JETON_E_ARGUMENT, "a list has not so many places");
    leasing args = {asked, block, entry};
    const jeton_status status = jd_sql_write(store, lease, &args, err);
    if (status != JETON_OK) {
        *block = (jd_index_block){0};
        *entry = (jt_revocation){0};
    }
    return status;
}

static jeton_status run(jd_conn *conn, jd_sql sql, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    return jd_query_run(&query, NULL, err);
}

jeton_status jd_sql_indexes_restart(jd_conn *conn, jeton_err *err)
{
    JT_TRY(run(conn, JD_SQL_INDEX_CLOSE, err));
    return run(conn, JD_SQL_INDEX_JUMP, err);
}
