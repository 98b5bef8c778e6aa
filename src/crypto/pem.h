/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pem.h - asymmetric keys as PEM text (RFC 7468). */
#ifndef JT_CRYPTO_PEM_H
#define JT_CRYPTO_PEM_H

#include "crypto/pkey.h"

/* Reads one block: PUBLIC KEY, PRIVATE KEY (PKCS #8, not encrypted), RSA PRIVATE KEY,
 * RSA PUBLIC KEY, EC PRIVATE KEY, or the public key of a CERTIFICATE, of which nothing is checked.
 * White space may stand around it, nothing else.
 *
 * key   set to NULL first; on JETON_OK the caller owns it: jt_pkey_free()
 *
 * JETON_E_SYNTAX       not one block of those
 * JETON_E_LIMIT        longer than JT_LIMIT_PEM
 * JETON_E_UNSUPPORTED  encrypted, or a key of a type or curve that this build does not know
 * JETON_E_KEY          its content cannot be read, or what jt_pkey_import() refuses
 */
JETON_MUST jeton_status jt_pem_parse(const jeton_ctx *ctx, jeton_span pem, jt_pkey **key,
                                     jeton_err *err);

/* Reads one block ENCRYPTED PRIVATE KEY; any other is JETON_E_SYNTAX. Outcomes as above, and those
 * of jt_pbes2_open(). */
JETON_MUST jeton_status jt_pem_parse_encrypted(const jeton_ctx *ctx, jeton_span pem,
                                               jeton_span passphrase, jt_pkey **key,
                                               jeton_err *err);

/* Adds the block at the end of *out: PUBLIC KEY, or PRIVATE KEY (PKCS #8) of a private key.
 * JETON_E_KEY_USE when there is no private part, JETON_E_CRYPTO, JETON_E_NOMEM. */
JETON_MUST jeton_status jt_pem_print(const jt_pkey *key, bool with_private, jt_buf *out,
                                     jeton_err *err);

/* The same as ENCRYPTED PRIVATE KEY; also the outcomes of jt_pbes2_seal(). */
JETON_MUST jeton_status jt_pem_print_encrypted(const jt_pkey *key, jeton_span passphrase,
                                               jt_buf *out, jeton_err *err);

#endif
