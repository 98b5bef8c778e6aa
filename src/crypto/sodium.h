/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/sodium.h - starting libsodium, which each file that calls it does first. */
#ifndef JT_CRYPTO_SODIUM_H
#define JT_CRYPTO_SODIUM_H

#include <jeton/error.h>

/* Lets libsodium choose the code for this processor. Any thread, any number of times (the library
 * remembers, so that we need no global); takes its lock, so not once per token: keys are made
 * with it and used without. JETON_E_CRYPTO. */
JETON_MUST jeton_status jt_sodium_start(jeton_err *err);

#endif
