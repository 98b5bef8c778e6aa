/* SPDX-License-Identifier: Apache-2.0 */
/* core/ctx.h - what a context is inside: the only way to time, randomness and limits. */
#ifndef JT_CORE_CTX_H
#define JT_CORE_CTX_H

#include <jeton/ctx.h>

struct jeton_ctx {
    jeton_ctx_options options; /* complete: no function is NULL, no limit is 0 */
};

/* The context itself, or the constant default one for NULL. Never NULL. */
const jeton_ctx *jt_ctx(const jeton_ctx *ctx);

const jeton_limits *jt_limits(const jeton_ctx *ctx);
jeton_time jt_now(const jeton_ctx *ctx);

/* Fills `to`. JETON_E_RANDOM, and then `to` is zeros. */
JETON_MUST jeton_status jt_random(const jeton_ctx *ctx, void *to, size_t len, jeton_err *err);

#endif
