/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash.c - Argon2 by libsodium, twice as fast as libargon2. */
#include "crypto/pwhash.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "crypto/sodium.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

_Static_assert(JT_PWHASH_TEXT == crypto_pwhash_argon2id_STRBYTES, "the text's room");

#define MEMORY_MIN crypto_pwhash_argon2id_MEMLIMIT_MIN
#define MEMORY_MAX crypto_pwhash_argon2id_MEMLIMIT_MAX
#define PASSES_MIN crypto_pwhash_argon2id_OPSLIMIT_MIN

/* libsodium wants a pointer for the empty password too. */
static const char *chars_of(jeton_span password)
{
    return password.len > 0 ? (const char *)password.ptr : "";
}

jeton_status jt_pwhash_print(const jeton_ctx *ctx, jeton_span password, const jt_pwhash_cost *cost,
                             char out[JT_PWHASH_TEXT], jeton_err *err)
{
    (void)ctx;
    out[0] = '\0';
    JT_TRY(jt_sodium_start(err));
    if (cost->memory < MEMORY_MIN || cost->memory > MEMORY_MAX || cost->passes < PASSES_MIN)
        return jt_fail(err, JETON_E_ARGUMENT, "password hash cost out of range");

    char text[JT_PWHASH_TEXT] = {0};
    if (crypto_pwhash_argon2id_str(text, chars_of(password), password.len, cost->passes,
                                   cost->memory) != 0)
        return jt_fail(err, JETON_E_NOMEM, "memory for hashing a password");
    memcpy(out, text, sizeof text);
    return JETON_OK;
}

/* A text of a length that libsodium reads, with its NUL. */
static bool copy_text(jeton_span phc, char text[JT_PWHASH_TEXT])
{
    memset(text, 0, JT_PWHASH_TEXT);
    if (phc.len == 0 || phc.len >= JT_PWHASH_TEXT || memchr(phc.ptr, '\0', phc.len) != NULL)
        return false;
    memcpy(text, phc.ptr, phc.len);
    return true;
}

static bool is_argon2(const char *text)
{
    return strncmp(text, "$argon2id$", strlen("$argon2id$")) == 0 ||
           strncmp(text, "$argon2i$", strlen("$argon2i$")) == 0;
}

/* libsodium sets EINVAL for a password that does not match, and for nothing else that gets here. */
jeton_status jt_pwhash_verify(jeton_span phc, jeton_span password, jeton_err *err)
{
    JT_TRY(jt_sodium_start(err));
    char text[JT_PWHASH_TEXT];
    if (!copy_text(phc, text) || !is_argon2(text))
        return jt_fail(err, JETON_E_SYNTAX, "not an Argon2 text");

    errno = 0;
    if (crypto_pwhash_str_verify(text, chars_of(password), password.len) == 0)
        return JETON_OK;
    switch (errno) {
    case EINVAL: return jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
    case ENOMEM: return jt_fail(err, JETON_E_NOMEM, "memory for checking a password");
    default: return jt_fail(err, JETON_E_SYNTAX, "not a complete Argon2 text");
    }
}

/* The number behind `name` in a text that libsodium has read without complaint. */
static unsigned long cost_of(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at != NULL ? strtoul(at + strlen(name), NULL, 10) : 0;
}

bool jt_pwhash_is_weaker(jeton_span phc, const jt_pwhash_cost *cost)
{
    char text[JT_PWHASH_TEXT];
    if (!copy_text(phc, text))
        return true;
    const int differs = crypto_pwhash_argon2id_str_needs_rehash(text, cost->passes, cost->memory);
    if (differs <= 0)
        return differs < 0; /* not such a text, or exactly this cost */
    return cost_of(text, "$m=") < cost->memory / 1024 || cost_of(text, ",t=") < cost->passes;
}
