/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash_format.h - the formats of password hashes: a row of functions each, and what
 * their readers share.
 *
 * To add one: its functions in a crypto/pwhash_<family>.c and a row in pwhash.c.
 */
#ifndef JT_CRYPTO_PWHASH_FORMAT_H
#define JT_CRYPTO_PWHASH_FORMAT_H

#include <jeton/error.h>
#include <jeton/span.h>

/* `text` is NUL-terminated, shorter than JT_LIMIT_PWHASH_TEXT, and begins with the row's prefix. */
typedef jeton_status jt_pwhash_check_fn(const char *text, jeton_err *err);
typedef jeton_status jt_pwhash_verify_fn(const char *text, jeton_span password, jeton_err *err);

/* Whether the text is complete and its cost within the limits: JETON_E_SYNTAX, JETON_E_LIMIT. */
jt_pwhash_check_fn jt_argon2_check;
jt_pwhash_check_fn jt_bcrypt_check;
jt_pwhash_check_fn jt_shacrypt_check;
jt_pwhash_check_fn jt_yescrypt_check;
jt_pwhash_check_fn jt_pbkdf2_werkzeug_check;
jt_pwhash_check_fn jt_pbkdf2_passlib_check;
jt_pwhash_check_fn jt_pbkdf2_django_check;
jt_pwhash_check_fn jt_scrypt_check;

/* Whether it is that of the password; only after the check has said JETON_OK.
 * JETON_E_CREDENTIALS, JETON_E_SYNTAX, JETON_E_NOMEM. */
jt_pwhash_verify_fn jt_argon2_verify;
jt_pwhash_verify_fn jt_bcrypt_verify;
jt_pwhash_verify_fn jt_crypt_verify;
jt_pwhash_verify_fn jt_pbkdf2_werkzeug_verify;
jt_pwhash_verify_fn jt_pbkdf2_passlib_verify;
jt_pwhash_verify_fn jt_pbkdf2_django_verify;
jt_pwhash_verify_fn jt_scrypt_verify;

/* ---- what readers share ---------------------------------------------------------------------- */

#define JT_DERIVED_MAX 64U /* bytes of the longest digest a format holds */
#define JT_SALT_MAX    128U

/* Cuts what stands before the next `mark` off *rest and the mark with it. Without a mark the field
 * is all of it, and false comes back. */
bool jt_field_cut(jeton_span *rest, char mark, jeton_span *field);

/* A decimal number without sign or leading zero, from `least` to `most`.
 * JETON_E_SYNTAX not one; JETON_E_LIMIT outside. */
JETON_MUST jeton_status jt_field_number(jeton_span field, uint64_t least, uint64_t most,
                                        uint64_t *number, jeton_err *err);

/* `len` bytes as 2 * len lower-case hexadecimal digits. */
JETON_MUST bool jt_field_hex(jeton_span field, uint8_t *to, size_t len);

/* Bytes as base64, with padding or without, '.' as another '+' (passlib's alphabet). *len holds
 * what `to` has room for, and becomes what was written. */
JETON_MUST bool jt_field_base64(jeton_span field, uint8_t *to, size_t *len);

/* JETON_OK when both are equal, in constant time; otherwise JETON_E_CREDENTIALS. */
JETON_MUST jeton_status jt_pwhash_compare(jeton_span made, jeton_span stored, jeton_err *err);

/* The one text of JETON_E_SYNTAX here. */
jeton_status jt_pwhash_incomplete(jeton_err *err);

#endif
