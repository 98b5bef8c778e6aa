/* SPDX-License-Identifier: Apache-2.0 */
/* store/copy.c - all of a store into an empty one, whatever database either is. */
#include "store/copy.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

#define PAGE        1000U /* rows in memory at one time */
#define COLUMNS_MAX 16U

/* Columns in the order of the statements, a letter for each: i a number, t a text, o a text that
 * may be any bytes, b a blob. The first `keys` of them are what pages go by; none: the table has
 * one row, which is there already and which an empty store has with the number 0. What a table
 * refers to comes before it. */
static const struct table {
    const char *name, *columns;
    size_t keys;
    jd_sql get, put;
} tables[] = {
    {"meta", "tt", 1, JD_SQL_COPY_META, JD_SQL_PUT_META},
    {"roles", "t", 1, JD_SQL_COPY_ROLES, JD_SQL_PUT_ROLES},
    {"role_permissions", "tt", 2, JD_SQL_COPY_ROLE_PERMISSIONS, JD_SQL_PUT_ROLE_PERMISSIONS},
    {"users", "btttiiiib", 1, JD_SQL_COPY_USERS, JD_SQL_PUT_USERS},
    {"user_roles", "bt", 2, JD_SQL_COPY_USER_ROLES, JD_SQL_PUT_USER_ROLES},
    {"password_resets", "bbi", 1, JD_SQL_COPY_PASSWORD_RESETS, JD_SQL_PUT_PASSWORD_RESETS},
    {"clients", "ttbtttiiiiit", 1, JD_SQL_COPY_CLIENTS, JD_SQL_PUT_CLIENTS},
    {"sessions", "bbtbiiiiiiiittt", 1, JD_SQL_COPY_SESSIONS, JD_SQL_PUT_SESSIONS},
    {"keys", "ttttbitiiii", 1, JD_SQL_COPY_KEYS, JD_SQL_PUT_KEYS},
    {"bans", "ttii", 1, JD_SQL_COPY_BANS, JD_SQL_PUT_BANS},
    {"log", "iibib", 1, JD_SQL_COPY_LOG, JD_SQL_PUT_LOG},
    {"log_head", "iii", 0, JD_SQL_COPY_LOG_HEAD, JD_SQL_PUT_LOG_HEAD},
    {"index_lists", "iiiii", 1, JD_SQL_COPY_INDEX_LISTS, JD_SQL_PUT_INDEX_LISTS},
    {"index_head", "i", 0, JD_SQL_COPY_INDEX_HEAD, JD_SQL_PUT_INDEX_HEAD},
    {"audit", "iittootttb", 1, JD_SQL_COPY_AUDIT, JD_SQL_PUT_AUDIT},
    {"audit_head", "ibb", 0, JD_SQL_COPY_AUDIT_HEAD, JD_SQL_PUT_AUDIT_HEAD},
};

typedef struct value {
    int64_t number;
    jeton_span bytes;
} value;

typedef struct row {
    value at[COLUMNS_MAX];
} row;

static value take(jd_query *query, char kind, jt_arena *arena)
{
    if (kind == 'i')
        return (value){.number = jd_take_int(query)};
    return (value){.bytes = kind == 'b' ? jd_take_blob(query, arena) : jd_take_text(query, arena)};
}

static void bind(jd_query *query, char kind, const value *of)
{
    switch (kind) {
    case 'i': jd_bind_int(query, of->number); break;
    case 't': jd_bind_text(query, of->bytes); break;
    case 'o': jd_bind_octets(query, of->bytes); break;
    default: jd_bind_blob(query, of->bytes);
    }
}

/* The rows behind `after`, at most `most`. Nothing is before the empty text, or 0. */
static jeton_status read_page(jd_conn *conn, const struct table *of, const row *after, size_t most,
                              jd_rows *rows, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, of->get);
    for (size_t i = 0; i < of->keys; i++)
        bind(&query, of->columns[i], &after->at[i]);
    if (of->keys > 0)
        jd_bind_count(&query, most);
    while (jd_query_row(&query)) {
        row *next = jd_rows_add(rows, &query);
        for (size_t i = 0; next != NULL && of->columns[i] != '\0'; i++)
            next->at[i] = take(&query, of->columns[i], rows->arena);
    }
    return jd_query_end(&query, err);
}

static jeton_status write_row(jd_conn *conn, const struct table *of, const row *from,
                              jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, of->put);
    for (size_t i = 0; of->columns[i] != '\0'; i++)
        bind(&query, of->columns[i], &from->at[i]);
    return jd_query_send(&query, err);
}

/* Keeps where the next page begins, in memory of its own. */
static jeton_status keep_last(const struct table *of, const row *last, row *after, jt_arena *arena,
                              jeton_err *err)
{
    for (size_t i = 0; i < of->keys; i++) {
        const jeton_span bytes = last->at[i].bytes;
        const char *kept = jt_arena_text(arena, bytes);
        if (kept == NULL)
            return jt_fail(err, JETON_E_NOMEM, "a page of the store");
        after->at[i] = (value){last->at[i].number, jeton_bytes(kept, bytes.len)};
    }
    return JETON_OK;
}

static jeton_status copy_page(jd_conn *from, jd_conn *to, const struct table *of, row *after,
                              jt_arena *kept, size_t *count, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_rows rows = {.arena = &arena, .size = sizeof(row)};
    JT_TRY(read_page(from, of, after, PAGE, &rows, err));
    const row *all = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        JT_TRY(write_row(to, of, &all[i], err));
    *count = rows.count;
    return rows.count > 0 ? keep_last(of, &all[rows.count - 1], after, kept, err) : JETON_OK;
}

static jeton_status copy_table(jd_conn *from, jd_conn *to, const struct table *of, uint64_t *rows,
                               jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena kept = jt_arena_init(NULL); /* a key for each page */
    row after = {0};
    size_t count = PAGE;
    for (*rows = 0; count == PAGE; *rows += count)
        JT_TRY(copy_page(from, to, of, &after, &kept, &count, err));
    return JETON_OK;
}

static jeton_status check_empty(jd_conn *to, const struct table *of, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_rows rows = {.arena = &arena, .size = sizeof(row)};
    const row first = {0};
    JT_TRY(read_page(to, of, &first, 1, &rows, err));
    const row *found = rows.at;
    if (rows.count == 0 || (of->keys == 0 && found->at[0].number == 0))
        return JETON_OK;
    return jt_fail(err, JETON_E_EXISTS,
                   "there is something in the other store already: in %s. Name an empty one, or "
                   "start with it if a move was cut off at its end",
                   of->name);
}

typedef struct copying {
    jd_store *to;
    jd_conn *from;
    jd_store_copied *told;
    void *user;
} copying;

static jeton_status write_all(jd_conn *to, void *args, jeton_err *err)
{
    const copying *of = args;
    for (size_t i = 0; i < JT_COUNT(tables); i++)
        JT_TRY(check_empty(to, &tables[i], err));
    for (size_t i = 0; i < JT_COUNT(tables); i++) {
        uint64_t rows;
        JT_TRY(copy_table(of->from, to, &tables[i], &rows, err));
        of->told(of->user, tables[i].name, rows);
    }
    return JETON_OK;
}

static jeton_status read_all(jd_conn *from, void *args, jeton_err *err)
{
    copying *of = args;
    of->from = from;
    return jd_sql_write_schema(of->to, write_all, of, err);
}

jeton_status jd_store_copy(jd_store *from, jd_store *to, jd_store_copied *told, void *user,
                           jeton_err *err)
{
    copying args = {.to = to, .told = told, .user = user};
    return jd_sql_read(from, read_all, &args, err);
}
