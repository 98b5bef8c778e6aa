/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/operations.c - does one thing many times, for instructions.py to count under
 * callgrind: everything is counted that happens below counted_verify(), counted_hmac(),
 * counted_hit() or counted_guard().
 */
#include "../../bench/guard.h"
#include "crypto/hmac.h"

#include <stdio.h>
#include <stdlib.h>

#define WARM_UP 10U

bool counted_verify(bench_fixture *fixture, unsigned times);
bool counted_hmac(const jt_hmac_key *key, jeton_span input, unsigned times);
bool counted_hit(bench_hit *hit, unsigned times);
bool counted_guard(bench_guard *guard, unsigned times);

__attribute__((noinline)) bool counted_verify(bench_fixture *fixture, unsigned times)
{
    bool good = true;
    for (unsigned i = 0; i < times; i++)
        good &= bench_verify(fixture);
    return good;
}

/* What the verification of the token does in the way of HMAC, and nothing else. */
__attribute__((noinline)) bool counted_hmac(const jt_hmac_key *key, jeton_span input,
                                            unsigned times)
{
    static const uint8_t none[32] = {0};
    bool matched = false;
    for (unsigned i = 0; i < times; i++)
        matched |= jt_hmac_verify(key, input, jeton_bytes(none, sizeof none));
    return !matched;
}

/* The same token verified again, when the verdict cache has it. */
__attribute__((noinline)) bool counted_hit(bench_hit *hit, unsigned times)
{
    bool good = true;
    for (unsigned i = 0; i < times; i++)
        good &= bench_hit_verify(hit);
    return good;
}

/* The same in a request that a guard lets in. */
__attribute__((noinline)) bool counted_guard(bench_guard *guard, unsigned times)
{
    bool good = true;
    for (unsigned i = 0; i < times; i++)
        good &= bench_guard_check(guard);
    return good;
}

static bool run(bench_fixture *fixture, unsigned times)
{
    const jeton_span token = jeton_text_span(fixture->token);
    const uint8_t *dot = memrchr(token.ptr, '.', token.len);
    if (dot == NULL)
        return false;
    jt_hmac_key key;
    jt_hmac_init(&key, JT_SHA256, jeton_str(bench_secret));
    for (unsigned i = 0; i < WARM_UP; i++)
        if (!bench_verify(fixture))
            return false;
    const size_t before = fixture->allocations;
    const bool good = counted_verify(fixture, times) &&
                      counted_hmac(&key, jeton_bytes(token.ptr, (size_t)(dot - token.ptr)), times);
    (void)printf("verifications: %zu\n", fixture->allocations - before);
    return good;
}

/* bench_hit_init() has found each token once. */
static bool run_hits(bench_hit *hit, unsigned times)
{
    jeton_cache_counts counts;
    const size_t before = hit->fixture.allocations;
    const bool good = counted_hit(hit, times);
    (void)printf("hits: %zu\n", hit->fixture.allocations - before);
    jeton_cache_stats(hit->cache, &counts);
    return good && counts.hits == BENCH_HIT_TOKENS + times;
}

static bool run_guard(bench_guard *guard, unsigned times)
{
    const size_t before = guard->hit.fixture.allocations;
    const bool good = counted_guard(guard, times);
    (void)printf("guards: %zu\n", guard->hit.fixture.allocations - before);
    return good;
}

/* operations TIMES: prints how many allocations libjeton made, on a line for each kind. */
int main(int argc, char **argv)
{
    static bench_hit hit;
    static bench_guard guard;
    bench_fixture fixture;
    const unsigned times = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    const bool good = bench_fixture_init(&fixture, JETON_HS256) && run(&fixture, times) &&
                      bench_hit_init(&hit) && run_hits(&hit, times) && bench_guard_init(&guard) &&
                      run_guard(&guard, times);
    bench_guard_done(&guard);
    bench_hit_done(&hit);
    bench_fixture_done(&fixture);
    return good ? 0 : 1;
}
