/* SPDX-License-Identifier: Apache-2.0 */
/* store/users.c - users and their roles. */
#include "store/users.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

#include <stdio.h>

/* --- reading -------------------------------------------------------------------------------- */

#define BETWEEN 0x1f /* parts names in one text of the list's; none has it (accounts/role.c) */

static const uint8_t *end_of_name(jeton_span rest)
{
    const uint8_t *found = memchr(rest.ptr, BETWEEN, rest.len);
    return found != NULL ? found : rest.ptr + rest.len;
}

/* The next column: names in one text, which may be empty. */
static void take_names(jd_query *query, jt_arena *arena, const jeton_span **names, size_t *count)
{
    jd_rows rows = {.arena = arena, .size = sizeof(jeton_span)};
    jeton_span rest = jd_take_text(query, arena);
    while (rest.len > 0) {
        const size_t len = (size_t)(end_of_name(rest) - rest.ptr);
        const char *name = jt_arena_text(arena, jeton_bytes(rest.ptr, len));
        jeton_span *to = jd_rows_add(&rows, query);
        if (name == NULL || to == NULL) {
            query->rc = JD_QUERY_NOMEM;
            break;
        }
        *to = jeton_bytes(name, len);
        rest =
            len < rest.len ? jeton_bytes(rest.ptr + len + 1, rest.len - len - 1) : (jeton_span){0};
    }
    *names = rows.at;
    *count = rows.count;
}

jeton_status jd_sql_take_user(jd_query *query, jt_arena *arena, jd_user *user, jeton_err *err)
{
    jd_take_bytes(query, user->id.bytes, JD_ID_BYTES);
    user->name = jd_take_text(query, arena);
    user->email = jd_take_text(query, arena);
    user->password = jd_take_text(query, arena);
    user->password_n = (uint64_t)jd_take_int(query);
    user->disabled = jd_take_int(query) != 0;
    user->must_change = jd_take_int(query) != 0;
    user->created = jd_take_int(query);
    take_names(query, arena, &user->roles, &user->role_count);
    take_names(query, arena, &user->permissions, &user->permission_count);
    return jd_query_end(query, err);
}

typedef struct lookup {
    jeton_span name; /* or e-mail */
    const jd_id *id;
    jt_arena *arena;
    jd_user *user;
} lookup;

static jeton_status find(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_NAME);
    jd_bind_text(&query, asked->name);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    return jd_sql_take_user(&query, asked->arena, asked->user, err);
}

jeton_status jd_store_user_find(jd_store *store, jeton_span name, jt_arena *arena, jd_user *user,
                                jeton_err *err)
{
    *user = (jd_user){0};
    lookup args = {.name = name, .arena = arena, .user = user};
    return jd_or_empty(jd_sql_read(store, find, &args, err), user, sizeof *user);
}

jeton_status jd_sql_read_user(jd_conn *conn, const jd_id *id, jt_arena *arena, jd_user *user,
                              jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_ID);
    jd_bind_id(&query, id);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    return jd_sql_take_user(&query, arena, user, err);
}

jeton_status jd_sql_user_exists(jd_conn *conn, const jd_id *id, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_EXISTS);
    jd_bind_id(&query, id);
    return jd_query_row(&query) ? JETON_OK : jd_query_missing(&query, err, "there is no such user");
}

static jeton_status get(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    return jd_sql_read_user(conn, asked->id, asked->arena, asked->user, err);
}

jeton_status jd_store_user_get(jd_store *store, const jd_id *id, jt_arena *arena, jd_user *user,
                               jeton_err *err)
{
    *user = (jd_user){0};
    lookup args = {.id = id, .arena = arena, .user = user};
    return jd_or_empty(jd_sql_read(store, get, &args, err), user, sizeof *user);
}

static jeton_status find_email(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    jd_id id;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_EMAIL);
    jd_bind_text(&query, asked->name);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    jd_take_bytes(&query, id.bytes, JD_ID_BYTES);
    JT_TRY(jd_query_end(&query, err));
    return jd_sql_read_user(conn, &id, asked->arena, asked->user, err);
}

jeton_status jd_store_user_find_email(jd_store *store, jeton_span email, jt_arena *arena,
                                      jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    lookup args = {.name = email, .arena = arena, .user = user};
    return jd_or_empty(jd_sql_read(store, find_email, &args, err), user, sizeof *user);
}

typedef struct listing {
    const jd_user_page *page;
    jt_arena *arena;
    jd_users *users;
} listing;

/* Two statements, so that the index leads to the first row either way. */
static jd_query list_query(jd_conn *conn, const jd_user_page *page)
{
    const bool on = page->after.len > 0;
    jd_query query = jd_query_of(conn, on ? JD_SQL_USER_LIST_ON : JD_SQL_USER_LIST);
    if (on)
        jd_bind_text(&query, page->after);
    jd_bind_text(&query, page->prefix);
    jd_bind_text(&query, page->prefix);
    jd_bind_count(&query, page->most);
    return query;
}

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_user)};
    JT_AUTO(jd_query_done) jd_query query = list_query(conn, asked->page);
    while (jd_query_row(&query)) {
        jd_user *user = jd_rows_add(&rows, &query);
        if (user == NULL)
            break;
        JT_TRY(jd_sql_take_user(&query, asked->arena, user, err));
    }
    *asked->users = (jd_users){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_user_list(jd_store *store, const jd_user_page *page, jt_arena *arena,
                                jd_users *users, jeton_err *err)
{
    *users = (jd_users){0};
    listing args = {page, arena, users};
    return jd_or_empty(jd_sql_read(store, list, &args, err), users, sizeof *users);
}

/* --- adding --------------------------------------------------------------------------------- */

static jeton_status add_row(jd_conn *conn, const jd_user *user, jeton_span digest, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_ADD);
    jd_bind_id(&query, &user->id);
    jd_bind_text(&query, user->name);
    jd_bind_text(&query, user->email);
    jd_bind_text(&query, user->password);
    jd_bind_int(&query, user->disabled);
    jd_bind_int(&query, user->must_change);
    jd_bind_int(&query, user->created);
    jd_bind_blob(&query, digest);
    return jd_query_run(&query, NULL, err);
}

static jeton_status add_role(jd_conn *conn, const jd_id *user, jeton_span role, jeton_err *err)
{
    JT_TRY(jd_sql_role_make(conn, role, err));
    JT_AUTO(jd_query_done) jd_query given = jd_query_of(conn, JD_SQL_USER_ROLE_ADD);
    jd_bind_id(&given, user);
    jd_bind_text(&given, role);
    return jd_query_send(&given, err);
}

static jeton_status add_user(jd_conn *conn, const jd_user *user, jeton_span digest, jeton_err *err)
{
    JT_TRY(add_row(conn, user, digest, err));
    for (size_t i = 0; i < user->role_count; i++)
        JT_TRY(add_role(conn, &user->id, user->roles[i], err));
    return JETON_OK;
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    return add_user(conn, args, jeton_str(NULL), err);
}

jeton_status jd_store_user_add(jd_store *store, const jd_user *user, jeton_err *err)
{
    jd_audit_note("user.add", jd_audit_id(&user->id), user->name);
    jd_user args = *user;
    return jd_audit_end(jd_sql_write(store, add, &args, err));
}

/* --- importing ------------------------------------------------------------------------------ */

/* The user of that name, if there is one, came from a line that said the same, or did not. */
static jeton_status judge_name(jd_conn *conn, const jd_import *of, jd_import_outcome *outcome,
                               jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_IMPORTED);
    jd_bind_text(&query, of->user.name);
    if (jd_query_row(&query)) {
        const jeton_span digest = jd_take_blob(&query, &arena);
        *outcome = jeton_span_equal(digest, jeton_bytes(of->digest, sizeof of->digest))
                       ? JD_IMPORT_ALREADY
                       : JD_IMPORT_NAME;
    }
    return jd_query_end(&query, err);
}

static jeton_status judge_email(jd_conn *conn, const jd_import *of, jd_import_outcome *outcome,
                                jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_EMAIL);
    jd_bind_text(&query, of->user.email);
    if (jd_query_row(&query))
        *outcome = JD_IMPORT_EMAIL;
    return jd_query_end(&query, err);
}

typedef struct importing {
    jd_import *imports;
    size_t count;
} importing;

static jeton_status judge(jd_conn *conn, jd_import *of, jeton_err *err)
{
    of->outcome = JD_IMPORT_ADDED;
    JT_TRY(judge_name(conn, of, &of->outcome, err));
    return of->outcome == JD_IMPORT_ADDED ? judge_email(conn, of, &of->outcome, err) : JETON_OK;
}

static jeton_status look_over(jd_conn *conn, void *args, jeton_err *err)
{
    const importing *asked = args;
    for (size_t i = 0; i < asked->count; i++)
        JT_TRY(judge(conn, &asked->imports[i], err));
    return JETON_OK;
}

/* Judged one by one, since a line may be in the way of a later one. */
static jeton_status import(jd_conn *conn, void *args, jeton_err *err)
{
    const importing *asked = args;
    for (size_t i = 0; i < asked->count; i++) {
        jd_import *of = &asked->imports[i];
        JT_TRY(judge(conn, of, err));
        if (of->outcome == JD_IMPORT_ADDED)
            JT_TRY(add_user(conn, &of->user, jeton_bytes(of->digest, sizeof of->digest), err));
    }
    return JETON_OK;
}

jeton_status jd_store_user_import(jd_store *store, jd_import *imports, size_t count, bool dry,
                                  jeton_err *err)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", count);
    if (!dry)
        jd_audit_note("user.import", jeton_str(number), jeton_str(NULL));
    importing args = {imports, count};
    return jd_audit_end(dry ? jd_sql_read(store, look_over, &args, err)
                            : jd_sql_write(store, import, &args, err));
}

/* --- changing ------------------------------------------------------------------------------- */

static jeton_status set_flag(jd_conn *conn, jd_sql sql, const jd_id *id, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_id(&query, id);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such user");
}

/* Something that ends the sessions and refuses the tokens of a user. */
typedef struct barring {
    const jd_id *id;
    jeton_time now;
    jt_revocation *entry;
    jd_sql sql;
} barring;

static jeton_status bar(jd_conn *conn, void *args, jeton_err *err)
{
    const barring *asked = args;
    bool was_admin;
    JT_TRY(jd_sql_is_admin(conn, asked->id, &was_admin, err));
    JT_TRY(set_flag(conn, asked->sql, asked->id, err));
    if (was_admin)
        JT_TRY(jd_sql_admin_left(conn, err));
    JT_TRY(jd_sql_append(conn, asked->entry, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END_USER);
    jd_bind_int(&query, asked->now);
    jd_bind_count(&query, asked->entry->n);
    jd_bind_id(&query, asked->id);
    return jd_query_send(&query, err);
}

static jt_revocation mark_of(const jd_id *user, jeton_time expires)
{
    jt_revocation entry = {.kind = JT_REVOKED_SUBJECT, .expires = expires};
    memcpy(entry.id, user->bytes, JD_ID_BYTES);
    return entry;
}

/* What is noted is its row of the audit log. */
static jeton_status bar_user(jd_store *store, jd_sql sql, const jd_id *id, jeton_time now,
                             jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    *entry = mark_of(id, expires);
    barring args = {id, now, entry, sql};
    const jeton_status status = jd_audit_end(jd_sql_write(store, bar, &args, err));
    return jd_or_empty(status, entry, sizeof *entry);
}

jeton_status jd_store_user_disable(jd_store *store, const jd_id *id, jeton_time now,
                                   jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    jd_audit_note("user.disable", jd_audit_id(id), jeton_str(NULL));
    return bar_user(store, JD_SQL_USER_DISABLE, id, now, expires, entry, err);
}

/* The sessions go with the row; there is nothing left to end. */
jeton_status jd_store_user_remove(jd_store *store, const jd_id *id, jeton_time expires,
                                  jt_revocation *entry, jeton_err *err)
{
    jd_audit_note("user.remove", jd_audit_id(id), jeton_str(NULL));
    return bar_user(store, JD_SQL_USER_REMOVE, id, 0, expires, entry, err);
}

static jeton_status enable(jd_conn *conn, void *args, jeton_err *err)
{
    return set_flag(conn, JD_SQL_USER_ENABLE, args, err);
}

jeton_status jd_store_user_enable(jd_store *store, const jd_id *id, jeton_err *err)
{
    jd_audit_note("user.enable", jd_audit_id(id), jeton_str(NULL));
    jd_id args = *id;
    return jd_audit_end(jd_sql_write(store, enable, &args, err));
}

static jeton_status set_text(jd_conn *conn, jd_sql sql, const jd_id *id, const jeton_span *text,
                             jeton_err *err)
{
    if (text == NULL)
        return JETON_OK;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_text(&query, *text);
    jd_bind_id(&query, id);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such user");
}

typedef struct changing {
    const jd_user_changes *change;
    barring barring;
} changing;

/* What bars a user comes last, so that one mark is enough for all of it. */
static jeton_status change_user(jd_conn *conn, void *args, jeton_err *err)
{
    changing *asked = args;
    const jd_user_changes *of = asked->change;
    const jd_id *id = asked->barring.id;
    const bool disable = of->disabled != NULL && *of->disabled;
    JT_TRY(set_text(conn, JD_SQL_USER_SET_NAME, id, of->name, err));
    JT_TRY(set_text(conn, JD_SQL_USER_SET_EMAIL, id, of->email, err));
    if (of->disabled != NULL && !disable)
        JT_TRY(set_flag(conn, JD_SQL_USER_ENABLE, id, err));
    if (disable && of->must_change)
        JT_TRY(set_flag(conn, JD_SQL_USER_MUST_CHANGE, id, err));
    asked->barring.sql = disable ? JD_SQL_USER_DISABLE : JD_SQL_USER_MUST_CHANGE;
    return disable || of->must_change ? bar(conn, &asked->barring, err) : JETON_OK;
}

static jeton_span list_user_change(const jd_user_changes *change, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    if (change->name != NULL)
        jd_audit_add(list, "name=", *change->name);
    if (change->email != NULL)
        jd_audit_add(list, "", jeton_str("email"));
    if (change->disabled != NULL)
        jd_audit_add(list, "", jeton_str(*change->disabled ? "disabled" : "enabled"));
    if (change->must_change)
        jd_audit_add(list, "", jeton_str("must_change"));
    return jeton_str(list);
}

jeton_status jd_store_user_change(jd_store *store, const jd_id *id, const jd_user_changes *change,
                                  jeton_time now, jeton_time expires, jt_revocation *entry,
                                  jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    *entry = mark_of(id, expires);
    changing args = {change, {.id = id, .now = now, .entry = entry}};
    jd_audit_note("user.change", jd_audit_id(id), list_user_change(change, list));
    return jd_or_empty(jd_audit_end(jd_sql_write(store, change_user, &args, err)), entry,
                       sizeof *entry);
}
