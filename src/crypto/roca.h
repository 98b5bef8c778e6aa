/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/roca.h - RSA moduli of a library that made guessable primes (ROCA, CVE-2017-15361): for
 * crypto/ only. */
#ifndef JT_CRYPTO_ROCA_H
#define JT_CRYPTO_ROCA_H

#include <openssl/bn.h>
#include <stdbool.h>

/* Whether `n` has the fingerprint of such a key, which can be factored. One honest modulus in
 * 2^28 has it by chance. */
bool jt_roca_has_fingerprint(const BIGNUM *n);

#endif
