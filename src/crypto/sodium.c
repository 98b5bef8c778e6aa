/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/sodium.c - starting libsodium. */
#include "crypto/sodium.h"

#include "core/err.h"

#include <sodium.h>

jeton_status jt_sodium_start(jeton_err *err)
{
    if (sodium_init() < 0) /* 1 means that it had been started before */
        return jt_fail(err, JETON_E_CRYPTO, "libsodium cannot be started");
    return JETON_OK;
}
