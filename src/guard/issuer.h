/* SPDX-License-Identifier: Apache-2.0 */
/* guard/issuer.h - what an issuer is inside. */
#ifndef JT_GUARD_ISSUER_H
#define JT_GUARD_ISSUER_H

#include "guard/settings.h"

#include <jeton/issuer.h>

struct jeton_issuer {
    const jeton_ctx *ctx;
    jeton_key *key;
    jeton_alg alg;
    jt_settings settings;
    jeton_issuer_options options;
};

#endif
