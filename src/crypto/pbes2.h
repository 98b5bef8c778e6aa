/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pbes2.h - private keys under a passphrase: EncryptedPrivateKeyInfo (RFC 5958 §3) with
 * PBES2 (RFC 8018 §6.2).
 *
 * Read: PBKDF2 with HMAC-SHA1, -SHA256, -SHA384 or -SHA512, or scrypt (RFC 7914), and AES-CBC.
 * Written: PBKDF2-HMAC-SHA256 of JT_PBES2_ROUNDS, and AES-256-CBC, which everything else reads.
 * PBES1 and what is older is not read: a passphrase under it is found in no time.
 */
#ifndef JT_CRYPTO_PBES2_H
#define JT_CRYPTO_PBES2_H

#include "core/buf.h"
#include "core/secret.h"

#define JT_PBES2_ROUNDS 600000 /* what OWASP asks of PBKDF2-HMAC-SHA256 */

/* Opens all of `der`. What deriving the key would cost is looked at before any of it is done.
 *
 * plain  emptied first; on JETON_OK the caller owns it: jt_secret_done(). What a wrong passphrase
 *        gives by chance is caught for all but one in some hundreds, so look at it with suspicion.
 *
 * JETON_E_PASSPHRASE   does not open
 * JETON_E_LIMIT        more rounds than jeton_limits.rounds, or more memory than
 *                      JT_LIMIT_PEM_SCRYPT_MEMORY; a passphrase longer than JT_LIMIT_PASSPHRASE
 * JETON_E_UNSUPPORTED  encrypted in a way not named above
 * JETON_E_KEY          not an EncryptedPrivateKeyInfo
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_pbes2_open(const jeton_ctx *ctx, jeton_span der, jeton_span passphrase,
                                      jt_secret *plain, jeton_err *err);

/* Encrypts a PrivateKeyInfo, and adds it at the end of *der.
 *
 * JETON_E_ARGUMENT  an empty passphrase
 * JETON_E_LIMIT     one longer than JT_LIMIT_PASSPHRASE
 * JETON_E_RANDOM, JETON_E_CRYPTO, JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_pbes2_seal(const jeton_ctx *ctx, jeton_span plain, jeton_span passphrase,
                                      jt_buf *der, jeton_err *err);

#endif
