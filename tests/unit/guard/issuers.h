/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/issuers.h - issuers beside the guards of requests.h. */
#ifndef JT_UNIT_ISSUERS_H
#define JT_UNIT_ISSUERS_H

#include "requests.h"

#define ALICE .identity = {(const uint8_t *)"alice", 5}

static inline jeton_issuer *new_issuer(const jeton_guard_settings *settings,
                                       const jeton_issuer_options *options)
{
    jeton_issuer *issuer = BOGUS;
    jeton_err err = {0};
    if (jeton_issuer_new(token_ctx(), token_key(JETON_HS256), JETON_ALG_UNSET, settings, options,
                         &issuer, &err) != JETON_OK)
        fail_msg("%s", err.text);
    return issuer;
}

#endif
