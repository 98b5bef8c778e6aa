/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit.c - the audit log. */
#include "store/audit.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "store/audit_chain.h"
#include "store/sql.h"

static jeton_status take_head(jd_query *query, jd_audit_head *head, jeton_err *err)
{
    if (!jd_query_row(query))
        return jd_query_missing(query, err, "the audit log has no head");
    head->n = (uint64_t)jd_take_int(query);
    jd_take_bytes(query, head->mac, sizeof head->mac);
    jd_take_bytes(query, head->seal, sizeof head->seal);
    return jd_query_end(query, err);
}

static jeton_status write_head(jd_conn *conn, const jd_audit_head *head, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_AUDIT_MOVE);
    jd_bind_count(&query, head->n);
    jd_bind_blob(&query, jeton_bytes(head->mac, sizeof head->mac));
    jd_bind_blob(&query, jeton_bytes(head->seal, sizeof head->seal));
    return jd_query_send(&query, err);
}

static void bind_row(jd_query *query, const void *of)
{
    const jd_audit_row *row = of;
    jd_bind_count(query, row->n);
    jd_bind_int(query, row->time);
    jd_bind_text(query, row->actor);
    jd_bind_text(query, row->action);
    jd_bind_octets(query, row->target); /* a stranger's name is what it is */
    jd_bind_octets(query, row->detail);
    jd_bind_text(query, row->address);
    jd_bind_text(query, row->request);
    jd_bind_text(query, row->outcome);
    jd_bind_blob(query, jeton_bytes(row->mac, sizeof row->mac));
}

static const jd_adding adding = {.by_64 = JD_SQL_AUDIT_ADD_64,
                                 .by_8 = JD_SQL_AUDIT_ADD_8,
                                 .by_1 = JD_SQL_AUDIT_ADD_1,
                                 .columns = 10,
                                 .size = sizeof(jd_audit_row),
                                 .bind = bind_row};

static jeton_status add_behind(jd_conn *conn, jd_query *head_of, jd_audit_row *rows, size_t count,
                               jeton_err *err)
{
    const jt_hmac_key *key = &conn->store->audit_key;
    jd_audit_head head = {0};
    JT_TRY(take_head(head_of, &head, err));
    for (size_t i = 0; i < count; i++) {
        rows[i].n = ++head.n;
        jd_audit_mac(key, head.mac, &rows[i], rows[i].mac);
        memcpy(head.mac, rows[i].mac, sizeof head.mac);
    }
    JT_TRY(jd_query_add_rows(conn, &adding, rows, count, err));
    jd_audit_seal(key, &head, head.seal);
    return write_head(conn, &head, err);
}

jeton_status jd_sql_audit_rows(jd_conn *conn, jd_audit_row *rows, size_t count, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query head = jd_query_of(conn, JD_SQL_AUDIT_HEAD);
    return add_behind(conn, &head, rows, count, err);
}

/* The head is nobody else's during the work, so it is asked for before that. */
jeton_status jd_sql_work_noted(jd_conn *conn, jd_work *work, void *args, jeton_err *err)
{
    jd_audit_row row;
    if (!jd_audit_noted(&row))
        return work(conn, args, err);
    JT_AUTO(jd_query_done) jd_query head = jd_query_of(conn, JD_SQL_AUDIT_HEAD);
    jd_query_ahead(&head);
    JT_TRY(work(conn, args, err));
    return jd_audit_noted(&row) ? add_behind(conn, &head, &row, 1, err) : JETON_OK;
}

/* What is added is what is noted: there is nothing else to do. */
static jeton_status add_nothing(jd_conn *conn, void *args, jeton_err *err)
{
    (void)conn;
    (void)args;
    (void)err;
    return JETON_OK;
}

void jd_store_audit_key(jd_store *store, jeton_span key)
{
    jt_hmac_init(&store->audit_key, JT_SHA256, key);
}

jeton_status jd_store_audit_add(jd_store *store, const jd_audit_row *row, jeton_err *err)
{
    jd_audit_note_row(row);
    return jd_audit_end(jd_sql_write(store, add_nothing, NULL, err));
}

/* ---- reading -------------------------------------------------------------------------------- */

static void take_row(jd_query *query, jt_arena *arena, jd_audit_row *row)
{
    jeton_span *const texts[] = {&row->actor,   &row->action,  &row->target, &row->detail,
                                 &row->address, &row->request, &row->outcome};
    row->n = (uint64_t)jd_take_int(query);
    row->time = jd_take_int(query);
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        *texts[i] = jd_take_text(query, arena);
    jd_take_bytes(query, row->mac, sizeof row->mac);
}

typedef struct listing {
    uint64_t after;
    size_t most;
    jt_arena *arena;
    jd_audit_rows *rows;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_audit_row)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_AUDIT_LIST);
    jd_bind_count(&query, asked->after);
    jd_bind_count(&query, asked->most);
    while (jd_query_row(&query)) {
        jd_audit_row *row = jd_rows_add(&rows, &query);
        if (row == NULL)
            break;
        take_row(&query, asked->arena, row);
    }
    *asked->rows = (jd_audit_rows){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_audit_list(jd_store *store, uint64_t after, size_t most, jt_arena *arena,
                                 jd_audit_rows *rows, jeton_err *err)
{
    *rows = (jd_audit_rows){0};
    listing args = {after, most, arena, rows};
    return jd_or_empty(jd_sql_read(store, list, &args, err), rows, sizeof *rows);
}

/* ---- checking ------------------------------------------------------------------------------- */

typedef struct check {
    const jt_hmac_key *key;
    jd_audit_head *head;
} check;

static jeton_status check_next(jd_query *query, jd_audit_checking *checking, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_audit_row row;
    take_row(query, &arena, &row);
    JT_TRY(jd_query_end(query, err));
    return jd_audit_check_row(checking, &row, err);
}

static jeton_status check_all(jd_conn *conn, void *args, jeton_err *err)
{
    const check *asked = args;
    jd_audit_checking checking = {.key = asked->key};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_AUDIT_LIST);
    jd_bind_count(&query, 0);
    jd_bind_int(&query, INT64_MAX);
    while (jd_query_row(&query))
        JT_TRY(check_next(&query, &checking, err));
    JT_TRY(jd_query_end(&query, err));
    JT_AUTO(jd_query_done) jd_query head = jd_query_of(conn, JD_SQL_AUDIT_HEAD);
    JT_TRY(take_head(&head, asked->head, err));
    return jd_audit_check_head(&checking, asked->head, err);
}

jeton_status jd_store_audit_check(jd_store *store, jd_audit_head *head, jeton_err *err)
{
    *head = (jd_audit_head){0};
    check args = {&store->audit_key, head};
    return jd_or_empty(jd_sql_read(store, check_all, &args, err), head, sizeof *head);
}
