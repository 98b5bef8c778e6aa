/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_state.h - a hundred million live tokens of which one in a hundred is revoked, and what
 * is measured with them. */
#ifndef JD_CLI_BENCH_STATE_H
#define JD_CLI_BENCH_STATE_H

#include "agent/agent.h"
#include "cli/bench.h"

#include <stdatomic.h>

#define JD_BENCH_ONE_IN ((uint64_t)100)

/* Counts what is allocated: with what the C library adds, as the system sees it. */
typedef struct jd_bench_memory {
    jeton_ctx *ctx;
    atomic_size_t bytes; /* at the moment */
} jd_bench_memory;

/* To be closed when all that was made with the context is gone. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_bench_memory_open(jd_bench_memory *memory, jeton_err *err);
void jd_bench_memory_close(jd_bench_memory *memory);

/* The tokens are numbered from 0; this is the index of one, and whether it is revoked. */
static inline uint64_t jd_bench_index(uint64_t token)
{
    return jt_index_of(1 + token / JT_BITS_PLACES, token % JT_BITS_PLACES);
}

static inline bool jd_bench_is_revoked(uint64_t token)
{
    return token % JD_BENCH_ONE_IN == 0;
}

/* Has room for the bits of so many tokens, and of the list that is begun: what is measured is what
 * they take, not where a setting ends it. */
static inline void jd_bench_make_room(jt_revocations *of, uint64_t tokens)
{
    jt_bitmaps_limit(jt_revocations_bitmaps(of), tokens / 8 + 2 * JT_BITS_PLACES / 8);
}

/* What the measurements share. */
typedef struct jd_bench_tokens {
    jd_bench *bench;
    jt_revocations *revocations; /* as they came, from the log */
    jt_revocations *restored;    /* from the snapshot … */
    jd_agent *agent;             /* … and the segment that was made of it */
    jeton_key *key;              /* whose public half is in there */
} jd_bench_tokens;

JETON_MUST jeton_status jd_bench_lookups(jd_bench *of, const jt_bits *bits, jeton_err *err);

/* Fills in the last three members. */
JETON_MUST jeton_status jd_bench_snapshot(jd_bench_tokens *tokens, jeton_err *err);

/* Of those. */
JETON_MUST jeton_status jd_bench_verify(jd_bench_tokens *tokens, jeton_err *err);

#endif
