/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_state.c - the lists of so many tokens, announced and revoked as the log does it. */
#include "cli/bench_state.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

#include <malloc.h>

/* ---- memory, counted ------------------------------------------------------------------------ */

static void *count_alloc(void *user, size_t size)
{
    jd_bench_memory *of = user;
    void *made = jt_system_alloc(NULL, size);
    if (made != NULL)
        atomic_fetch_add(&of->bytes, malloc_usable_size(made));
    return made;
}

static void *count_resize(void *user, void *ptr, size_t size)
{
    jd_bench_memory *of = user;
    const size_t before = malloc_usable_size(ptr);
    void *made = jt_system_resize(NULL, ptr, size);
    if (made == NULL)
        return NULL;
    atomic_fetch_add(&of->bytes, malloc_usable_size(made));
    atomic_fetch_sub(&of->bytes, before);
    return made;
}

static void count_release(void *user, void *ptr)
{
    jd_bench_memory *of = user;
    atomic_fetch_sub(&of->bytes, malloc_usable_size(ptr));
    jt_system_release(NULL, ptr);
}

jeton_status jd_bench_memory_open(jd_bench_memory *memory, jeton_err *err)
{
    const jeton_ctx_options options = {
        .alloc = count_alloc, .resize = count_resize, .release = count_release, .user = memory};
    memory->ctx = NULL;
    atomic_init(&memory->bytes, 0);
    return jeton_ctx_new(&options, &memory->ctx, err);
}

void jd_bench_memory_close(jd_bench_memory *memory)
{
    jeton_ctx_free(&memory->ctx);
}

/* ---- the tokens ----------------------------------------------------------------------------- */

static jeton_status announce(jt_revocations *to, uint64_t tokens, uint64_t *n, jeton_err *err)
{
    for (uint64_t first = 0; first < tokens; first += JT_BITS_PLACES) {
        const uint64_t left = tokens - first;
        jt_revocation entry = {.n = ++*n, .kind = JT_REVOKED_LIST, .expires = INT64_MAX};
        jt_revoked_pair(jt_index_list(jd_bench_index(first)),
                        left < JT_BITS_PLACES ? left : JT_BITS_PLACES, entry.id);
        JT_TRY(jt_revocations_apply(to, &entry, err));
    }
    return JETON_OK;
}

static jeton_status revoke(jt_revocations *to, uint64_t tokens, uint64_t *n, jeton_err *err)
{
    for (uint64_t token = 0; token < tokens; token += JD_BENCH_ONE_IN) {
        jt_revocation entry = {.n = ++*n, .kind = JT_REVOKED_INDEX, .expires = INT64_MAX};
        jt_revoked_index(jd_bench_index(token), entry.id);
        JT_TRY(jt_revocations_apply(to, &entry, err));
    }
    return JETON_OK;
}

static jeton_status fill(jd_bench_tokens *of, jeton_err *err)
{
    uint64_t n = 0;
    const uint64_t tokens = of->bench->tokens;
    JT_TRY(announce(of->revocations, tokens, &n, err));
    return revoke(of->revocations, tokens, &n, err);
}

/* ---- the part ------------------------------------------------------------------------------- */

static jeton_status measure(jd_bench_tokens *of, const jd_bench_memory *memory, jeton_err *err)
{
    JT_TRY(jt_revocations_new(memory->ctx, &of->revocations, err));
    jd_bench_make_room(of->revocations, of->bench->tokens);
    JT_TRY(fill(of, err));
    jd_bench_note(of->bench, JD_BENCH_STATE, (double)atomic_load(&memory->bytes));
    JT_TRY(jd_bench_snapshot(of, err));
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(of->revocations);
    JT_TRY(jd_bench_lookups(of->bench, jt_bitmaps_bits(bitmaps), err));
    return jd_bench_verify(of, err);
}

jeton_status jd_bench_state(jd_bench *of, jeton_err *err)
{
    jd_bench_memory memory;
    jd_bench_tokens tokens = {.bench = of};
    JT_TRY(jd_bench_memory_open(&memory, err));
    const jeton_status status = measure(&tokens, &memory, err);
    jd_agent_close(&tokens.agent);
    jeton_key_free(&tokens.key);
    jt_revocations_free(&tokens.restored);
    jt_revocations_free(&tokens.revocations);
    jd_bench_memory_close(&memory);
    return status;
}
