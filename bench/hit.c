/* SPDX-License-Identifier: Apache-2.0 */
/* bench/hit.c - a thousand tokens, and a verifier that knows them all. */
#include "hit.h"

#include "race.h"

#include <stdio.h>
#include <stdlib.h>

#define STRIDE 617U /* has no divisor in common with BENCH_HIT_TOKENS: all of them come by */

static jeton_span token(const bench_hit *hit, size_t i)
{
    return jeton_bytes(hit->tokens + i * hit->len, hit->len);
}

static bool make_token(bench_hit *hit, unsigned i)
{
    char jti[32];
    jeton_text *made = NULL;
    (void)snprintf(jti, sizeof jti, "q3mZ8vWxT1c%05u", i); /* as long as the one it replaces */
    jeton_claims_set_text(hit->fixture.claims, "jti", jeton_str(jti));
    const bool good =
        jeton_sign(hit->fixture.signer, hit->fixture.claims, &made, NULL) == JETON_OK &&
        jeton_text_span(made).len == hit->len;
    if (good)
        memcpy(hit->tokens + i * hit->len, jeton_text_chars(made), hit->len);
    jeton_text_free(&made);
    return good;
}

static bool verify(const bench_hit *hit, size_t i)
{
    const bench_fixture *f = &hit->fixture;
    return jeton_verify(f->verifier, token(hit, i), f->verdict) == JETON_OK;
}

/* In another order than they will be asked for, so that their memory is. */
static bool store_all(bench_hit *hit)
{
    jeton_cache_counts counts;
    hit->len = jeton_text_span(hit->fixture.token).len;
    hit->tokens = calloc(BENCH_HIT_TOKENS, hit->len);
    for (unsigned i = 0; i < BENCH_HIT_TOKENS; i++)
        if (hit->tokens == NULL || !make_token(hit, i))
            return false;
    for (size_t i = 0; i < (size_t)2 * BENCH_HIT_TOKENS; i++)
        if (!verify(hit, i * STRIDE % BENCH_HIT_TOKENS))
            return false;
    jeton_cache_stats(hit->cache, &counts);
    return counts.hits == BENCH_HIT_TOKENS;
}

bool bench_hit_init(bench_hit *hit)
{
    *hit = (bench_hit){0};
    if (!bench_fixture_init(&hit->fixture, JETON_HS256) ||
        jeton_cache_new(hit->fixture.ctx, NULL, &hit->cache, NULL) != JETON_OK)
        return false;
    jeton_verifier_use_cache(hit->fixture.verifier, hit->cache);
    return store_all(hit);
}

void bench_hit_done(bench_hit *hit)
{
    free(hit->tokens);
    jeton_cache_free(&hit->cache);
    bench_fixture_done(&hit->fixture);
}

bool bench_hit_verify(void *self)
{
    bench_hit *hit = self;
    hit->at = (hit->at + 1) % BENCH_HIT_TOKENS;
    return verify(hit, hit->at);
}

double bench_hit_ns(void)
{
    bench_hit *hit = malloc(sizeof *hit);
    if (hit == NULL)
        return 0;
    bench_runner runner = {.run = bench_hit_verify, .self = hit};
    const bool good = bench_hit_init(hit) && bench_race(&runner, 1);
    bench_hit_done(hit);
    free(hit);
    return good ? runner.ns : 0;
}
