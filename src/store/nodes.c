/* SPDX-License-Identifier: Apache-2.0 */
/* store/nodes.c - who follows the log, and how far. */
#include "store/nodes.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"
#include "store/sql.h"

#include <stdatomic.h>

/* ---- the clock and the head ----------------------------------------------------------------- */

/* server  the one that has given the last number; 0: not known */
static jeton_status read_now(jd_conn *conn, jd_beat_answer *answer, jeton_time *server,
                             jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_NODE_NOW);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the log has no head");
    answer->head = (uint64_t)jd_take_int(&query);
    answer->pruned = (uint64_t)jd_take_int(&query);
    answer->keys = (uint64_t)jd_take_int(&query);
    answer->now = jd_take_int(&query);
    answer->started = jd_take_int(&query);
    *server = jd_take_int(&query);
    jd_store_keys_told(conn->store, answer->keys);
    return jd_query_end(&query, err);
}

/* ---- a beat --------------------------------------------------------------------------------- */

static jeton_status write_beat(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_beat *beat = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_NODE_BEAT);
    jd_bind_id(&query, &beat->id);
    jd_bind_text(&query, beat->name);
    jd_bind_text(&query, beat->kind);
    jd_bind_text(&query, beat->version);
    jd_bind_count(&query, beat->applied);
    jd_bind_int(&query, beat->lease);
    return jd_query_run(&query, NULL, err);
}

typedef struct answering {
    const jd_beat *beat;
    jt_arena *arena;
    jd_beat_answer *answer;
    jeton_time server;
} answering;

/* The head first: where others commit in between, the entries are more than it says, not fewer. */
static jeton_status read_answer(jd_conn *conn, void *args, jeton_err *err)
{
    answering *of = args;
    const uint64_t from = of->beat->from;
    const jd_log_span asked = {from > 0 ? from - 1 : 0, of->beat->most};
    JT_TRY(read_now(conn, of->answer, &of->server, err));
    return jd_sql_entries_after(conn, &asked, of->arena, &of->answer->entries, err);
}

/* A server that took over, or was started anew, and has given no number yet: until the numbers have
 * jumped, tokens would be issued below those of marks that it may have lost. */
static bool is_jump_due(const jd_store *store, const answering *of)
{
    return of->answer->head < atomic_load(&store->told) ||
           (of->server != 0 && of->server != of->answer->started);
}

static void note_head(jd_store *store, uint64_t head)
{
    uint64_t told = atomic_load(&store->told);
    while (told < head && !atomic_compare_exchange_weak(&store->told, &told, head))
        continue;
}

/* Two transactions, in this order: an entry that is committed behind the second one's back is
 * committed by somebody who finds the row of the first. The first is one statement: a node whose
 * connection dies in the middle of it must not hold its row against its own next beat. */
static jeton_status beat_and_read(jd_store *store, const jd_beat *beat, jt_arena *arena,
                                  jd_beat_answer *answer, jeton_err *err)
{
    jd_beat row = *beat;
    answering args = {beat, arena, answer, 0};
    JT_TRY(jd_sql_write_alone(store, write_beat, &row, err));
    JT_TRY(jd_sql_read(store, read_answer, &args, err));
    /* Should it fail, whoever takes a number next does it. */
    if (is_jump_due(store, &args) && jd_sql_log_settle(store, NULL) == JETON_OK)
        JT_TRY(jd_sql_read(store, read_answer, &args, err));
    note_head(store, answer->head);
    return JETON_OK;
}

jeton_status jd_store_node_beat(jd_store *store, const jd_beat *beat, jt_arena *arena,
                                jd_beat_answer *answer, jeton_err *err)
{
    *answer = (jd_beat_answer){0};
    if (!jeton_span_equal(beat->kind, jeton_str("serve")) &&
        !jeton_span_equal(beat->kind, jeton_str("agent")))
        return jt_fail(err, JETON_E_ARGUMENT, "not a kind of node");
    return jd_or_empty(beat_and_read(store, beat, arena, answer, err), answer, sizeof *answer);
}

/* ---- the list ------------------------------------------------------------------------------- */

static void take_node(jd_query *query, jt_arena *arena, jd_node *node)
{
    jd_take_bytes(query, node->id.bytes, sizeof node->id.bytes);
    node->name = jd_take_text(query, arena);
    node->kind = jd_take_text(query, arena);
    node->version = jd_take_text(query, arena);
    node->applied = (uint64_t)jd_take_int(query);
    node->lease = jd_take_int(query);
    node->began = jd_take_int(query);
    node->seen = jd_take_int(query);
}

typedef struct listing {
    jt_arena *arena;
    jd_nodes *nodes;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jeton_time server;
    jd_beat_answer clock = {0};
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_node)};
    JT_TRY(read_now(conn, &clock, &server, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_NODE_LIST);
    while (jd_query_row(&query)) {
        jd_node *node = jd_rows_add(&rows, &query);
        if (node == NULL)
            break;
        take_node(&query, asked->arena, node);
    }
    *asked->nodes = (jd_nodes){.at = rows.at,
                               .count = rows.count,
                               .head = clock.head,
                               .keys = clock.keys,
                               .now = clock.now,
                               .started = clock.started};
    return jd_query_end(&query, err);
}

jeton_status jd_store_node_list(jd_store *store, jt_arena *arena, jd_nodes *nodes, jeton_err *err)
{
    *nodes = (jd_nodes){0};
    listing args = {arena, nodes};
    return jd_or_empty(jd_sql_read(store, list, &args, err), nodes, sizeof *nodes);
}

jeton_status jd_sql_purge_nodes(jd_conn *conn, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_NODE_PURGE);
    return jd_query_run(&query, NULL, err);
}
