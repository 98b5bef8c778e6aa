/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_crash.c - what was acknowledged is there after a process was killed. */
#include "store/log.h"
#include "store/purge.h"
#include "store/schema.h"
#include "suite.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS   8U
#define PATIENCE 100U /* rounds on a machine so busy that nothing was done in those */

/* What the child tells through the pipe after each operation that returned JETON_OK. */
typedef struct news {
    enum { ADDED, ROTATED, ENDED } what;
    uint8_t session;
    uint64_t number; /* the counter it has now, or the log entry */
} news;

static void tell(int to, news what)
{
    if (write(to, &what, sizeof what) != (ssize_t)sizeof what)
        _exit(3);
}

/* Adds sessions, rotates each a few times and ends every second one, until it is killed. */
static void work(jd_store *store, int to)
{
    for (uint8_t i = 1; i < 255; i++) {
        const jd_session session = suite_session(i, 1);
        uint64_t rev;
        if (jd_store_session_add(store, &session, &rev, NULL) != JETON_OK)
            _exit(4);
        tell(to, (news){ADDED, i, 0});
        for (uint64_t counter = 0; counter < 3; counter++) {
            const jd_rotation rotation = {session.id, counter, NOW, NOW + DAY};
            if (jd_store_session_rotate(store, &rotation, &rev, NULL) != JETON_OK)
                _exit(5);
            tell(to, (news){ROTATED, i, counter + 1});
        }
        jt_revocation entry;
        if (i % 2 != 0)
            continue;
        if (jd_store_session_end(store, &session.id, NOW, NOW + DAY, &entry, NULL) != JETON_OK)
            _exit(6);
        tell(to, (news){ENDED, i, entry.n});
    }
    for (;;)
        (void)pause();
}

static pid_t start_child(const char *address, int *from)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        jd_store *store = NULL;
        unsigned applied;
        (void)close(ends[0]);
        if (jd_store_open(NULL, address, &store, NULL) != JETON_OK ||
            jd_store_migrate(store, &applied, NULL) != JETON_OK)
            _exit(2);
        work(store, ends[1]);
    }
    (void)close(ends[1]);
    *from = ends[0];
    return child;
}

static void kill_after(pid_t child, long milliseconds)
{
    const struct timespec pause = {.tv_nsec = milliseconds * 1000000};
    (void)nanosleep(&pause, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it was at work, and had not failed before */
}

/* Looks one piece of news up in the store. */
static void check(suite *s, news told)
{
    jd_session_view view;
    const jd_id id = suite_id(told.session);
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    if (told.what == ROTATED)
        assert_true(view.session.counter >= told.number);
    if (told.what != ENDED)
        return;
    assert_int_equal(view.session.ended, NOW);
    assert_true(view.rev >= told.number);
    jd_entries entries;
    assert_ok(jd_store_log_after(s->store, told.number - 1, 1, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 1);
    assert_int_equal(entries.at[0].n, told.number);
    assert_memory_equal(entries.at[0].id, id.bytes, sizeof id.bytes);
}

static unsigned check_all(suite *s, int from)
{
    unsigned count = 0;
    for (news told; read(from, &told, sizeof told) == (ssize_t)sizeof told; count++)
        check(s, told);
    (void)close(from);
    return count;
}

/* Makes the sessions of this round to be others than those of the last. */
static void forget(suite *s)
{
    size_t removed = 1;
    while (removed > 0)
        assert_ok(jd_store_purge(s->store, NOW + 9 * DAY, &removed, NULL));
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    unsigned seed = (unsigned)time(NULL);
    print_message("  seed %u\n", seed);
    unsigned told = 0;
    for (unsigned round = 0; round < ROUNDS || (told == 0 && round < PATIENCE); round++) {
        jd_store_close(&s->store);
        int from;
        const pid_t child = start_child(s->address, &from);
        kill_after(child, 20 + rand_r(&seed) % (120 * (1 + round / ROUNDS)));
        unsigned applied;
        assert_ok(jd_store_open(NULL, s->address, &s->store, NULL));
        assert_ok(jd_store_migrate(s->store, &applied, NULL));
        told += check_all(s, from);
        forget(s);
    }
    print_message("  %u operations were acknowledged in %u rounds\n", told, ROUNDS);
    assert_true(told > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_survives_a_kill),
    };
    return suite_run("crash", tests, COUNT(tests));
}
