/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash.c - the table of formats. */
#include "crypto/pwhash.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/hex.h"
#include "core/limits.h"
#include "core/secret.h"
#include "crypto/pwhash_format.h"

static const struct {
    const char *prefix, *name;
    jt_pwhash_check_fn *check;
    jt_pwhash_verify_fn *verify;
} formats[] = {
    {"$argon2id$", "Argon2id", jt_argon2_check, jt_argon2_verify},
    {"$argon2i$", "Argon2i", jt_argon2_check, jt_argon2_verify},
    {"$2a$", "bcrypt", jt_bcrypt_check, jt_bcrypt_verify},
    {"$2b$", "bcrypt", jt_bcrypt_check, jt_bcrypt_verify},
    {"$2y$", "bcrypt", jt_bcrypt_check, jt_bcrypt_verify},
    {"pbkdf2:", "Werkzeug PBKDF2", jt_pbkdf2_werkzeug_check, jt_pbkdf2_werkzeug_verify},
    {"scrypt", "Werkzeug scrypt", jt_scrypt_check, jt_scrypt_verify},
    {"$pbkdf2-", "passlib PBKDF2", jt_pbkdf2_passlib_check, jt_pbkdf2_passlib_verify},
    {"pbkdf2_sha256$", "Django PBKDF2", jt_pbkdf2_django_check, jt_pbkdf2_django_verify},
    {"$5$", "SHA-256 crypt", jt_shacrypt_check, jt_crypt_verify},
    {"$6$", "SHA-512 crypt", jt_shacrypt_check, jt_crypt_verify},
    {"$y$", "yescrypt", jt_yescrypt_check, jt_crypt_verify},
};

#define NONE JT_COUNT(formats)

/* The row of the format, and the text with a NUL behind it. NONE when there is no such row. */
static size_t find(jeton_span text, char copy[JT_LIMIT_PWHASH_TEXT])
{
    if (text.len == 0 || text.len >= JT_LIMIT_PWHASH_TEXT ||
        memchr(text.ptr, '\0', text.len) != NULL)
        return NONE;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    size_t row = 0;
    while (row < NONE && strncmp(copy, formats[row].prefix, strlen(formats[row].prefix)) != 0)
        row++;
    return row;
}

static jeton_status unknown(jeton_err *err)
{
    return jt_fail(err, JETON_E_SYNTAX, "the format of the password hash is not known");
}

jeton_status jt_pwhash_check(jeton_span text, const char **name, jeton_err *err)
{
    char copy[JT_LIMIT_PWHASH_TEXT];
    *name = NULL;
    const size_t row = find(text, copy);
    if (row == NONE)
        return unknown(err);
    JT_TRY(formats[row].check(copy, err));
    *name = formats[row].name;
    return JETON_OK;
}

jeton_status jt_pwhash_verify(jeton_span text, jeton_span password, jeton_err *err)
{
    char copy[JT_LIMIT_PWHASH_TEXT];
    const size_t row = find(text, copy);
    if (row == NONE)
        return unknown(err);
    JT_TRY(formats[row].check(copy, err));
    return formats[row].verify(copy, password, err);
}

/* ---- what readers share ---------------------------------------------------------------------- */

bool jt_field_cut(jeton_span *rest, char mark, jeton_span *field)
{
    const uint8_t *at = rest->len > 0 ? memchr(rest->ptr, mark, rest->len) : NULL;
    *field = *rest;
    if (at == NULL) {
        *rest = jeton_bytes(NULL, 0);
        return false;
    }
    field->len = (size_t)(at - rest->ptr);
    *rest = jeton_bytes(at + 1, rest->len - field->len - 1);
    return true;
}

jeton_status jt_field_number(jeton_span field, uint64_t least, uint64_t most, uint64_t *number,
                             jeton_err *err)
{
    *number = 0;
    bool good = field.len > 0 && field.len <= 12 && (field.ptr[0] != '0' || field.len == 1);
    for (size_t i = 0; good && i < field.len; i++) {
        good = field.ptr[i] >= '0' && field.ptr[i] <= '9';
        *number = *number * 10 + (uint64_t)(field.ptr[i] - '0');
    }
    if (!good)
        return jt_pwhash_incomplete(err);
    if (*number < least || *number > most)
        return jt_fail(err, JETON_E_LIMIT, "the password hash costs too little or too much");
    return JETON_OK;
}

bool jt_field_hex(jeton_span field, uint8_t *to, size_t len)
{
    if (field.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        const int byte = jt_hex_byte(jt_hex_lower, field.ptr + 2 * i);
        if (byte < 0)
            return false;
        to[i] = (uint8_t)byte;
    }
    return true;
}

bool jt_field_base64(jeton_span field, uint8_t *to, size_t *len)
{
    uint8_t url[2 * JT_SALT_MAX];
    while (field.len > 0 && field.ptr[field.len - 1] == '=')
        field.len--;
    if (field.len > sizeof url || jt_base64url_bytes(field.len) > *len)
        return false;
    for (size_t i = 0; i < field.len; i++) {
        const uint8_t c = field.ptr[i];
        if (c == '-' || c == '_') /* theirs is not the alphabet for URLs */
            return false;
        url[i] = c == '+' || c == '.' ? '-' : c == '/' ? '_' : c;
    }
    *len = jt_base64url_bytes(field.len);
    return jt_base64url_parse(jeton_bytes(url, field.len), to);
}

jeton_status jt_pwhash_compare(jeton_span made, jeton_span stored, jeton_err *err)
{
    if (jt_equal_ct(made, stored))
        return JETON_OK;
    return jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
}

jeton_status jt_pwhash_incomplete(jeton_err *err)
{
    return jt_fail(err, JETON_E_SYNTAX, "the password hash is not complete");
}
