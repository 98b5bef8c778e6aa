/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash_pbkdf2.c - PBKDF2 (RFC 8018 §5.2) in the three ways that Werkzeug, passlib and
 * Django write it. */
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/secret.h"
#include "crypto/ossl.h"
#include "crypto/pwhash_format.h"

/* A text that has been read. */
typedef struct pbkdf2 {
    const EVP_MD *md;
    uint64_t rounds; /* 0: the text leaves them out */
    uint8_t salt[JT_SALT_MAX];
    size_t salt_len;
    uint8_t hash[JT_DERIVED_MAX];
    size_t hash_len;
} pbkdf2;

static const struct {
    const char *name;
    const EVP_MD *(*md)(void);
} digests[] = {
    {"sha256", EVP_sha256},
    {"sha512", EVP_sha512},
};

/* What a text without rounds was made with: the defaults of Werkzeug's versions, newest first. */
static const uint64_t werkzeug_defaults[] = {1000000, 600000, 260000, 150000, 50000};

static bool find_digest(jeton_span name, pbkdf2 *of)
{
    for (size_t i = 0; i < JT_COUNT(digests); i++) {
        if (jeton_span_equal(name, jeton_str(digests[i].name))) {
            of->md = digests[i].md();
            of->hash_len = (size_t)EVP_MD_get_size(of->md);
            return true;
        }
    }
    return false;
}

static jeton_status take_rounds(jeton_span field, pbkdf2 *of, jeton_err *err)
{
    return jt_field_number(field, 1, JT_LIMIT_PBKDF2_ROUNDS, &of->rounds, err);
}

static bool take_salt(jeton_span field, pbkdf2 *of)
{
    of->salt_len = field.len;
    if (field.len == 0 || field.len > sizeof of->salt)
        return false;
    memcpy(of->salt, field.ptr, field.len);
    return true;
}

static bool take_base64(jeton_span field, uint8_t *to, size_t most, size_t *len)
{
    *len = most;
    return jt_field_base64(field, to, len);
}

/* "pbkdf2:sha256:600000$salt$hex"; the salt is the text as it stands there. */
static jeton_status read_werkzeug(const char *text, pbkdf2 *of, jeton_err *err)
{
    jeton_span rest = jeton_str(text);
    jeton_span method;
    jeton_span field;
    *of = (pbkdf2){0};
    if (!jt_field_cut(&rest, '$', &method) || !jt_field_cut(&method, ':', &field))
        return jt_pwhash_incomplete(err);
    const bool has_rounds = jt_field_cut(&method, ':', &field);
    if (!find_digest(field, of))
        return jt_fail(err, JETON_E_SYNTAX, "the digest of the password hash is not known");
    if (has_rounds)
        JT_TRY(take_rounds(method, of, err));
    if (!jt_field_cut(&rest, '$', &field) || !take_salt(field, of) ||
        !jt_field_hex(rest, of->hash, of->hash_len))
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

/* "$pbkdf2-sha256$29000$salt$hash", both in base64. */
static jeton_status read_passlib(const char *text, pbkdf2 *of, jeton_err *err)
{
    jeton_span rest = jeton_str(text + strlen("$pbkdf2-"));
    jeton_span field;
    *of = (pbkdf2){0};
    (void)jt_field_cut(&rest, '$', &field);
    if (!find_digest(field, of))
        return jt_fail(err, JETON_E_SYNTAX, "the digest of the password hash is not known");
    (void)jt_field_cut(&rest, '$', &field);
    JT_TRY(take_rounds(field, of, err));
    size_t len;
    if (!jt_field_cut(&rest, '$', &field) ||
        !take_base64(field, of->salt, sizeof of->salt, &of->salt_len) ||
        !take_base64(rest, of->hash, sizeof of->hash, &len) || len != of->hash_len)
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

/* "pbkdf2_sha256$600000$salt$hash": the salt as it stands there, the hash in base64. */
static jeton_status read_django(const char *text, pbkdf2 *of, jeton_err *err)
{
    jeton_span rest = jeton_str(text + strlen("pbkdf2_sha256$"));
    jeton_span field;
    size_t len;
    *of = (pbkdf2){.md = EVP_sha256(), .hash_len = 32};
    (void)jt_field_cut(&rest, '$', &field);
    JT_TRY(take_rounds(field, of, err));
    if (!jt_field_cut(&rest, '$', &field) || !take_salt(field, of) ||
        !take_base64(rest, of->hash, sizeof of->hash, &len) || len != of->hash_len)
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

/* ---- checking -------------------------------------------------------------------------------- */

static jeton_status derive(const pbkdf2 *of, uint64_t rounds, jeton_span password, jeton_err *err)
{
    uint8_t made[JT_DERIVED_MAX];
    jt_ossl_begin();
    const int good = PKCS5_PBKDF2_HMAC(password.len > 0 ? (const char *)password.ptr : "",
                                       (int)password.len, of->salt, (int)of->salt_len, (int)rounds,
                                       of->md, (int)of->hash_len, made);
    jt_ossl_end();
    if (good != 1)
        return jt_fail(err, JETON_E_NOMEM, "memory for checking a password");
    const jeton_status status = jt_pwhash_compare(jeton_bytes(made, of->hash_len),
                                                  jeton_bytes(of->hash, of->hash_len), err);
    jt_wipe(made, sizeof made);
    return status;
}

/* Every default that was ever in use is tried. */
static jeton_status verify_without_rounds(const pbkdf2 *of, jeton_span password, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(werkzeug_defaults); i++) {
        jeton_err met = {0};
        const jeton_status status = derive(of, werkzeug_defaults[i], password, &met);
        if (status == JETON_OK)
            return status;
        if (status != JETON_E_CREDENTIALS)
            return jt_fail(err, status, "%s", met.text);
    }
    return jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
}

static jeton_status verify(const pbkdf2 *of, jeton_span password, jeton_err *err)
{
    if (password.len > JT_LIMIT_PWHASH_PASSWORD)
        return jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
    return of->rounds > 0 ? derive(of, of->rounds, password, err)
                          : verify_without_rounds(of, password, err);
}

jeton_status jt_pbkdf2_werkzeug_check(const char *text, jeton_err *err)
{
    pbkdf2 of;
    return read_werkzeug(text, &of, err);
}

jeton_status jt_pbkdf2_passlib_check(const char *text, jeton_err *err)
{
    pbkdf2 of;
    return read_passlib(text, &of, err);
}

jeton_status jt_pbkdf2_django_check(const char *text, jeton_err *err)
{
    pbkdf2 of;
    return read_django(text, &of, err);
}

jeton_status jt_pbkdf2_werkzeug_verify(const char *text, jeton_span password, jeton_err *err)
{
    pbkdf2 of;
    JT_TRY(read_werkzeug(text, &of, err));
    return verify(&of, password, err);
}

jeton_status jt_pbkdf2_passlib_verify(const char *text, jeton_span password, jeton_err *err)
{
    pbkdf2 of;
    JT_TRY(read_passlib(text, &of, err));
    return verify(&of, password, err);
}

jeton_status jt_pbkdf2_django_verify(const char *text, jeton_span password, jeton_err *err)
{
    pbkdf2 of;
    JT_TRY(read_django(text, &of, err));
    return verify(&of, password, err);
}
