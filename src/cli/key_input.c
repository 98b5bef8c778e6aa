/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_input.c - keys of files: JWK, JWK Set, PEM, DER. */
#include "cli/input.h"
#include "cli/passphrase.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"

#include <stdio.h>

static bool starts_with(jeton_span text, const char *start)
{
    const size_t len = strlen(start);
    return text.len >= len && memcmp(text.ptr, start, len) == 0;
}

/* "{", or the same in base64url: an encrypted key, which the library tells apart. Every DER key
 * begins with the byte of a SEQUENCE, which is also the digit 0. */
jd_key_form jd_key_form_of(jeton_span bytes)
{
    if (starts_with(bytes, "{") || starts_with(bytes, "eyJ"))
        return JD_FORM_JSON;
    if (starts_with(bytes, "-----BEGIN "))
        return JD_FORM_PEM;
    return starts_with(bytes, "0") ? JD_FORM_DER : JD_FORM_NONE;
}

jeton_status jd_input_key_bytes(const char *path, jt_buf *bytes, jeton_err *err)
{
    JT_TRY(jd_input_read(path, jt_limits(NULL)->json, bytes, err));
    if (jd_key_form_of(jt_buf_span(bytes)) != JD_FORM_DER)
        jd_input_trim(bytes);
    return JETON_OK;
}

/* ---- what each form holds ------------------------------------------------------------------- */

static jeton_status set_of_one(const jeton_key *key, jeton_keyset **keys, jeton_err *err)
{
    const jeton_key *const only[] = {key};
    return jeton_keyset_new(NULL, only, 1, keys, err);
}

static jeton_status open_pem(jeton_span pem, const char *passphrase_file, jeton_key **key,
                             jeton_err *err)
{
    const jeton_span none = jeton_str(NULL);
    if (!starts_with(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        return jeton_key_parse_pem(NULL, pem, JETON_ALG_UNSET, none, key, err);
    JT_AUTO(jt_secret_done) jt_secret passphrase = {0};
    JT_TRY(jd_passphrase_input(passphrase_file, JD_PASSPHRASE_ENV, false, &passphrase, err));
    return jeton_key_parse_pem_encrypted(NULL, pem, jt_secret_span(&passphrase), JETON_ALG_UNSET,
                                         none, key, err);
}

static jeton_status keys_of_pem(jeton_span pem, const char *passphrase_file, jeton_keyset **keys,
                                jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(open_pem(pem, passphrase_file, &key, err));
    return set_of_one(key, keys, err);
}

static jeton_status keys_of_der(const char *path, jeton_span der, jeton_keyset **keys,
                                jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    jeton_err why = {0};
    const jeton_status status =
        jeton_key_parse_der(NULL, der, JETON_ALG_UNSET, jeton_str(NULL), &key, &why);
    if (status == JETON_E_SYNTAX)
        return jt_fail(err, JETON_E_KEY, "%.80s is neither a JWK, a JWK Set, PEM nor DER", path);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    return set_of_one(key, keys, err);
}

static jeton_status keys_of_json(const char *path, jeton_span json, jeton_keyset **keys,
                                 jeton_err *err)
{
    JT_TRY(jeton_keyset_parse(NULL, json, keys, err));
    const size_t skipped = jeton_keyset_skipped(*keys);
    if (jeton_keyset_count(*keys) == 0) {
        (void)jt_fail(err, JETON_E_KEY, "no usable key in %.60s: %.80s", path,
                      skipped > 0 ? jeton_keyset_skipped_why(*keys) : "the set is empty");
        jeton_keyset_free(keys);
        return JETON_E_KEY;
    }
    if (skipped > 0)
        fprintf(stderr, "jeton: %s: %zu keys skipped, the first because: %s\n", path, skipped,
                jeton_keyset_skipped_why(*keys));
    return JETON_OK;
}

jeton_status jd_input_parse_keys(const char *path, jeton_span bytes, const char *passphrase_file,
                                 jeton_keyset **keys, jeton_err *err)
{
    *keys = NULL;
    switch (jd_key_form_of(bytes)) {
    case JD_FORM_JSON: return keys_of_json(path, bytes, keys, err);
    case JD_FORM_PEM: return keys_of_pem(bytes, passphrase_file, keys, err);
    case JD_FORM_DER: return keys_of_der(path, bytes, keys, err);
    case JD_FORM_NONE: break;
    }
    return jt_fail(err, JETON_E_KEY, "%.80s is neither a JWK, a JWK Set, PEM nor DER", path);
}

jeton_status jd_input_keys_opened(const char *path, const char *passphrase_file,
                                  jeton_keyset **keys, jeton_err *err)
{
    *keys = NULL;
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(NULL);
    JT_TRY(jd_input_key_bytes(path, &bytes, err));
    return jd_input_parse_keys(path, jt_buf_span(&bytes), passphrase_file, keys, err);
}

jeton_status jd_input_keys(const char *path, jeton_keyset **keys, jeton_err *err)
{
    return jd_input_keys_opened(path, NULL, keys, err);
}

/* ---- one of several ------------------------------------------------------------------------- */

jeton_status jd_input_choose(const char *path, const jeton_keyset *keys, const char *kid,
                             jeton_key **key, jeton_err *err)
{
    *key = NULL;
    const jeton_key *found = NULL;
    for (size_t i = 0; i < jeton_keyset_count(keys); i++) {
        const jeton_key *each = jeton_keyset_get(keys, i);
        if (kid != NULL && !jeton_span_equal(jeton_key_id(each), jeton_str(kid)))
            continue;
        if (found != NULL)
            return jt_fail(err, JETON_E_KEY, "%.90s holds several keys: say which by --kid", path);
        found = each;
    }
    if (found == NULL)
        return jt_fail(err, JETON_E_KEY, "%.90s holds no key of that kid", path);
    *key = jeton_key_ref(found);
    return JETON_OK;
}

jeton_status jd_input_key(const char *path, const char *kid, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(jd_input_keys(path, &keys, err));
    return jd_input_choose(path, keys, kid, key, err);
}
