/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_follower.c - two nodes on one store, with a real bus and without: what one
 * commits the other applies, and a lease holds only while all is known. The decisions have tests of
 * their own (test_follow.c); these are the threads that carry them out. */
#include "../bus/redis.h"
#include "agent/follower.h"
#include "agent/trust.h"
#include "core/ctx.h"
#include "store/log.h"
#include "store/schema.h"
#include "store/store.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <pthread.h>

#define LEASE_MS 60000U /* long: nothing here is to depend on how loaded the machine is */

/* Waits for what the threads are to do; a test that waits in vain fails. */
#define EVENTUALLY(condition)                                                                      \
    do {                                                                                           \
        const int64_t began = jd_monotonic();                                                      \
        while (!(condition)) {                                                                     \
            if (jd_monotonic() - began > 60000)                                                    \
                fail_msg("never: %s", #condition);                                                 \
            (void)usleep(1000);                                                                    \
        }                                                                                          \
    } while (0)

static redis server;
static const uint8_t cluster[32] = "the cluster key of these tests.";

typedef struct node {
    jd_store *store;
    jd_follower *follower;
    jd_lease lease;
    pthread_mutex_t lock;
    uint64_t last;  /* number of the last entry that was applied */
    unsigned reads; /* how often notices were read */
    unsigned beats;
    bool cannot_read;
} node;

static bool is_genuine(void *user, const jt_revocation *entry)
{
    return jd_store_log_genuine(((const node *)user)->store, entry);
}

static bool apply(void *user, const jt_revocation *entry)
{
    node *of = user;
    if (jt_is_notice(entry->kind))
        return false;
    (void)pthread_mutex_lock(&of->lock);
    if (entry->n > of->last)
        of->last = entry->n;
    (void)pthread_mutex_unlock(&of->lock);
    return true;
}

static bool read_notices(void *user)
{
    node *of = user;
    (void)pthread_mutex_lock(&of->lock);
    of->reads++;
    const bool works = !of->cannot_read;
    (void)pthread_mutex_unlock(&of->lock);
    return works;
}

static void beat(void *user)
{
    node *of = user;
    (void)pthread_mutex_lock(&of->lock);
    of->beats++;
    (void)pthread_mutex_unlock(&of->lock);
}

/* One field, as it is now. */
#define SEEN(of, field)                                                                            \
    __extension__({                                                                                \
        (void)pthread_mutex_lock(&(of)->lock);                                                     \
        const __typeof__((of)->field) seen_field = (of)->field;                                    \
        (void)pthread_mutex_unlock(&(of)->lock);                                                   \
        seen_field;                                                                                \
    })

static jd_follower_counts counts_of(node *of)
{
    jd_follower_counts counts;
    jd_follower_count(of->follower, &counts);
    return counts;
}

static void open_node(node *of, const char *bus)
{
    char path[96];
    unsigned applied;
    memset(of, 0, sizeof *of);
    of->lease.ms = LEASE_MS;
    (void)pthread_mutex_init(&of->lock, NULL);
    (void)snprintf(path, sizeof path, "%s/store", server.folder);
    assert_int_equal(jd_store_open(NULL, path, &of->store, NULL), JETON_OK);
    assert_int_equal(jd_store_migrate(of->store, &applied, NULL), JETON_OK);
    jd_store_log_key(of->store, jeton_bytes(cluster, sizeof cluster));
    const jd_follower_options options = {
        .store = of->store,
        .kind = "agent",
        .name = "",
        .lease = &of->lease,
        .leeway = 600,
        .bus = {.address = bus, .prefix = "test", .ca_file = "", .timeout_ms = 20000},
        .user = {.user = of,
                 .is_genuine = is_genuine,
                 .apply = apply,
                 .read = read_notices,
                 .beat = beat}};
    assert_int_equal(jd_follower_open(&options, &of->follower, NULL), JETON_OK);
}

static void start_node(node *of, const char *bus)
{
    open_node(of, bus);
    assert_false(jd_lease_holds(&of->lease));
    assert_int_equal(jd_follower_start(of->follower, NULL), JETON_OK);
    EVENTUALLY(jd_lease_holds(&of->lease));
}

static void end_node(node *of)
{
    jd_follower_close(&of->follower);
    assert_null(of->follower);
    jd_store_close(&of->store);
    (void)pthread_mutex_destroy(&of->lock);
}

static uint64_t commit(node *by, jt_revoked kind)
{
    jt_revocation entry = {.kind = kind, .expires = 1990000000000};
    if (!jt_is_notice(kind))
        memset(entry.id, 7, sizeof entry.id);
    assert_int_equal(jd_store_log_add(by->store, &entry, NULL), JETON_OK);
    jd_follower_committed(by->follower, &entry, false);
    return entry.n;
}

static void what_one_commits_the_other_applies(void **state)
{
    const char *bus = *state;
    node one;
    node two;
    start_node(&one, bus);
    start_node(&two, bus);
    if (bus[0] != '\0')
        EVENTUALLY(counts_of(&one).bus_up && counts_of(&two).bus_up);
    for (unsigned i = 0; i < 10; i++) {
        node *by = i % 2 == 0 ? &one : &two;
        const uint64_t n = commit(by, JT_REVOKED_SESSION);
        EVENTUALLY(SEEN(&one, last) == n && SEEN(&two, last) == n);
    }
    EVENTUALLY(counts_of(&one).applied == counts_of(&two).applied);
    assert_true(jd_lease_holds(&one.lease) && jd_lease_holds(&two.lease));
    assert_true(SEEN(&two, beats) > 0);
    if (bus[0] != '\0') {
        EVENTUALLY(counts_of(&one).published + counts_of(&two).published == 10);
        assert_int_equal(counts_of(&one).unpublished + counts_of(&two).unpublished, 0);
    } else {
        assert_int_equal(counts_of(&one).published, 0);
    }
    end_node(&one);
    end_node(&two);
}

static void a_notice_is_read_before_the_lease_is_renewed(void **state)
{
    node one;
    node two;
    start_node(&one, *state);
    start_node(&two, *state);
    const unsigned reads = SEEN(&two, reads);
    (void)commit(&one, JT_NOTICE_KEYS);
    EVENTUALLY(SEEN(&two, reads) > reads);
    EVENTUALLY(jd_lease_holds(&two.lease));
    (void)pthread_mutex_lock(&two.lock);
    two.cannot_read = true;
    (void)pthread_mutex_unlock(&two.lock);
    (void)commit(&one, JT_NOTICE_CLIENTS);
    const unsigned tried = SEEN(&two, reads);
    EVENTUALLY(SEEN(&two, reads) > tried + 1); /* it is tried again */
    const uint64_t since = atomic_load(&two.lease.since);
    const uint64_t asked = counts_of(&two).follow.asked;
    EVENTUALLY(counts_of(&two).follow.asked > asked + 2);
    assert_int_equal(atomic_load(&two.lease.since), since);
    (void)pthread_mutex_lock(&two.lock);
    two.cannot_read = false;
    (void)pthread_mutex_unlock(&two.lock);
    EVENTUALLY(atomic_load(&two.lease.since) > since);
    end_node(&one);
    end_node(&two);
}

/* As somebody who can write to the bus, and has not the key. */
static void a_forged_entry_is_passed_over(void **state)
{
    node one;
    jd_bus *bus = NULL;
    const jd_bus_options options = {
        .address = *state, .prefix = "test", .ca_file = "", .timeout_ms = 20000};
    start_node(&one, *state);
    EVENTUALLY(counts_of(&one).bus_up);
    const uint64_t n = commit(&one, JT_REVOKED_SESSION);
    EVENTUALLY(counts_of(&one).published == 1);
    const jd_bus_item item = {
        .count = 1, .at = {{.n = n + 1, .kind = JT_REVOKED_ALL, .expires = 1990000000000}}};
    assert_int_equal(jd_bus_open(&options, &bus, NULL), JETON_OK);
    assert_int_equal(jd_bus_publish(bus, &item, NULL, NULL), JETON_OK);
    EVENTUALLY(counts_of(&one).follow.forged == 1);
    assert_int_equal(SEEN(&one, last), n);
    jd_bus_close(&bus);
    end_node(&one);
}

static void a_bus_that_dies_is_done_without(void **state)
{
    node one;
    node two;
    start_node(&one, *state);
    start_node(&two, *state);
    EVENTUALLY(counts_of(&one).bus_up && counts_of(&two).bus_up);
    redis_kill(&server);
    uint64_t n = commit(&one, JT_REVOKED_SESSION);
    EVENTUALLY(SEEN(&two, last) == n);
    EVENTUALLY(!counts_of(&two).bus_up);
    assert_true(jd_lease_holds(&two.lease));
    redis_start(&server, "", NULL);
    EVENTUALLY(counts_of(&one).bus_up && counts_of(&two).bus_up);
    n = commit(&one, JT_REVOKED_SESSION);
    EVENTUALLY(SEEN(&two, last) == n);
    redis_kill(&server); /* whoever waits for it is not waited for */
    EVENTUALLY(!counts_of(&one).bus_up);
    end_node(&one);
    end_node(&two);
    redis_start(&server, "", NULL);
}

static void a_start_goes_on_where_the_last_one_ended(void **state)
{
    node one;
    start_node(&one, *state);
    const uint64_t n = commit(&one, JT_REVOKED_SESSION);
    EVENTUALLY(counts_of(&one).mac_of == n);
    const jd_follower_counts last = counts_of(&one);
    end_node(&one);
    open_node(&one, *state);
    jd_follower_resume(one.follower, last.mac_of, last.mac);
    assert_int_equal(jd_follower_start(one.follower, NULL), JETON_OK);
    EVENTUALLY(jd_lease_holds(&one.lease));
    assert_true(SEEN(&one, last) == 0 || SEEN(&one, last) == n); /* at most the last one again */
    end_node(&one);
}

static void one_that_was_never_started_is_closed(void **state)
{
    node one;
    open_node(&one, *state);
    end_node(&one);
    jd_follower_close(NULL);
}

/* What the store's clock said, seen from ours, how long the way took, and how far jd_now() is ahead
 * of our wall clock afterwards, milliseconds. Nothing else moves it: one row follows the other. */
static const struct {
    const char *why;
    int64_t store, trip, ahead;
} looks[] = {
    {"off, and nothing better is known: the store's", 3600000, 2, 3600000},
    {"off by something else: what was known stays", -90000, 2, 3600000},
    {"right: ours", 300, 2, 0},
    {"off, but it was right: it is ours that has been set", -3600000, 2, 0},
    {"off by as much as it may be: still ours", 900, 2, 0},
};

static bool now_is_ahead_by(int64_t ms)
{
    const int64_t near = 20000; /* however slow the machine: steps are larger */
    const int64_t ahead = jd_now() - jt_now(NULL);
    return ahead > ms - near && ahead < ms + near;
}

static void look(int64_t store_ms, int64_t trip_ms)
{
    const int64_t came = (int64_t)jt_boot_now();
    const int64_t wall = jt_now(NULL);
    const jd_clock_look seen = {came - jd_ms(trip_ms), came, wall, wall + store_ms};
    jd_trust_clock(&seen, JD_CLOCK_SLACK_MS);
}

static void the_time_goes_by_a_clock_that_the_store_has_found_right(void **state)
{
    (void)state;
    jd_clock_forget();
    for (size_t i = 0; i < COUNT(looks); i++) {
        print_message("  %s\n", looks[i].why);
        look(looks[i].store, looks[i].trip);
        assert_true(now_is_ahead_by(looks[i].ahead));
    }
    jd_clock_forget();
}

/* A clock that is 90 s ahead looks like a way of 90 s: nobody knows. */
static void a_long_way_proves_nothing(void **state)
{
    (void)state;
    jd_clock_forget();
    look(-90000, 91000);
    assert_false(jd_clock_is_trusted());
    look(3600000, 2);
    look(-90000, 91000);
    assert_true(now_is_ahead_by(3600000));
    jd_clock_forget();
}

static int empty_it(void **state)
{
    static const char *const left[] = {"store", "store-wal", "store-shm"};
    char path[96];
    (void)state;
    redis_do(&server, "", "FLUSHALL");
    for (size_t i = 0; i < COUNT(left); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", server.folder, left[i]);
        (void)unlink(path);
    }
    return 0;
}

static int begin(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as in the program */
    jd_log_start(-1, JD_ERROR);
    redis_init(&server);
    redis_start(&server, "", NULL);
    return 0;
}

static int end(void **state)
{
    (void)empty_it(state);
    redis_done(&server);
    return 0;
}

#define with_bus(function)                                                                         \
    {                                                                                              \
        .name = #function, .test_func = (function), .setup_func = empty_it,                        \
        .initial_state = server.address                                                            \
    }

static char no_bus[] = "";

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_bus(what_one_commits_the_other_applies),
        {.name = "what_one_commits_the_other_applies, without a bus",
         .test_func = what_one_commits_the_other_applies,
         .setup_func = empty_it,
         .initial_state = no_bus},
        with_bus(a_notice_is_read_before_the_lease_is_renewed),
        with_bus(a_forged_entry_is_passed_over),
        with_bus(a_bus_that_dies_is_done_without),
        with_bus(a_start_goes_on_where_the_last_one_ended),
        with_bus(one_that_was_never_started_is_closed),
        cmocka_unit_test(the_time_goes_by_a_clock_that_the_store_has_found_right),
        cmocka_unit_test(a_long_way_proves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
