/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_lookup.c - how long it takes to look up the bit of a token.
 *
 * Each look-up waits for the one before: its token is chosen by what that has answered. Cold is a
 * token of which nothing is in a cache of the processor: neither its list nor its bit. What all
 * look-ups have in common, 2 KB that say where lists are, stays where it is, and so do translations
 * of addresses. Those are gone, too, after memory was read that is larger than the caches. */
#include "cli/bench_state.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

#define ROUND       4096U /* look-ups that are timed together */
#define ROUNDS_MOST 4096U
#define WARM        1024U
#define CACHE_LINE  ((size_t)64)
#define EVICT       ((size_t)192 * 1024 * 1024)
#define EVICTIONS   24U
#define CHECKS      1000U /* of the clock */

typedef struct looking {
    const jt_bits *bits;
    uint64_t among; /* tokens */
    uint64_t random;
    bool wrong; /* an answer was */
    size_t count;
    double ns[ROUNDS_MOST];
} looking;

/* The next token depends on the answer to the last, which is always the same: so nothing is looked
 * up ahead of time. */
static uint64_t next_token(looking *of, jeton_status before)
{
    of->random = (of->random + (uint64_t)before) * UINT64_C(6364136223846793005) +
                 UINT64_C(1442695040888963407);
    return (of->random >> 32) * of->among >> 32;
}

static jeton_status look_up(looking *of, uint64_t token)
{
    const jeton_status said = jt_bits_check(of->bits, jd_bench_index(token));
    const jeton_status want = jd_bench_is_revoked(token) ? JETON_E_REVOKED : JETON_OK;
    of->wrong |= said != want;
    return said;
}

static jeton_status judge(const looking *of, jeton_err *err)
{
    return of->wrong ? jt_fail(err, JETON_E_SYSTEM, "a look-up has given a wrong answer")
                     : JETON_OK;
}

/* ---- among so many -------------------------------------------------------------------------- */

static double time_round(looking *of)
{
    jeton_status said = JETON_OK;
    const int64_t began = jd_nanoseconds();
    for (unsigned i = 0; i < ROUND; i++)
        said = look_up(of, next_token(of, said));
    return (double)(jd_nanoseconds() - began) / ROUND;
}

static jeton_status among(jd_bench *bench, looking *of, uint64_t tokens, jd_bench_number number,
                          jeton_err *err)
{
    const int64_t end = jd_nanoseconds() + bench->ns / 4;
    of->among = tokens;
    of->count = 0;
    (void)time_round(of);
    do
        of->ns[of->count++] = time_round(of);
    while (of->count < ROUNDS_MOST && jd_nanoseconds() < end && jd_bench_goes_on());
    JT_TRY(judge(of, err));
    jd_bench_note(bench, number, jd_bench_middle(of->ns, of->count));
    return JETON_OK;
}

/* ---- cold ----------------------------------------------------------------------------------- */

/* Has a line of memory leave all caches. */
#if defined(__x86_64__)
#define CAN_FLUSH true
static void flush_line(const void *line)
{
    __asm__ volatile("clflush (%0)" : : "r"(line) : "memory");
}

static void wait_for_memory(void)
{
    __asm__ volatile("mfence\n\tlfence" : : : "memory");
}
#elif defined(__aarch64__)
#define CAN_FLUSH true
static void flush_line(const void *line)
{
    __asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
}

static void wait_for_memory(void)
{
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}
#else
#define CAN_FLUSH false
static void flush_line(const void *line)
{
    (void)line;
}

static void wait_for_memory(void)
{
}
#endif

static void flush_token(const looking *of, uint64_t token)
{
    const uint64_t index = jd_bench_index(token);
    const uint64_t place = jt_index_place(index);
    const jt_bits_list *list = jt_bits_find(of->bits, jt_index_list(index));
    const uint64_t at = jt_bits_peek(&list->chunks[place / JT_BITS_CHUNK_BITS]);
    const uint8_t *chunk = (const uint8_t *)(of->bits->base + (uintptr_t)at);
    if (at != 0)
        flush_line(chunk + place % JT_BITS_CHUNK_BITS / 8);
    for (size_t i = 0; i < sizeof *list; i += CACHE_LINE)
        flush_line((const uint8_t *)list + i);
    wait_for_memory();
}

/* What looking at the clock takes. */
static double clock_ns(looking *of)
{
    for (size_t i = 0; i < CHECKS; i++) {
        const int64_t began = jd_nanoseconds();
        of->ns[i] = (double)(jd_nanoseconds() - began);
    }
    return jd_bench_middle(of->ns, CHECKS);
}

static double time_one(looking *of, uint64_t token)
{
    wait_for_memory();
    const int64_t began = jd_nanoseconds();
    const jeton_status said = look_up(of, token);
    wait_for_memory();
    const int64_t ended = jd_nanoseconds();
    (void)said;
    return (double)(ended - began);
}

static jeton_status cold(jd_bench *bench, looking *of, jeton_err *err)
{
    const int64_t end = jd_nanoseconds() + bench->ns / 4;
    const double clock = clock_ns(of);
    of->count = 0;
    do {
        const uint64_t token = next_token(of, JETON_OK);
        flush_token(of, token);
        of->ns[of->count++] = time_one(of, token) - clock;
    } while (of->count < ROUNDS_MOST && jd_nanoseconds() < end && jd_bench_goes_on());
    JT_TRY(judge(of, err));
    jd_bench_note(bench, JD_BENCH_COLD, jd_bench_middle(of->ns, of->count));
    return JETON_OK;
}

/* Written, so that it is memory of its own, and read by the line. */
static void evict(uint8_t *memory)
{
    for (size_t i = 0; i < EVICT; i += CACHE_LINE)
        *(volatile uint8_t *)&memory[i] += 1;
}

static jeton_status evicted(jd_bench *bench, looking *of, jeton_err *err)
{
    const double clock = clock_ns(of);
    const int64_t end = jd_nanoseconds() + bench->ns / 4;
    uint8_t *memory = jt_alloc(NULL, EVICT);
    if (memory == NULL)
        return jt_fail(err, JETON_E_NOMEM, "memory to read instead");
    of->count = 0;
    do {
        evict(memory);
        of->ns[of->count++] = time_one(of, next_token(of, JETON_OK)) - clock;
    } while (of->count < EVICTIONS && jd_nanoseconds() < end && jd_bench_goes_on());
    jt_release(NULL, memory);
    JT_TRY(judge(of, err));
    jd_bench_note(bench, JD_BENCH_EVICTED, jd_bench_middle(of->ns, of->count));
    return JETON_OK;
}

static jeton_status run(jd_bench *bench, looking *of, jeton_err *err)
{
    JT_TRY(among(bench, of, WARM, JD_BENCH_WARM, err));
    JT_TRY(among(bench, of, bench->tokens, JD_BENCH_ANY, err));
    if (CAN_FLUSH)
        JT_TRY(cold(bench, of, err));
    return evicted(bench, of, err);
}

jeton_status jd_bench_lookups(jd_bench *of, const jt_bits *bits, jeton_err *err)
{
    looking *looks = jt_zalloc(NULL, sizeof *looks);
    if (looks == NULL)
        return jt_fail(err, JETON_E_NOMEM, "look-ups");
    looks->bits = bits;
    looks->random = 88172645463325252U;
    const jeton_status status = run(of, looks, err);
    jt_release(NULL, looks);
    return status;
}
