/* SPDX-License-Identifier: Apache-2.0 */
/* keys/jwk.c - JSON Web Keys (RFC 7517 §4): text to key and back. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/inside.h"
#include "keys/jwe.h"
#include "keys/x5c.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* A member that is text where it is there at all; absent gives the empty span. */
static jeton_status get_text(const jt_val *jwk, const char *name, jeton_span *text, jeton_err *err)
{
    const jt_val *val = jt_get(jwk, name);
    if (!jt_val_text(val, text) && val != NULL)
        return jt_fail(err, JETON_E_KEY, "%s is not a text", name);
    return JETON_OK;
}

static jeton_status find_alg(const jt_val *jwk, jeton_alg *alg, jeton_err *err)
{
    *alg = JETON_ALG_UNSET;
    jeton_span name;
    JT_TRY(get_text(jwk, "alg", &name, err));
    if (jt_get(jwk, "alg") == NULL)
        return JETON_OK;
    *alg = jeton_alg_find(name);
    if (*alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_UNSUPPORTED, "alg is unknown");
    return JETON_OK;
}

static jeton_status find_kty(const jt_val *jwk, jeton_alg alg, const jt_kty **kty, jeton_err *err)
{
    jeton_span name;
    jeton_span crv;
    JT_TRY(get_text(jwk, "kty", &name, err));
    JT_TRY(get_text(jwk, "crv", &crv, err));
    if (name.len == 0)
        return jt_fail(err, JETON_E_KEY, "kty is missing");
    *kty = jt_kty_find(name, crv, alg);
    if (*kty == NULL)
        return jt_fail(err, JETON_E_UNSUPPORTED, "kty, or its crv or alg, is unknown");
    if ((*kty)->crv != NULL && crv.len == 0)
        return jt_fail(err, JETON_E_KEY, "crv is missing");
    if ((*kty)->alg != JETON_ALG_UNSET && alg == JETON_ALG_UNSET) /* RFC 9964 §3 */
        return jt_fail(err, JETON_E_KEY, "alg is missing");
    return JETON_OK;
}

/* One base64url member, behind what *bytes holds already. There is room for it. */
static jeton_status read_number(const jt_val *jwk, const char *name, jt_buf *bytes,
                                jeton_span *number, jeton_err *err)
{
    *number = jeton_str(NULL);
    jeton_span chars;
    JT_TRY(get_text(jwk, name, &chars, err));
    if (jt_get(jwk, name) == NULL)
        return JETON_OK;
    uint8_t *to = bytes->ptr + bytes->len;
    if (chars.len == 0 || !jt_base64url_parse(chars, to))
        return jt_fail(err, JETON_E_KEY, "%s is empty or not canonical base64url", name);
    *number = jeton_bytes(to, jt_base64url_bytes(chars.len));
    bytes->len += number->len;
    return JETON_OK;
}

/* The numbers point into *bytes, so room is made for all before the first is read. */
static jeton_status read_numbers(const jt_val *jwk, const jt_kty *kty, jt_buf *bytes,
                                 jt_numbers *numbers, jeton_err *err)
{
    *numbers = (jt_numbers){0};
    const size_t count = jt_kty_count(kty);
    size_t room = 0;
    for (size_t i = 0; i < count; i++)
        room += jt_get_text(jwk, kty->members[i]).len; /* together no longer than the JSON text */
    JT_TRY(jt_buf_reserve(bytes, room, err));
    for (size_t i = 0; i < count; i++)
        JT_TRY(read_number(jwk, kty->members[i], bytes, &numbers->at[i], err));
    return JETON_OK;
}

static jeton_status read_material(jeton_key *key, const jt_val *jwk, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(key->ctx);
    jt_numbers numbers;
    /* RFC 7518 §6.3.2.7: who cannot use further primes must not use the key, and with two of them
     * the member must not be there, empty or not. */
    if (key->kty == jt_kty_of(JT_PKEY_RSA) && jt_get(jwk, "oth") != NULL)
        return jt_fail(err, JETON_E_KEY, "oth: keys of more than two primes are not read");
    JT_TRY(read_numbers(jwk, key->kty, &bytes, &numbers, err));
    return key->kty->import(key, &numbers, err);
}

/* RFC 7517 §4.3: an array of different texts. Operations that are not ours allow nothing here. */
static jeton_status read_key_ops(jeton_key *key, const jt_val *list, jeton_err *err)
{
    if (list == NULL)
        return JETON_OK;
    if (jt_kind_of(list) != JT_ARRAY)
        return jt_fail(err, JETON_E_KEY, "key_ops is not an array");
    key->has_key_ops = true;
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);) {
        jeton_span name;
        if (!jt_val_text(it.val, &name))
            return jt_fail(err, JETON_E_KEY, "key_ops holds something that is not a text");
        const unsigned op = jeton_span_equal(name, jeton_str("sign"))     ? 1U << JT_OP_SIGN
                            : jeton_span_equal(name, jeton_str("verify")) ? 1U << JT_OP_VERIFY
                                                                          : 0;
        if ((key->key_ops & op) != 0)
            return jt_fail(err, JETON_E_KEY, "key_ops names an operation twice");
        key->key_ops |= op;
    }
    return JETON_OK;
}

static jeton_status read_purpose(jeton_key *key, const jt_val *jwk, jeton_err *err)
{
    jeton_span kid;
    jeton_span use;
    JT_TRY(get_text(jwk, "kid", &kid, err));
    JT_TRY(get_text(jwk, "use", &use, err));
    if (use.len == 0 && jt_get(jwk, "use") != NULL)
        return jt_fail(err, JETON_E_KEY, "use is empty");
    JT_TRY(jt_key_set_kid(key, kid, err));
    JT_TRY(jt_key_set_use(key, use, err));
    return read_key_ops(key, jt_get(jwk, "key_ops"), err);
}

jeton_status jt_key_from_val(const jeton_ctx *ctx, const jt_val *jwk, jeton_key **key,
                             jeton_err *err)
{
    *key = NULL;
    if (jt_kind_of(jwk) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "a JWK is a JSON object");
    const jt_kty *kty = NULL;
    jeton_alg alg;
    JT_TRY(find_alg(jwk, &alg, err));
    JT_TRY(find_kty(jwk, alg, &kty, err));

    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(ctx, kty, &made, err));
    JT_TRY(read_material(made, jwk, err));
    JT_TRY(read_purpose(made, jwk, err));
    JT_TRY(jt_x5c_read(made, jwk, err));
    JT_TRY(jt_key_bind(made, alg, err));
    *key = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jeton_key_parse(const jeton_ctx *ctx, jeton_span json, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jt_jwe_parse_plain(ctx, json, &doc, err));
    return jt_key_from_val(ctx, jt_json_root(doc), key, err);
}

/* RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2, RFC 9964 §3. Whatever the type: a member that would
 * be ignored is a private key that somebody did not mean to send. */
jeton_status jt_key_check_public(const jt_val *jwk, jeton_err *err)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"};
    for (size_t i = 0; i < JT_COUNT(names); i++)
        if (jt_get(jwk, names[i]) != NULL)
            return jt_fail(err, JETON_E_KEY, "%s is private, and a public key is expected",
                           names[i]);
    return JETON_OK;
}

jeton_status jeton_key_parse_public(const jeton_ctx *ctx, jeton_span json, jeton_key **key,
                                    jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jt_jwe_parse_plain(ctx, json, &doc, err));
    JT_TRY(jt_key_check_public(jt_json_root(doc), err));
    return jt_key_from_val(ctx, jt_json_root(doc), key, err);
}

/* ---- printing ------------------------------------------------------------------------------- */

static jeton_status put_number(jt_tree *tree, jt_node *node, const char *name, jeton_span number,
                               jt_buf *chars, jeton_err *err)
{
    const size_t len = jt_base64url_chars(number.len);
    JT_TRY(jt_buf_reserve(chars, len, err));
    jt_base64url_print(number, (char *)chars->ptr);
    jt_put_text(tree, node, name, jeton_bytes(chars->ptr, len));
    return JETON_OK;
}

static jeton_status put_numbers(const jeton_key *key, jeton_key_part part, jt_tree *tree,
                                jt_node *node, jeton_err *err)
{
    const jt_kty *kty = key->kty;
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(key->ctx);
    JT_AUTO(jt_buf_done) jt_buf chars = jt_buf_init(key->ctx);
    jt_numbers numbers;
    JT_TRY(kty->export(key, &bytes, &numbers, err));
    const size_t count = part == JETON_KEY_PUBLIC ? kty->public_count : jt_kty_count(kty);
    for (size_t i = 0; i < count; i++)
        JT_TRY(put_number(tree, node, kty->members[i], numbers.at[i], &chars, err));
    return JETON_OK;
}

/* Of a pair that may sign, the public half verifies. */
static void put_key_ops(const jeton_key *key, jeton_key_part part, jt_tree *tree, jt_node *node)
{
    if (!key->has_key_ops)
        return;
    jt_node *list = jt_tree_array(tree);
    const bool can_sign = (key->key_ops & 1U << JT_OP_SIGN) != 0;
    const bool can_verify = (key->key_ops & 1U << JT_OP_VERIFY) != 0;
    if (can_sign && part == JETON_KEY_PRIVATE)
        jt_add_text(tree, list, jeton_str("sign"));
    if (can_verify || (can_sign && part == JETON_KEY_PUBLIC))
        jt_add_text(tree, list, jeton_str("verify"));
    jt_put_node(tree, node, "key_ops", list);
}

static void put_purpose(const jeton_key *key, jeton_key_part part, jt_tree *tree, jt_node *node)
{
    jt_put_text(tree, node, "kty", jeton_str(key->kty->name));
    if (key->kid != NULL)
        jt_put_text(tree, node, "kid", jeton_text_span(key->kid));
    if (key->use != NULL)
        jt_put_text(tree, node, "use", jeton_text_span(key->use));
    put_key_ops(key, part, tree, node);
    if (key->alg != JETON_ALG_UNSET)
        jt_put_text(tree, node, "alg", jeton_str(jeton_alg_name(key->alg)));
    if (key->kty->crv != NULL)
        jt_put_text(tree, node, "crv", jeton_str(key->kty->crv));
    jt_x5c_put(key, tree, node);
}

jeton_status jt_key_to_node(const jeton_key *key, jeton_key_part part, jt_tree *tree,
                            jt_node **node, jeton_err *err)
{
    *node = NULL;
    if (part == JETON_KEY_PUBLIC && key->kty->public_count == 0)
        return jt_fail(err, JETON_E_KEY_USE, "a secret has no public part");
    if (part == JETON_KEY_PRIVATE && !jeton_key_is_private(key))
        return jt_fail(err, JETON_E_KEY_USE, "no private part to print");
    jt_node *made = jt_tree_object(tree);
    put_purpose(key, part, tree, made);
    JT_TRY(put_numbers(key, part, tree, made, err));
    *node = made;
    return JETON_OK;
}

jeton_status jeton_key_print(const jeton_key *key, jeton_key_part part, jeton_text **text,
                             jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    jt_node *node = NULL;
    JT_TRY(jt_tree_new(key->ctx, &tree, err));
    JT_TRY(jt_key_to_node(key, part, tree, &node, err));
    JT_TRY(jt_tree_print(tree, node, JT_COMPACT, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), text, err);
}
