/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_prints.c - what tokens without an index take that are revoked one by one: really so
 * many, in memory that is counted. */
#include "cli/bench_state.h"
#include "core/auto.h"
#include "core/err.h"
#include "revoke/fingerprints.h"

#define ONE_IN     ((uint64_t)10)              /* of the tokens */
#define MOST       ((uint64_t)10000000)        /* what the bound is stated for */
#define LOOK_EVERY 65536U                      /* at whether we are interrupted */
#define EXPIRES    ((jeton_time)4102444800000) /* 2100 */

/* Another one for each number, and none that look alike: multiplying by an odd number is one to
 * one.
 */
static void make_id(uint64_t number, uint8_t id[JT_REVOKED_ID])
{
    const jt_fingerprint print = {.low = (number + 1) * UINT64_C(0x9E3779B97F4A7C15),
                                  .high = (uint32_t)(number * UINT64_C(2654435761))};
    jt_fingerprint_id(&print, id);
}

static jeton_status revoke_all(jt_revocations *to, uint64_t count, jeton_err *err)
{
    for (uint64_t i = 0; i < count; i++) {
        jt_revocation entry = {.n = i + 1, .kind = JT_REVOKED_TOKEN, .expires = EXPIRES};
        make_id(i, entry.id);
        JT_TRY(jt_revocations_apply(to, &entry, err));
        if (i % LOOK_EVERY == 0 && !jd_bench_goes_on())
            return JETON_OK;
    }
    return JETON_OK;
}

/* Each of them is there, and none of as many others. */
static bool is_right(const jt_revocations *in, uint64_t count)
{
    for (uint64_t i = 0; i < 2 * count; i++) {
        uint8_t id[JT_REVOKED_ID];
        make_id(i, id);
        const jeton_status want = i < count ? JETON_E_REVOKED : JETON_OK;
        if (jt_revocations_check(in, JT_REVOKED_TOKEN, id, 0) != want)
            return false;
        if (i % LOOK_EVERY == 0 && !jd_bench_goes_on())
            return true;
    }
    return true;
}

static jeton_status measure(jd_bench *of, const jd_bench_memory *memory, jt_revocations *in,
                            jeton_err *err)
{
    const uint64_t count = of->tokens / ONE_IN < MOST ? of->tokens / ONE_IN : MOST;
    JT_TRY(revoke_all(in, count, err));
    if (!jd_bench_goes_on())
        return JETON_OK;
    if (!is_right(in, count) || jt_revocations_prints(in) != count)
        return jt_fail(err, JETON_E_SYSTEM, "fingerprints are not what was put in");
    jd_bench_note(of, JD_BENCH_PRINTS, (double)atomic_load(&memory->bytes));
    return JETON_OK;
}

jeton_status jd_bench_prints(jd_bench *of, jeton_err *err)
{
    jd_bench_memory memory;
    jt_revocations *in = NULL;
    JT_TRY(jd_bench_memory_open(&memory, err));
    jeton_status status = jt_revocations_new(memory.ctx, &in, err);
    if (status == JETON_OK)
        status = measure(of, &memory, in, err);
    jt_revocations_free(&in);
    jd_bench_memory_close(&memory);
    return status;
}
