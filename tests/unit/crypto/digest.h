/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/digest.h - what the signatures of RSA and ECDSA are made over. */
#ifndef JT_UNIT_DIGEST_H
#define JT_UNIT_DIGEST_H

#include "crypto/sha2.h"

/* Of that text; the same memory each time. */
static inline const uint8_t *digest_of(jt_hash hash, jeton_span text)
{
    static uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(hash, text, digest);
    return digest;
}

#endif
