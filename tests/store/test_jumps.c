/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_jumps.c - a store that has lost its last commits gives no number a second time.
 *
 * What such a store looks like is made by hand: the head goes back, and the server that has given
 * its number is another one. */
#include "revoke/entry_mac.h"
#include "store/backup.h"
#include "store/indexes.h"
#include "store/log.h"
#include "store/nodes.h"
#include "store/revoke.h"
#include "store/users.h"
#include "suite.h"

#include <stdio.h>

#define EXACT ((uint64_t)1 << 53) /* numbers of JSON are exact up to there */

static uint64_t add_entry(suite *s)
{
    jt_revocation entry = {.kind = JT_REVOKED_SESSION, .expires = NOW};
    assert_ok(jd_store_log_add(s->store, &entry, NULL));
    return entry.n;
}

static void add_entries(suite *s, uint64_t count)
{
    for (uint64_t i = 1; i <= count; i++)
        assert_int_equal(add_entry(s), i);
}

static jd_entries entries_after(suite *s, uint64_t n)
{
    jd_entries entries;
    assert_ok(jd_store_log_after(s->store, n, 100, &s->arena, &entries, NULL));
    return entries;
}

static uint64_t head_of(suite *s)
{
    uint64_t head;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    return head;
}

static jd_beat_answer beat(suite *s, uint64_t applied)
{
    const jd_beat asked = {.id = suite_id(1),
                           .name = jeton_str("host"),
                           .kind = jeton_str("serve"),
                           .version = jeton_str("1"),
                           .applied = applied,
                           .lease = 2000,
                           .from = applied,
                           .most = 100};
    jd_beat_answer answer;
    assert_ok(jd_store_node_beat(s->store, &asked, &s->arena, &answer, NULL));
    return answer;
}

/* What is behind `kept` is lost. */
static void lose(suite *s, uint64_t kept)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM log WHERE n > %d; UPDATE log_head SET n = %d, was = %d", (int)kept,
                   (int)kept, (int)kept);
    suite_sql(s, sql);
}

/* A server that is not the one before. What is a file has none; there it is what a node was told of
 * that shows that something is lost. */
static void fail_over(suite *s, uint64_t kept)
{
    if (s->back_end->has_server)
        suite_sql(s, "UPDATE log_head SET server = server - 1");
    else
        (void)beat(s, 0);
    lose(s, kept);
}

/* The entry that says so is where the numbers go on, and says where they were before. */
static void assert_jumped(suite *s, uint64_t was, uint64_t n)
{
    uint64_t from;
    uint64_t rest;
    const jd_entries entries = entries_after(s, was);
    assert_int_equal(entries.count, 2);
    assert_int_equal(entries.at[0].kind, JT_NOTICE_JUMP);
    assert_int_equal(entries.at[0].n, n - 1);
    jt_revoked_pair_of(entries.at[0].id, &from, &rest);
    assert_int_equal(from, was);
    assert_int_equal(entries.at[1].n, n);
    assert_true(jd_store_log_genuine(s->store, &entries.at[0]));
    assert_true(n - was > 65536);
    assert_true(n < EXACT);
    assert_int_equal(head_of(s), n);
}

static void no_number_is_given_twice(void **state)
{
    suite *s = *state;
    jd_store_log_key(s->store, jeton_str("a cluster key"));
    add_entries(s, 5);
    fail_over(s, 2);
    const uint64_t n = add_entry(s);
    assert_jumped(s, 2, n);
    assert_int_equal(add_entry(s), n + 1); /* once is enough */
    assert_int_equal(beat(s, n).head, n + 1);
}

static void many_at_once_are_behind_the_jump(void **state)
{
    suite *s = *state;
    jt_revocation many[70];
    add_entries(s, 5);
    fail_over(s, 5);
    lose(s, 4);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (jt_revocation){.kind = JT_REVOKED_SESSION, .expires = NOW};
    assert_ok(jd_store_log_add_many(s->store, many, COUNT(many), NULL));
    const jd_entries entries = entries_after(s, 4);
    assert_int_equal(entries.count, COUNT(many) + 1);
    assert_int_equal(entries.at[0].kind, JT_NOTICE_JUMP);
    for (size_t i = 0; i < COUNT(many); i++) {
        assert_int_equal(many[i].n, entries.at[0].n + 1 + i);
        assert_int_equal(entries.at[i + 1].n, many[i].n);
    }
}

/* The heart of it: what was issued in what is lost is older than each mark that comes. */
static void a_mark_refuses_the_tokens_of_what_was_lost(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    add_entries(s, 5);
    const uint64_t rev = suite_add_session(s, 11, 1);
    const jd_id user = suite_id(1);
    jd_revoking asked = {.kind = JT_REVOKED_SUBJECT, .now = NOW, .expires = NOW + DAY};
    memcpy(asked.id, user.bytes, sizeof user.bytes);
    assert_int_equal(rev, 5);
    fail_over(s, 2);
    jt_revocation mark;
    assert_ok(jd_store_revoke(s->store, &asked, &mark, NULL));
    assert_true(jt_revoked_refuses(mark.kind, mark.n, rev));
    /* And who logs in again is not. */
    assert_false(jt_revoked_refuses(mark.kind, mark.n, suite_add_session(s, 12, 1)));
}

static void a_node_that_asks_has_the_numbers_jump(void **state)
{
    suite *s = *state;
    add_entries(s, 5);
    assert_int_equal(beat(s, 5).head, 5);
    fail_over(s, 2);
    const jd_beat_answer answer = beat(s, 2);
    assert_true(answer.head > 5);
    assert_int_equal(answer.entries.count, 2); /* from its own on */
    assert_int_equal(answer.entries.at[1].kind, JT_NOTICE_JUMP);
    assert_int_equal(answer.entries.at[1].n, answer.head);
    assert_int_equal(beat(s, 2).head, answer.head);
    assert_int_equal(add_entry(s), answer.head + 1);
    assert_int_equal(beat(s, 2).head, answer.head + 1);
}

/* A standby of the first server takes over from the second, of which it has got nothing. */
static void a_jump_that_is_lost_is_not_made_to_the_same_number(void **state)
{
    suite *s = *state;
    add_entries(s, 5);
    fail_over(s, 2);
    const uint64_t first = add_entry(s);
    const uint64_t second = add_entry(s);
    fail_over(s, 2);
    suite_reopen(s); /* by a program that knows nothing of it, too */
    if (!s->back_end->has_server)
        return; /* nothing shows it there, and a file has no standby */
    assert_true(add_entry(s) > second);
    assert_true(second == first + 1);
}

static void a_store_that_has_just_got_its_servers_number_goes_on_as_before(void **state)
{
    suite *s = *state;
    add_entries(s, 3);
    suite_sql(s,
              "UPDATE log_head SET server = 0"); /* as one of the schema before, or a moved one */
    assert_int_equal(beat(s, 3).head, 3);
    assert_int_equal(add_entry(s), 4);
    assert_int_equal(add_entry(s), 5);
}

static void a_transaction_that_fails_takes_its_jump_back(void **state)
{
    suite *s = *state;
    const jd_id nobody = suite_id(200);
    jt_revocation entry;
    add_entries(s, 3);
    fail_over(s, 2);
    assert_int_equal(jd_store_user_disable(s->store, &nobody, NOW, NOW, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(head_of(s), 2);
    assert_jumped(s, 2, add_entry(s));
}

static void no_index_is_leased_twice(void **state)
{
    suite *s = *state;
    const jd_index_asking asked = {.count = 100, .life = MINUTE, .now = NOW, .expires = NOW + DAY};
    jd_index_block before;
    jd_index_block after;
    jd_index_block again;
    jt_revocation entry;
    assert_ok(jd_store_index_lease(s->store, &asked, &before, &entry, NULL));
    assert_int_equal(entry.n, 1);
    fail_over(s, 0);
    suite_sql(s, "UPDATE index_lists SET leased = 0");
    assert_ok(jd_store_index_lease(s->store, &asked, &after, &entry, NULL));
    assert_true(after.list > before.list + 1);
    assert_true(entry.n > 1);
    assert_ok(jd_store_index_lease(s->store, &asked, &again, &entry, NULL));
    assert_int_equal(again.list, after.list);
    assert_int_equal(again.first, after.first + after.count);
}

/* Twice from one backup: the tokens of in between are older than the second mark. */
static void starting_again_twice_from_one_copy_gives_other_numbers(void **state)
{
    suite *s = *state;
    add_entries(s, 3);
    assert_ok(jd_store_restart(s->store, 0, NOW, NOW + DAY, NULL));
    const uint64_t rev = add_entry(s);
    lose(s, 3);
    suite_reopen(s);
    assert_ok(jd_store_restart(s->store, 0, NOW, NOW + DAY, NULL));
    const jd_entries entries = entries_after(s, 3);
    assert_int_equal(entries.count, 1); /* no other jump */
    assert_int_equal(entries.at[0].kind, JT_REVOKED_ALL);
    assert_true(entries.at[0].n > rev);
    assert_true(entries.at[0].n < EXACT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_number_is_given_twice),
        cmocka_unit_test(many_at_once_are_behind_the_jump),
        cmocka_unit_test(a_mark_refuses_the_tokens_of_what_was_lost),
        cmocka_unit_test(a_node_that_asks_has_the_numbers_jump),
        cmocka_unit_test(a_jump_that_is_lost_is_not_made_to_the_same_number),
        cmocka_unit_test(a_store_that_has_just_got_its_servers_number_goes_on_as_before),
        cmocka_unit_test(a_transaction_that_fails_takes_its_jump_back),
        cmocka_unit_test(no_index_is_leased_twice),
        cmocka_unit_test(starting_again_twice_from_one_copy_gives_other_numbers),
    };
    return suite_run("jumps", tests, COUNT(tests));
}
