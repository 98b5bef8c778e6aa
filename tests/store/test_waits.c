/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_waits.c - waiting until other nodes have a revocation: at once where there can
 * be none, else until each has said so or has no lease any more. */
#include "suite.h"

#include "accounts/waits.h"
#include "store/log.h"
#include "store/nodes.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define LEASE_MS 100 /* the shortest there is */

static void a_moment(void)
{
    (void)nanosleep(&(const struct timespec){.tv_nsec = 5000000L}, NULL);
}

static jd_waits *open_waits(suite *s)
{
    jd_waits *waits = BOGUS;
    assert_ok(jd_waits_open(s->store, LEASE_MS, &waits, NULL));
    return waits;
}

static void say(suite *s, uint8_t node, const char *name, uint64_t applied)
{
    const jd_beat beat = {.id = suite_id(node),
                          .name = jeton_str(name),
                          .kind = jeton_str("agent"),
                          .version = jeton_str("1"),
                          .applied = applied,
                          .lease = LEASE_MS,
                          .most = 1};
    jd_beat_answer answer;
    assert_ok(jd_store_node_beat(s->store, &beat, &s->arena, &answer, NULL));
}

static jt_revocation add_entry(suite *s)
{
    jt_revocation entry = {.kind = JT_REVOKED_SESSION, .id = {1}, .expires = NOW};
    assert_ok(jd_store_log_add(s->store, &entry, NULL));
    return entry;
}

static jeton_status await(suite *s, jd_waits *waits, uint64_t ticket, jd_waited *waited)
{
    jeton_status status;
    while ((status = jd_waits_take(waits, ticket, &s->arena, waited, NULL)) == JETON_E_BUSY)
        a_moment();
    return status;
}

static jeton_status wait_for(suite *s, jd_waits *waits, const jt_revocation *entry,
                             jd_waited *waited)
{
    uint64_t ticket = 0;
    assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    jd_waits_begin(waits, ticket, entry);
    return await(s, waits, ticket, waited);
}

static bool shared(const suite *s)
{
    return jd_store_is_shared(s->store);
}

static void a_store_of_one_program_has_nobody_to_wait_for(void **state)
{
    suite *s = *state;
    if (shared(s))
        return;
    jd_waits *waits = open_waits(s);
    const jt_revocation entry = add_entry(s);
    uint64_t ticket = 0;
    jd_waited waited = {.n = 99};
    say(s, 1, "stray", 0);
    assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    jd_waits_begin(waits, ticket, &entry);
    assert_ok(jd_waits_take(waits, ticket, &s->arena, &waited, NULL)); /* the first time */
    assert_int_equal(waited.n, entry.n);
    assert_int_equal(waited.confirmed_count, 0);
    assert_int_equal(waited.missing_count, 0);
    jd_waits_close(&waits);
    assert_null(waits);
}

static void a_node_that_has_the_entry_is_named_as_one_that_confirmed(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    const jt_revocation entry = add_entry(s);
    jd_waited waited;
    say(s, 1, "east", entry.n);
    assert_ok(wait_for(s, waits, &entry, &waited));
    assert_int_equal(waited.n, entry.n);
    assert_int_equal(waited.confirmed_count, 1);
    unit_assert_span(waited.confirmed[0], "east");
    assert_int_equal(waited.missing_count, 0);
    jd_waits_close(&waits);
}

static void a_node_that_has_not_is_waited_for_as_long_as_its_lease_may_last(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    const jt_revocation before = add_entry(s);
    say(s, 1, "east", before.n);
    say(s, 2, "west", before.n);
    const jt_revocation entry = add_entry(s);
    jd_waited waited;
    say(s, 1, "east", entry.n);
    assert_ok(wait_for(s, waits, &entry, &waited));
    assert_true(waited.ms >= LEASE_MS);
    assert_int_equal(waited.confirmed_count, 1);
    unit_assert_span(waited.confirmed[0], "east");
    assert_int_equal(waited.missing_count, 1);
    unit_assert_span(waited.missing[0], "west");
    jd_waits_close(&waits);
}

static void our_own_node_is_not_waited_for(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    const jd_id self = suite_id(1);
    say(s, 1, "ourselves", 0);
    jd_waits_self(waits, &self);
    const jt_revocation entry = add_entry(s);
    jd_waited waited;
    assert_ok(wait_for(s, waits, &entry, &waited));
    assert_int_equal(waited.confirmed_count, 1);
    unit_assert_span(waited.confirmed[0], "ourselves");
    assert_int_equal(waited.missing_count, 0);
    jd_waits_close(&waits);
}

/* One that was killed is waited for once, and forgotten when its lease is known to be over. */
static void a_node_that_is_gone_is_not_named_for_ever(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    assert_ok(jd_waits_watch(waits, NULL));
    say(s, 1, "killed", 0);
    jd_waited waited = {.missing_count = 1};
    while (waited.missing_count > 0) {
        const jt_revocation entry = add_entry(s);
        assert_ok(wait_for(s, waits, &entry, &waited));
        assert_int_equal(waited.confirmed_count, 0);
    }
    jd_waits_close(&waits);
}

/* Nobody is said to have confirmed, nor passed over in silence. A lease may run out before the
 * commit on a slow machine: once more, then. */
static void nodes_of_a_store_that_answers_no_more_are_named_as_missing(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    jd_waited waited = {.missing_count = 0};
    while (waited.missing_count == 0) {
        const jt_revocation before = add_entry(s);
        say(s, 1, "east", before.n);
        assert_ok(wait_for(s, waits, &before, &waited));
        const jt_revocation entry = add_entry(s);
        suite_sql(s, "ALTER TABLE nodes RENAME TO gone");
        assert_ok(wait_for(s, waits, &entry, &waited));
        suite_sql(s, "ALTER TABLE gone RENAME TO nodes");
        assert_int_equal(waited.confirmed_count, 0);
    }
    unit_assert_span(waited.missing[0], "east");
    jd_waits_close(&waits);
}

static void an_entry_that_the_store_has_lost_is_not_told_as_done(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = open_waits(s);
    jt_revocation entry = add_entry(s);
    jd_waited waited = {.n = 99};
    entry.mac[0] ^= 1; /* the log has another one of that number */
    assert_int_equal(wait_for(s, waits, &entry, &waited), JETON_E_STORE);
    assert_int_equal(waited.n, 0);
    entry.mac[0] ^= 1;
    assert_ok(wait_for(s, waits, &entry, &waited));
    jd_waits_close(&waits);
}

static void note(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static void who_asks_to_be_told_is_told_once(void **state)
{
    suite *s = *state;
    jd_waits *waits = open_waits(s);
    const jt_revocation entry = add_entry(s);
    uint64_t ticket = 0;
    jd_waited waited;
    atomic_int told = 0;
    say(s, 1, "west", 0);
    assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    jd_waits_begin(waits, ticket, &entry);
    jd_waits_when(waits, ticket, note, &told);
    while (atomic_load(&told) == 0)
        a_moment();
    assert_ok(jd_waits_take(waits, ticket, &s->arena, &waited, NULL));
    assert_int_equal(jd_waits_take(waits, ticket, &s->arena, &waited, NULL), JETON_E_NOT_FOUND);
    jd_waits_close(&waits);
    assert_int_equal(atomic_load(&told), 1);
}

static void who_still_waits_when_it_ends_is_told(void **state)
{
    suite *s = *state;
    if (!shared(s))
        return;
    jd_waits *waits = BOGUS;
    assert_ok(jd_waits_open(s->store, 60000, &waits, NULL)); /* a lease that will not run out */
    const jt_revocation entry = add_entry(s);
    uint64_t ticket = 0;
    jd_waited waited;
    atomic_int told = 0;
    assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    jd_waits_begin(waits, ticket, &entry);
    jd_waits_when(waits, ticket, note, &told);
    assert_int_equal(jd_waits_take(waits, ticket, &s->arena, &waited, NULL), JETON_E_BUSY);
    assert_int_equal(atomic_load(&told), 0);
    jd_waits_stop(waits);
    assert_int_equal(atomic_load(&told), 1);
    jeton_err err = {0};
    assert_int_equal(jd_waits_take(waits, ticket, &s->arena, &waited, &err), JETON_E_BUSY);
    assert_int_equal(jd_waits_ticket(waits, &ticket, NULL), JETON_E_BUSY);
    jd_waits_close(&waits);
}

static void tickets_are_bounded_and_those_dropped_are_free_again(void **state)
{
    suite *s = *state;
    jd_waits *waits = open_waits(s);
    uint64_t first = 0;
    uint64_t ticket = 0;
    jd_waited waited;
    assert_ok(jd_waits_ticket(waits, &first, NULL));
    for (size_t i = 1; i < JD_WAITS_MOST; i++)
        assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    assert_int_equal(jd_waits_ticket(waits, &ticket, NULL), JETON_E_BUSY);
    assert_int_equal(ticket, 0);
    jd_waits_drop(waits, first);
    assert_ok(jd_waits_ticket(waits, &ticket, NULL));
    assert_int_not_equal(ticket, first);
    assert_int_equal(jd_waits_take(waits, first, &s->arena, &waited, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_waits_take(waits, 0, &s->arena, &waited, NULL), JETON_E_NOT_FOUND);
    jd_waits_close(&waits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_of_one_program_has_nobody_to_wait_for),
        cmocka_unit_test(a_node_that_has_the_entry_is_named_as_one_that_confirmed),
        cmocka_unit_test(a_node_that_has_not_is_waited_for_as_long_as_its_lease_may_last),
        cmocka_unit_test(our_own_node_is_not_waited_for),
        cmocka_unit_test(a_node_that_is_gone_is_not_named_for_ever),
        cmocka_unit_test(nodes_of_a_store_that_answers_no_more_are_named_as_missing),
        cmocka_unit_test(an_entry_that_the_store_has_lost_is_not_told_as_done),
        cmocka_unit_test(who_asks_to_be_told_is_told_once),
        cmocka_unit_test(who_still_waits_when_it_ends_is_told),
        cmocka_unit_test(tickets_are_bounded_and_those_dropped_are_free_again),
    };
    return suite_run("waits", tests, COUNT(tests));
}
