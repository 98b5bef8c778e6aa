/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_sessions.c - sessions: added, rotated once per counter, ended. */
#include "store/log.h"
#include "store/purge.h"
#include "suite.h"

#include <pthread.h>

/* --- add and get ------------------------------------------------------------------------------ */

static void session_is_read_as_it_was_added_with_its_user(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    assert_int_equal(suite_add_session(s, 11, 1), 0);
    suite_reopen(s);

    const jd_session want = suite_session(11, 1);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &want.id, &s->arena, &view, NULL));
    const jd_session *got = &view.session;
    assert_true(jd_id_equal(&got->id, &want.id));
    assert_true(jd_id_equal(&got->user, &want.user));
    assert_true(jeton_span_equal(got->client, want.client));
    assert_true(jeton_span_equal(got->sealed_key, want.sealed_key));
    assert_true(jeton_span_equal(got->device, want.device));
    assert_true(jeton_span_equal(got->address, want.address));
    assert_int_equal(got->counter, 0);
    assert_int_equal(got->created, NOW);
    assert_int_equal(got->rotated, NOW);
    assert_int_equal(got->idle_expires, want.idle_expires);
    assert_int_equal(got->expires, want.expires);
    assert_int_equal(got->ended, 0);
    assert_int_equal(got->auth_time, want.auth_time);
    assert_int_equal(view.rev, 0);
    unit_assert_span(view.user.name, "User-001");
    assert_int_equal(view.user.role_count, 2);
}

static void session_add_refuses_what_may_not_be(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    (void)suite_add_session(s, 11, 1);
    const jd_id disabled = suite_id(2);
    jt_revocation mark;
    assert_ok(jd_store_user_disable(s->store, &disabled, NOW, NOW, &mark, NULL));

    char device[JD_DEVICE_MAX + 1];
    memset(device, 'x', sizeof device);
    const struct {
        const char *why;
        uint8_t session, user;
        size_t device_len;
        jeton_status want;
    } rows[] = {
        {"a user who is not there", 12, 3, 5, JETON_E_CREDENTIALS},
        {"a user who is disabled", 12, 2, 5, JETON_E_CREDENTIALS},
        {"an id that is taken", 11, 1, 5, JETON_E_EXISTS},
        {"a device that is too long", 12, 1, JD_DEVICE_MAX + 1, JETON_E_ARGUMENT},
        {"nothing wrong", 12, 1, JD_DEVICE_MAX, JETON_OK},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_session session = suite_session(rows[i].session, rows[i].user);
        session.device = jeton_bytes(device, rows[i].device_len);
        uint64_t rev = 99;
        assert_int_equal(jd_store_session_add(s->store, &session, &rev, NULL), rows[i].want);
        assert_int_equal(rev, rows[i].want == JETON_OK ? 1 : 0);
    }
}

static void session_get_of_none_is_not_found(void **state)
{
    suite *s = *state;
    const jd_id id = suite_id(11);
    const jd_session_view empty = {0};
    jd_session_view view;
    memset(&view, 0x5a, sizeof view);
    assert_int_equal(jd_store_session_get(s->store, &id, &s->arena, &view, NULL),
                     JETON_E_NOT_FOUND);
    assert_memory_equal(&view, &empty, sizeof view);
}

/* --- rotate ----------------------------------------------------------------------------------- */

static void session_rotate_moves_the_counter_and_the_idle_time(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    const jd_rotation rotation = {.session = suite_id(11),
                                  .counter = 0,
                                  .now = NOW + MINUTE,
                                  .idle_expires = NOW + MINUTE + DAY};
    uint64_t rev = 99;
    assert_ok(jd_store_session_rotate(s->store, &rotation, &rev, NULL));
    assert_int_equal(rev, 0);
    suite_reopen(s);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &rotation.session, &s->arena, &view, NULL));
    assert_int_equal(view.session.counter, 1);
    assert_int_equal(view.session.rotated, NOW + MINUTE);
    assert_int_equal(view.session.idle_expires, NOW + MINUTE + DAY);
    assert_int_equal(view.session.expires, NOW + 2 * DAY);
}

static void session_rotate_refuses_all_but_the_live_one_and_its_counter(void **state)
{
    suite *s = *state;
    static const struct {
        const char *why;
        uint8_t session;
        uint64_t counter;
        jeton_time now;
        jeton_status want;
    } rows[] = {
        {"a session that is not there", 19, 5, NOW, JETON_E_SESSION},
        {"one behind", 11, 4, NOW, JETON_E_SESSION},
        {"one ahead", 11, 6, NOW, JETON_E_SESSION},
        {"larger than the store can hold", 11, UINT64_MAX, NOW, JETON_E_SESSION},
        {"idle for too long", 11, 5, NOW + DAY, JETON_E_SESSION},
        {"ended", 12, 0, NOW, JETON_E_SESSION},
        {"of a disabled user", 13, 0, NOW, JETON_E_SESSION},
        {"past its end", 14, 0, NOW + 2 * DAY, JETON_E_SESSION},
        {"a millisecond before it is idle for too long", 11, 5, NOW + DAY - 1, JETON_OK},
    };
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 1);
    (void)suite_add_session(s, 13, 2);
    jd_session busy = suite_session(14, 1);
    busy.idle_expires = NOW + 9 * DAY;
    uint64_t rev;
    assert_ok(jd_store_session_add(s->store, &busy, &rev, NULL));
    for (uint64_t i = 0; i < 5; i++) {
        const jd_rotation step = {suite_id(11), i, NOW, NOW + DAY};
        assert_ok(jd_store_session_rotate(s->store, &step, &rev, NULL));
    }
    jt_revocation entry;
    const jd_id ended = suite_id(12);
    const jd_id disabled = suite_id(2);
    assert_ok(jd_store_session_end(s->store, &ended, NOW, NOW, &entry, NULL));
    assert_ok(jd_store_user_disable(s->store, &disabled, NOW, NOW, &entry, NULL));
    assert_ok(jd_store_user_enable(s->store, &disabled, NULL)); /* does not revive his sessions */

    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const jd_rotation rotation = {suite_id(rows[i].session), rows[i].counter, rows[i].now,
                                      rows[i].now + DAY};
        rev = 99;
        assert_int_equal(jd_store_session_rotate(s->store, &rotation, &rev, NULL), rows[i].want);
        assert_int_equal(rev, rows[i].want == JETON_OK ? 2 : 0);
    }
}

#define RACERS 4U
#define ROUNDS 50U

typedef struct racer {
    jd_store *store;
    unsigned won, lost;
    uint8_t wins[ROUNDS]; /* by counter */
} racer;

static void *race(void *arg)
{
    racer *self = arg;
    for (uint64_t counter = 0; counter < ROUNDS;) {
        const jd_rotation rotation = {suite_id(11), counter, NOW, NOW + DAY};
        uint64_t rev;
        const jeton_status status = jd_store_session_rotate(self->store, &rotation, &rev, NULL);
        if (status == JETON_OK)
            self->wins[counter]++;
        self->won += status == JETON_OK;
        self->lost += status == JETON_E_SESSION;
        counter++;
    }
    return NULL;
}

static void session_rotate_has_one_winner_per_counter(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    racer racers[RACERS] = {0};
    pthread_t threads[RACERS];
    for (size_t i = 0; i < RACERS; i++) {
        racers[i].store = s->store;
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < RACERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);

    /* A racer that is ahead of the counter loses as well, so the counter may end before ROUNDS:
     * but each value up to it was won exactly once, and none beyond. */
    jd_session_view view;
    const jd_id id = suite_id(11);
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    for (uint64_t counter = 0; counter < ROUNDS; counter++) {
        unsigned winners = 0;
        for (size_t i = 0; i < RACERS; i++)
            winners += racers[i].wins[counter];
        assert_int_equal(winners, counter < view.session.counter ? 1 : 0);
    }
    for (size_t i = 0; i < RACERS; i++)
        assert_int_equal(racers[i].won + racers[i].lost, ROUNDS);
}

/* --- end -------------------------------------------------------------------------------------- */

static void session_end_gives_one_entry_however_often(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    const jd_id id = suite_id(11);
    jt_revocation first;
    jt_revocation again;
    assert_ok(jd_store_session_end(s->store, &id, NOW, NOW + MINUTE, &first, NULL));
    suite_reopen(s);
    assert_ok(jd_store_session_end(s->store, &id, NOW + 5, NOW + 2 * MINUTE, &again, NULL));
    assert_int_equal(first.n, 1);
    assert_int_equal(again.n, 1);
    assert_int_equal(first.kind, JT_REVOKED_SESSION);
    assert_memory_equal(first.id, id.bytes, sizeof first.id);
    assert_int_equal(first.expires, NOW + MINUTE);

    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    assert_int_equal(view.session.ended, NOW);
    assert_int_equal(view.rev, 1);
}

static void session_end_of_none_is_not_found_and_leaves_no_entry(void **state)
{
    suite *s = *state;
    const jd_id id = suite_id(11);
    const jt_revocation none = {0};
    jt_revocation entry;
    memset(&entry, 0x5a, sizeof entry);
    assert_int_equal(jd_store_session_end(s->store, &id, NOW, NOW, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_memory_equal(&entry, &none, sizeof entry);
    uint64_t head;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 0);
}

static void session_end_all_spares_the_one_to_keep_and_other_users(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    for (uint8_t i = 11; i <= 14; i++)
        (void)suite_add_session(s, i, 1);
    (void)suite_add_session(s, 21, 2);
    const jd_id user = suite_id(1);
    const jd_id keep = suite_id(13);
    jd_entries entries;
    assert_ok(jd_store_session_end_all(s->store, &user, &keep, NOW, NOW + MINUTE, &s->arena,
                                       &entries, NULL));
    assert_int_equal(entries.count, 3);
    for (size_t i = 0; i < entries.count; i++) {
        assert_int_equal(entries.at[i].n, i + 1);
        assert_int_equal(entries.at[i].kind, JT_REVOKED_SESSION);
        assert_int_not_equal(entries.at[i].id[0], 13);
    }
    jd_sessions left;
    assert_ok(jd_store_session_list(s->store, &user, NOW, &s->arena, &left, NULL));
    assert_int_equal(left.count, 1);
    assert_true(jd_id_equal(&left.at[0].id, &keep));

    assert_ok(jd_store_session_end_all(s->store, &user, NULL, NOW, NOW + MINUTE, &s->arena,
                                       &entries, NULL));
    assert_int_equal(entries.count, 1);
    assert_int_equal(entries.at[0].n, 4);
    const jd_id other = suite_id(2);
    assert_ok(jd_store_session_list(s->store, &other, NOW, &s->arena, &left, NULL));
    assert_int_equal(left.count, 1);
}

static void session_end_all_of_none_is_fine(void **state)
{
    suite *s = *state;
    const jd_id nobody = suite_id(1);
    jd_entries entries = {BOGUS, 7};
    assert_ok(
        jd_store_session_end_all(s->store, &nobody, NULL, NOW, NOW, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 0);
}

/* --- list and purge --------------------------------------------------------------------------- */

static void session_list_has_the_live_ones_newest_first(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    const jd_id user = suite_id(1);
    uint64_t rev;
    for (uint8_t i = 11; i <= 13; i++) {
        jd_session session = suite_session(i, 1);
        session.created = NOW + i;
        session.idle_expires = NOW + (i == 12 ? MINUTE : DAY);
        assert_ok(jd_store_session_add(s->store, &session, &rev, NULL));
    }
    jd_sessions all;
    jd_sessions later;
    jd_sessions none;
    assert_ok(jd_store_session_list(s->store, &user, NOW, &s->arena, &all, NULL));
    assert_ok(jd_store_session_list(s->store, &user, NOW + MINUTE, &s->arena, &later, NULL));
    assert_ok(jd_store_session_list(s->store, &user, NOW + 2 * DAY, &s->arena, &none, NULL));
    assert_int_equal(all.count, 3);
    assert_int_equal(all.at[0].id.bytes[0], 13);
    assert_int_equal(all.at[2].id.bytes[0], 11);
    assert_int_equal(all.at[0].sealed_key.len, 0);
    assert_int_equal(later.count, 2);
    assert_int_equal(none.count, 0);
}

static void purge_removes_what_has_expired_and_only_that(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1); /* expires at NOW + 2 DAY */
    (void)suite_add_session(s, 12, 1);
    const jd_id ended = suite_id(12);
    jt_revocation entry;
    assert_ok(jd_store_session_end(s->store, &ended, NOW, NOW + MINUTE, &entry, NULL));

    size_t removed = 99;
    assert_ok(jd_store_purge(s->store, NOW + MINUTE, &removed, NULL));
    assert_int_equal(removed, 0); /* it expires at that very moment */
    assert_ok(jd_store_purge(s->store, NOW + MINUTE + 1, &removed, NULL));
    assert_int_equal(removed, 1);
    assert_ok(jd_store_purge(s->store, NOW + 3 * DAY, &removed, NULL));
    assert_int_equal(removed, 2);

    jd_session_view view;
    assert_int_equal(jd_store_session_get(s->store, &ended, &s->arena, &view, NULL),
                     JETON_E_NOT_FOUND);
    jd_user user;
    const jd_id id = suite_id(1);
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    uint64_t head = 0;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 1); /* the number is not given again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_is_read_as_it_was_added_with_its_user),
        cmocka_unit_test(session_add_refuses_what_may_not_be),
        cmocka_unit_test(session_get_of_none_is_not_found),
        cmocka_unit_test(session_rotate_moves_the_counter_and_the_idle_time),
        cmocka_unit_test(session_rotate_refuses_all_but_the_live_one_and_its_counter),
        cmocka_unit_test(session_rotate_has_one_winner_per_counter),
        cmocka_unit_test(session_end_gives_one_entry_however_often),
        cmocka_unit_test(session_end_of_none_is_not_found_and_leaves_no_entry),
        cmocka_unit_test(session_end_all_spares_the_one_to_keep_and_other_users),
        cmocka_unit_test(session_end_all_of_none_is_fine),
        cmocka_unit_test(session_list_has_the_live_ones_newest_first),
        cmocka_unit_test(purge_removes_what_has_expired_and_only_that),
    };
    return suite_run("sessions", tests, COUNT(tests));
}
