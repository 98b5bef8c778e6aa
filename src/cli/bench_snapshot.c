/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_snapshot.c - from memory to a file and back, and what a host has to wait for after a
 * restart: the file is loaded, and a segment made of it. */
#include "agent/snapshot.h"
#include "cli/bench_state.h"
#include "core/auto.h"
#include "core/err.h"

#include <jeton/keyset.h>

static const uint8_t cluster[32] = "the cluster key of a measurement";

static jeton_status save(const jd_bench_tokens *of, const jd_path *path, jeton_err *err)
{
    const int64_t began = jd_nanoseconds();
    const jd_snapshot_end end = {.n = jt_revocations_head(of->revocations)};
    JT_TRY(jd_snapshot_save(path->chars, jeton_bytes(cluster, sizeof cluster), &end,
                            of->revocations, err));
    jd_bench_note(of->bench, JD_BENCH_SNAPSHOT_SAVE, (double)(jd_nanoseconds() - began) / 1e6);
    return JETON_OK;
}

static jeton_status open_agent(jd_bench_tokens *of, const jd_path *path, jeton_err *err)
{
    const jeton_key *const keys[] = {of->key};
    const jd_agent_options options = {
        .path = path->chars, .group = "", .locked = true, .revocations = of->restored};
    JT_AUTO(jeton_keyset_free) jeton_keyset *set = NULL;
    JT_TRY(jeton_keyset_new(NULL, keys, 1, &set, err));
    JT_TRY(jd_agent_open(&options, &of->agent, err));
    return jd_agent_keys(of->agent, set, err);
}

/* As many chunks, lists and announced places as there were: what a bit says is looked up by other
 * measurements. */
static bool is_the_same(const jd_bench_tokens *of)
{
    const jt_bitmaps_counts a = jt_bitmaps_count(jt_revocations_bitmaps(of->revocations));
    const jt_bitmaps_counts b = jt_bitmaps_count(jt_revocations_bitmaps(of->restored));
    return a.lists == b.lists && a.announced == b.announced && a.chunks == b.chunks &&
           a.voids == b.voids && a.voids == 0;
}

static jeton_status load(jd_bench_tokens *of, const jd_path *from, const jd_path *segment,
                         jeton_err *err)
{
    jd_snapshot_end end;
    const int64_t began = jd_nanoseconds();
    JT_TRY(jt_revocations_new(NULL, &of->restored, err));
    jd_bench_make_room(of->restored, of->bench->tokens);
    JT_TRY(jd_snapshot_load(from->chars, jeton_bytes(cluster, sizeof cluster), of->restored, &end,
                            err));
    JT_TRY(open_agent(of, segment, err));
    const int64_t ended = jd_nanoseconds();
    if (!is_the_same(of))
        return jt_fail(err, JETON_E_SYSTEM, "the snapshot does not hold what was put in");
    jd_bench_note(of->bench, JD_BENCH_SNAPSHOT_LOAD, (double)(ended - began) / 1e6);
    return JETON_OK;
}

jeton_status jd_bench_snapshot(jd_bench_tokens *tokens, jeton_err *err)
{
    jd_path path;
    jd_path segment;
    jd_agent_counts counts;
    JT_TRY(jd_bench_path(tokens->bench, "snapshot", &path, err));
    JT_TRY(jd_bench_path(tokens->bench, "segment", &segment, err));
    JT_TRY(jeton_key_generate(NULL, JETON_ES256, jeton_str(NULL), &tokens->key, err));
    JT_TRY(save(tokens, &path, err));
    JT_TRY(load(tokens, &path, &segment, err));
    if (jd_agent_count(tokens->agent, &counts))
        jd_bench_note(tokens->bench, JD_BENCH_SEGMENT, (double)counts.bytes);
    return JETON_OK;
}
