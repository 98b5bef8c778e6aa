/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_steps.c - a writer that is stopped, or killed, after any one of its
 * instructions or system calls leaves a segment that is whole: all that it had put is there.
 *
 * The writer is a child under ptrace. What a reader finds while it stands still is what it would
 * find had it been killed there. Where tracing is not allowed, the test is skipped.
 */
#include "agent/segment_file.h"
#include "segment/view.h"

#include "../segment/image.h"
#include "world.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define BEFORE 20U /* entries that are there at the beginning */
#define PUTS   4U
#define STEPS  2000000U

/* What writer and reader share besides the segment. */
typedef struct shared {
    _Atomic unsigned done; /* puts that have returned */
} shared;

static jt_revocation entry_of(unsigned number)
{
    jt_revocation entry = {.n = number + 1, .kind = JT_REVOKED_SESSION, .expires = INT64_MAX};
    world_id(number, entry.id);
    return entry;
}

/* ---- tracing -------------------------------------------------------------------------------- */

/* A child that waits to be traced; then it runs `work` and ends. */
static pid_t start(void (*work)(void *), void *with)
{
    const pid_t child = fork();
    if (child != 0)
        return child;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(77);
    (void)raise(SIGSTOP);
    work(with);
    _exit(0);
}

/* Whether it stands still; false when it has ended, which it must have done well. */
static bool is_stopped(pid_t child, bool *may_trace)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    *may_trace = !(WIFEXITED(status) && WEXITSTATUS(status) == 77);
    if (WIFSTOPPED(status))
        return true;
    assert_true(!*may_trace || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return false;
}

/* Runs it from stop to stop (PTRACE_SINGLESTEP, PTRACE_SYSCALL) and looks at each; gives how often.
 */
static unsigned drive(pid_t child, int how, void (*look)(void *), void *with)
{
    bool may_trace;
    unsigned steps = 0;
    if (!is_stopped(child, &may_trace) && !may_trace)
        skip();
    do {
        look(with);
        assert_in_range(steps++, 0, STEPS);
        assert_int_equal(ptrace((enum __ptrace_request)how, child, NULL, NULL), 0);
    } while (is_stopped(child, &may_trace));
    look(with);
    return steps;
}

/* ---- putting -------------------------------------------------------------------------------- */

typedef struct putting {
    image file;
    shared *shared;
    jt_map *map;
} putting;

/* New entries, and one that is raised. */
static void put_some(void *with)
{
    putting *of = with;
    const jd_segment_file file = {
        .base = of->file.bytes, .live = of->file.live, .table = of->file.table};
    for (unsigned i = 0; i < PUTS; i++) {
        jt_revocation entry = entry_of(BEFORE + i);
        const bool put = jd_segment_put(&file, &entry);
        entry = entry_of(i);
        entry.n += 1000;
        if (!put || !jd_segment_put(&file, &entry))
            _exit(1);
        atomic_store(&of->shared->done, i + 1);
    }
}

static uint64_t n_of(const putting *of, unsigned number)
{
    const jt_revocation entry = entry_of(number);
    return jt_table_find(&of->map->table, entry.kind, entry.id);
}

static void look_at_entries(void *with)
{
    const putting *of = with;
    const unsigned done = atomic_load(&of->shared->done);
    const jt_revoked_state state = jt_map_state(of->map);
    for (unsigned i = 0; i < BEFORE + PUTS + 1; i++) {
        const uint64_t n = n_of(of, i);
        if (i < PUTS)
            assert_true(n == i + 1 + 1000 || (i >= done && n == i + 1));
        else if (i < BEFORE + done)
            assert_int_equal(n, i + 1);
        else
            assert_true(n == 0 || (n == i + 1 && i < BEFORE + PUTS));
    }
    assert_int_equal(state.all(state.of), 0);
    assert_true(state.has(state.of, JT_REVOKED_SESSION));
    assert_true(jt_peek(&of->map->live->used) >= BEFORE + done);
}

static void no_instruction_of_putting_leaves_half_an_entry(void **state)
{
    (void)state;
    putting of = {.file = image_new("{\"keys\":[]}")};
    /* the same image where the child writes and we read */
    uint8_t *memory = mmap(NULL, of.file.size + sizeof(shared), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    memcpy(memory, of.file.bytes, of.file.size);
    of.shared = (shared *)(void *)(memory + of.file.size);
    const image private = of.file;
    const size_t table_at = (size_t)((uint8_t *)private.table.slots - private.bytes);
    of.file.bytes = memory;
    of.file.live = (jt_segment_live *)(void *)(memory + JT_SEGMENT_LIVE_AT);
    of.file.table.slots = (jt_table_slot *)(void *)(memory + table_at);
    const jd_segment_file file = {.base = memory, .live = of.file.live, .table = of.file.table};
    for (unsigned i = 0; i < BEFORE; i++)
        assert_true(jd_segment_put(
            &file, &(jt_revocation){.n = i + 1, .kind = JT_REVOKED_SESSION, .id = {(uint8_t)i}}));
    assert_int_equal(jt_map_over(NULL, memory, of.file.size, IMAGE_BOOT, &of.map, NULL, NULL),
                     JETON_OK);
    const unsigned steps = drive(start(put_some, &of), PTRACE_SINGLESTEP, look_at_entries, &of);
    print_message("  %u instructions\n", steps);
    assert_true(steps > 100);
    assert_int_equal(atomic_load(&of.shared->done), PUTS);
    jt_map_unref(of.map);
    free(private.bytes);
    (void)munmap(memory, of.file.size + sizeof(shared));
}

/* ---- a new file ----------------------------------------------------------------------------- */

typedef struct placing {
    char folder[32], path[64];
    char boot[JT_SEGMENT_BOOT];
    jt_revocations *revocations;
    jd_segment_file file;
    jeton_segment *segment; /* that was open all the time */
} placing;

static jd_segment_plan plan_of(const placing *of)
{
    return (jd_segment_plan){.jwks = jeton_str("{\"keys\":[]}"),
                             .revocations = of->revocations,
                             .path = of->path,
                             .boot = of->boot};
}

static void place_one(void *with)
{
    placing *of = with;
    const jd_segment_plan plan = plan_of(of);
    jd_segment_file fresh;
    if (jd_segment_make(&plan, &of->file, &fresh, NULL) != JETON_OK ||
        jd_segment_place(&plan, &of->file, &fresh, NULL) != JETON_OK)
        _exit(1);
}

static void look_at_file(void *with)
{
    const placing *of = with;
    jeton_segment_info info;
    jt_map *map = NULL;
    assert_int_equal(jt_map_open(NULL, of->path, of->boot, &map, NULL, NULL), JETON_OK);
    for (unsigned i = 0; i < BEFORE; i++) {
        const jt_revocation entry = entry_of(i);
        assert_int_equal(jt_table_find(&map->table, entry.kind, entry.id), i + 1);
    }
    assert_int_not_equal(jt_peek(&map->live->state), JT_SEGMENT_MOVED);
    assert_true(jt_map_age_ms(map) < 60000);
    jt_map_unref(map);
    jeton_segment_describe(of->segment, &info);
    assert_true(info.is_there);
    assert_int_equal(info.sessions, BEFORE);
}

static void no_system_call_of_replacing_the_file_leaves_half_of_one(void **state)
{
    (void)state;
    char beside[80];
    placing of = {.folder = "/tmp/jeton-steps-XXXXXX"};
    assert_non_null(mkdtemp(of.folder));
    (void)snprintf(of.path, sizeof of.path, "%s/segment", of.folder);
    assert_true(jt_boot_id(of.boot));
    assert_int_equal(jt_revocations_new(NULL, &of.revocations, NULL), JETON_OK);
    for (unsigned i = 0; i < BEFORE; i++) {
        const jt_revocation entry = entry_of(i);
        assert_int_equal(jt_revocations_apply(of.revocations, &entry, NULL), JETON_OK);
    }
    place_one(&of);
    assert_int_equal(jeton_segment_open(NULL, of.path, NULL, &of.segment, NULL), JETON_OK);
    const unsigned steps = drive(start(place_one, &of), PTRACE_SYSCALL, look_at_file, &of);
    print_message("  %u stops\n", steps);
    assert_true(steps > 10);
    jeton_segment_info info;
    jeton_segment_describe(of.segment, &info);
    assert_int_equal(info.generation, 2); /* the old one has said that it is over */
    jeton_segment_free(&of.segment);
    jd_segment_done(&of.file);
    jt_revocations_free(&of.revocations);
    (void)unlink(of.path);
    (void)snprintf(beside, sizeof beside, "%s.new", of.path);
    (void)unlink(beside);
    assert_int_equal(rmdir(of.folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_instruction_of_putting_leaves_half_an_entry),
        cmocka_unit_test(no_system_call_of_replacing_the_file_leaves_half_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
