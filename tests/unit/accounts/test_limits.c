/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_limits.c - who guesses locks out himself and nobody else. */
#include "accounts/limits.h"

#include "../unit.h"

#include <stdio.h>

#define NOW ((int64_t)1000000)

static jd_address address(const char *text)
{
    jd_address made;
    assert_true(jd_address_parse(jeton_str(text), &made));
    return made;
}

/* 5 tries a minute from an address; 3 failures lock it out for a minute; 6 an hour at an account.
 */
static jd_limits *limits_of(bool on)
{
    jd_config config;
    jd_limits *limits = BOGUS;
    jd_config_init(&config);
    config.rate_limits = on;
    config.login_rate = 5;
    config.account_rate = 6;
    config.lock_after = 3;
    config.lock_time = 60;
    assert_int_equal(jd_limits_open(&config, &limits, NULL), JETON_OK);
    return limits;
}

static jeton_status begin(jd_limits *limits, const char *from, const char *name, int64_t now,
                          jd_try *at)
{
    static jd_address client;
    int64_t wait = 77;
    client = address(from);
    *at = (jd_try){.client = &client, .name = jeton_str(name), .locked = true, .known = true};
    const jeton_status status = jd_limits_begin(limits, at, now, &wait, NULL);
    assert_int_equal(wait > 0, status == JETON_E_RATE);
    return status;
}

/* A try that fails; whether it was locked. */
static bool failing(jd_limits *limits, const char *from, const char *name, int64_t now)
{
    jd_try at;
    assert_int_equal(begin(limits, from, name, now, &at), JETON_OK);
    return at.locked;
}

static bool succeeding(jd_limits *limits, const char *from, const char *name, int64_t now)
{
    jd_try at;
    assert_int_equal(begin(limits, from, name, now, &at), JETON_OK);
    jd_limits_succeed(limits, &at, now);
    return !at.locked;
}

static void an_address_knocks_so_often_and_then_waits(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    const jd_address a = address("2001:db8::1");
    const jd_address same = address("2001:db8::ffff:1");
    const jd_address other = address("2001:db8:0:1::1");
    int64_t wait = 77;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(jd_limits_knock(limits, &a, NOW, &wait, NULL), JETON_OK);
        assert_int_equal(wait, 0);
    }
    assert_int_equal(jd_limits_knock(limits, &same, NOW, &wait, NULL), JETON_E_RATE);
    assert_int_equal(wait, 12);
    assert_int_equal(jd_limits_knock(limits, &other, NOW, &wait, NULL), JETON_OK);
    assert_int_equal(jd_limits_knock(limits, &a, NOW + 12000, &wait, NULL), JETON_OK);
    jd_limits_close(&limits);
    assert_null(limits);
}

static void failures_lock_one_address_out_of_one_account(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    for (unsigned i = 0; i < 3; i++)
        assert_false(failing(limits, "192.0.2.1", "alice", NOW));
    assert_true(failing(limits, "192.0.2.1", "alice", NOW));
    assert_true(failing(limits, "192.0.2.1", "ALICE", NOW)); /* the same name */
    assert_false(failing(limits, "192.0.2.2", "alice", NOW));
    assert_false(failing(limits, "192.0.2.1", "bob", NOW));
    assert_false(failing(limits, "192.0.2.1", "alice", NOW + 20000)); /* one is given back */
    assert_true(failing(limits, "192.0.2.1", "alice", NOW + 20000));
    jd_limits_close(&limits);
}

static void a_success_does_not_clear_what_failed(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(succeeding(limits, "192.0.2.1", "alice", NOW));
        assert_false(failing(limits, "192.0.2.1", "alice", NOW));
    }
    assert_false(succeeding(limits, "192.0.2.1", "alice", NOW));
    jd_limits_close(&limits);
}

static void successes_alone_never_lock(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    for (unsigned i = 0; i < 50; i++)
        assert_true(succeeding(limits, "192.0.2.1", "alice", NOW));
    jd_limits_close(&limits);
}

static void a_try_that_was_not_judged_is_not_counted(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    for (unsigned i = 0; i < 50; i++) {
        jd_try at;
        assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), JETON_OK);
        assert_false(at.locked);
        jd_limits_forget(limits, &at, NOW);
    }
    jd_limits_close(&limits);
}

static void many_addresses_together_do_not_keep_the_owner_out(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    jd_try at;
    assert_true(succeeding(limits, "192.0.2.1", "alice", NOW));
    for (unsigned i = 0; i < 6; i++) {
        char from[32];
        (void)snprintf(from, sizeof from, "198.51.100.%u", i);
        assert_false(failing(limits, from, "alice", NOW));
    }
    assert_int_equal(begin(limits, "203.0.113.1", "alice", NOW, &at), JETON_E_RATE);
    assert_int_equal(begin(limits, "203.0.113.1", "bob", NOW, &at), JETON_OK);
    assert_true(succeeding(limits, "192.0.2.1", "alice", NOW)); /* where he has been */
    assert_int_equal(begin(limits, "203.0.113.1", "alice", NOW + 600000, &at), JETON_OK);
    jd_limits_close(&limits);
}

/* One address cannot use up what the account has: its own lock stops it first. */
static void one_address_alone_does_not_exhaust_an_account(void **state)
{
    (void)state;
    jd_limits *limits = limits_of(true);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(failing(limits, "198.51.100.1", "alice", NOW), i >= 3);
    assert_true(succeeding(limits, "203.0.113.1", "alice", NOW));
    jd_limits_close(&limits);
}

static void switched_off_they_limit_nothing(void **state)
{
    (void)state;
    const jd_address a = address("192.0.2.1");
    int64_t wait;
    jd_limits *off = limits_of(false);
    jd_limits *each[] = {off, NULL};
    for (size_t row = 0; row < COUNT(each); row++) {
        for (unsigned i = 0; i < 50; i++) {
            assert_int_equal(jd_limits_knock(each[row], &a, NOW, &wait, NULL), JETON_OK);
            assert_false(failing(each[row], "192.0.2.1", "alice", NOW));
        }
    }
    jd_limits_close(&off);
}

/* ---- servers that count together ------------------------------------------------------------ */

static struct {
    bool answers;
    jd_counts_answer says;
    unsigned begun, ended, at_account;
    int64_t known_for;
    char lock[64];
} others;

static bool others_begin(void *user, const jd_counts_try *at, jd_counts_answer *answer)
{
    assert_ptr_equal(user, &others);
    assert_int_equal(at->lock.burst, 3);
    assert_int_equal(at->lock.interval, 20000);
    assert_int_equal(at->address.burst, 5);
    assert_int_equal(at->account.burst, 6);
    assert_true(at->known.len > 0);
    assert_true(at->lock.name.len < sizeof others.lock);
    memcpy(others.lock, at->lock.name.ptr, at->lock.name.len);
    others.begun++;
    *answer = others.says;
    return others.answers;
}

static bool others_end(void *user, const jd_counts_try *at, bool account, int64_t known_for)
{
    assert_ptr_equal(user, &others);
    assert_memory_equal(others.lock, at->lock.name.ptr, at->lock.name.len);
    others.ended++;
    others.at_account += account;
    others.known_for = known_for;
    return others.answers;
}

static jd_limits *shared_limits(jd_counts_answer says)
{
    static const jd_counter counter = {&others, others_begin, others_end};
    jd_limits *limits = limits_of(true);
    memset(&others, 0, sizeof others);
    others.answers = true;
    others.says = says;
    jd_limits_share(limits, &counter);
    return limits;
}

static void a_success_is_given_back_everywhere(void **state)
{
    (void)state;
    for (unsigned known = 0; known < 2; known++) {
        jd_limits *limits = shared_limits((jd_counts_answer){.known = known});
        jd_try at;
        assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), JETON_OK);
        assert_true(at.shared && at.counted && !at.locked);
        assert_int_equal(at.known, known);
        assert_int_equal(others.ended, 0);
        jd_limits_succeed(limits, &at, NOW);
        assert_int_equal(others.ended, 1);
        assert_int_equal(others.at_account, 1 - known); /* where it was taken */
        assert_true(others.known_for > 0);
        assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), JETON_OK);
        jd_limits_forget(limits, &at, NOW);
        assert_int_equal(others.ended, 2);
        assert_int_equal(others.known_for, 0);
        jd_limits_close(&limits);
    }
}

static void what_others_have_counted_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jd_counts_answer says;
        jeton_status want;
        bool locked;
    } rows[] = {
        {"nothing", {.known = false}, JETON_OK, false},
        {"too many from the address", {.address_over = 1500}, JETON_E_RATE, false},
        {"too many at the account", {.account_over = 1500}, JETON_E_RATE, false},
        {"locked", {.locked = true}, JETON_OK, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_limits *limits = shared_limits(rows[i].says);
        jd_try at;
        assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), rows[i].want);
        assert_int_equal(at.locked, rows[i].locked);
        assert_int_equal(at.counted, rows[i].want == JETON_OK && !rows[i].locked);
        assert_int_equal(at.shared, at.counted);
        assert_int_equal(others.ended, 0);
        jd_limits_close(&limits);
    }
}

/* The others may have forgotten (a new Redis), or be lied to: no more than here alone is let in. */
static void what_is_counted_here_refuses_too(void **state)
{
    (void)state;
    jd_limits *limits = shared_limits((jd_counts_answer){.known = true});
    jd_try at;
    for (unsigned i = 0; i < 3; i++)
        assert_false(failing(limits, "192.0.2.1", "alice", NOW));
    assert_int_equal(others.ended, 0);
    assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), JETON_OK);
    assert_true(at.locked);
    assert_false(at.shared);
    assert_int_equal(others.ended, 1); /* taken there, and given back */
    others.says.known = false;
    for (unsigned i = 0; i < 3; i++) {
        char from[16];
        (void)snprintf(from, sizeof from, "192.0.2.%u", i + 20);
        assert_false(failing(limits, from, "bob", NOW));
        assert_false(failing(limits, from, "bob", NOW));
    }
    others.ended = 0;
    assert_int_equal(begin(limits, "192.0.2.30", "bob", NOW, &at), JETON_E_RATE);
    assert_int_equal(others.ended, 1);
    assert_int_equal(others.at_account, 1);
    jd_limits_close(&limits);
}

static void without_an_answer_this_server_goes_by_itself(void **state)
{
    (void)state;
    jd_limits *limits = shared_limits((jd_counts_answer){.address_over = 9, .locked = true});
    jd_try at;
    others.answers = false;
    for (unsigned i = 0; i < 3; i++)
        assert_false(failing(limits, "192.0.2.1", "alice", NOW));
    assert_true(failing(limits, "192.0.2.1", "alice", NOW));
    assert_int_equal(begin(limits, "192.0.2.2", "alice", NOW, &at), JETON_OK);
    assert_false(at.shared);
    jd_limits_succeed(limits, &at, NOW);
    assert_int_equal(others.ended, 0); /* nothing was taken there */
    const jd_counter nobody = {.begin = NULL};
    others.begun = 0;
    jd_limits_share(limits, &nobody);
    assert_int_equal(begin(limits, "192.0.2.3", "alice", NOW, &at), JETON_OK);
    assert_int_equal(others.begun, 0);
    jd_limits_close(&limits);
}

static void limits_that_are_off_ask_nobody(void **state)
{
    (void)state;
    const jd_counter counter = {&others, others_begin, others_end};
    jd_limits *limits = limits_of(false);
    jd_try at;
    memset(&others, 0, sizeof others);
    jd_limits_share(limits, &counter);
    assert_int_equal(begin(limits, "192.0.2.1", "alice", NOW, &at), JETON_OK);
    jd_limits_succeed(limits, &at, NOW);
    assert_int_equal(others.begun, 0);
    jd_limits_close(&limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_knocks_so_often_and_then_waits),
        cmocka_unit_test(failures_lock_one_address_out_of_one_account),
        cmocka_unit_test(a_success_does_not_clear_what_failed),
        cmocka_unit_test(successes_alone_never_lock),
        cmocka_unit_test(a_try_that_was_not_judged_is_not_counted),
        cmocka_unit_test(many_addresses_together_do_not_keep_the_owner_out),
        cmocka_unit_test(one_address_alone_does_not_exhaust_an_account),
        cmocka_unit_test(switched_off_they_limit_nothing),
        cmocka_unit_test(a_success_is_given_back_everywhere),
        cmocka_unit_test(what_others_have_counted_refuses),
        cmocka_unit_test(what_is_counted_here_refuses_too),
        cmocka_unit_test(without_an_answer_this_server_goes_by_itself),
        cmocka_unit_test(limits_that_are_off_ask_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
