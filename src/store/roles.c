/* SPDX-License-Identifier: Apache-2.0 */
/* store/roles.c - roles, what they permit, and who has them. */
#include "store/roles.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

/* The texts that a statement of one column gives. */
static jeton_status read_texts(jd_query *query, jt_arena *arena, const jeton_span **texts,
                               size_t *count, jeton_err *err)
{
    jd_rows rows = {.arena = arena, .size = sizeof(jeton_span)};
    while (jd_query_row(query)) {
        jeton_span *text = jd_rows_add(&rows, query);
        if (text == NULL)
            break;
        *text = jd_take_text(query, arena);
    }
    *texts = rows.at;
    *count = rows.count;
    return jd_query_end(query, err);
}

static jeton_status run_text(jd_conn *conn, jd_sql sql, jeton_span text, unsigned *changed,
                             jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_text(&query, text);
    return jd_query_run(&query, changed, err);
}

jeton_status jd_sql_role_make(jd_conn *conn, jeton_span role, jeton_err *err)
{
    return run_text(conn, JD_SQL_ROLE_ADD, role, NULL, err);
}

/* ---- the last administrator ------------------------------------------------------------------ */

jeton_status jd_sql_is_admin(jd_conn *conn, const jd_id *id, bool *admin, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_IS_ADMIN);
    jd_bind_id(&query, id);
    *admin = jd_query_row(&query) && jd_take_int(&query) > 0;
    return jd_query_end(&query, err);
}

jeton_status jd_sql_admin_left(jd_conn *conn, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_ADMIN_LEFT);
    const bool left = jd_query_row(&query) && jd_take_int(&query) != 0;
    JT_TRY(jd_query_end(&query, err));
    return left ? JETON_OK
                : jt_fail(err, JETON_E_LAST_ADMIN,
                          "there would be nobody left with the role " JD_ROLE_ADMIN);
}

/* ---- roles of a user ------------------------------------------------------------------------- */

typedef struct changing {
    const jd_id *id;
    const jd_role_change *change;
} changing;

static jeton_status run_pair(jd_conn *conn, jd_sql sql, const jd_id *user, jeton_span role,
                             jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_id(&query, user);
    jd_bind_text(&query, role);
    return jd_query_run(&query, NULL, err);
}

static jeton_status take_and_give(jd_conn *conn, const changing *asked, jeton_err *err)
{
    for (size_t i = 0; i < asked->change->take_count; i++)
        JT_TRY(run_pair(conn, JD_SQL_USER_ROLE_DROP, asked->id, asked->change->take[i], err));
    for (size_t i = 0; i < asked->change->give_count; i++) {
        JT_TRY(jd_sql_role_make(conn, asked->change->give[i], err));
        JT_TRY(run_pair(conn, JD_SQL_USER_ROLE_ADD, asked->id, asked->change->give[i], err));
    }
    return JETON_OK;
}

static jeton_status check_count(jd_conn *conn, const jd_id *id, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_ROLE_COUNT);
    jd_bind_id(&query, id);
    const int64_t count = jd_query_row(&query) ? jd_take_int(&query) : 0;
    JT_TRY(jd_query_end(&query, err));
    return count <= JD_ROLES_MAX
               ? JETON_OK
               : jt_fail(err, JETON_E_LIMIT, "a user has at most %u roles", JD_ROLES_MAX);
}

static jeton_status change_roles(jd_conn *conn, void *args, jeton_err *err)
{
    const changing *asked = args;
    bool was_admin;
    JT_TRY(jd_sql_user_exists(conn, asked->id, err));
    JT_TRY(jd_sql_is_admin(conn, asked->id, &was_admin, err));
    JT_TRY(take_and_give(conn, asked, err));
    JT_TRY(check_count(conn, asked->id, err));
    return was_admin ? jd_sql_admin_left(conn, err) : JETON_OK;
}

static jeton_span list_change(const jd_role_change *change, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    for (size_t i = 0; i < change->give_count; i++)
        jd_audit_add(list, "+", change->give[i]);
    for (size_t i = 0; i < change->take_count; i++)
        jd_audit_add(list, "-", change->take[i]);
    return jeton_str(list);
}

jeton_status jd_store_user_roles(jd_store *store, const jd_id *id, const jd_role_change *change,
                                 jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("user.roles", jd_audit_id(id), list_change(change, list));
    changing args = {id, change};
    return jd_audit_end(jd_sql_write(store, change_roles, &args, err));
}

/* ---- roles and permissions ------------------------------------------------------------------- */

static jeton_status read_permissions(jd_conn *conn, jt_arena *arena, jd_role *role, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_ROLE_PERMISSIONS);
    jd_bind_text(&query, role->name);
    return read_texts(&query, arena, &role->permissions, &role->permission_count, err);
}

static jeton_status run_permissions(jd_conn *conn, jd_sql sql, const jd_role *role, jeton_err *err)
{
    for (size_t i = 0; i < role->permission_count; i++) {
        JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
        jd_bind_text(&query, role->name);
        jd_bind_text(&query, role->permissions[i]);
        JT_TRY(jd_query_run(&query, NULL, err));
    }
    return JETON_OK;
}

static jeton_status check_permissions(jd_conn *conn, const jd_role *role, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_role found = {.name = role->name};
    JT_TRY(read_permissions(conn, &arena, &found, err));
    return found.permission_count <= JD_PERMISSIONS_MAX
               ? JETON_OK
               : jt_fail(err, JETON_E_LIMIT, "a role has at most %u permissions",
                         JD_PERMISSIONS_MAX);
}

static jeton_status role_exists(jd_conn *conn, const jd_role *role, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_ROLE_GET);
    jd_bind_text(&query, role->name);
    return jd_query_row(&query) ? JETON_OK : jd_query_missing(&query, err, "there is no such role");
}

static jeton_status grant(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_role *role = args;
    JT_TRY(role_exists(conn, role, err));
    JT_TRY(run_permissions(conn, JD_SQL_ROLE_GRANT, role, err));
    return check_permissions(conn, role, err);
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_role *role = args;
    JT_TRY(run_text(conn, JD_SQL_ROLE_NEW, role->name, NULL, err));
    return grant(conn, args, err);
}

static jeton_status revoke(jd_conn *conn, void *args, jeton_err *err)
{
    JT_TRY(role_exists(conn, args, err));
    return run_permissions(conn, JD_SQL_ROLE_REVOKE, args, err);
}

static jeton_status drop(jd_conn *conn, void *args, jeton_err *err)
{
    const jeton_span *name = args;
    unsigned changed;
    JT_TRY(run_text(conn, JD_SQL_ROLE_EMPTY, *name, NULL, err));
    JT_TRY(run_text(conn, JD_SQL_ROLE_REMOVE, *name, &changed, err));
    return changed == 1 ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such role");
}

typedef struct listing {
    jt_arena *arena;
    jd_roles *roles;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_role)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_ROLE_LIST);
    while (jd_query_row(&query)) {
        jd_role *role = jd_rows_add(&rows, &query);
        if (role == NULL)
            break;
        role->name = jd_take_text(&query, asked->arena);
        role->users = (uint64_t)jd_take_int(&query);
        JT_TRY(jd_query_end(&query, err));
        JT_TRY(read_permissions(conn, asked->arena, role, err));
    }
    *asked->roles = (jd_roles){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_role_add(jd_store *store, const jd_role *role, jeton_err *err)
{
    jd_audit_note("role.add", role->name, jeton_str(NULL));
    jd_role args = *role;
    return jd_audit_end(jd_sql_write(store, add, &args, err));
}

jeton_status jd_store_role_list(jd_store *store, jt_arena *arena, jd_roles *roles, jeton_err *err)
{
    *roles = (jd_roles){0};
    listing args = {arena, roles};
    return jd_or_empty(jd_sql_read(store, list, &args, err), roles, sizeof *roles);
}

static jeton_span list_texts(const jeton_span *texts, size_t count, char list[JD_AUDIT_LIST])
{
    list[0] = '\0';
    for (size_t i = 0; i < count; i++)
        jd_audit_add(list, "", texts[i]);
    return jeton_str(list);
}

jeton_status jd_store_role_grant(jd_store *store, const jd_role *role, jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("role.grant", role->name,
                  list_texts(role->permissions, role->permission_count, list));
    jd_role args = *role;
    return jd_audit_end(jd_sql_write(store, grant, &args, err));
}

jeton_status jd_store_role_revoke(jd_store *store, const jd_role *role, jeton_err *err)
{
    char list[JD_AUDIT_LIST];
    jd_audit_note("role.revoke", role->name,
                  list_texts(role->permissions, role->permission_count, list));
    jd_role args = *role;
    return jd_audit_end(jd_sql_write(store, revoke, &args, err));
}

jeton_status jd_store_role_remove(jd_store *store, jeton_span name, jeton_err *err)
{
    if (jeton_span_equal(name, jeton_str(JD_ROLE_ADMIN)))
        return jt_fail(err, JETON_E_LAST_ADMIN, "the role " JD_ROLE_ADMIN " stays");
    jd_audit_note("role.remove", name, jeton_str(NULL));
    jeton_span args = name;
    return jd_audit_end(jd_sql_write(store, drop, &args, err));
}
