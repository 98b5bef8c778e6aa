/* SPDX-License-Identifier: Apache-2.0 */
/* admin/clients.c - the operations on clients. */
#include "accounts/client.h"

#include "accounts/key.h"
#include "admin/operations.h"
#include "admin/signing_secret.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "store/clients.h"

#define CLIENTS_USUAL 20U /* with 1 KiB of scopes each they fit a line of the control socket */
#define CLIENTS_MOST  500U
#define USUAL_GRANTS  "password refresh_token"

static bool is_shared(const jd_client *client)
{
    return jeton_span_equal(client->alg, jeton_str("HS256"));
}

/* ---- results -------------------------------------------------------------------------------- */

static void put_secret(const jd_task *task, char secret[JD_CLIENT_SECRET_CHARS + 1])
{
    if (secret[0] != '\0')
        jt_put_text(task->tree, task->result, "client_secret", jeton_str(secret));
    jt_wipe(secret, JD_CLIENT_SECRET_CHARS + 1);
}

static void put_client(jt_tree *tree, jt_node *object, const jd_client *client)
{
    jt_put_text(tree, object, "client_id", client->id);
    jt_put_text(tree, object, "name", client->name);
    jt_put_bool(tree, object, "public", jd_client_is_public(client));
    jt_put_text(tree, object, "audience", client->audience);
    jt_put_text(tree, object, "scopes", client->scopes);
    jt_put_text(tree, object, "grants", client->grants);
    jt_put_int(tree, object, "access_ttl", client->access_ttl);
    jt_put_int(tree, object, "refresh_ttl", client->refresh_ttl);
    jt_put_int(tree, object, "session_ttl", client->session_ttl);
    jt_put_text(tree, object, "alg", client->alg);
    jt_put_bool(tree, object, "disabled", client->disabled);
    jt_put_int(tree, object, "created", client->created / 1000);
}

static jeton_status show(const jd_task *task, jeton_err *err)
{
    jd_client client;
    JT_TRY(jd_client_get(task->accounts, jd_task_text(task, "id"), task->arena, &client, err));
    put_client(task->tree, task->result, &client);
    return JETON_OK;
}

static jeton_status client_show(jd_task *task, jeton_err *err)
{
    return show(task, err);
}

static jeton_status client_list(jd_task *task, jeton_err *err)
{
    size_t most;
    jd_client_list clients;
    JT_TRY(jd_task_limit(task, CLIENTS_USUAL, CLIENTS_MOST, &most, err));
    JT_TRY(jd_store_client_list(task->accounts->store, jd_task_text(task, "after"), most,
                                task->arena, &clients, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < clients.count; i++) {
        jt_node *client = jt_tree_object(task->tree);
        put_client(task->tree, client, &clients.at[i]);
        jt_add_node(task->tree, list, client);
    }
    jt_put_node(task->tree, task->result, "clients", list);
    if (clients.count == most)
        jt_put_text(task->tree, task->result, "next", clients.at[clients.count - 1].id);
    return JETON_OK;
}

/* ---- add and change ------------------------------------------------------------------------- */

/* What is given takes the place of what is there. */
static void read_changes(const jd_task *task, jd_client *client)
{
    const struct {
        const char *name;
        jeton_span *to;
    } texts[] = {{"name", &client->name},
                 {"audience", &client->audience},
                 {"scopes", &client->scopes},
                 {"grants", &client->grants},
                 {"alg", &client->alg}};
    const struct {
        const char *name;
        int64_t *to;
    } lives[] = {{"access_ttl", &client->access_ttl},
                 {"refresh_ttl", &client->refresh_ttl},
                 {"session_ttl", &client->session_ttl}};
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        if (jd_task_has(task, texts[i].name))
            *texts[i].to = jd_task_text(task, texts[i].name);
    for (size_t i = 0; i < JT_COUNT(lives); i++)
        if (jd_task_has(task, lives[i].name))
            *lives[i].to = jd_task_number(task, lives[i].name);
}

static jeton_status client_add(jd_task *task, jeton_err *err)
{
    char id[JD_CLIENT_ID_MAX + 1];
    char secret[JD_CLIENT_SECRET_CHARS + 1];
    JT_AUTO(jt_secret_done) jt_secret signing = {0};
    jd_client client = {.id = jd_task_text(task, "id"), .grants = jeton_str(USUAL_GRANTS)};
    read_changes(task, &client);
    if (is_shared(&client) || jd_task_has(task, "signing_secret"))
        JT_TRY(jd_task_signing_secret(task, &signing, err));
    JT_TRY(jd_client_add(task->accounts, &client, jd_task_bool(task, "public"),
                         jt_secret_span(&signing), id, secret, err));
    jt_put_text(task->tree, task->result, "client_id", jeton_str(id));
    put_secret(task, secret);
    return JETON_OK;
}

static bool changes_more(const jd_task *task)
{
    const size_t others = jd_task_has(task, "disabled") ? 2 : 1; /* and the id */
    return jt_val_count(task->arguments) > others;
}

static jeton_status change(const jd_task *task, const jd_client *was, jeton_err *err)
{
    jd_client becomes = *was;
    JT_AUTO(jt_secret_done) jt_secret signing = {0};
    read_changes(task, &becomes);
    if (jd_task_has(task, "signing_secret") || (is_shared(&becomes) && !is_shared(was)))
        JT_TRY(jd_task_signing_secret(task, &signing, err));
    return jd_client_change(task->accounts, was, &becomes, jt_secret_span(&signing), err);
}

/* To disable and to enable cannot be refused once the client is there, so they come last. */
static jeton_status client_set(jd_task *task, jeton_err *err)
{
    jd_client was;
    JT_TRY(jd_client_get(task->accounts, jd_task_text(task, "id"), task->arena, &was, err));
    if (!changes_more(task) && !jd_task_has(task, "disabled"))
        return jt_fail(err, JETON_E_REQUEST, "say what to change");
    if (changes_more(task))
        JT_TRY(change(task, &was, err));
    if (jd_task_bool(task, "disabled"))
        JT_TRY(jd_client_disable(task->accounts, was.id, err));
    else if (jd_task_has(task, "disabled"))
        JT_TRY(jd_client_enable(task->accounts, was.id, err));
    return show(task, err);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static jeton_status client_secret(jd_task *task, jeton_err *err)
{
    char secret[JD_CLIENT_SECRET_CHARS + 1];
    const jeton_span id = jd_task_text(task, "id");
    JT_TRY(jd_client_new_secret(task->accounts, id, secret, err));
    jt_put_text(task->tree, task->result, "client_id", id);
    put_secret(task, secret);
    return JETON_OK;
}

static jeton_status client_signing(jd_task *task, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret secret = {0};
    const jeton_span id = jd_task_text(task, "id");
    JT_TRY(jd_task_signing_secret(task, &secret, err));
    JT_TRY(jd_key_set_secret(task->accounts, id, jt_secret_span(&secret), err));
    jt_put_text(task->tree, task->result, "client_id", id);
    return JETON_OK;
}

typedef jeton_status by_id_fn(jd_accounts *accounts, jeton_span id, jeton_err *err);

static jeton_status by_id(jd_task *task, by_id_fn *run, jeton_err *err)
{
    const jeton_span id = jd_task_text(task, "id");
    JT_TRY(run(task->accounts, id, err));
    jt_put_text(task->tree, task->result, "client_id", id);
    return JETON_OK;
}

static jeton_status client_disable(jd_task *task, jeton_err *err)
{
    return by_id(task, jd_client_disable, err);
}

static jeton_status client_enable(jd_task *task, jeton_err *err)
{
    return by_id(task, jd_client_enable, err);
}

static jeton_status client_remove(jd_task *task, jeton_err *err)
{
    return by_id(task, jd_client_remove, err);
}

/* ---- the rows ------------------------------------------------------------------------------- */

#define CHANGING                                                                                   \
    {"name", JT_TEXT, false}, {"audience", JT_TEXT, false}, {"scopes", JT_TEXT, false},            \
        {"grants", JT_TEXT, false}, {"access_ttl", JT_NUMBER, false},                              \
        {"refresh_ttl", JT_NUMBER, false}, {"session_ttl", JT_NUMBER, false},                      \
        {"alg", JT_TEXT, false},                                                                   \
    {                                                                                              \
        "signing_secret", JT_TEXT, false                                                           \
    }

const jd_operation jd_client_operations[] = {
    /* → {"clients":[…],"next"}, in the order of their ids */
    {.name = "client.list",
     .arguments = {{"after", JT_TEXT, false}, {"limit", JT_NUMBER, false}},
     .run = client_list,
     .method = "GET",
     .path = "/admin/clients",
     .status = 200},
    /* → {"client_id","client_secret","signing_secret"}: the secrets are told this once */
    {.name = "client.add",
     .arguments = {{"id", JT_TEXT, false}, {"public", JT_BOOL, false}, CHANGING},
     .run = client_add,
     .method = "POST",
     .path = "/admin/clients",
     .status = 201,
     .fresh = true},
    {.name = "client.show",
     .arguments = {{"id", JT_TEXT, true}},
     .run = client_show,
     .method = "GET",
     .path = "/admin/clients/{id}",
     .status = 200},
    /* → the client, and "signing_secret" when one was made for HS256 */
    {.name = "client.set",
     .arguments = {{"id", JT_TEXT, true}, {"disabled", JT_BOOL, false}, CHANGING},
     .run = client_set,
     .method = "PATCH",
     .path = "/admin/clients/{id}",
     .status = 200,
     .fresh = true},
    {.name = "client.remove",
     .arguments = {{"id", JT_TEXT, true}},
     .run = client_remove,
     .method = "DELETE",
     .path = "/admin/clients/{id}",
     .status = 204,
     .fresh = true},
    /* → {"client_id","client_secret"} */
    {.name = "client.secret",
     .arguments = {{"id", JT_TEXT, true}},
     .run = client_secret,
     .method = "POST",
     .path = "/admin/clients/{id}/secret",
     .status = 200,
     .fresh = true},
    /* → {"client_id","signing_secret"}, the latter when none was given */
    {.name = "client.signing_secret",
     .arguments = {{"id", JT_TEXT, true}, {"signing_secret", JT_TEXT, false}},
     .run = client_signing,
     .method = "POST",
     .path = "/admin/clients/{id}/signing-secret",
     .status = 200,
     .fresh = true},
    /* → {"client_id"}; over HTTP these two are client.set */
    {.name = "client.disable", .arguments = {{"id", JT_TEXT, true}}, .run = client_disable},
    {.name = "client.enable", .arguments = {{"id", JT_TEXT, true}}, .run = client_enable},
    {.name = NULL},
};
