/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_keys.c - signing keys and meta: a few rows by name. */
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
    unit_assert_span(keys.at[1].kid, "a");
}

static void key_list_is_empty_at_first(void **state)
{
    suite *s = *state;
    jd_stored_keys keys = {BOGUS, 7};
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    assert_int_equal(keys.count, 0);
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

static void key_state_changes_to_states_only(void **state)
{
    suite *s = *state;
    static const struct {
        const char *kid, *state;
        jeton_status want;
    } rows[] = {
        {"a", "next", JETON_OK},
        {"a", "active", JETON_OK},
        {"a", "", JETON_E_ARGUMENT},
        {"a", "gone", JETON_E_ARGUMENT},
        {"b", "active", JETON_E_NOT_FOUND},
        {"a", "retiring", JETON_OK},
        {"a", "withdrawn", JETON_OK},
    };
    const jd_stored_key row = key("a", NOW);
    assert_ok(jd_store_key_add(s->store, &row, NULL));
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s\n", rows[i].kid, rows[i].state);
        assert_int_equal(jd_store_key_set_state(s->store, jeton_str(rows[i].kid),
                                                jeton_str(rows[i].state), NULL),
                         rows[i].want);
    }
    jd_stored_keys keys;
    assert_ok(jd_store_key_list(s->store, &s->arena, &keys, NULL));
    unit_assert_span(keys.at[0].state, "withdrawn");
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
        cmocka_unit_test(key_add_refuses_a_kid_twice_and_a_state_that_is_none),
        cmocka_unit_test(key_state_changes_to_states_only),
        cmocka_unit_test(meta_is_set_replaced_and_kept),
        cmocka_unit_test(meta_is_claimed_by_the_first),
    };
    return suite_run("keys and meta", tests, COUNT(tests));
}
