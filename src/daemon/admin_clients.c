/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_clients.c - the operations on clients, and revoking by name. */
#include "accounts/client.h"
#include "accounts/revoke.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "daemon/admin_operations.h"

#define CLIENTS_AT_ONCE 20U /* with 1 KiB of scopes each they fit a line of the control socket */

static void put_secret(jt_tree *tree, jt_node *result, char secret[JD_CLIENT_SECRET_CHARS + 1])
{
    if (secret[0] != '\0')
        jt_put_text(tree, result, "client_secret", jeton_str(secret));
    jt_wipe(secret, JD_CLIENT_SECRET_CHARS + 1);
}

static jeton_status read_number(const jt_val *arguments, const char *name, int64_t *to,
                                jeton_err *err)
{
    const jt_val *val = jt_get(arguments, name);
    *to = 0;
    if (val == NULL || (jt_val_int(val, to) && *to >= 0))
        return JETON_OK;
    return jt_fail(err, JETON_E_REQUEST, "%s is not a number of seconds", name);
}

/* {"id","name","audience","scopes","grants","access_ttl","refresh_ttl","session_ttl","public","alg",
 * "signing_secret"}, all but grants optional → {"client_id","client_secret","signing_secret"} */
jeton_status jd_admin_client_add(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    char id[JD_CLIENT_ID_MAX + 1];
    char secret[JD_CLIENT_SECRET_CHARS + 1];
    bool public = false;
    jd_client client = {.id = jt_get_text(arguments, "id"),
                        .name = jt_get_text(arguments, "name"),
                        .audience = jt_get_text(arguments, "audience"),
                        .scopes = jt_get_text(arguments, "scopes"),
                        .grants = jt_get_text(arguments, "grants"),
                        .alg = jt_get_text(arguments, "alg")};
    JT_AUTO(jt_secret_done) jt_secret signing = {0};
    (void)jt_val_bool(jt_get(arguments, "public"), &public);
    JT_TRY(read_number(arguments, "access_ttl", &client.access_ttl, err));
    JT_TRY(read_number(arguments, "refresh_ttl", &client.refresh_ttl, err));
    JT_TRY(read_number(arguments, "session_ttl", &client.session_ttl, err));
    if (jeton_span_equal(client.alg, jeton_str("HS256")) ||
        jt_get(arguments, "signing_secret") != NULL)
        JT_TRY(jd_admin_signing_secret(arguments, "signing_secret", tree, result, &signing, err));
    JT_TRY(jd_client_add(accounts, &client, public, jt_secret_span(&signing), id, secret, err));
    jt_put_text(tree, result, "client_id", jeton_str(id));
    put_secret(tree, result, secret);
    return JETON_OK;
}

static void put_client(jt_tree *tree, jt_node *list, const jd_client *client)
{
    jt_node *object = jt_tree_object(tree);
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
    jt_add_node(tree, list, object);
}

/* {"after":ID} → {"clients":[…],"more"} */
jeton_status jd_admin_client_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_client_list clients;
    JT_TRY(jd_store_client_list(accounts->store, jt_get_text(arguments, "after"), CLIENTS_AT_ONCE,
                                &arena, &clients, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < clients.count; i++)
        put_client(tree, list, &clients.at[i]);
    jt_put_node(tree, result, "clients", list);
    jt_put_bool(tree, result, "more", clients.count == CLIENTS_AT_ONCE);
    return JETON_OK;
}

/* {"id"} → {"client_id","client_secret"} */
jeton_status jd_admin_client_secret(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                    jt_node *result, jeton_err *err)
{
    char secret[JD_CLIENT_SECRET_CHARS + 1];
    jeton_span id;
    JT_TRY(jd_admin_text(arguments, "id", &id, err));
    JT_TRY(jd_client_new_secret(accounts, id, secret, err));
    jt_put_text(tree, result, "client_id", id);
    put_secret(tree, result, secret);
    return JETON_OK;
}

static jeton_status by_id(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                          jt_node *result,
                          jeton_status (*run)(jd_accounts *accounts, jeton_span id, jeton_err *err),
                          jeton_err *err)
{
    jeton_span id;
    JT_TRY(jd_admin_text(arguments, "id", &id, err));
    JT_TRY(run(accounts, id, err));
    jt_put_text(tree, result, "client_id", id);
    return JETON_OK;
}

/* {"id"} → {"client_id"} */
jeton_status jd_admin_client_disable(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                     jt_node *result, jeton_err *err)
{
    return by_id(accounts, arguments, tree, result, jd_client_disable, err);
}

jeton_status jd_admin_client_enable(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                    jt_node *result, jeton_err *err)
{
    return by_id(accounts, arguments, tree, result, jd_client_enable, err);
}

jeton_status jd_admin_client_remove(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                    jt_node *result, jeton_err *err)
{
    return by_id(accounts, arguments, tree, result, jd_client_remove, err);
}

/* {"what","name"} → {} */
jeton_status jd_admin_revoke(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                             jt_node *result, jeton_err *err)
{
    jeton_span what;
    JT_TRY(jd_admin_text(arguments, "what", &what, err));
    JT_TRY(jd_revoke_by_word(accounts, what, jt_get_text(arguments, "name"), err));
    jt_put_text(tree, result, "what", what);
    return JETON_OK;
}
