/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_metadata.c - GET /.well-known/oauth-authorization-server (RFC 8414): what there is, and
 * nothing that there is not. The same at /.well-known/openid-configuration, where many clients and
 * frameworks look first or only (RFC 8414 §5): it has their jwks_uri and token_endpoint, and no
 * authorization_endpoint, which says that nobody signs in by OpenID Connect here. */
#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "oauth/token.h"

#include <stdio.h>

static const struct {
    const char *member, *path;
} places[] = {
    {"token_endpoint", "/token"},
    {"introspection_endpoint", "/introspect"},
    {"revocation_endpoint", "/revoke"},
    {"jwks_uri", "/.well-known/jwks.json"},
    {"status_list_aggregation_endpoint", "/statuslists"},
};

static const char *const any_method[] = {"client_secret_basic", "client_secret_post", "none", NULL};
static const char *const with_secret[] = {"client_secret_basic", "client_secret_post", NULL};
static const char *const nothing[] = {NULL};

static void put_list(jt_tree *tree, jt_node *to, const char *name, const char *const *texts)
{
    jt_node *list = jt_tree_array(tree);
    for (; *texts != NULL; texts++)
        jt_add_text(tree, list, jeton_str(*texts));
    jt_put_node(tree, to, name, list);
}

static void put_places(jt_tree *tree, jt_node *to, jeton_span issuer)
{
    if (issuer.len > 0 && issuer.ptr[issuer.len - 1] == '/')
        issuer.len--;
    for (size_t i = 0; i < JT_COUNT(places); i++) {
        char url[JD_CONFIG_TEXT + 64];
        (void)snprintf(url, sizeof url, "%.*s%s", (int)issuer.len, (const char *)issuer.ptr,
                       places[i].path);
        jt_put_text(tree, to, places[i].member, jeton_str(url));
    }
}

static jeton_status metadata(jd_call *call, jeton_err *err)
{
    const jeton_span issuer = jeton_str(call->app->accounts->issuer);
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jt_put_text(tree, answer, "issuer", issuer);
    put_places(tree, answer, issuer);
    put_list(tree, answer, "grant_types_supported", jd_grant_names());
    put_list(tree, answer, "response_types_supported", nothing); /* no authorization endpoint */
    put_list(tree, answer, "token_endpoint_auth_methods_supported", any_method);
    put_list(tree, answer, "introspection_endpoint_auth_methods_supported", with_secret);
    put_list(tree, answer, "revocation_endpoint_auth_methods_supported", any_method);
    jd_call_header(call, "Cache-Control", "public, max-age=300");
    return jd_call_answer(call, 200, tree, answer, err);
}

const jd_step jd_ep_metadata[] = {
    {JD_ON_LOOP, metadata},
    {.run = NULL},
};
