/* SPDX-License-Identifier: Apache-2.0 */
/* core/ctx.c - contexts, and the default one made of the system's clock and randomness. */
#include "core/ctx.h"

#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static jeton_time system_now(void *user)
{
    (void)user;
    struct timespec ts;
    if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
        return INT64_MAX; /* no clock: every token has expired */
    return (jeton_time)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool system_random(void *user, void *to, size_t len)
{
    (void)user;
    uint8_t *at = to;
    while (len > 0) {
        const size_t part = len < 256 ? len : 256; /* what getentropy takes at most */
        if (getentropy(at, part) != 0)
            return false;
        at += part;
        len -= part;
    }
    return true;
}

static const jeton_ctx defaults = {
    .options = {.alloc = jt_system_alloc,
                .resize = jt_system_resize,
                .release = jt_system_release,
                .now = system_now,
                .random = system_random,
                .limits = {.token = JT_LIMIT_TOKEN,
                           .header = JT_LIMIT_HEADER,
                           .payload = JT_LIMIT_PAYLOAD,
                           .json = JT_LIMIT_JSON,
                           .depth = JT_LIMIT_DEPTH,
                           .keys = JT_LIMIT_KEYS,
                           .rounds = JT_LIMIT_ROUNDS}},
};

const jeton_ctx *jt_ctx(const jeton_ctx *ctx)
{
    return ctx != NULL ? ctx : &defaults;
}

static void complete_limits(jeton_limits *limits)
{
    const jeton_limits *std = &defaults.options.limits;
    if (limits->token == 0)
        limits->token = std->token;
    if (limits->header == 0)
        limits->header = std->header;
    if (limits->payload == 0)
        limits->payload = std->payload;
    if (limits->json == 0)
        limits->json = std->json;
    if (limits->depth == 0)
        limits->depth = std->depth;
    if (limits->depth > JT_LIMIT_DEPTH_MAX)
        limits->depth = JT_LIMIT_DEPTH_MAX;
    if (limits->keys == 0)
        limits->keys = std->keys;
    if (limits->rounds == 0)
        limits->rounds = std->rounds;
}

static void complete(jeton_ctx_options *options)
{
    if (options->alloc == NULL) {
        options->alloc = jt_system_alloc;
        options->resize = jt_system_resize;
        options->release = jt_system_release;
    }
    if (options->now == NULL)
        options->now = system_now;
    if (options->random == NULL)
        options->random = system_random;
    complete_limits(&options->limits);
}

jeton_status jeton_ctx_new(const jeton_ctx_options *options, jeton_ctx **ctx, jeton_err *err)
{
    *ctx = NULL;
    jeton_ctx made = options != NULL ? (jeton_ctx){.options = *options} : defaults;
    const int given = (made.options.alloc != NULL) + (made.options.resize != NULL) +
                      (made.options.release != NULL);
    if (given != 0 && given != 3)
        return jt_fail(err, JETON_E_ARGUMENT, "an allocator needs alloc, resize and release");
    complete(&made.options);

    *ctx = jt_alloc(&made, sizeof made);
    if (*ctx == NULL)
        return jt_fail(err, JETON_E_NOMEM, "context");
    **ctx = made;
    return JETON_OK;
}

void jeton_ctx_free(jeton_ctx **ctx)
{
    if (ctx == NULL || *ctx == NULL)
        return;
    const jeton_ctx copy = **ctx; /* it holds the function that frees it */
    jt_release(&copy, *ctx);
    *ctx = NULL;
}

const jeton_limits *jt_limits(const jeton_ctx *ctx)
{
    return &jt_ctx(ctx)->options.limits;
}

jeton_time jt_now(const jeton_ctx *ctx)
{
    ctx = jt_ctx(ctx);
    return ctx->options.now(ctx->options.user);
}

jeton_status jt_random(const jeton_ctx *ctx, void *to, size_t len, jeton_err *err)
{
    ctx = jt_ctx(ctx);
    if (len == 0 || ctx->options.random(ctx->options.user, to, len))
        return JETON_OK;
    memset(to, 0, len);
    return jt_fail(err, JETON_E_RANDOM, "the source of randomness failed");
}
