/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/operations.c - does one thing many times, for instructions.py to count under
 * callgrind: everything is counted that happens below counted_verify(), counted_hmac() or
 * counted_hit().
 */
#include "../../bench/hit.h"
#include "crypto/hmac.h"

#include <stdio.h>
#include <stdlib.h>

#define WARM_UP 10U

bool counted_verify(bench_fixture *fixture, unsigned times);
bool counted_hmac(const jt_hmac_key *key, jeton_span input, unsigned times);
bool counted_hit(bench_hit *hit, unsigned times);

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

/* operations TIMES: prints how many allocations libjeton made, on a line for each kind. */
int main(int argc, char **argv)
{
    static bench_hit hit;
    bench_fixture fixture;
    const unsigned times = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    const bool good = bench_fixture_init(&fixture, JETON_HS256) && run(&fixture, times) &&
                      bench_hit_init(&hit) && run_hits(&hit, times);
    bench_hit_done(&hit);
    bench_fixture_done(&fixture);
    return good ? 0 : 1;
}
