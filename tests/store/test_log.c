/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_log.c - the revocation log: numbered without gaps, in commit order. */
#include "revoke/entry_mac.h"
#include "store/bans.h"
#include "store/log.h"
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

static void log_takes_many_at_once_in_their_order(void **state)
{
    static const size_t sizes[] = {1, 7, 8, 63, 64, 65, 137, 0};
    suite *s = *state;
    uint64_t head = 0;
    jt_revocation entries[137];
    for (size_t at = 0; at < COUNT(sizes); at++) {
        const size_t count = sizes[at];
        print_message("  %zu\n", count);
        for (size_t i = 0; i < count; i++)
            entries[i] = mark((uint8_t)i);
        assert_ok(jd_store_log_add_many(s->store, entries, count, NULL));
        jd_entries kept;
        assert_ok(jd_store_log_after(s->store, head, 1000, &s->arena, &kept, NULL));
        assert_int_equal(kept.count, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(kept.at[i].n, head + 1 + i);
            assert_int_equal(entries[i].n, head + 1 + i);
            assert_memory_equal(kept.at[i].id, entries[i].id, sizeof entries[i].id);
            assert_memory_equal(kept.at[i].mac, entries[i].mac, sizeof entries[i].mac);
        }
        head += count;
    }
}

static void entries_carry_a_mac_under_the_cluster_key(void **state)
{
    suite *s = *state;
    jt_hmac_key key;
    jt_hmac_key other;
    jt_entry_key(jeton_str("a cluster key"), &key);
    jt_entry_key(jeton_str("another cluster key"), &other);
    jd_store_log_key(s->store, jeton_str("a cluster key"));
    jt_revocation entry = mark(1);
    assert_ok(jd_store_log_add(s->store, &entry, NULL));
    assert_true(jt_entry_genuine(&key, &entry));
    assert_false(jt_entry_genuine(&other, &entry));

    jd_entries kept;
    assert_ok(jd_store_log_after(s->store, 0, 10, &s->arena, &kept, NULL));
    assert_true(jt_entry_genuine(&key, &kept.at[0]));

    jeton_err err = {0};
    jd_store_log_key(s->store, jeton_str("another cluster key"));
    assert_int_equal(jd_store_log_after(s->store, 0, 10, &s->arena, &kept, &err),
                     JETON_E_SIGNATURE);
    assert_int_equal(kept.count, 0);
    assert_non_null(strstr(err.text, "entry 1 "));
    assert_ok(jd_store_log_after(s->store, 1, 10, &s->arena, &kept, NULL));
    jt_hmac_done(&key);
    jt_hmac_done(&other);
}

static void the_first_cluster_key_wins(void **state)
{
    suite *s = *state;
    const jd_log_claim first = {"key", jeton_str("first"), jeton_str("1")};
    const jd_log_claim second = {"key", jeton_str("second"), jeton_str("2")};
    jeton_span winner = {BOGUS, 7};
    assert_ok(jd_store_log_claim(s->store, &first, &s->arena, &winner, NULL));
    unit_assert_span(winner, "first");
    assert_ok(jd_store_log_claim(s->store, &second, &s->arena, &winner, NULL));
    unit_assert_span(winner, "first");
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

/* What is told of notices. */
typedef struct told {
    unsigned count;
    jt_revocation last;
} told;

static void tell(void *user, const jt_revocation *notice)
{
    told *of = user;
    of->count++;
    of->last = *notice;
}

static jd_ban ban_of(const char *network)
{
    return (jd_ban){.network = jeton_str(network), .made = NOW};
}

static void a_notice_is_told_when_it_is_committed(void **state)
{
    suite *s = *state;
    told of = {0};
    const jd_ban one = ban_of("192.0.2.1");
    const jd_ban two = ban_of("192.0.2.2");
    jd_store_on_notice(s->store, tell, &of);
    assert_ok(jd_store_ban_add(s->store, &one, NULL));
    assert_int_equal(of.count, 1);
    assert_int_equal(of.last.n, 1);
    assert_int_equal(of.last.kind, JT_NOTICE_BANS);
    assert_true(jd_store_log_genuine(s->store, &of.last));
    /* What changes nothing has nothing to tell of. */
    assert_int_equal(jd_store_ban_lift(s->store, two.network, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(of.count, 1);
    /* In a batch: not before its end, and not of what was undone in it or with it. */
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(jd_store_ban_add(s->store, &two, NULL));
    assert_int_equal(jd_store_ban_lift(s->store, jeton_str("192.0.2.3"), NULL), JETON_E_NOT_FOUND);
    assert_int_equal(of.count, 1);
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(of.count, 2);
    assert_int_equal(of.last.n, 2);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(jd_store_ban_lift(s->store, two.network, NULL));
    jd_store_batch_undo(s->store);
    assert_int_equal(of.count, 2);
    /* Nothing is left over for the next one, and nobody is told who does not want to be. */
    jt_revocation entry = mark(1);
    assert_ok(jd_store_log_add(s->store, &entry, NULL));
    assert_int_equal(of.count, 2);
    jd_store_on_notice(s->store, NULL, NULL);
    assert_ok(jd_store_ban_lift(s->store, one.network, NULL));
    assert_int_equal(of.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_starts_empty_at_zero),
        cmocka_unit_test(log_gives_entries_back_as_they_were_added),
        cmocka_unit_test(log_takes_many_at_once_in_their_order),
        cmocka_unit_test(entries_carry_a_mac_under_the_cluster_key),
        cmocka_unit_test(the_first_cluster_key_wins),
        cmocka_unit_test(log_has_no_gap_when_many_write_and_some_fail),
        cmocka_unit_test(log_head_and_session_agree_on_the_moment),
        cmocka_unit_test(a_notice_is_told_when_it_is_committed),
    };
    return suite_run("log", tests, COUNT(tests));
}
