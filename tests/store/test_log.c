/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_log.c - the revocation log: numbered without gaps, in commit order. */
#include "suite.h"

#include <pthread.h>

#define WRITERS 4U
#define EACH    40U

static jt_revocation mark(uint8_t byte)
{
    jt_revocation entry = {.n = 77, .kind = JT_REVOKED_SUBJECT, .expires = NOW + byte};
    memset(entry.id, byte, sizeof entry.id);
    return entry;
}

static void log_starts_empty_at_zero(void **state)
{
    suite *s = *state;
    uint64_t head = 99;
    jd_entries entries = {BOGUS, 7};
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_ok(jd_store_log_after(s->store, 0, 10, &s->arena, &entries, NULL));
    assert_int_equal(head, 0);
    assert_int_equal(entries.count, 0);
}

static void log_gives_entries_back_as_they_were_added(void **state)
{
    suite *s = *state;
    for (uint8_t i = 1; i <= 5; i++) {
        jt_revocation entry = mark(i);
        assert_ok(jd_store_log_add(s->store, &entry, NULL));
        assert_int_equal(entry.n, i);
    }
    suite_reopen(s);
    jd_entries entries;
    assert_ok(jd_store_log_after(s->store, 2, 2, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 2);
    for (uint8_t i = 0; i < 2; i++) {
        jt_revocation want = mark((uint8_t)(i + 3));
        want.n = i + 3U;
        assert_int_equal(entries.at[i].n, want.n);
        assert_int_equal(entries.at[i].kind, want.kind);
        assert_memory_equal(entries.at[i].id, want.id, sizeof want.id);
        assert_int_equal(entries.at[i].expires, want.expires);
    }
    assert_ok(jd_store_log_after(s->store, 4, 2, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 1);
    assert_ok(jd_store_log_after(s->store, UINT64_MAX, 2, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 0);
}

static void *write_entries(void *arg)
{
    suite *s = arg;
    for (unsigned i = 0; i < EACH; i++) {
        jt_revocation entry = mark(1);
        if (jd_store_log_add(s->store, &entry, NULL) != JETON_OK || entry.n == 0)
            return NULL;
    }
    return arg;
}

static void log_has_no_gap_when_many_write_and_some_fail(void **state)
{
    suite *s = *state;
    pthread_t threads[WRITERS];
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_entries, s), 0);
    for (unsigned i = 0; i < EACH; i++) { /* meanwhile: transactions that are rolled back */
        const jd_id nobody = suite_id(200);
        jt_revocation entry;
        assert_int_equal(jd_store_user_disable(s->store, &nobody, NOW, NOW, &entry, NULL),
                         JETON_E_NOT_FOUND);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        void *done = NULL;
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, s);
    }
    jd_entries entries;
    assert_ok(jd_store_log_after(s->store, 0, 1000, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, WRITERS * EACH);
    for (size_t i = 0; i < entries.count; i++)
        assert_int_equal(entries.at[i].n, i + 1);
}

static void log_head_and_session_agree_on_the_moment(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    jt_revocation entry = mark(9);
    assert_int_equal(suite_add_session(s, 11, 1), 0);
    assert_ok(jd_store_log_add(s->store, &entry, NULL));
    assert_int_equal(suite_add_session(s, 12, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_starts_empty_at_zero),
        cmocka_unit_test(log_gives_entries_back_as_they_were_added),
        cmocka_unit_test(log_has_no_gap_when_many_write_and_some_fail),
        cmocka_unit_test(log_head_and_session_agree_on_the_moment),
    };
    return suite_run("log", tests, COUNT(tests));
}
