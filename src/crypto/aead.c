/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/aead.c - XChaCha20-Poly1305 by libsodium. */
#include "crypto/aead.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/sodium.h"

#include <sodium.h>

_Static_assert(JT_AEAD_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(JT_AEAD_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(JT_AEAD_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

static jeton_status check_key(jeton_span key, jeton_err *err)
{
    if (key.len != JT_AEAD_KEY)
        return jt_fail(err, JETON_E_ARGUMENT, "a sealing key has %u bytes", JT_AEAD_KEY);
    return jt_sodium_start(err);
}

jeton_status jt_aead_seal(const jeton_ctx *ctx, jeton_span key, jeton_span plain, jeton_span ad,
                          jt_buf *sealed, jeton_err *err)
{
    JT_TRY(check_key(key, err));
    size_t more;
    if (!jt_add(plain.len, JT_AEAD_EXTRA, &more))
        return jt_fail(err, JETON_E_LIMIT, "too long to be sealed");
    JT_TRY(jt_buf_reserve(sealed, more, err));

    uint8_t *nonce = sealed->ptr + sealed->len;
    uint8_t *body = nonce + JT_AEAD_NONCE;
    JT_TRY(jt_random(ctx, nonce, JT_AEAD_NONCE, err));
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, plain.ptr, plain.len, ad.ptr,
                                                     ad.len, NULL, nonce, key.ptr);
    sealed->len += more;
    return JETON_OK;
}

jeton_status jt_aead_open(const jeton_ctx *ctx, jeton_span key, jeton_span sealed, jeton_span ad,
                          jt_secret *plain, jeton_err *err)
{
    *plain = (jt_secret){0};
    JT_TRY(check_key(key, err));
    if (sealed.len < JT_AEAD_EXTRA)
        return jt_fail(err, JETON_E_CRYPTO, "too short to have been sealed");

    const uint8_t *body = sealed.ptr + JT_AEAD_NONCE;
    const size_t body_len = sealed.len - JT_AEAD_NONCE;
    JT_AUTO(jt_secret_done) jt_secret made = {0};
    JT_TRY(jt_secret_new(ctx, body_len - JT_AEAD_TAG, &made, err));
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(made.ptr, NULL, NULL, body, body_len, ad.ptr,
                                                   ad.len, sealed.ptr, key.ptr) != 0)
        return jt_fail(err, JETON_E_CRYPTO, "does not open: another key, or changed");

    *plain = made;
    made = (jt_secret){0}; /* ownership has moved to the caller */
    return JETON_OK;
}
