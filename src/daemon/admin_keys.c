/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_keys.c - the operations on signing keys. */
#include "accounts/key.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

#define KEYS_AT_ONCE 200U /* they fit a line of the control socket; the last ones count */
#define RANDOM_BYTES 32U

/* ---- secrets -------------------------------------------------------------------------------- */

/* The text is the secret: others take it as it stands in their settings. */
static jeton_status make_text(jt_secret *text, jeton_err *err)
{
    uint8_t random[RANDOM_BYTES];
    JT_TRY(jt_secret_new(NULL, jt_base64url_chars(RANDOM_BYTES), text, err));
    const jeton_status status = jt_random(NULL, random, sizeof random, err);
    jt_base64url_print(jeton_bytes(random, sizeof random), (char *)text->ptr);
    jt_wipe(random, sizeof random);
    return status;
}

jeton_status jd_admin_signing_secret(const jt_val *arguments, const char *name, jt_tree *tree,
                                     jt_node *result, jt_secret *secret, jeton_err *err)
{
    jeton_span given;
    *secret = (jt_secret){0};
    if (jt_get(arguments, name) == NULL) {
        JT_TRY(make_text(secret, err));
        jt_put_text(tree, result, name, jt_secret_span(secret));
        return JETON_OK;
    }
    JT_TRY(jd_admin_text(arguments, name, &given, err));
    if (given.len == 0)
        return jt_fail(err, JETON_E_REQUEST, "%s is empty", name);
    JT_TRY(jt_secret_new(NULL, jt_base64url_bytes(given.len), secret, err));
    if (jt_base64url_parse(given, secret->ptr))
        return JETON_OK;
    jt_secret_done(secret);
    return jt_fail(err, JETON_E_REQUEST, "%s is not base64url", name);
}

/* {"client","signing_secret"}, the latter optional → {"client","signing_secret"} */
jeton_status jd_admin_key_secret(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    jeton_span client;
    JT_AUTO(jt_secret_done) jt_secret secret = {0};
    JT_TRY(jd_admin_text(arguments, "client", &client, err));
    JT_TRY(jd_admin_signing_secret(arguments, "signing_secret", tree, result, &secret, err));
    JT_TRY(jd_key_set_secret(accounts, client, jt_secret_span(&secret), err));
    jt_put_text(tree, result, "client", client);
    return JETON_OK;
}

/* ---- the life of keys ----------------------------------------------------------------------- */

static void put_time(jt_tree *tree, jt_node *object, const char *name, jeton_time time)
{
    if (time != 0)
        jt_put_int(tree, object, name, time / 1000);
}

static void put_key(jt_tree *tree, jt_node *list, const jd_stored_key *key)
{
    jt_node *object = jt_tree_object(tree);
    jt_put_text(tree, object, "kid", key->kid);
    jt_put_text(tree, object, "alg", key->alg);
    jt_put_text(tree, object, "state", key->state);
    if (key->client.len > 0)
        jt_put_text(tree, object, "client", key->client);
    put_time(tree, object, "created", key->created);
    put_time(tree, object, "since", key->since);
    if (jeton_span_equal(key->state, jeton_str("next")))
        put_time(tree, object, "ready", key->ready);
    put_time(tree, object, "until", key->until);
    jt_add_node(tree, list, object);
}

/* {} → {"keys":[…]}, oldest first; of very many the last */
jeton_status jd_admin_key_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                               jt_node *result, jeton_err *err)
{
    (void)arguments;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_stored_keys keys;
    JT_TRY(jd_signer_list(accounts->signer, &arena, &keys, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = keys.count > KEYS_AT_ONCE ? keys.count - KEYS_AT_ONCE : 0; i < keys.count; i++)
        put_key(tree, list, &keys.at[i]);
    jt_put_node(tree, result, "keys", list);
    return JETON_OK;
}

/* {"alg"}, optional → {"kid","signs_from"} */
jeton_status jd_admin_key_rotate(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    jd_key_news news;
    JT_TRY(jd_signer_rotate(accounts->signer, jt_get_text(arguments, "alg"), &news, err));
    jt_put_text(tree, result, "kid", jeton_str(news.kid));
    jt_put_int(tree, result, "signs_from", news.signs_from / 1000);
    jt_put_bool(tree, result, "signs", news.signs_from <= jt_now(NULL));
    return JETON_OK;
}

/* {"kid"} → {"kid"} */
jeton_status jd_admin_key_withdraw(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                   jt_node *result, jeton_err *err)
{
    jeton_span kid;
    JT_TRY(jd_admin_text(arguments, "kid", &kid, err));
    JT_TRY(jd_key_withdraw(accounts, kid, err));
    jt_put_text(tree, result, "kid", kid);
    return JETON_OK;
}
