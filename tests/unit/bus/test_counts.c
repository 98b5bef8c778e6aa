/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bus/test_counts.c - two servers that count tries together, by a real redis-server:
 * what one has taken the other has not; and killed, frozen or lied to, it gives no answer, at once.
 */
#include "bus/counts.h"
#include "redis.h"
#include "sys/log.h"

#include <time.h>

#define MINUTE ((int64_t)60000)

static redis server;

static jd_counts *counts_of(const char *secret, unsigned timeout_ms)
{
    const jd_bus_options options = {
        .address = server.address, .prefix = "test", .ca_file = "", .timeout_ms = timeout_ms};
    jd_counts *counts = BOGUS;
    assert_int_equal(jd_counts_open(&options, jeton_str(secret), &counts, NULL), JETON_OK);
    return counts;
}

static void wait_until(jd_counts *counts, bool up)
{
    for (unsigned i = 0; jd_counts_is_up(counts) != up; i++) {
        assert_true(i < 3000);
        (void)usleep(10000);
    }
}

static jd_counts *connected(const char *secret)
{
    jd_counts *counts = counts_of(secret, 20000); /* the machine may be busy */
    wait_until(counts, true);
    return counts;
}

/* 4 tries of an address, 2 failures of it at an account, 3 of all at it; none comes back soon. */
static jd_counts_try try_of(const char *address, const char *account)
{
    static char names[4][64];
    (void)snprintf(names[0], sizeof names[0], "address %s", address);
    (void)snprintf(names[1], sizeof names[1], "known %s %s", address, account);
    (void)snprintf(names[2], sizeof names[2], "lock %s %s", address, account);
    (void)snprintf(names[3], sizeof names[3], "account %s", account);
    return (jd_counts_try){.address = {jeton_str(names[0]), 4, 10 * MINUTE},
                           .known = jeton_str(names[1]),
                           .lock = {jeton_str(names[2]), 2, 10 * MINUTE},
                           .account = {jeton_str(names[3]), 3, 10 * MINUTE}};
}

static jd_counts_answer begun(jd_counts *counts, const char *address, const char *account)
{
    const jd_counts_try at = try_of(address, account);
    const jd_counter counter = jd_counts_counter(counts);
    jd_counts_answer answer = {.address_over = 77, .account_over = 77, .known = true};
    assert_true(counter.begin(counter.user, &at, &answer));
    return answer;
}

static void ended(jd_counts *counts, const char *address, const char *account, bool at_account,
                  int64_t known_for)
{
    const jd_counts_try at = try_of(address, account);
    const jd_counter counter = jd_counts_counter(counts);
    assert_true(counter.end(counter.user, &at, at_account, known_for));
}

static void assert_counted(jd_counts_answer answer)
{
    assert_int_equal(answer.address_over, 0);
    assert_int_equal(answer.account_over, 0);
    assert_false(answer.known);
    assert_false(answer.locked);
}

static int set_up(void **state)
{
    (void)state;
    redis_do(&server, "", "FLUSHALL");
    return 0;
}

static void what_one_has_taken_the_other_has_not(void **state)
{
    (void)state;
    jd_counts *one = connected("secret");
    jd_counts *two = connected("secret");
    assert_counted(begun(one, "a", "alice"));
    assert_counted(begun(two, "a", "alice"));
    assert_true(begun(one, "a", "alice").locked);
    assert_true(begun(two, "a", "alice").locked);
    const jd_counts_answer over = begun(one, "a", "bob"); /* the fifth of that address */
    assert_in_range(over.address_over, 9 * MINUTE, 10 * MINUTE);
    assert_counted(begun(one, "b", "alice"));
    const jd_counts_answer account = begun(two, "c", "alice"); /* the fourth failure at it */
    assert_int_equal(account.address_over, 0);
    assert_in_range(account.account_over, 9 * MINUTE, 10 * MINUTE);
    assert_counted(begun(one, "c", "bob"));
    jd_counts_close(&one);
    jd_counts_close(&two);
    assert_null(one);
}

static void what_was_no_failure_is_given_back(void **state)
{
    (void)state;
    jd_counts *one = connected("secret");
    jd_counts *two = connected("secret");
    for (unsigned i = 0; i < 10; i++) {
        const char address[] = {(char)('a' + i), '\0'};
        assert_counted(begun(one, address, "alice"));
        ended(two, address, "alice", true, 0);
    }
    assert_counted(begun(one, "z", "alice"));
    ended(one, "z", "alice", true, MINUTE);
    for (unsigned i = 0; i < 2; i++) { /* known there, whatever others fail at it */
        const jd_counts_answer answer = begun(two, "z", "alice");
        assert_true(answer.known);
        assert_false(answer.locked);
        assert_int_equal(answer.account_over, 0);
        ended(two, "z", "alice", false, MINUTE);
    }
    for (unsigned i = 0; i < 3; i++) {
        const char address[] = {(char)('k' + i), '\0'};
        assert_counted(begun(two, address, "alice"));
    }
    assert_true(begun(one, "n", "alice").account_over > 0);
    jd_counts_close(&one);
    jd_counts_close(&two);
}

static void tokens_come_back_and_keys_go(void **state)
{
    (void)state;
    jd_counts *one = connected("secret");
    const jd_counter counter = jd_counts_counter(one);
    jd_counts_try at = try_of("a", "alice");
    jd_counts_answer answer;
    at.lock.interval = 20;
    assert_true(counter.begin(counter.user, &at, &answer));
    assert_true(counter.begin(counter.user, &at, &answer));
    (void)usleep(100000);
    assert_true(counter.begin(counter.user, &at, &answer));
    assert_false(answer.locked);
    assert_counted(begun(one, "b", "bob"));
    redisReply *keys = redis_ask(&server, "", "KEYS", "*", NULL);
    assert_true(keys->elements >= 3);
    for (size_t i = 0; i < keys->elements; i++) { /* neither names nor addresses */
        assert_null(strstr(keys->element[i]->str, "alice"));
        assert_int_equal(strncmp(keys->element[i]->str, "{test:limits}:", 14), 0);
        redisReply *left = redis_ask(&server, "", "PTTL", keys->element[i]->str, NULL);
        assert_int_equal(left->type, REDIS_REPLY_INTEGER);
        assert_int_not_equal(left->integer, -1); /* none stays for ever; one may be gone */
        assert_true(left->integer <= 30 * MINUTE);
        jd_reply_free(&left);
    }
    jd_reply_free(&keys);
    jd_counts_close(&one);
}

static void another_secret_is_another_installation(void **state)
{
    (void)state;
    jd_counts *one = connected("secret");
    jd_counts *two = connected("another");
    for (unsigned i = 0; i < 2; i++) {
        assert_counted(begun(one, "a", "alice"));
        assert_counted(begun(two, "a", "alice"));
    }
    jd_counts_close(&one);
    jd_counts_close(&two);
}

/* Whatever stands there, nobody waits for longer than a token would. */
static void what_is_forged_is_no_answer(void **state)
{
    (void)state;
    static const char *const forged[] = {"9999999999999999", "1e300", "-1", "nonsense", ""};
    jd_counts *one = connected("secret");
    const jd_counter counter = jd_counts_counter(one);
    const jd_counts_try at = try_of("a", "alice");
    jd_counts_answer answer = {.locked = true};
    assert_counted(begun(one, "a", "alice"));
    redisReply *keys = redis_ask(&server, "", "KEYS", "*", NULL);
    for (size_t k = 0; k < COUNT(forged); k++) {
        for (size_t i = 0; i < keys->elements; i++)
            redis_do(&server, "", "SET", keys->element[i]->str, forged[k]);
        print_message("  %s\n", forged[k]);
        const bool answered = counter.begin(counter.user, &at, &answer);
        assert_true(answer.address_over <= at.address.interval);
        assert_true(answered || (!answer.locked && answer.address_over == 0));
        wait_until(one, true);
    }
    for (size_t i = 0; i < keys->elements; i++) { /* a key of another type is an error */
        redis_do(&server, "", "DEL", keys->element[i]->str);
        redis_do(&server, "", "LPUSH", keys->element[i]->str, "x");
    }
    assert_false(counter.begin(counter.user, &at, &answer));
    jd_reply_free(&keys);
    jd_counts_close(&one);
}

static int64_t now_ms(void)
{
    struct timespec ts;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void without_redis_nobody_waits(void **state)
{
    (void)state;
    jd_counts *one = counts_of("secret", 50);
    const jd_counter counter = jd_counts_counter(one);
    const jd_counts_try at = try_of("a", "alice");
    jd_counts_answer answer = {.locked = true};
    wait_until(one, true);
    assert_int_equal(kill(server.pid, SIGSTOP), 0);
    (void)counter.begin(counter.user, &at, &answer); /* waits for its limit, and then it is down */
    wait_until(one, false);
    unsigned answered = 0;
    for (unsigned i = 0; i < 1000; i++)
        answered += counter.begin(counter.user, &at, &answer);
    assert_int_equal(answered, 0);
    assert_false(answer.locked);
    assert_false(counter.end(counter.user, &at, true, MINUTE));
    assert_int_equal(kill(server.pid, SIGCONT), 0);
    wait_until(one, true); /* by itself */
    redis_kill(&server);
    (void)counter.begin(counter.user, &at, &answer);
    wait_until(one, false);
    const int64_t from = now_ms();
    jd_counts_close(&one); /* while the thread waits for its next attempt */
    assert_true(now_ms() - from < 60000);
    redis_start(&server, "", NULL);
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    jd_counts *counts = BOGUS;
    jeton_err err = {0};
    const jd_bus_options options = {.address = "nowhere", .prefix = "test", .ca_file = ""};
    assert_int_equal(jd_counts_open(&options, jeton_str("s"), &counts, &err), JETON_E_ARGUMENT);
    assert_null(counts);
    jd_counts_close(&counts);
    jd_counts_close(NULL);
}

static int begin_all(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    jd_log_start(-1, JD_ERROR);
    redis_init(&server);
    redis_start(&server, "", NULL);
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    redis_done(&server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_one_has_taken_the_other_has_not, set_up),
        cmocka_unit_test_setup(what_was_no_failure_is_given_back, set_up),
        cmocka_unit_test_setup(tokens_come_back_and_keys_go, set_up),
        cmocka_unit_test_setup(another_secret_is_another_installation, set_up),
        cmocka_unit_test_setup(what_is_forged_is_no_answer, set_up),
        cmocka_unit_test_setup(without_redis_nobody_waits, set_up),
        cmocka_unit_test(what_cannot_be_is_told),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
