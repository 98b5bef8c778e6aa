/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_wait.c - who waits is told neither too early nor never. The rules in many
 * combinations are tried by tests/sim; here is each of them once. */
#include "agent/wait.h"

#include "../unit.h"

#define MS    ((int64_t)1000000)
#define LEASE 1000              /* milliseconds */
#define SPAN  ((1010 + 5) * MS) /* with the margin */
#define N     7                 /* what is waited for */
#define AT    (100000 * MS)     /* the commit was answered */

/* One list: which rows, and when. */
typedef struct list {
    int64_t at; /* asked, after the commit, in milliseconds; the answer takes one more */
    int64_t started;
    struct {
        uint8_t id; /* 0: no more rows */
        uint64_t applied;
        int64_t seen;
    } row[3];
} list;

static void show(jd_watch *watch, const list *shown)
{
    jd_watch_row rows[3];
    size_t count = 0;
    for (; count < 3 && shown->row[count].id != 0; count++) {
        rows[count] = (jd_watch_row){.applied = shown->row[count].applied,
                                     .lease_ms = LEASE,
                                     .seen = shown->row[count].seen};
        memset(rows[count].id, shown->row[count].id, JD_WATCH_ID);
    }
    jd_watch_list(watch, rows, count, shown->started, AT + shown->at * MS,
                  AT + (shown->at + 1) * MS);
}

static const struct {
    const char *why;
    list lists[4]; /* started 0: no more */
    int64_t began; /* asked to commit, relative to AT; 0: 5 ms before */
    int64_t now;   /* milliseconds after the commit */
    jd_wait_state want;
} cases[] = {
    {"nobody has been asked yet", {{0}}, 0, 10, JD_WAIT_MORE},
    {"nobody can be asked, and time is up", {{0}}, 0, 1015, JD_WAIT_OVER},
    {"… and it is not, by a millisecond", {{0}}, 0, 1014, JD_WAIT_MORE},
    {"all have confirmed",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}, {2, 8, 2}}}},
     0,
     10,
     JD_WAIT_DONE},
    {"all but one",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}, {2, 6, 2}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"all but one, until its lease is over",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}, {2, 6, 2}}}},
     0,
     1016,
     JD_WAIT_OVER},
    {"all but one that has been silent for long",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}, {2, 6, 1}}}},
     0,
     10,
     JD_WAIT_DONE},
    {"… not quite for its lease",
     {{-2000, 5, {{1, 6, 1}}}, {-1000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}, {2, 6, 1}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"… but was heard of in between",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}},
      {-500, 5, {{1, 6, 1}, {2, 6, 2}}},
      {3, 5, {{1, 7, 2}, {2, 6, 2}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"all had confirmed, by a list from before the commit",
     {{-2000, 5, {{1, 7, 1}}}, {-1, 5, {{1, 7, 2}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"a list that is older than the last one tells nothing",
     {{-2000, 5, {{1, 6, 1}}}, {3, 5, {{1, 6, 2}}}, {2, 5, {{1, 7, 3}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"all have confirmed, but the server has not been known for a lease",
     {{-900, 5, {{1, 6, 1}}}, {3, 5, {{1, 7, 2}}}},
     0,
     10,
     JD_WAIT_MORE},
    {"… and then it has", {{-900, 5, {{1, 6, 1}}}, {3, 5, {{1, 7, 2}}}}, 0, 120, JD_WAIT_DONE},
    {"another server since the commit",
     {{-2000, 5, {{1, 6, 1}}}, {3, 6, {{1, 7, 2}}}},
     0,
     10,
     JD_WAIT_CHECK},
    {"another server, and time is up",
     {{-2000, 5, {{1, 6, 1}}}, {3, 6, {{1, 7, 2}}}},
     0,
     2000,
     JD_WAIT_CHECK},
    {"another server since it was asked to commit",
     {{-2000, 5, {{1, 6, 1}}}, {-4, 6, {{1, 6, 1}}}, {3, 6, {{1, 7, 2}}}},
     0,
     10,
     JD_WAIT_CHECK},
    {"a node that is gone is not waited for",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}}}, {3, 5, {{1, 7, 2}}}},
     0,
     10,
     JD_WAIT_DONE},
    {"there is nobody", {{-2000, 5, {{0}}}, {3, 5, {{0}}}}, 0, 10, JD_WAIT_DONE},
    {"rows that change places are the same rows",
     {{-2000, 5, {{1, 6, 1}, {2, 6, 1}, {3, 6, 1}}}, {3, 5, {{3, 7, 2}, {1, 7, 2}, {2, 6, 1}}}},
     0,
     10,
     JD_WAIT_DONE},
};

static void it_is_judged_by_lists_and_by_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        jd_watch_known known[3];
        jd_watch watch;
        memset(&watch, 0xa5, sizeof watch);
        jd_watch_init(&watch, LEASE, known, COUNT(known));
        for (size_t j = 0; j < COUNT(cases[i].lists) && cases[i].lists[j].started != 0; j++)
            show(&watch, &cases[i].lists[j]);
        const jd_waiter waiter = {
            .n = N, .began = AT - 5 * MS + cases[i].began * MS, .committed = AT};
        assert_int_equal(jd_wait_judge(&watch, &waiter, AT + cases[i].now * MS), cases[i].want);
    }
}

static void whoever_has_looked_goes_on_waiting(void **state)
{
    (void)state;
    jd_watch_known known[2];
    jd_watch watch;
    jd_watch_init(&watch, LEASE, known, COUNT(known));
    jd_waiter waiter = {.n = N, .began = AT - MS, .committed = AT};
    show(&watch, &(list){3, 6, {{1, 7, 2}}});
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + 10 * MS), JD_WAIT_CHECK);
    waiter.checked = true;
    waiter.checked_by = 6;
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + 10 * MS), JD_WAIT_MORE);
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + SPAN), JD_WAIT_OVER);
    show(&watch, &(list){900, 7, {{1, 7, 3}}}); /* and one more failover */
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + 910 * MS), JD_WAIT_CHECK);
}

static void more_nodes_than_there_is_room_for_are_waited_for(void **state)
{
    (void)state;
    jd_watch_known known[1];
    jd_watch watch;
    jd_watch_init(&watch, LEASE, known, COUNT(known));
    const jd_waiter waiter = {.n = N, .began = AT - MS, .committed = AT};
    show(&watch, &(list){-2000, 5, {{1, 7, 1}, {2, 7, 1}}});
    show(&watch, &(list){3, 5, {{1, 7, 2}, {2, 7, 2}}});
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + 10 * MS), JD_WAIT_MORE);
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + SPAN), JD_WAIT_OVER);
    show(&watch, &(list){20, 5, {{1, 7, 3}}});
    assert_int_equal(jd_wait_judge(&watch, &waiter, AT + 30 * MS), JD_WAIT_DONE);
}

static void the_longest_lease_counts(void **state)
{
    (void)state;
    jd_watch_known known[2];
    jd_watch watch;
    jd_watch_init(&watch, LEASE, known, COUNT(known));
    const jd_waiter waiter = {.n = N, .began = AT - MS, .committed = AT};
    assert_true(jd_wait_over(&watch, &waiter) == AT + SPAN);
    const jd_watch_row row = {.id = {1}, .applied = 6, .lease_ms = 3000, .seen = 1};
    jd_watch_list(&watch, &row, 1, 5, AT - MS, AT);
    assert_true(jd_wait_over(&watch, &waiter) == AT + 3035 * MS);
    jd_watch_list(&watch, NULL, 0, 5, AT + MS, AT + 2 * MS); /* also when it is gone */
    assert_true(jd_wait_over(&watch, &waiter) == AT + 3035 * MS);
    assert_true(jd_lease_span(0) == jd_lease_span(JD_LEASE_LEAST_MS));
    assert_true(jd_lease_span(INT64_MAX) == jd_lease_span(JD_LEASE_MOST_MS));
}

static void those_who_did_not_confirm_are_named(void **state)
{
    (void)state;
    jd_watch_known known[3];
    jd_watch watch;
    jd_watch_init(&watch, LEASE, known, COUNT(known));
    const jd_waiter waiter = {.n = N, .began = AT - MS, .committed = AT};
    show(&watch, &(list){-2000, 5, {{1, 6, 1}, {2, 6, 1}, {3, 6, 1}}});
    show(&watch, &(list){3, 5, {{1, 7, 2}, {2, 6, 2}, {3, 6, 1}}});
    static const struct {
        const char *why;
        size_t at;
        bool want;
    } rows[] = {{"has it", 0, false}, {"lacks it", 1, true}, {"was gone by then", 2, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(jd_wait_lacks(&watch, &waiter, &known[rows[i].at].row), rows[i].want);
    }
    const jd_watch_row stranger = {.id = {9}, .applied = 6, .lease_ms = LEASE};
    assert_true(jd_wait_lacks(&watch, &waiter, &stranger));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_judged_by_lists_and_by_time),
        cmocka_unit_test(whoever_has_looked_goes_on_waiting),
        cmocka_unit_test(more_nodes_than_there_is_room_for_are_waited_for),
        cmocka_unit_test(the_longest_lease_counts),
        cmocka_unit_test(those_who_did_not_confirm_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
