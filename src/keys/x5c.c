/* SPDX-License-Identifier: Apache-2.0 */
/* keys/x5c.c - certificates of a key: read, matched with it, printed again. */
#include "keys/x5c.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/der.h"

#define DIGEST_LEN   32U
#define DIGEST_CHARS 43U

/* ---- base64 --------------------------------------------------------------------------------- */

/* One character of base64 as the same one of base64url; '\0' for what is none. */
static char url_of(uint8_t c)
{
    switch (c) {
    case '+': return '-';
    case '/': return '_';
    case '-':
    case '_': return '\0';
    default: return (char)c;
    }
}

/* RFC 7517 §4.7: base64 with padding (RFC 4648 §4). Without that and with the two other letters it
 * is base64url, and so canonical or refused. */
static bool parse_base64(jeton_span text, char *chars, uint8_t *to, size_t *len)
{
    if (text.len == 0 || text.len % 4 != 0)
        return false;
    size_t count = text.len;
    for (size_t i = 0; i < 2 && text.ptr[count - 1] == '='; i++)
        count--;
    for (size_t i = 0; i < count; i++)
        chars[i] = url_of(text.ptr[i]);
    *len = jt_base64url_bytes(count);
    return jt_base64url_parse(jeton_bytes(chars, count), to);
}

/* The bytes come to stand behind the characters. */
static jeton_status decode(jeton_span text, jt_buf *room, jeton_span *der, jeton_err *err)
{
    if (text.len > (JT_LIMIT_CERTIFICATE + 2) / 3 * 4)
        return jt_fail(err, JETON_E_LIMIT, "certificate in x5c longer than %zu bytes",
                       JT_LIMIT_CERTIFICATE);
    JT_TRY(jt_buf_reserve(room, 2 * text.len, err));
    uint8_t *to = room->ptr + text.len;
    size_t len = 0;
    if (!parse_base64(text, (char *)room->ptr, to, &len))
        return jt_fail(err, JETON_E_KEY, "x5c holds something that is not base64");
    *der = jeton_bytes(to, len);
    return JETON_OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

static jeton_status keep_digest(jeton_key *key, jeton_span der, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    char chars[DIGEST_CHARS];
    jt_sha2_once(JT_SHA256, der, digest);
    jt_base64url_print(jeton_bytes(digest, DIGEST_LEN), chars);
    return jt_text_new(key->ctx, jeton_bytes(chars, sizeof chars), &key->x5t, err);
}

/* RFC 7517 §4.7: the key in the first certificate is the key. */
static jeton_status match(jeton_key *key, jeton_span der, jeton_err *err)
{
    JT_AUTO(jt_pkey_free) jt_pkey *of_cert = NULL;
    jeton_err why = {0};
    const jeton_status status = jt_der_parse(key->ctx, JT_DER_CERTIFICATE, der, &of_cert, &why);
    if (status == JETON_E_NOMEM || status == JETON_E_CRYPTO)
        return jt_fail(err, status, "%s", why.text);
    if (status != JETON_OK)
        return jt_fail(err, JETON_E_KEY, "x5c does not begin with a certificate of a key");
    if (!jt_pkey_is_same(key->pkey, of_cert))
        return jt_fail(err, JETON_E_KEY, "x5c is the certificate of another key");
    return keep_digest(key, der, err);
}

static jeton_status add_certificate(jeton_key *key, const jt_val *val, jt_buf *room, jeton_err *err)
{
    jeton_span text;
    jeton_span der = jeton_str(NULL);
    if (!jt_val_text(val, &text))
        return jt_fail(err, JETON_E_KEY, "x5c holds something that is not a text");
    JT_TRY(decode(text, room, &der, err));
    if (key->x5c_count == 0)
        JT_TRY(match(key, der, err));
    JT_TRY(jt_text_new(key->ctx, text, &key->x5c[key->x5c_count], err));
    key->x5c_count++;
    return JETON_OK;
}

static jeton_status read_x5c(jeton_key *key, const jt_val *list, jeton_err *err)
{
    if (list == NULL)
        return JETON_OK;
    if (key->pkey == NULL)
        return jt_fail(err, JETON_E_KEY, "x5c on a secret, which has no certificate");
    if (jt_val_count(list) == 0 || jt_kind_of(list) != JT_ARRAY)
        return jt_fail(err, JETON_E_KEY, "x5c is not an array of certificates");
    if (jt_val_count(list) > JT_LIMIT_X5C)
        return jt_fail(err, JETON_E_LIMIT, "more than %zu certificates in x5c", JT_LIMIT_X5C);
    JT_AUTO(jt_buf_done) jt_buf room = jt_buf_init(key->ctx);
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);)
        JT_TRY(add_certificate(key, it.val, &room, err));
    return JETON_OK;
}

static jeton_status read_x5t(jeton_key *key, const jt_val *val, jeton_err *err)
{
    jeton_span text;
    uint8_t digest[DIGEST_LEN];
    if (val == NULL)
        return JETON_OK;
    if (!jt_val_text(val, &text) || text.len != DIGEST_CHARS || !jt_base64url_parse(text, digest))
        return jt_fail(err, JETON_E_KEY, "x5t#S256 is not the base64url of a SHA-256");
    if (key->x5t == NULL)
        return jt_text_new(key->ctx, text, &key->x5t, err);
    if (!jeton_span_equal(text, jeton_text_span(key->x5t)))
        return jt_fail(err, JETON_E_KEY, "x5t#S256 is not of the certificate in x5c");
    return JETON_OK;
}

jeton_status jt_x5c_read(jeton_key *key, const jt_val *jwk, jeton_err *err)
{
    JT_TRY(read_x5c(key, jt_get(jwk, "x5c"), err));
    return read_x5t(key, jt_get(jwk, "x5t#S256"), err);
}

/* ---- giving back ---------------------------------------------------------------------------- */

void jt_x5c_put(const jeton_key *key, jt_tree *tree, jt_node *node)
{
    if (key->x5c_count > 0) {
        jt_node *list = jt_tree_array(tree);
        for (size_t i = 0; i < key->x5c_count; i++)
            jt_add_text(tree, list, jeton_text_span(key->x5c[i]));
        jt_put_node(tree, node, "x5c", list);
    }
    if (key->x5t != NULL)
        jt_put_text(tree, node, "x5t#S256", jeton_text_span(key->x5t));
}

jeton_status jt_x5c_copy(const jeton_key *key, jeton_key *to, jeton_err *err)
{
    for (size_t i = 0; i < key->x5c_count; i++) {
        JT_TRY(jt_text_new(to->ctx, jeton_text_span(key->x5c[i]), &to->x5c[i], err));
        to->x5c_count++;
    }
    return key->x5t == NULL ? JETON_OK
                            : jt_text_new(to->ctx, jeton_text_span(key->x5t), &to->x5t, err);
}

void jt_x5c_done(jeton_key *key)
{
    for (size_t i = 0; i < key->x5c_count; i++)
        jeton_text_free(&key->x5c[i]);
    jeton_text_free(&key->x5t);
}
