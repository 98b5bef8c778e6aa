/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/aead.h - sealing: nobody without the key can read or change what was sealed.
 *
 * XChaCha20-Poly1305. The nonce is random and 24 bytes long, so one key may seal without counting.
 * Sealed bytes are nonce ‖ ciphertext ‖ tag and JT_AEAD_EXTRA longer than the plain ones.
 * `ad`, additional data, is not stored but must be the same when opening: it ties what was sealed
 * to its place (table, column and row), so that it cannot be moved to another.
 */
#ifndef JT_CRYPTO_AEAD_H
#define JT_CRYPTO_AEAD_H

#include "core/buf.h"
#include "core/secret.h"

#define JT_AEAD_KEY   32U
#define JT_AEAD_NONCE 24U
#define JT_AEAD_TAG   16U
#define JT_AEAD_EXTRA (JT_AEAD_NONCE + JT_AEAD_TAG)

/* Adds the sealed bytes at the end of *sealed, which stays as it was on failure.
 *
 * JETON_E_ARGUMENT  the key is not JT_AEAD_KEY bytes long
 * JETON_E_RANDOM, JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_aead_seal(const jeton_ctx *ctx, jeton_span key, jeton_span plain,
                                     jeton_span ad, jt_buf *sealed, jeton_err *err);

/* *plain is emptied first; on JETON_OK the caller owns it: jt_secret_done().
 *
 * JETON_E_CRYPTO    another key, other additional data, or not what was sealed
 * JETON_E_ARGUMENT  the key is not JT_AEAD_KEY bytes long
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_aead_open(const jeton_ctx *ctx, jeton_span key, jeton_span sealed,
                                     jeton_span ad, jt_secret *plain, jeton_err *err);

#endif
