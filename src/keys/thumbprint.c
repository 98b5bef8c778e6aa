/* SPDX-License-Identifier: Apache-2.0 */
/* keys/thumbprint.c - the name a key has by itself (RFC 7638; for OKP RFC 8037 §2, for AKP RFC 9964
 * §6). */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/inside.h"

static jeton_status add_number(jt_buf *json, jeton_span number, jeton_err *err)
{
    const size_t len = jt_base64url_chars(number.len);
    JT_TRY(jt_buf_reserve(json, len, err));
    jt_base64url_print(number, (char *)json->ptr + json->len);
    json->len += len;
    return JETON_OK;
}

static jeton_status add_value(const jeton_key *key, const char *name, const jt_numbers *numbers,
                              jt_buf *json, jeton_err *err)
{
    const jt_kty *kty = key->kty;
    if (strcmp(name, "kty") == 0)
        return jt_buf_add(json, jeton_str(kty->name), err);
    if (strcmp(name, "crv") == 0)
        return jt_buf_add(json, jeton_str(kty->crv), err);
    if (strcmp(name, "alg") == 0)
        return jt_buf_add(json, jeton_str(jeton_alg_name(kty->alg)), err);
    size_t i = 0;
    while (strcmp(name, kty->members[i]) != 0) /* the row lists its own members only */
        i++;
    return add_number(json, numbers->at[i], err);
}

/* RFC 7638 §3: the required members, no white space. Nothing in them needs to be escaped. */
static jeton_status print_required(const jeton_key *key, const jt_numbers *numbers, jt_buf *json,
                                   jeton_err *err)
{
    const char *const *names = key->kty->thumbprint;
    for (size_t i = 0; i < JT_COUNT(key->kty->thumbprint) && names[i] != NULL; i++) {
        JT_TRY(jt_buf_addf(json, err, "%s\"%s\":\"", i == 0 ? "{" : ",", names[i]));
        JT_TRY(add_value(key, names[i], numbers, json, err));
        JT_TRY(jt_buf_add(json, jeton_str("\""), err));
    }
    return jt_buf_add(json, jeton_str("}"), err);
}

static jeton_status hash_required(const jeton_key *key, uint8_t *digest, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(key->ctx);
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(key->ctx);
    jt_numbers numbers;
    JT_TRY(key->kty->export(key, &bytes, &numbers, err));
    JT_TRY(print_required(key, &numbers, &json, err));
    jt_sha2_once(JT_SHA256, jt_buf_span(&json), digest);
    return JETON_OK;
}

/* Adds the thumbprint behind what stands in *to. */
static jeton_status add_thumbprint(const jeton_key *key, jt_buf *to, jeton_err *err)
{
    uint8_t digest[JT_KEY_DIGEST];
    JT_TRY(hash_required(key, digest, err));
    return add_number(to, jeton_bytes(digest, sizeof digest), err);
}

/* Gives the key the digest that another thread has not given it meanwhile; returns the key's. */
static const uint8_t *keep_digest(jeton_key *key, uint8_t *made)
{
    uint8_t *known = NULL;
    if (atomic_compare_exchange_strong(&key->digest, &known, made))
        return made;
    jt_release(key->ctx, made);
    return known;
}

const uint8_t *jt_key_digest(const jeton_key *key)
{
    jeton_key *shared = (jeton_key *)(uintptr_t)key; /* a key says the same before and after */
    uint8_t *digest = atomic_load_explicit(&shared->digest, memory_order_acquire);
    if (digest != NULL || key->oct != NULL)
        return digest;
    digest = jt_alloc(key->ctx, JT_KEY_DIGEST);
    if (digest == NULL || hash_required(key, digest, NULL) != JETON_OK) {
        jt_release(key->ctx, digest);
        return NULL;
    }
    return keep_digest(shared, digest);
}

static jeton_status print(const jeton_key *key, const char *before, jeton_text **text,
                          jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    JT_TRY(jt_buf_add(&out, jeton_str(before), err));
    JT_TRY(add_thumbprint(key, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), text, err);
}

jeton_status jeton_key_thumbprint(const jeton_key *key, jeton_text **text, jeton_err *err)
{
    return print(key, "", text, err);
}

/* RFC 9278 §3; the name of the hash is that of RFC 6920 §9.4. */
jeton_status jeton_key_thumbprint_uri(const jeton_key *key, jeton_text **text, jeton_err *err)
{
    return print(key, "urn:ietf:params:oauth:jwk-thumbprint:sha-256:", text, err);
}
