/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_batch.c - group commit: operations that reach the disk together, each with its
 * own outcome. */
#include "store/log.h"
#include "suite.h"

#include <pthread.h>

static jeton_status rotate(suite *s, uint8_t session, uint64_t counter)
{
    const jd_rotation rotation = {suite_id(session), counter, NOW, NOW + DAY};
    uint64_t rev = 99;
    return jd_store_session_rotate(s->store, &rotation, &rev, NULL);
}

static uint64_t counter_of(suite *s, uint8_t session)
{
    const jd_id id = suite_id(session);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    return view.session.counter;
}

static void operations_of_a_batch_see_each_other_and_survive_it(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    (void)suite_add_session(s, 11, 1);
    assert_ok(rotate(s, 11, 0));
    assert_int_equal(counter_of(s, 11), 1);
    assert_ok(rotate(s, 11, 1));
    assert_ok(jd_store_batch_end(s->store, NULL));
    suite_reopen(s);
    assert_int_equal(counter_of(s, 11), 2);
}

static void a_batch_that_is_undone_has_not_been(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(rotate(s, 11, 0));
    jd_store_batch_undo(s->store);
    assert_int_equal(counter_of(s, 11), 0);
    assert_int_equal(jd_store_batch_end(s->store, NULL), JETON_E_ARGUMENT);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(rotate(s, 11, 0));
    assert_ok(jd_store_batch_end(s->store, NULL));
    suite_reopen(s);
    assert_int_equal(counter_of(s, 11), 1);
}

static void an_operation_that_fails_in_a_batch_undoes_itself_and_nothing_else(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 1);
    const jd_user half = suite_user(s, 2);
    jd_user taken = suite_user(s, 3);
    taken.name = half.name;

    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(rotate(s, 11, 0));
    assert_int_equal(rotate(s, 11, 0), JETON_E_SESSION);
    assert_ok(jd_store_user_add(s->store, &half, NULL));
    assert_int_equal(jd_store_user_add(s->store, &taken, NULL), JETON_E_EXISTS);
    jt_revocation entry;
    const jd_id nobody = suite_id(77);
    assert_int_equal(jd_store_session_end(s->store, &nobody, NOW, NOW, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_ok(rotate(s, 12, 0));
    assert_ok(jd_store_batch_end(s->store, NULL));

    suite_reopen(s);
    assert_int_equal(counter_of(s, 11), 1);
    assert_int_equal(counter_of(s, 12), 1);
    jd_user found;
    assert_ok(jd_store_user_get(s->store, &half.id, &s->arena, &found, NULL));
    assert_int_equal(jd_store_user_get(s->store, &taken.id, &s->arena, &found, NULL),
                     JETON_E_NOT_FOUND);
}

static void the_log_has_no_gaps_after_a_batch_with_failures(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 1);
    const jd_id ids[] = {suite_id(11), suite_id(99), suite_id(12)};
    const jeton_status wants[] = {JETON_OK, JETON_E_NOT_FOUND, JETON_OK};
    assert_ok(jd_store_batch_begin(s->store, NULL));
    for (size_t i = 0; i < COUNT(ids); i++) {
        jt_revocation entry;
        assert_int_equal(jd_store_session_end(s->store, &ids[i], NOW, NOW + DAY, &entry, NULL),
                         wants[i]);
        assert_int_equal(entry.n, wants[i] == JETON_OK ? i / 2 + 1 : 0);
    }
    assert_ok(jd_store_batch_end(s->store, NULL));
    jd_entries entries;
    assert_ok(jd_store_log_after(s->store, 0, 10, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 2);
    assert_int_equal(entries.at[1].n, 2);
}

static void one_of_many_with_one_counter_wins_in_a_batch_too(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    unsigned won = 0;
    assert_ok(jd_store_batch_begin(s->store, NULL));
    for (unsigned i = 0; i < 1000; i++)
        won += rotate(s, 11, 0) == JETON_OK;
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(won, 1);
    assert_int_equal(counter_of(s, 11), 1);
}

/* --- other threads --------------------------------------------------------------------------- */

typedef struct other {
    suite *s;
    jt_arena arena;
    jeton_status read, added;
} other;

static void *read_elsewhere(void *argument)
{
    other *of = argument;
    const jd_id id = suite_id(11);
    jd_session_view view;
    of->read = jd_store_session_get(of->s->store, &id, &of->arena, &view, NULL);
    return NULL;
}

static void *write_elsewhere(void *argument)
{
    other *of = argument;
    const jd_session session = suite_session(12, 1);
    uint64_t rev;
    of->added = jd_store_session_add(of->s->store, &session, &rev, NULL);
    return NULL;
}

static void others_see_nothing_of_a_batch_before_its_end(void **state)
{
    suite *s = *state;
    other of = {.s = s};
    pthread_t reader;
    pthread_t writer;
    suite_add_user(s, 1);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    (void)suite_add_session(s, 11, 1);
    assert_int_equal(pthread_create(&reader, NULL, read_elsewhere, &of), 0);
    assert_int_equal(pthread_join(reader, NULL), 0); /* reading does not wait for the end */
    assert_int_equal(of.read, JETON_E_NOT_FOUND);
    assert_int_equal(pthread_create(&writer, NULL, write_elsewhere, &of), 0);
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(pthread_join(writer, NULL), 0); /* writing does, and then succeeds */
    assert_int_equal(of.added, JETON_OK);
    assert_int_equal(pthread_create(&reader, NULL, read_elsewhere, &of), 0);
    assert_int_equal(pthread_join(reader, NULL), 0);
    assert_int_equal(of.read, JETON_OK);
    jt_arena_done(&of.arena);
}

/* --- wrong use ------------------------------------------------------------------------------- */

static void a_batch_is_begun_once_and_ended_once(void **state)
{
    suite *s = *state;
    assert_int_equal(jd_store_batch_end(s->store, NULL), JETON_E_ARGUMENT);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_int_equal(jd_store_batch_begin(s->store, NULL), JETON_E_ARGUMENT);
    suite_add_user(s, 1);
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(jd_store_batch_end(s->store, NULL), JETON_E_ARGUMENT);
    suite_add_user(s, 2); /* by itself again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_of_a_batch_see_each_other_and_survive_it),
        cmocka_unit_test(a_batch_that_is_undone_has_not_been),
        cmocka_unit_test(an_operation_that_fails_in_a_batch_undoes_itself_and_nothing_else),
        cmocka_unit_test(the_log_has_no_gaps_after_a_batch_with_failures),
        cmocka_unit_test(one_of_many_with_one_counter_wins_in_a_batch_too),
        cmocka_unit_test(others_see_nothing_of_a_batch_before_its_end),
        cmocka_unit_test(a_batch_is_begun_once_and_ended_once),
    };
    return suite_run("batch", tests, COUNT(tests));
}
