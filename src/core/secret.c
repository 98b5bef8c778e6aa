/* SPDX-License-Identifier: Apache-2.0 */
/* core/secret.c - wiping, constant-time comparison, owned secrets. */
#include "core/secret.h"

#include "core/err.h"
#include "core/mem.h"

#include <string.h>

void jt_wipe(void *ptr, size_t len)
{
    if (len > 0)
        explicit_bzero(ptr, len);
}

static uint64_t word_at(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* In what 64 bytes differ: any bit set, or none. Two words at a time where the machine can. */
static uint64_t differ_64(const uint8_t *a, const uint8_t *b)
{
    typedef uint64_t pair __attribute__((vector_size(16)));
    pair differ = {0, 0};
    for (size_t i = 0; i < 64; i += sizeof differ) {
        pair left;
        pair right;
        memcpy(&left, a + i, sizeof left);
        memcpy(&right, b + i, sizeof right);
        differ |= left ^ right;
    }
    return differ[0] | differ[1];
}

bool jt_equal_ct(jeton_span a, jeton_span b)
{
    if (a.len != b.len)
        return false;
    uint64_t differ = 0;
    size_t i = 0;
    for (; a.len - i >= 64; i += 64) {
        differ |= differ_64(a.ptr + i, b.ptr + i);
        __asm__("" : "+r"(differ)); /* the compiler must not see that the rest may be skipped */
    }
    for (; a.len - i >= sizeof differ; i += sizeof differ) {
        differ |= word_at(a.ptr + i) ^ word_at(b.ptr + i);
        __asm__("" : "+r"(differ));
    }
    for (; i < a.len; i++) {
        differ |= (uint64_t)(a.ptr[i] ^ b.ptr[i]);
        __asm__("" : "+r"(differ));
    }
    return differ == 0;
}

jeton_status jt_secret_new(const jeton_ctx *ctx, size_t len, jt_secret *secret, jeton_err *err)
{
    *secret = (jt_secret){.ptr = jt_zalloc(ctx, len), .ctx = ctx};
    if (secret->ptr == NULL)
        return jt_fail(err, JETON_E_NOMEM, "secret");
    secret->len = len;
    return JETON_OK;
}

jeton_status jt_secret_copy(const jeton_ctx *ctx, jeton_span bytes, jt_secret *secret,
                            jeton_err *err)
{
    const jeton_status status = jt_secret_new(ctx, bytes.len, secret, err);
    if (status == JETON_OK && bytes.len > 0)
        memcpy(secret->ptr, bytes.ptr, bytes.len);
    return status;
}

void jt_secret_done(jt_secret *secret)
{
    if (secret == NULL || secret->ptr == NULL)
        return;
    jt_wipe(secret->ptr, secret->len);
    jt_release(secret->ctx, secret->ptr);
    *secret = (jt_secret){0};
}
