/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/der.h - asymmetric keys as DER. */
#ifndef JT_CRYPTO_DER_H
#define JT_CRYPTO_DER_H

#include "crypto/der_form.h"
#include "crypto/pkey.h"

/* Reads a key of that form, all of `der`. Of a certificate its public key is taken, and nothing
 * of it is checked: neither signature nor dates nor names.
 *
 * key   set to NULL first; on JETON_OK the caller owns it: jt_pkey_free()
 *
 * JETON_E_UNSUPPORTED  encrypted, or a key of a type or curve that this build does not know
 * JETON_E_KEY          not of that form, its content cannot be read, or what jt_pkey_import()
 *                      refuses
 */
JETON_MUST jeton_status jt_der_parse(const jeton_ctx *ctx, jt_der_form form, jeton_span der,
                                     jt_pkey **key, jeton_err *err);

/* Adds the key at the end of *out: SubjectPublicKeyInfo, or PrivateKeyInfo of a private key.
 * JETON_E_KEY_USE, JETON_E_CRYPTO, JETON_E_NOMEM. */
JETON_MUST jeton_status jt_der_print(const jt_pkey *key, bool with_private, jt_buf *out,
                                     jeton_err *err);

#endif
