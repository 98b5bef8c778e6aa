/* SPDX-License-Identifier: Apache-2.0 */
/* store/bans.c - bans: added, listed, lifted. */
#include "store/bans.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

typedef struct listing {
    jeton_time now;
    jt_arena *arena;
    jd_ban_list *bans;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_ban)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_BAN_LIST);
    jd_bind_int(&query, asked->now);
    while (jd_query_row(&query)) {
        jd_ban *ban = jd_rows_add(&rows, &query);
        if (ban == NULL)
            continue;
        ban->network = jd_take_text(&query, asked->arena);
        ban->why = jd_take_text(&query, asked->arena);
        ban->until = jd_take_int(&query);
        ban->made = jd_take_int(&query);
    }
    *asked->bans = (jd_ban_list){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_ban_list(jd_store *store, jeton_time now, jt_arena *arena, jd_ban_list *bans,
                               jeton_err *err)
{
    *bans = (jd_ban_list){0};
    listing args = {now, arena, bans};
    return jd_or_empty(jd_sql_read(store, list, &args, err), bans, sizeof *bans);
}

static jeton_status drop_expired(jd_conn *conn, jeton_time now, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_BAN_EXPIRE);
    jd_bind_int(&query, now);
    return jd_query_run(&query, NULL, err);
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_ban *ban = args;
    unsigned changed;
    JT_TRY(drop_expired(conn, ban->made, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_BAN_ADD);
    jd_bind_text(&query, ban->network);
    jd_bind_text(&query, ban->why);
    jd_bind_int(&query, ban->until);
    jd_bind_int(&query, ban->made);
    jd_bind_count(&query, JD_BANS_MAX);
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1
               ? jd_sql_notice(conn, JT_NOTICE_BANS, NULL, err)
               : jt_fail(err, JETON_E_LIMIT, "at most %u networks are banned", JD_BANS_MAX);
}

jeton_status jd_store_ban_add(jd_store *store, const jd_ban *ban, jeton_err *err)
{
    jd_audit_note("ban.add", ban->network, ban->why);
    jd_ban args = *ban;
    return jd_audit_end(jd_sql_write(store, add, &args, err));
}

static jeton_status lift(jd_conn *conn, void *args, jeton_err *err)
{
    const jeton_span *network = args;
    unsigned changed;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_BAN_LIFT);
    jd_bind_text(&query, *network);
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? jd_sql_notice(conn, JT_NOTICE_BANS, NULL, err)
                        : jt_fail(err, JETON_E_NOT_FOUND, "that network is not banned");
}

jeton_status jd_store_ban_lift(jd_store *store, jeton_span network, jeton_err *err)
{
    jd_audit_note("ban.lift", network, jeton_str(NULL));
    return jd_audit_end(jd_sql_write(store, lift, &network, err));
}
