/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash_argon2.c - Argon2 by libsodium, twice as fast as libargon2. */
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/pwhash.h"
#include "crypto/pwhash_format.h"
#include "crypto/sodium.h"

#include <errno.h>
#include <sodium.h>

_Static_assert(JT_PWHASH_TEXT == crypto_pwhash_argon2id_STRBYTES, "the text's room");

#define MEMORY_MIN crypto_pwhash_argon2id_MEMLIMIT_MIN

/* libsodium wants a pointer for the empty password too. */
static const char *chars_of(jeton_span password)
{
    return password.len > 0 ? (const char *)password.ptr : "";
}

/* `memory` in bytes. What is made must be within the limits of what is checked. */
static bool is_in_range(uint64_t memory, uint64_t passes)
{
    return memory >= MEMORY_MIN && memory <= JT_LIMIT_ARGON2_MEMORY && passes >= 1 &&
           passes <= JT_LIMIT_ARGON2_WORK / memory;
}

jeton_status jt_pwhash_print(const jeton_ctx *ctx, jeton_span password, const jt_pwhash_cost *cost,
                             char out[JT_PWHASH_TEXT], jeton_err *err)
{
    (void)ctx;
    out[0] = '\0';
    JT_TRY(jt_sodium_start(err));
    if (!is_in_range(cost->memory, cost->passes))
        return jt_fail(err, JETON_E_ARGUMENT, "password hash cost out of range");

    char text[JT_PWHASH_TEXT] = {0};
    if (crypto_pwhash_argon2id_str(text, chars_of(password), password.len, cost->passes,
                                   cost->memory) != 0)
        return jt_fail(err, JETON_E_NOMEM, "memory for hashing a password");
    memcpy(out, text, sizeof text);
    return JETON_OK;
}

/* "name=N" up to the mark. */
static jeton_status take_cost(jeton_span *rest, const char *name, char mark, uint64_t *number,
                              jeton_err *err)
{
    jeton_span field;
    const size_t len = strlen(name);
    if (!jt_field_cut(rest, mark, &field) || field.len < len || memcmp(field.ptr, name, len) != 0)
        return jt_pwhash_incomplete(err);
    return jt_field_number(jeton_bytes(field.ptr + len, field.len - len), 1, UINT32_MAX, number,
                           err);
}

/* RFC 9106 §3.1: a salt of 8 bytes at least; a hash of less than 16 is no hash to rely on. */
static bool is_salt_and_hash(jeton_span rest)
{
    uint8_t bytes[JT_PWHASH_TEXT];
    jeton_span salt;
    size_t salt_len = sizeof bytes;
    size_t hash_len = sizeof bytes;
    return jt_field_cut(&rest, '$', &salt) && jt_field_base64(salt, bytes, &salt_len) &&
           salt_len >= 8 && jt_field_base64(rest, bytes, &hash_len) && hash_len >= 16;
}

/* "$argon2id$v=19$m=65536,t=2,p=1$salt$hash" */
static jeton_status read_cost(const char *text, uint64_t *memory, uint64_t *passes, jeton_err *err)
{
    jeton_span rest = jeton_str(text);
    jeton_span skipped;
    uint64_t version = 0;
    uint64_t lanes = 0;
    *memory = 0;
    *passes = 0;
    (void)jt_field_cut(&rest, '$', &skipped);
    (void)jt_field_cut(&rest, '$', &skipped);
    JT_TRY(take_cost(&rest, "v=", '$', &version, err));
    JT_TRY(take_cost(&rest, "m=", ',', memory, err));
    JT_TRY(take_cost(&rest, "t=", ',', passes, err));
    JT_TRY(take_cost(&rest, "p=", '$', &lanes, err));
    return version == 19 && is_salt_and_hash(rest) ? JETON_OK : jt_pwhash_incomplete(err);
}

jeton_status jt_argon2_check(const char *text, jeton_err *err)
{
    uint64_t memory;
    uint64_t passes;
    JT_TRY(read_cost(text, &memory, &passes, err));
    if (strlen(text) >= JT_PWHASH_TEXT) /* libsodium reads no longer ones */
        return jt_pwhash_incomplete(err);
    if (!is_in_range(memory * 1024, passes))
        return jt_fail(err, JETON_E_LIMIT, "the password hash costs too little or too much");
    return JETON_OK;
}

/* libsodium sets EINVAL for a password that does not match, and for nothing else that gets here. */
jeton_status jt_argon2_verify(const char *text, jeton_span password, jeton_err *err)
{
    JT_TRY(jt_sodium_start(err));
    errno = 0;
    if (crypto_pwhash_str_verify(text, chars_of(password), password.len) == 0)
        return JETON_OK;
    switch (errno) {
    case EINVAL: return jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
    case ENOMEM: return jt_fail(err, JETON_E_NOMEM, "memory for checking a password");
    default: return jt_pwhash_incomplete(err);
    }
}

bool jt_pwhash_is_weaker(jeton_span text, const jt_pwhash_cost *cost)
{
    char copy[JT_PWHASH_TEXT] = {0};
    uint64_t memory;
    uint64_t passes;
    if (text.len == 0 || text.len >= sizeof copy)
        return true;
    memcpy(copy, text.ptr, text.len);
    const int differs = crypto_pwhash_argon2id_str_needs_rehash(copy, cost->passes, cost->memory);
    if (differs <= 0)
        return differs < 0; /* no complete text of Argon2id, or exactly this cost */
    return read_cost(copy, &memory, &passes, NULL) != JETON_OK || memory < cost->memory / 1024 ||
           passes < cost->passes;
}
