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
#define PLACES 10U /* in each list */
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

static jd_segment_file file_of(const putting *of)
{
    return (jd_segment_file){.base = of->file.bytes,
                             .live = of->file.live,
                             .table = of->file.table,
                             .tokens = of->file.tokens,
                             .bits = of->file.bits};
}

static jt_revocation token_of(unsigned number)
{
    jt_revocation entry = {.n = 1, .kind = JT_REVOKED_TOKEN, .expires = INT64_MAX};
    memset(entry.id, 'A', sizeof entry.id);
    entry.id[number % sizeof entry.id] = 'B';
    return entry;
}

/* A list of its own for each: a bit before it is announced, then one after it. */
static void put_bits(jd_segment_file *file, unsigned number)
{
    jt_revocation list = {.n = 1, .kind = JT_REVOKED_LIST, .expires = INT64_MAX};
    jt_revocation early = {.n = 1, .kind = JT_REVOKED_INDEX, .expires = INT64_MAX};
    jt_revocation late = early;
    jt_revoked_pair(number + 1, PLACES, list.id);
    jt_revoked_pair(number + 1, 5, early.id);
    jt_revoked_pair(number + 1, 6, late.id);
    if (!jd_segment_put(file, &early) || !jd_segment_put(file, &list) ||
        !jd_segment_put(file, &late))
        _exit(1);
}

/* New entries, and one that is raised. */
static void put_some(void *with)
{
    putting *of = with;
    jd_segment_file file = file_of(of);
    for (unsigned i = 0; i < PUTS; i++) {
        jt_revocation entry = entry_of(BEFORE + i);
        const bool put = jd_segment_put(&file, &entry);
        entry = entry_of(i);
        entry.n += 1000;
        if (!put || !jd_segment_put(&file, &entry))
            _exit(1);
        entry = token_of(i);
        if (!jd_segment_put(&file, &entry))
            _exit(1);
        put_bits(&file, i);
        atomic_store(&of->shared->done, i + 1);
    }
}

static uint64_t n_of(const putting *of, unsigned number)
{
    const jt_revocation entry = entry_of(number);
    return jt_table_find(&of->map->table, entry.kind, entry.id);
}

static void look_at_bits(const jt_revoked_state *state, unsigned done)
{
    const jt_bits *bits = state->bits(state->of);
    for (unsigned i = 0; i < PUTS; i++) {
        const jt_revocation token = token_of(i);
        const jeton_status of_token = state->check(state->of, token.kind, token.id, 9);
        const jeton_status late = jt_bits_check(bits, jt_index_of(i + 1, 6));
        const jeton_status clear = jt_bits_check(bits, jt_index_of(i + 1, 7));
        assert_int_equal(jt_bits_check(bits, jt_index_of(i + 1, 5)), JETON_E_REVOKED);
        assert_int_equal(jt_bits_check(bits, jt_index_of(i + 1, PLACES)), JETON_E_REVOKED);
        if (i < done) {
            assert_int_equal(of_token, JETON_E_REVOKED);
            assert_int_equal(late, JETON_E_REVOKED);
            assert_int_equal(clear, JETON_OK);
        }
    }
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
    look_at_bits(&state, done);
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
    uint8_t *private = of.file.bytes;
    image_find(&of.file, memory);
    jd_segment_file file = file_of(&of);
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
    free(private);
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
        assert_int_equal(jt_bits_check(&map->bits, jt_index_of(1, i)), JETON_E_REVOKED);
    }
    assert_int_equal(jt_bits_check(&map->bits, jt_index_of(1, BEFORE)), JETON_OK);
    const jt_revocation token = token_of(0);
    const jt_revoked_state state = jt_map_state(map);
    assert_int_equal(state.check(map, token.kind, token.id, 9), JETON_E_REVOKED);
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
    const jt_revocation token = token_of(0);
    assert_int_equal(jt_revocations_apply(of.revocations, &token, NULL), JETON_OK);
    jt_bitmaps *bitmaps = jt_revocations_bitmaps(of.revocations);
    assert_int_equal(jt_bitmaps_announce(bitmaps, 1, BEFORE + 1, INT64_MAX, NULL), JETON_OK);
    for (unsigned i = 0; i < BEFORE; i++)
        assert_int_equal(jt_bitmaps_set(bitmaps, jt_index_of(1, i), INT64_MAX, NULL), JETON_OK);
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
