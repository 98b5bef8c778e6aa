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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
