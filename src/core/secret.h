/* SPDX-License-Identifier: Apache-2.0 */
/* core/secret.h - bytes that must not outlive their use: wiped on free, compared in constant
 * time, never printed. */
#ifndef JT_CORE_SECRET_H
#define JT_CORE_SECRET_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

/* Overwrites memory in a way the compiler may not leave out. NULL with 0 is fine. */
void jt_wipe(void *ptr, size_t len);

/* Whether two byte strings are equal, in time that depends on their lengths only. The one
 * comparison for MACs, digests of secrets, and anything a stranger tries to guess. */
bool jt_equal_ct(jeton_span a, jeton_span b);

/* Owned secret bytes. {0} is the empty secret. */
typedef struct jt_secret {
    uint8_t *ptr;
    size_t len;
    const jeton_ctx *ctx;
} jt_secret;

/* `len` bytes, zeroed, for the caller to fill; or a copy of `bytes`. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_secret_new(const jeton_ctx *ctx, size_t len, jt_secret *secret,
                                      jeton_err *err);
JETON_MUST jeton_status jt_secret_copy(const jeton_ctx *ctx, jeton_span bytes, jt_secret *secret,
                                       jeton_err *err);

/* Wipes and frees; the secret is empty afterwards. */
void jt_secret_done(jt_secret *secret);

static inline jeton_span jt_secret_span(const jt_secret *secret)
{
    return jeton_bytes(secret->ptr, secret->len);
}

#endif
