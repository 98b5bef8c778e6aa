/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ecdsa_der.h - the two forms of an ECDSA signature: r ‖ s, each as long as the curve's
 * order (RFC 7518 §3.4), and the DER sequence of two integers that OpenSSL takes and gives. */
#ifndef JT_CRYPTO_ECDSA_DER_H
#define JT_CRYPTO_ECDSA_DER_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JT_ECDSA_WIDTH_MAX 66U /* P-521 */
#define JT_ECDSA_DER_MAX   (3U + 2U * (3U + JT_ECDSA_WIDTH_MAX))

/* Writes r ‖ s, each half of `raw`, as DER and returns its length. `raw` is not longer than
 * 2 · JT_ECDSA_WIDTH_MAX. */
size_t jt_ecdsa_der_print(jeton_span raw, uint8_t der[JT_ECDSA_DER_MAX]);

/* Writes 2 · width bytes. False, with zeros in `raw`, unless `der` is one sequence of two
 * non-negative integers that fit. */
JETON_MUST bool jt_ecdsa_der_parse(jeton_span der, size_t width, uint8_t *raw);

#endif
