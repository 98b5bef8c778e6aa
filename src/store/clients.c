/* SPDX-License-Identifier: Apache-2.0 */
/* store/clients.c - clients: added, listed, disabled, removed. */
#include "store/clients.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

/* --- reading -------------------------------------------------------------------------------- */

static void read_row(jd_query *query, jt_arena *arena, jd_client *client)
{
    client->id = jd_take_text(query, arena);
    client->name = jd_take_text(query, arena);
    client->secret = jd_take_blob(query, arena);
    client->audience = jd_take_text(query, arena);
    client->scopes = jd_take_text(query, arena);
    client->grants = jd_take_text(query, arena);
    client->access_ttl = jd_take_int(query);
    client->refresh_ttl = jd_take_int(query);
    client->session_ttl = jd_take_int(query);
    client->disabled = jd_take_int(query) != 0;
    client->created = jd_take_int(query);
    client->alg = jd_take_text(query, arena);
}

typedef struct listing {
    jeton_span after;
    size_t most;
    jt_arena *arena;
    jd_client_list *clients;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_client)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_CLIENT_LIST);
    jd_bind_text(&query, asked->after);
    jd_bind_count(&query, asked->most);
    while (jd_query_row(&query)) {
        jd_client *client = jd_rows_add(&rows, &query);
        if (client != NULL)
            read_row(&query, asked->arena, client);
    }
    *asked->clients = (jd_client_list){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_client_list(jd_store *store, jeton_span after, size_t most, jt_arena *arena,
                                  jd_client_list *clients, jeton_err *err)
{
    *clients = (jd_client_list){0};
    listing args = {after, most, arena, clients};
    return jd_or_empty(jd_sql_read(store, list, &args, err), clients, sizeof *clients);
}

/* --- changing ------------------------------------------------------------------------------- */

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_client *client = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_CLIENT_ADD);
    jd_bind_text(&query, client->id);
    jd_bind_text(&query, client->name);
    jd_bind_blob(&query, client->secret);
    jd_bind_text(&query, client->audience);
    jd_bind_text(&query, client->scopes);
    jd_bind_text(&query, client->grants);
    jd_bind_int(&query, client->access_ttl);
    jd_bind_int(&query, client->refresh_ttl);
    jd_bind_int(&query, client->session_ttl);
    jd_bind_int(&query, client->disabled);
    jd_bind_int(&query, client->created);
    jd_bind_text(&query, client->alg);
    JT_TRY(jd_query_run(&query, NULL, err));
    return jd_sql_notice(conn, JT_NOTICE_CLIENTS, NULL, err);
}

jeton_status jd_store_client_add(jd_store *store, const jd_client *client, jeton_err *err)
{
    jd_audit_note("client.add", client->id, client->scopes);
    jd_client args = *client;
    return jd_audit_end(jd_sql_write(store, add, &args, err));
}

/* Ends a statement that changes the one row of a client. */
static jeton_status change(jd_query *query, jeton_err *err)
{
    unsigned changed;
    JT_TRY(jd_query_run(query, &changed, err));
    return changed == 1 ? jd_sql_notice(query->conn, JT_NOTICE_CLIENTS, NULL, err)
                        : jt_fail(err, JETON_E_NOT_FOUND, "there is no such client");
}

/* What may change, in the order of the statement. */
static void bind_changing(jd_query *query, const jd_client *client)
{
    jd_bind_text(query, client->name);
    jd_bind_text(query, client->audience);
    jd_bind_text(query, client->scopes);
    jd_bind_text(query, client->grants);
    jd_bind_int(query, client->access_ttl);
    jd_bind_int(query, client->refresh_ttl);
    jd_bind_int(query, client->session_ttl);
    jd_bind_text(query, client->alg);
}

typedef struct changing {
    const jd_client *was, *becomes;
} changing;

static jeton_status change_all(jd_conn *conn, void *args, jeton_err *err)
{
    const changing *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_CLIENT_CHANGE);
    bind_changing(&query, asked->becomes);
    jd_bind_text(&query, asked->was->id);
    bind_changing(&query, asked->was);
    return change(&query, err);
}

jeton_status jd_store_client_change(jd_store *store, const jd_client *was, const jd_client *becomes,
                                    jeton_err *err)
{
    jd_audit_note("client.change", was->id, jeton_str(NULL));
    changing args = {was, becomes};
    return jd_audit_end(jd_sql_write(store, change_all, &args, err));
}

typedef struct secret {
    jeton_span id, hash;
} secret;

static jeton_status set_secret(jd_conn *conn, void *args, jeton_err *err)
{
    const secret *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_CLIENT_SECRET);
    jd_bind_blob(&query, asked->hash);
    jd_bind_text(&query, asked->id);
    return change(&query, err);
}

jeton_status jd_store_client_set_secret(jd_store *store, jeton_span id, jeton_span hash,
                                        jeton_err *err)
{
    jd_audit_note("client.secret", id, jeton_str(NULL));
    secret args = {id, hash};
    return jd_audit_end(jd_sql_write(store, set_secret, &args, err));
}

typedef struct ending {
    jd_sql sql; /* what becomes of the row */
    const jd_revoking *revoking;
    jt_revocation *entry;
} ending;

static jeton_status end(jd_conn *conn, void *args, jeton_err *err)
{
    const ending *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, asked->sql);
    jd_bind_text(&query, asked->revoking->client);
    JT_TRY(change(&query, err));
    return jd_sql_revoke_piece(conn, asked->revoking, asked->entry, err);
}

jeton_status jd_store_client_disable(jd_store *store, const jd_revoking *revoking,
                                     jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("client.disable", revoking->client, jeton_str(NULL));
    ending args = {JD_SQL_CLIENT_DISABLE, revoking, entry};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, end, &args, err)), entry, sizeof *entry);
}

jeton_status jd_store_client_remove(jd_store *store, const jd_revoking *revoking,
                                    jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jd_audit_note("client.remove", revoking->client, jeton_str(NULL));
    ending args = {JD_SQL_CLIENT_REMOVE, revoking, entry};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, end, &args, err)), entry, sizeof *entry);
}

static jeton_status enable(jd_conn *conn, void *args, jeton_err *err)
{
    const jeton_span *id = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_CLIENT_ENABLE);
    jd_bind_text(&query, *id);
    return change(&query, err);
}

jeton_status jd_store_client_enable(jd_store *store, jeton_span id, jeton_err *err)
{
    jd_audit_note("client.enable", id, jeton_str(NULL));
    return jd_audit_end(jd_sql_write(store, enable, &id, err));
}
