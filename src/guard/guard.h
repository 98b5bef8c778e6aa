/* SPDX-License-Identifier: Apache-2.0 */
/* guard/guard.h - what a guard is inside. */
#ifndef JT_GUARD_GUARD_H
#define JT_GUARD_GUARD_H

#include "guard/visit.h"

struct jeton_guard {
    const jeton_ctx *ctx;
    const jeton_verifier *verifier;
    jt_settings settings;
};

#endif
