/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_keys.c - signing keys and meta: a few rows by name. */
#include "store/keys.h"
#include "store/log.h"
#include "store/meta.h"
#include "store/nodes.h"
#include "store/reseal.h"
#include "store/revoke.h"
#include "suite.h"

static jd_stored_key key(const char *kid, jeton_time created)
{
    return (jd_stored_key){
        .kid = jeton_str(kid),
        .alg = jeton_str("ES256"),
        .state = jeton_str("active"),
        .public = jeton_str("{\"kty\":\"EC\"}"),
        .sealed = {(const uint8_t *)"\0sealed\xff", 8},
        .created = created,
        .client = jeton_str("shop"),
        .since = created + 1,
        .ready = created + 2,
        .until = created + 3,
    };
}

static void keys_are_listed_oldest_first_as_they_were_added(void **state)
{
    suite *s = *state;
    const jd_stored_key younger = key("a", NOW + 1);
    const jd_stored_key older = key("b", NOW);
    assert_ok(jd_store_key_add(s->store, &younger, NULL));
    assert_ok(jd_store_key_add(s->store, &older, NULL));
    suite_reopen(s);
    jd_stored_keys keys;
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    assert_int_equal(keys.count, 2);
    unit_assert_span(keys.at[0].kid, "b");
    assert_true(jeton_span_equal(keys.at[0].alg, older.alg));
    assert_true(jeton_span_equal(keys.at[0].state, older.state));
    assert_true(jeton_span_equal(keys.at[0].public, older.public));
    assert_true(jeton_span_equal(keys.at[0].sealed, older.sealed));
    assert_int_equal(keys.at[0].created, NOW);
    unit_assert_span(keys.at[0].client, "shop");
    assert_int_equal(keys.at[0].since, NOW + 1);
    assert_int_equal(keys.at[0].ready, NOW + 2);
    assert_int_equal(keys.at[0].until, NOW + 3);
    unit_assert_span(keys.at[1].kid, "a");
}

static void key_list_is_empty_at_first(void **state)
{
    suite *s = *state;
    jd_stored_keys keys = {BOGUS, 7, 7};
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    assert_int_equal(keys.count, 0);
    assert_int_equal(keys.changed, 0);
}

static void key_add_refuses_a_kid_twice_and_a_state_that_is_none(void **state)
{
    suite *s = *state;
    jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_key_add(s->store, &row, NULL));
    assert_int_equal(jd_store_key_add(s->store, &row, NULL), JETON_E_EXISTS);
    row.kid = jeton_str("b");
    row.state = jeton_str("Active");
    assert_int_equal(jd_store_key_add(s->store, &row, NULL), JETON_E_ARGUMENT);
}

static void of_a_first_key_there_is_one_of_its_state_algorithm_and_client(void **state)
{
    suite *s = *state;
    jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_key_add_first(s->store, &row, NULL));
    row.kid = jeton_str("b");
    assert_int_equal(jd_store_key_add_first(s->store, &row, NULL), JETON_E_EXISTS);
    row.state = jeton_str("next");
    assert_ok(jd_store_key_add_first(s->store, &row, NULL));
    row.kid = jeton_str("c");
    row.alg = jeton_str("RS256");
    assert_ok(jd_store_key_add_first(s->store, &row, NULL));
    row.kid = jeton_str("d");
    row.client = jeton_str("other");
    assert_ok(jd_store_key_add_first(s->store, &row, NULL));
    row.kid = jeton_str("e");
    assert_int_equal(jd_store_key_add_first(s->store, &row, NULL), JETON_E_EXISTS);
    row.state = jeton_str("Next");
    assert_int_equal(jd_store_key_add_first(s->store, &row, NULL), JETON_E_ARGUMENT);
    jd_stored_keys keys;
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    assert_int_equal(keys.count, 4);
}

/* ---- other nodes ---------------------------------------------------------------------------- */

static uint64_t head_of(suite *s)
{
    uint64_t head = 0;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    return head;
}

static jd_stored_keys keys_of(suite *s)
{
    jd_stored_keys keys;
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    return keys;
}

static void a_key_is_announced_unless_nobody_can_know_another(void **state)
{
    suite *s = *state;
    const bool shared = jd_store_is_shared(s->store);
    jd_stored_key first = key("a", NOW);
    jd_stored_key second = key("b", NOW + 1);
    first.announced = second.announced = 99; /* nobody's word but the store's */
    assert_ok(jd_store_key_add(s->store, &first, NULL));
    assert_int_equal(keys_of(s).at[0].announced, 0);
    assert_ok(jd_store_key_add(s->store, &second, NULL));
    const jd_stored_keys keys = keys_of(s);
    assert_int_equal(keys.at[0].announced, 0);
    assert_int_equal(keys.at[1].announced, shared ? head_of(s) : 0);
    assert_int_equal(keys.changed, head_of(s));
}

static void a_first_key_is_announced_to_agents_that_are_there_already(void **state)
{
    suite *s = *state;
    const jd_beat beat = {.id = suite_id(1),
                          .name = jeton_str("east"),
                          .kind = jeton_str("agent"),
                          .version = jeton_str("1"),
                          .lease = 2000,
                          .most = 1};
    jd_beat_answer answer;
    const jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_node_beat(s->store, &beat, &s->arena, &answer, NULL));
    assert_int_equal(answer.keys, 0);
    assert_ok(jd_store_key_add_first(s->store, &row, NULL));
    assert_int_equal(keys_of(s).at[0].announced != 0, jd_store_is_shared(s->store));
    assert_ok(jd_store_node_beat(s->store, &beat, &s->arena, &answer, NULL));
    assert_int_equal(answer.keys, head_of(s));
}

static void a_key_is_known_when_its_notice_is(void **state)
{
    suite *s = *state;
    const jd_stored_key first = key("a", NOW);
    const jd_stored_key second = key("b", NOW + 1);
    assert_ok(jd_store_key_add(s->store, &first, NULL));
    assert_ok(jd_store_key_add(s->store, &second, NULL));
    const uint64_t n = head_of(s);
    assert_ok(jd_store_key_known(s->store, n - 1, NULL));
    assert_int_equal(head_of(s), n); /* it was about nothing, so nobody is told */
    assert_int_equal(keys_of(s).at[1].announced != 0, jd_store_is_shared(s->store));
    assert_ok(jd_store_key_known(s->store, n, NULL));
    assert_int_equal(keys_of(s).at[1].announced, 0);
    const uint64_t told = head_of(s);
    assert_int_equal(told, jd_store_is_shared(s->store) ? n + 1 : n);
    assert_int_equal(keys_of(s).changed, told);
    assert_ok(jd_store_key_known(s->store, n, NULL));
    assert_int_equal(head_of(s), told);
}

static void who_reads_the_head_hears_of_a_change_of_keys(void **state)
{
    suite *s = *state;
    jd_store *other = BOGUS;
    const jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_open(NULL, s->address, &other, NULL));
    assert_ok(jd_store_key_add(other, &row, NULL));
    jd_store_close(&other);
    assert_int_equal(jd_store_keys_changed(s->store), 0);
    const uint64_t head = head_of(s);
    assert_int_equal(jd_store_keys_changed(s->store), head);
    jd_store_keys_told(s->store, head - 1);
    assert_int_equal(jd_store_keys_changed(s->store), head);
    /* Of one that the store has lost: it counts until the keys have been read. */
    jd_store_keys_told(s->store, head + 7);
    assert_int_equal(head_of(s), head);
    assert_int_equal(jd_store_keys_changed(s->store), head + 7);
    assert_int_equal(keys_of(s).changed, head);
    assert_int_equal(jd_store_keys_changed(s->store), head);
}

static jd_key_change change(const char *kid, const char *from, const char *to)
{
    return (jd_key_change){
        .kid = jeton_str(kid), .from = jeton_str(from), .to = jeton_str(to), .since = NOW};
}

static void key_changes_from_one_state_to_another_only(void **state)
{
    suite *s = *state;
    static const struct {
        const char *kid, *from, *to;
        jeton_status want;
    } rows[] = {
        {"a", "active", "next", JETON_OK},       {"a", "active", "retiring", JETON_E_NOT_FOUND},
        {"a", "next", "", JETON_E_ARGUMENT},     {"a", "", "next", JETON_E_ARGUMENT},
        {"a", "next", "gone", JETON_E_ARGUMENT}, {"b", "next", "active", JETON_E_NOT_FOUND},
        {"a", "next", "next", JETON_OK},         {"a", "next", "withdrawn", JETON_OK},
    };
    const jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_key_add(s->store, &row, NULL));
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s %s\n", rows[i].kid, rows[i].from, rows[i].to);
        const jd_key_change asked = change(rows[i].kid, rows[i].from, rows[i].to);
        jt_revocation entry = {.n = 7};
        assert_int_equal(jd_store_key_change(s->store, &asked, 1, NULL, &entry, NULL),
                         rows[i].want);
        assert_int_equal(entry.n, 0);
    }
    jd_stored_keys keys;
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    unit_assert_span(keys.at[0].state, "withdrawn");
}

static void key_changes_are_made_together_or_not_at_all(void **state)
{
    suite *s = *state;
    const jd_stored_key a = key("a", NOW);
    const jd_stored_key b = key("b", NOW + 1);
    const jd_revoking mark = {
        .kind = JT_REVOKED_KEY, .id = "0123456789abcde", .expires = NOW + DAY};
    jd_key_change changes[] = {change("a", "active", "withdrawn"), change("b", "next", "active")};
    jt_revocation entry;
    jd_stored_keys keys;
    uint64_t head;
    changes[0].destroy = true;
    changes[0].until = NOW + MINUTE;
    assert_ok(jd_store_key_add(s->store, &a, NULL));
    assert_ok(jd_store_key_add(s->store, &b, NULL));
    assert_int_equal(jd_store_key_change(s->store, changes, 2, &mark, &entry, NULL),
                     JETON_E_NOT_FOUND); /* b is active */
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 2); /* the notices of their being added */
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    unit_assert_span(keys.at[0].state, "active");
    assert_int_equal(keys.at[0].sealed.len, 8);

    changes[1].from = jeton_str("active");
    assert_ok(jd_store_key_change(s->store, changes, 2, &mark, &entry, NULL));
    assert_int_equal(entry.n, 4); /* behind three notices */
    assert_int_equal(entry.kind, JT_REVOKED_KEY);
    suite_reopen(s);
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    unit_assert_span(keys.at[0].state, "withdrawn");
    assert_int_equal(keys.at[0].sealed.len, 0);
    assert_int_equal(keys.at[0].since, NOW);
    assert_int_equal(keys.at[0].until, NOW + MINUTE);
    unit_assert_span(keys.at[1].state, "active");
    assert_int_equal(keys.at[1].sealed.len, 8);
}

/* Puts "again:" before what it is given, and fails at the n-th. */
typedef struct walk {
    unsigned keys, sessions, texts, fail_at;
} walk;

static jeton_status prefix(void *user, const char *column, jeton_span row, jeton_span sealed,
                           jt_buf *again, jeton_err *err)
{
    walk *of = user;
    of->keys += strcmp(column, "keys.sealed") == 0;
    of->sessions += strcmp(column, "sessions.sealed_key") == 0;
    of->texts += strcmp(column, "meta.value") == 0;
    assert_true(row.len > 0);
    if (of->keys + of->sessions + of->texts == of->fail_at)
        return JETON_E_KEY;
    if (jeton_span_equal(row, jeton_str("plain")))
        return JETON_OK;
    assert_int_equal(jt_buf_add(again, jeton_str("again:"), err), JETON_OK);
    return jt_buf_add(again, sealed, err);
}

static void assert_resealed(suite *s, bool yes)
{
    jd_stored_keys keys;
    jd_session_view view;
    jeton_span text;
    const jd_id last = suite_id(0xfe);
    suite_reopen(s);
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    assert_int_equal(keys.at[0].sealed.len, yes ? 14 : 8);
    assert_int_equal(keys.at[1].sealed.len, 0); /* what is not there is not sealed */
    assert_ok(jd_store_session_get(s->store, &last, &s->arena, &view, NULL));
    assert_int_equal(memcmp(view.session.sealed_key.ptr, "again:", 6) == 0, yes);
    assert_ok(jd_store_meta_get(s->store, "secret", &s->arena, &text, NULL));
    unit_assert_span(text, yes ? "again:text" : "text");
    assert_ok(jd_store_meta_get(s->store, "plain", &s->arena, &text, NULL));
    unit_assert_span(text, "stays");
}

static void everything_sealed_is_sealed_anew_or_nothing_is(void **state)
{
    suite *s = *state;
    const jd_stored_key a = key("a", NOW);
    jd_stored_key b = key("b", NOW + 1);
    b.sealed = jeton_str("");
    assert_ok(jd_store_key_add(s->store, &a, NULL));
    assert_ok(jd_store_key_add(s->store, &b, NULL));
    assert_ok(jd_store_meta_set(s->store, "secret", jeton_str("text"), NULL));
    assert_ok(jd_store_meta_set(s->store, "plain", jeton_str("stays"), NULL));
    suite_add_user(s, 1);
    for (unsigned i = 2; i <= 0xfe; i++)
        (void)suite_add_session(s, (uint8_t)i, 1);
    walk of = {.fail_at = 200};
    assert_int_equal(jd_store_reseal(s->store, prefix, &of, NULL), JETON_E_KEY);
    assert_resealed(s, false);
    of = (walk){.fail_at = 0};
    assert_ok(jd_store_reseal(s->store, prefix, &of, NULL));
    assert_int_equal(of.keys, 1);
    assert_int_equal(of.sessions, 0xfd);
    assert_int_equal(of.texts, 2);
    assert_resealed(s, true);
}

static void meta_is_set_replaced_and_kept(void **state)
{
    suite *s = *state;
    jeton_span value = {BOGUS, 7};
    assert_int_equal(jd_store_meta_get(s->store, "issuer", &s->arena, &value, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(value.len, 0);
    assert_null(value.ptr);
    assert_ok(jd_store_meta_set(s->store, "issuer", jeton_str("first"), NULL));
    assert_ok(jd_store_meta_set(s->store, "issuer", jeton_str("second"), NULL));
    suite_reopen(s);
    assert_ok(jd_store_meta_get(s->store, "issuer", &s->arena, &value, NULL));
    unit_assert_span(value, "second");
}

static void meta_is_claimed_by_the_first(void **state)
{
    suite *s = *state;
    jeton_span value;
    assert_ok(jd_store_meta_claim(s->store, "name", jeton_str("one"), &s->arena, &value, NULL));
    unit_assert_span(value, "one");
    assert_ok(jd_store_meta_claim(s->store, "name", jeton_str("two"), &s->arena, &value, NULL));
    unit_assert_span(value, "one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_listed_oldest_first_as_they_were_added),
        cmocka_unit_test(key_list_is_empty_at_first),
        cmocka_unit_test(a_key_is_announced_unless_nobody_can_know_another),
        cmocka_unit_test(a_first_key_is_announced_to_agents_that_are_there_already),
        cmocka_unit_test(a_key_is_known_when_its_notice_is),
        cmocka_unit_test(who_reads_the_head_hears_of_a_change_of_keys),
        cmocka_unit_test(key_add_refuses_a_kid_twice_and_a_state_that_is_none),
        cmocka_unit_test(of_a_first_key_there_is_one_of_its_state_algorithm_and_client),
        cmocka_unit_test(key_changes_from_one_state_to_another_only),
        cmocka_unit_test(key_changes_are_made_together_or_not_at_all),
        cmocka_unit_test(everything_sealed_is_sealed_anew_or_nothing_is),
        cmocka_unit_test(meta_is_set_replaced_and_kept),
        cmocka_unit_test(meta_is_claimed_by_the_first),
    };
    return suite_run("keys and meta", tests, COUNT(tests));
}
