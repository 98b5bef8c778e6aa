/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_follow.c - what makes a follower fresh, and what does not. The rules in
 * many combinations are tried by tests/sim; here is each of them once. */
#include "agent/follow.h"

#include "../unit.h"

#define MS     ((int64_t)1000000)
#define LEASE  2000
#define LEEWAY 5000
#define WALL   1000000 /* the store's clock, milliseconds */
#define SERVER 42
#define MANY   1200

/* A follower, what it has applied, and a clock. */
typedef struct rig {
    jd_follow follow;
    int64_t now;
    unsigned applied[MANY + 1]; /* how often, by number */
    jd_follow_todo todo;
} rig;

/* Of one log: entries of another one have another `era`. */
static jt_revocation entry_of(uint64_t n, uint8_t era)
{
    jt_revocation entry = {.n = n, .kind = JT_REVOKED_SESSION, .expires = INT64_MAX};
    memcpy(entry.id, &n, sizeof n);
    entry.id[15] = era;
    for (size_t i = 0; i < sizeof entry.mac; i++)
        entry.mac[i] = (uint8_t)(n * 7 + i + era);
    return entry;
}

static bool is_genuine(void *user, const jt_revocation *entry)
{
    (void)user;
    const jt_revocation right = entry_of(entry->n, entry->id[15]);
    return memcmp(right.mac, entry->mac, sizeof right.mac) == 0;
}

static bool apply(void *user, const jt_revocation *entry)
{
    rig *of = user;
    assert_in_range(entry->n, 1, MANY);
    of->applied[entry->n]++;
    return entry->kind != JT_NOTICE_KEYS;
}

static void next(rig *of, jd_follow_do want)
{
    memset(&of->todo, 0xa5, sizeof of->todo);
    jd_follow_next(&of->follow, of->now, &of->todo);
    assert_int_equal(of->todo.what, want);
}

/* Entries first to last of an era. */
static size_t make(jt_revocation *to, uint64_t first, uint64_t last, uint8_t era)
{
    size_t count = 0;
    for (uint64_t n = first; n <= last; n++)
        to[count++] = entry_of(n, era);
    return count;
}

static void tell(rig *of, uint64_t first, uint64_t last, uint8_t era, bool hurry)
{
    jt_revocation entries[64];
    jd_follow_entries(&of->follow, entries, make(entries, first, last, era), hurry);
}

/* The store's answer to what it has asked just now. */
static void answer(rig *of, uint64_t first, uint64_t head, uint8_t era, int64_t server)
{
    jt_revocation entries[MANY];
    const jd_follow_answer given = {.head = head,
                                    .store_now = WALL + of->now / MS,
                                    .started = server,
                                    .entries = entries,
                                    .count = make(entries, first, head, era)};
    jd_follow_answered(&of->follow, of->todo.ticket, &given, given.store_now, of->now);
}

static rig *rig_new(void)
{
    rig *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->now = 1000000 * MS;
    memset(&made->follow, 0xa5, sizeof made->follow);
    jd_follow_init(&made->follow, &(jd_follow_settings){LEASE, LEEWAY, {made, is_genuine, apply}});
    next(made, JD_FOLLOW_READ);
    jd_follow_read(&made->follow, made->todo.ticket, true, made->now);
    return made;
}

/* Has read a log of so many entries, and is fresh. */
static rig *rig_fresh(uint64_t head)
{
    rig *made = rig_new();
    next(made, JD_FOLLOW_ASK);
    assert_int_equal(made->todo.after, 0);
    answer(made, 1, head, 0, SERVER);
    assert_int_equal(jd_follow_applied(&made->follow), head);
    assert_true(jd_follow_fresh(&made->follow) == made->now);
    return made;
}

static void ask_again(rig *of)
{
    of->now += 250 * MS;
    next(of, JD_FOLLOW_ASK);
}

/* ---- how often it asks ---------------------------------------------------------------------- */

/* It rests for so long after what it has asked at of->now. */
static void rests(rig *of, int64_t ms)
{
    next(of, JD_FOLLOW_WAIT);
    assert_int_equal((of->todo.until - of->now) / MS, ms);
}

static void a_longer_lease_lets_it_ask_less_where_the_bus_tells(void **state)
{
    (void)state;
    rig *of = rig_new();
    jd_follow_init(&of->follow, &(jd_follow_settings){16000, LEEWAY, {of, is_genuine, apply}});
    next(of, JD_FOLLOW_READ);
    jd_follow_read(&of->follow, of->todo.ticket, true, of->now);
    next(of, JD_FOLLOW_ASK);
    answer(of, 1, 3, 0, SERVER);
    ask_again(of);
    answer(of, 3, 3, 0, SERVER);
    rests(of, 250);                   /* no bus */
    jd_follow_bus(&of->follow, true); /* what came while it was away came to others only */
    rests(of, 10);
    of->now += 10 * MS;
    next(of, JD_FOLLOW_ASK);
    answer(of, 3, 3, 0, SERVER);
    rests(of, 2000); /* an eighth of the lease */
    jd_follow_bus(&of->follow, false);
    rests(of, 250);
    free(of);
}

static void where_nothing_is_certain_it_asks_as_often_as_ever(void **state)
{
    (void)state;
    rig *of = rig_new();
    jd_follow_init(&of->follow, &(jd_follow_settings){16000, LEEWAY, {of, is_genuine, apply}});
    jd_follow_bus(&of->follow, true);
    next(of, JD_FOLLOW_READ);
    jd_follow_read(&of->follow, of->todo.ticket, true, of->now);
    next(of, JD_FOLLOW_ASK);
    const int64_t hour = 3600000;
    const jd_follow_answer given = {.store_now = WALL + of->now / MS - hour, .started = SERVER};
    jd_follow_answered(&of->follow, of->todo.ticket, &given, given.store_now + hour, of->now);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_CLOCK);
    rests(of, 250);
    of->now += 250 * MS;
    next(of, JD_FOLLOW_ASK);
    jd_follow_failed(&of->follow, of->todo.ticket, false, of->now);
    rests(of, 25);
    free(of);
}

/* ---- freshness ------------------------------------------------------------------------------ */

static void it_is_fresh_from_the_moment_of_sending(void **state)
{
    (void)state;
    rig *of = rig_new();
    assert_true(jd_follow_fresh(&of->follow) == 0);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_COLD);
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.claim, 0);
    const int64_t sent = of->now;
    of->now += 300 * MS;
    answer(of, 1, 3, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == sent);
    assert_int_equal(jd_follow_why(&of->follow, sent + LEASE * MS - 1), JD_FOLLOW_FRESH);
    assert_int_equal(jd_follow_why(&of->follow, sent + LEASE * MS), JD_FOLLOW_OVER);
    free(of);
}

static void an_answer_is_taken_once_and_not_for_another(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    const int64_t before = jd_follow_fresh(&of->follow);
    ask_again(of);
    const uint64_t right = of->todo.ticket;
    static const uint64_t wrong[] = {0, 1, 99, UINT64_MAX};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        of->todo.ticket = wrong[i];
        answer(of, 3, 5, 0, SERVER);
        assert_true(jd_follow_fresh(&of->follow) == before);
        assert_int_equal(jd_follow_applied(&of->follow), 3);
    }
    of->todo.ticket = right;
    answer(of, 3, 5, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    assert_int_equal(jd_follow_applied(&of->follow), 5);
    free(of);
}

static void an_older_answer_brings_entries_and_nothing_else(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    ask_again(of);
    const uint64_t older = of->todo.ticket;
    const int64_t sent = of->now;
    of->now += LEASE * MS / 4; /* it loses patience */
    next(of, JD_FOLLOW_ASK);
    const uint64_t younger = of->todo.ticket;
    answer(of, 1, 3, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    of->todo.ticket = older;
    answer(of, 3, 4, 0, 77); /* of a server that is no more */
    assert_true(jd_follow_fresh(&of->follow) == of->now && of->now > sent);
    assert_int_equal(of->applied[4], 1);
    assert_int_not_equal(older, younger);
    free(of);
}

static void answers_that_do_not_make_it_fresh(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t first, last, head;
        uint8_t era;
        bool more, forged, notice;
        int64_t clock;
        jd_follow_state want;
        bool withdrawn; /* it is not fresh any more at all */
    } cases[] = {
        {"all is well", 3, 5, 5, 0, false, false, false, 0, JD_FOLLOW_FRESH, false},
        {"there is more", 3, 5, 9, 0, true, false, false, 0, JD_FOLLOW_BEHIND, false},
        {"a notice is not read yet", 3, 5, 5, 0, false, false, true, 0, JD_FOLLOW_UNREAD, false},
        {"a wrong MAC", 3, 5, 5, 0, false, true, false, 0, JD_FOLLOW_DAMAGED, true},
        {"another entry", 3, 5, 5, 1, false, false, false, 0, JD_FOLLOW_ANOTHER, true},
        {"the head has gone back", 1, 2, 2, 0, false, false, false, 0, JD_FOLLOW_ANOTHER, true},
        {"the last one is missing", 4, 5, 5, 0, false, false, false, 0, JD_FOLLOW_ANOTHER, true},
        {"our clock is ahead", 3, 5, 5, 0, false, false, false, LEEWAY + 2, JD_FOLLOW_CLOCK, true},
        {"… within the leeway", 3, 5, 5, 0, false, false, false, LEEWAY, JD_FOLLOW_FRESH, false},
        {"our clock is behind", 3, 5, 5, 0, false, false, false, -LEEWAY - 1, JD_FOLLOW_CLOCK,
         true},
        {"… within the leeway", 3, 5, 5, 0, false, false, false, -LEEWAY, JD_FOLLOW_FRESH, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        rig *of = rig_fresh(3);
        const int64_t before = jd_follow_fresh(&of->follow);
        jt_revocation entries[8];
        ask_again(of);
        assert_int_equal(of->todo.after, 3);
        assert_int_equal(of->todo.claim, 3);
        jd_follow_answer given = {.head = cases[i].head,
                                  .store_now = WALL,
                                  .started = SERVER,
                                  .entries = entries,
                                  .count =
                                      make(entries, cases[i].first, cases[i].last, cases[i].era),
                                  .more = cases[i].more};
        if (cases[i].forged)
            entries[1].mac[0] ^= 1;
        if (cases[i].notice)
            entries[2].kind = JT_NOTICE_KEYS;
        jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL + cases[i].clock, of->now);
        assert_int_equal(of->follow.state, cases[i].want);
        const int64_t fresh = jd_follow_fresh(&of->follow);
        if (cases[i].withdrawn)
            assert_true(fresh == 0);
        else
            assert_true(fresh == (cases[i].want == JD_FOLLOW_FRESH ? of->now : before));
        free(of);
    }
}

static void a_failure_ends_nothing_but_is_no_answer(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    const int64_t before = jd_follow_fresh(&of->follow);
    ask_again(of);
    jd_follow_failed(&of->follow, of->todo.ticket, false, of->now);
    assert_true(jd_follow_fresh(&of->follow) == before);
    for (unsigned i = 0; i < 12; i++) { /* it tries again, later and later, never less than idly */
        next(of, JD_FOLLOW_WAIT);
        assert_in_range(of->todo.until - of->now, 25 * MS, 250 * MS);
        of->now = of->todo.until;
        next(of, JD_FOLLOW_ASK);
        assert_int_equal(of->todo.claim, 0); /* it does not know who answers next */
        jd_follow_failed(&of->follow, of->todo.ticket, false, of->now);
    }
    assert_int_equal(jd_follow_why(&of->follow, before + LEASE * MS), JD_FOLLOW_OVER);
    of->now += 250 * MS;
    next(of, JD_FOLLOW_ASK);
    jd_follow_failed(&of->follow, of->todo.ticket, true, of->now);
    assert_true(jd_follow_fresh(&of->follow) == 0);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_DAMAGED);
    free(of);
}

/* ---- the bus -------------------------------------------------------------------------------- */

static void a_request_that_is_given_up_is_followed_by_the_next(void **state)
{
    (void)state;
    rig *of = rig_fresh(5);
    ask_again(of);
    const jd_follow_todo first = of->todo;
    of->now += (LEASE / 4) * MS - 1;
    next(of, JD_FOLLOW_WAIT);
    assert_true(of->todo.until == of->now + 1);
    of->now += 1;
    next(of, JD_FOLLOW_ASK);
    assert_int_not_equal(of->todo.ticket, first.ticket);
    answer(of, 1, 5, 0, SERVER);
    const int64_t fresh = jd_follow_fresh(&of->follow);
    assert_true(fresh == of->now);
    /* The first one fails at last: nobody minds. */
    const bool sure = of->follow.sure;
    const int64_t due = of->follow.due;
    jd_follow_failed(&of->follow, first.ticket, true, of->now + MS);
    assert_true(jd_follow_fresh(&of->follow) == fresh);
    assert_int_equal(of->follow.failures, 0);
    assert_true(of->follow.sure == sure && sure);
    assert_true(of->follow.due == due);
    free(of);
}

static void an_answer_that_has_been_given_up_counts_from_its_own_moment(void **state)
{
    (void)state;
    rig *of = rig_fresh(5);
    ask_again(of);
    const int64_t sent = of->now;
    const jd_follow_todo first = of->todo;
    of->now += LEASE / 4 * MS;
    next(of, JD_FOLLOW_ASK);
    const jd_follow_todo second = of->todo;
    of->now += MS;
    of->todo = first;
    answer(of, first.after, 6, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == sent);
    assert_int_equal(jd_follow_applied(&of->follow), 6);
    of->todo = second;
    answer(of, 1, 6, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == sent + LEASE / 4 * MS);
    free(of);
}

static void what_the_bus_says_is_applied_and_believed_in_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t first, last;
        bool forged, hurry;
        uint64_t applied; /* afterwards */
        unsigned times;   /* that `first` has been applied */
        bool asks;        /* soon */
    } cases[] = {
        {"the next ones", 4, 6, false, false, 6, 1, false},
        {"the next ones, and somebody waits", 4, 6, false, true, 6, 1, true},
        {"beyond a hole", 6, 7, false, false, 3, 1, true},
        {"far beyond", 900, 901, false, false, 3, 1, true},
        {"known ones", 2, 3, false, true, 3, 1, false},
        {"forged ones", 4, 6, true, true, 3, 0, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        rig *of = rig_fresh(3);
        const int64_t before = jd_follow_fresh(&of->follow);
        jt_revocation entries[8];
        const size_t count = make(entries, cases[i].first, cases[i].last, 0);
        for (size_t j = 0; j < count && cases[i].forged; j++)
            entries[j].mac[15] ^= 1;
        jd_follow_bus(&of->follow, true);
        ask_again(of);
        answer(of, 3, 3, 0, SERVER);
        of->now += 20 * MS;
        next(of, JD_FOLLOW_WAIT);
        for (unsigned twice = 0; twice < 2; twice++)
            jd_follow_entries(&of->follow, entries, count, cases[i].hurry);
        assert_int_equal(jd_follow_applied(&of->follow), cases[i].applied);
        assert_int_equal(of->applied[cases[i].first],
                         cases[i].times + (cases[i].first > 512
                                               ? 1
                                               : 0)); /* what is not remembered comes twice */
        assert_true(jd_follow_fresh(&of->follow) == before + 250 * MS);
        assert_int_equal(of->follow.counts.forged, cases[i].forged ? 2 * count : 0);
        next(of, cases[i].asks ? JD_FOLLOW_ASK : JD_FOLLOW_WAIT);
        if (cases[i].asks)
            assert_int_equal(of->todo.claim, cases[i].applied);
        free(of);
    }
}

static void a_hole_is_closed_from_either_side(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    tell(of, 6, 7, 0, false);
    tell(of, 9, 9, 0, false);
    tell(of, 4, 4, 0, false);
    assert_int_equal(jd_follow_applied(&of->follow), 4);
    tell(of, 5, 5, 0, false);
    assert_int_equal(jd_follow_applied(&of->follow), 7);
    ask_again(of);
    answer(of, 7, 8, 0, SERVER);
    assert_int_equal(jd_follow_applied(&of->follow), 9);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    for (uint64_t n = 1; n <= 9; n++)
        assert_int_equal(of->applied[n], 1);
    free(of);
}

static void numbers_of_the_bus_that_the_store_does_not_have_are_forgotten(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    const int64_t before = jd_follow_fresh(&of->follow);
    tell(of, 4, 6, 1, false);
    assert_int_equal(jd_follow_applied(&of->follow), 6);
    ask_again(of);
    answer(of, 6, 8, 0, SERVER);
    assert_int_equal(jd_follow_applied(&of->follow), 3);
    assert_true(jd_follow_fresh(&of->follow) == before);
    assert_int_equal(of->follow.counts.anew, 0);
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.claim, 0);
    answer(of, 1, 8, 0, SERVER);
    assert_int_equal(jd_follow_applied(&of->follow), 8);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    assert_int_equal(of->applied[4], 2); /* of each log once */
    free(of);
}

/* ---- other servers, other logs --------------------------------------------------------------- */

/* Somebody on the bus has kept an entry of a log that a failover has lost, and brings it between
 * any two requests. */
static void lies_that_never_end_do_not_keep_it_from_being_fresh(void **state)
{
    (void)state;
    rig *of = rig_fresh(5);
    for (unsigned round = 0; round < 20; round++) {
        tell(of, 6, 6, 1, true);
        of->now += 250 * MS;
        next(of, JD_FOLLOW_ASK);
        answer(of, of->todo.after, 5, 0, SERVER);
        assert_true(of->now - jd_follow_fresh(&of->follow) <= 250 * MS);
    }
    assert_int_equal(jd_follow_applied(&of->follow), 5);
    assert_in_range(of->follow.counts.withdrawn, 10, 20);
    free(of);
}

/* Behind the lie there is an entry that the answer does not tell of. */
static void an_answer_that_begins_behind_a_lie_is_not_enough(void **state)
{
    (void)state;
    rig *of = rig_fresh(5);
    tell(of, 6, 7, 1, false);
    assert_int_equal(jd_follow_applied(&of->follow), 7);
    const int64_t before = jd_follow_fresh(&of->follow);
    ask_again(of);
    assert_int_equal(of->todo.after, 7);
    answer(of, 7, 7, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == before);
    assert_int_equal(jd_follow_applied(&of->follow), 5);
    next(of, JD_FOLLOW_ASK);
    assert_in_range(of->todo.after, 0, 6);
    answer(of, 1, 7, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    assert_int_equal(of->applied[6], 2); /* the lie, and the truth */
    free(of);
}

static void notice(rig *of, uint64_t n, uint8_t era)
{
    jt_revocation entry = entry_of(n, era);
    entry.kind = JT_NOTICE_KEYS;
    jd_follow_entries(&of->follow, &entry, 1, true);
}

/* Each of them would have everything read anew, for ever. */
static void a_notice_of_the_bus_counts_once(void **state)
{
    (void)state;
    rig *of = rig_fresh(5);
    const uint64_t before = of->follow.notices;
    notice(of, 6, 0);
    assert_int_equal(of->follow.notices, before + 1);
    assert_int_equal(of->follow.unread, 6);
    static const struct {
        const char *why;
        uint64_t n;
        uint8_t era;
    } again[] = {{"the same", 6, 0},
                 {"under a number that has another entry", 6, 1},
                 {"under one that the store vouches for", 4, 1},
                 {"far ahead", 6 + JD_FOLLOW_RING, 1}};
    for (size_t i = 0; i < COUNT(again); i++) {
        print_message("  %s\n", again[i].why);
        notice(of, again[i].n, again[i].era);
        assert_int_equal(of->follow.notices, before + 1);
    }
    notice(of, 7, 0);
    assert_int_equal(of->follow.notices, before + 2);
    free(of);
}

static void another_server_is_asked_about_what_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint8_t era; /* of its last entry */
        bool same;
    } cases[] = {{"the same log", 0, true}, {"another one", 1, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        rig *of = rig_fresh(40);
        const int64_t before = jd_follow_fresh(&of->follow);
        ask_again(of);
        assert_int_equal(of->todo.after, 40);
        answer(of, 40, 41, 0, SERVER + 1);
        assert_true(jd_follow_fresh(&of->follow) == before);
        assert_int_equal(jd_follow_applied(&of->follow), 40);
        next(of, JD_FOLLOW_ASK);
        assert_in_range(of->todo.after, 1, 39);
        jt_revocation entries[64];
        const size_t count = make(entries, of->todo.after, 41, 0);
        if (!cases[i].same) /* the last ones were lost, and others took their numbers */
            (void)make(&entries[count - 2], 40, 41, cases[i].era);
        const jd_follow_answer given = {.head = 41,
                                        .store_now = WALL,
                                        .started = SERVER + 1,
                                        .entries = entries,
                                        .count = count};
        jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL, of->now);
        assert_true(jd_follow_fresh(&of->follow) == (cases[i].same ? of->now : 0));
        assert_int_equal(jd_follow_applied(&of->follow), cases[i].same ? 41 : 0);
        free(of);
    }
}

static void another_log_is_read_from_its_beginning_with_all_that_notices_are_about(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    ask_again(of);
    answer(of, 1, 2, 0, SERVER);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_ANOTHER);
    next(of, JD_FOLLOW_READ);
    const uint64_t reading = of->todo.ticket;
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.after, 0);
    assert_int_equal(of->todo.claim, 0);
    answer(of, 1, 2, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == 0);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_UNREAD);
    const int64_t sent = of->now;
    of->now += MS;
    jd_follow_read(&of->follow, reading, true, of->now);
    assert_true(jd_follow_fresh(&of->follow) == sent);
    assert_int_equal(of->applied[2], 2);
    free(of);
}

static void a_snapshot_is_where_it_goes_on_if_the_store_agrees(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint8_t era;
        uint64_t pruned;
        bool agrees;
    } cases[] = {
        {"it agrees", 0, 0, true},
        {"it does not", 1, 0, false},
        {"nobody can tell", 0, 50, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        rig *of = rig_new();
        const jt_revocation last = entry_of(50, cases[i].era);
        jt_revocation entries[64];
        jd_follow_resume(&of->follow, 50, last.mac);
        assert_true(jd_follow_fresh(&of->follow) == 0);
        next(of, JD_FOLLOW_ASK);
        assert_int_equal(of->todo.claim, 0);
        const uint64_t first = cases[i].pruned != 0 ? 51 : of->todo.after;
        const jd_follow_answer given = {.head = 52,
                                        .pruned = cases[i].pruned,
                                        .store_now = WALL,
                                        .started = SERVER,
                                        .entries = entries,
                                        .count = make(entries, first, 52, 0)};
        jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL, of->now);
        assert_true(jd_follow_fresh(&of->follow) == (cases[i].agrees ? of->now : 0));
        assert_int_equal(jd_follow_applied(&of->follow), cases[i].agrees ? 52 : 0);
        free(of);
    }
    uint64_t n = 77;
    uint8_t mac[JT_REVOKED_MAC];
    rig *of = rig_fresh(3);
    assert_true(jd_follow_last(&of->follow, &n, mac));
    assert_int_equal(n, 3);
    assert_memory_equal(mac, entry_of(3, 0).mac, sizeof mac);
    free(of);
    of = rig_new();
    assert_false(jd_follow_last(&of->follow, &n, mac));
    assert_int_equal(n, 0);
    free(of);
}

/* ---- notices, and time ----------------------------------------------------------------------- */

static void a_notice_counts_when_it_has_been_read(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    const int64_t before = jd_follow_fresh(&of->follow);
    jt_revocation notice = entry_of(4, 0);
    notice.kind = JT_NOTICE_KEYS;
    jd_follow_entries(&of->follow, &notice, 1, true);
    assert_int_equal(jd_follow_applied(&of->follow), 4);
    of->now += 250 * MS;
    next(of, JD_FOLLOW_READ);
    uint64_t reading = of->todo.ticket;
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.claim, 3); /* not yet */
    answer(of, 4, 4, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == before);
    jd_follow_read(&of->follow, reading, false, of->now);
    next(of, JD_FOLLOW_WAIT);
    of->now += 250 * MS;
    next(of, JD_FOLLOW_READ);
    reading = of->todo.ticket;
    jt_revocation other = entry_of(5, 0);
    other.kind = JT_NOTICE_KEYS;
    jd_follow_entries(&of->follow, &other, 1, false); /* it may be missing from what is read */
    jd_follow_read(&of->follow, reading, true, of->now);
    assert_true(jd_follow_fresh(&of->follow) == before);
    next(of, JD_FOLLOW_READ);
    jd_follow_read(&of->follow, of->todo.ticket, true, of->now);
    assert_true(jd_follow_fresh(&of->follow) == before + 250 * MS); /* when it had asked */
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.claim, 5);
    free(of);
}

static void notices_that_were_pruned_unseen_are_read_as_well(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    const int64_t before = jd_follow_fresh(&of->follow);
    jt_revocation entries[2] = {entry_of(3, 0), entry_of(9, 0)};
    ask_again(of);
    const jd_follow_answer given = {.head = 9,
                                    .pruned = 7,
                                    .store_now = WALL,
                                    .started = SERVER,
                                    .entries = entries,
                                    .count = 2};
    jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL, of->now);
    assert_int_equal(jd_follow_applied(&of->follow), 9);
    assert_true(jd_follow_fresh(&of->follow) == before);
    next(of, JD_FOLLOW_READ);
    jd_follow_read(&of->follow, of->todo.ticket, true, of->now);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    free(of);
}

static void a_clock_that_was_wrong_may_have_forgotten_too_much(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    jt_revocation entry = entry_of(3, 0);
    const jd_follow_answer given = {
        .head = 3, .store_now = WALL, .started = SERVER, .entries = &entry, .count = 1};
    ask_again(of);
    jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL + 3600000, of->now);
    assert_true(jd_follow_fresh(&of->follow) == 0);
    ask_again(of);
    jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL, of->now);
    assert_true(jd_follow_fresh(&of->follow) == 0);
    next(of, JD_FOLLOW_READ);
    jd_follow_read(&of->follow, of->todo.ticket, true, of->now);
    next(of, JD_FOLLOW_ASK);
    assert_int_equal(of->todo.after, 0);
    answer(of, 1, 3, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    free(of);
}

static void a_machine_that_slept_is_not_fresh_and_asks_at_once(void **state)
{
    (void)state;
    rig *of = rig_fresh(3);
    ask_again(of);
    of->now += 3600000 * MS;
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_OVER);
    answer(of, 3, 3, 0, SERVER); /* which had been on its way */
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_OVER);
    next(of, JD_FOLLOW_ASK);
    answer(of, 3, 4, 0, SERVER);
    assert_int_equal(jd_follow_why(&of->follow, of->now), JD_FOLLOW_FRESH);
    free(of);
}

static void a_log_longer_than_an_answer_is_read_in_parts(void **state)
{
    (void)state;
    rig *of = rig_new();
    jt_revocation entries[100];
    while (jd_follow_applied(&of->follow) + COUNT(entries) <= MANY) {
        next(of, JD_FOLLOW_ASK);
        assert_int_equal(of->todo.after, jd_follow_applied(&of->follow));
        const uint64_t first = of->todo.after > 0 ? of->todo.after : 1;
        const jd_follow_answer given = {.head = MANY,
                                        .store_now = WALL,
                                        .started = SERVER,
                                        .entries = entries,
                                        .count = make(entries, first, first + 99, 0),
                                        .more = true};
        jd_follow_answered(&of->follow, of->todo.ticket, &given, WALL, of->now);
        assert_true(jd_follow_fresh(&of->follow) == 0);
    }
    next(of, JD_FOLLOW_ASK);
    answer(of, of->todo.after, MANY, 0, SERVER);
    assert_true(jd_follow_fresh(&of->follow) == of->now);
    for (uint64_t n = 1; n <= MANY; n++)
        assert_int_equal(of->applied[n], 1);
    free(of);
}

static void each_state_has_a_word(void **state)
{
    (void)state;
    for (unsigned i = JD_FOLLOW_FRESH; i <= JD_FOLLOW_DAMAGED; i++)
        for (unsigned j = JD_FOLLOW_FRESH; j < i; j++)
            assert_string_not_equal(jd_follow_word((jd_follow_state)i),
                                    jd_follow_word((jd_follow_state)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_longer_lease_lets_it_ask_less_where_the_bus_tells),
        cmocka_unit_test(where_nothing_is_certain_it_asks_as_often_as_ever),
        cmocka_unit_test(it_is_fresh_from_the_moment_of_sending),
        cmocka_unit_test(an_answer_is_taken_once_and_not_for_another),
        cmocka_unit_test(an_older_answer_brings_entries_and_nothing_else),
        cmocka_unit_test(answers_that_do_not_make_it_fresh),
        cmocka_unit_test(a_failure_ends_nothing_but_is_no_answer),
        cmocka_unit_test(a_request_that_is_given_up_is_followed_by_the_next),
        cmocka_unit_test(an_answer_that_has_been_given_up_counts_from_its_own_moment),
        cmocka_unit_test(lies_that_never_end_do_not_keep_it_from_being_fresh),
        cmocka_unit_test(an_answer_that_begins_behind_a_lie_is_not_enough),
        cmocka_unit_test(a_notice_of_the_bus_counts_once),
        cmocka_unit_test(what_the_bus_says_is_applied_and_believed_in_nothing_else),
        cmocka_unit_test(a_hole_is_closed_from_either_side),
        cmocka_unit_test(numbers_of_the_bus_that_the_store_does_not_have_are_forgotten),
        cmocka_unit_test(another_server_is_asked_about_what_is_known),
        cmocka_unit_test(another_log_is_read_from_its_beginning_with_all_that_notices_are_about),
        cmocka_unit_test(a_snapshot_is_where_it_goes_on_if_the_store_agrees),
        cmocka_unit_test(a_notice_counts_when_it_has_been_read),
        cmocka_unit_test(notices_that_were_pruned_unseen_are_read_as_well),
        cmocka_unit_test(a_clock_that_was_wrong_may_have_forgotten_too_much),
        cmocka_unit_test(a_machine_that_slept_is_not_fresh_and_asks_at_once),
        cmocka_unit_test(a_log_longer_than_an_answer_is_read_in_parts),
        cmocka_unit_test(each_state_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
