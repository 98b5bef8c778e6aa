/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_keyset.c - sets of keys as objects, and which keys a token may mean. */
#include <jeton/keyset.h>

#include "keys/key.h"
#include "rfc.h"

#include <stdio.h>

#define K   ",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}"
#define OKP ",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"

/* A set of keys, each a "kid" (NULL: none) and 'o' for a secret, 'e' for an Ed25519 key. */
static jeton_status make_set(const char *const *kids, const char *types, jeton_keyset **set)
{
    jeton_key *keys[8] = {NULL};
    const size_t count = strlen(types);
    assert_true(count <= COUNT(keys));
    for (size_t i = 0; i < count; i++) {
        char jwk[300];
        (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"%s\"%s%s%s%s", types[i] == 'o' ? "oct" : "OKP",
                       kids[i] != NULL ? ",\"kid\":\"" : "", kids[i] != NULL ? kids[i] : "",
                       kids[i] != NULL ? "\"" : "", types[i] == 'o' ? K : OKP);
        keys[i] = rfc_key(jwk);
    }
    const jeton_key *given[8];
    memcpy(given, keys, sizeof given);
    jeton_err err = {0};
    const jeton_status status = jeton_keyset_new(NULL, given, count, set, &err);
    assert_int_equal(err.status, status);
    for (size_t i = 0; i < count; i++)
        jeton_key_free(&keys[i]); /* the set holds its own references */
    return status;
}

static void keyset_holds_its_keys(void **state)
{
    (void)state;
    static const char *const kids[] = {"a", "b"};
    jeton_keyset *set = BOGUS;
    assert_int_equal(make_set(kids, "oe", &set), JETON_OK);
    assert_int_equal(jeton_keyset_count(set), 2);
    unit_assert_span(jeton_key_id(jeton_keyset_get(set, 0)), "a");
    unit_assert_span(jeton_key_id(jeton_keyset_get(set, 1)), "b");
    assert_null(jeton_keyset_get(set, 2));
    assert_null(jeton_keyset_get(set, SIZE_MAX));
    assert_int_equal(jeton_keyset_skipped(set), 0);
    assert_string_equal(jeton_keyset_skipped_why(set), "");
    jeton_keyset_free(&set);
    assert_null(set);
}

static void keyset_may_be_empty(void **state)
{
    (void)state;
    jeton_keyset *set = BOGUS;
    size_t at = 0;
    assert_int_equal(jeton_keyset_new(NULL, NULL, 0, &set, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_count(set), 0);
    assert_null(jt_keyset_next(set, jeton_str("a"), &at));
    assert_null(jt_keyset_next(set, jeton_str(NULL), &at));
    jeton_keyset_free(&set);
}

static const struct {
    const char *why, *kids[4], *types;
    jeton_status want;
} sets[] = {
    {"different kids", {"a", "b"}, "oo", JETON_OK},
    {"one kid, different types", {"a", "a"}, "oe", JETON_OK},
    {"one kid, one type", {"a", "a"}, "oo", JETON_E_KEY},
    {"one kid, one type, apart", {"a", "b", "a"}, "eoe", JETON_E_KEY},
    {"no kids", {NULL, NULL}, "oo", JETON_OK},
    {"a kid that another begins with", {"a", "ab"}, "oo", JETON_OK},
};

static void keyset_refuses_a_kid_given_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sets); i++) {
        print_message("  %s\n", sets[i].why);
        jeton_keyset *set = BOGUS;
        assert_int_equal(make_set(sets[i].kids, sets[i].types, &set), sets[i].want);
        assert_int_equal(set != NULL, sets[i].want == JETON_OK);
        jeton_keyset_free(&set);
    }
}

static void keyset_lives_until_its_last_reference_goes(void **state)
{
    (void)state;
    static const char *const kids[] = {"a"};
    jeton_keyset *set = NULL;
    assert_int_equal(make_set(kids, "o", &set), JETON_OK);
    jeton_keyset *again = jt_keyset_ref(set);
    jeton_keyset_free(&set);
    assert_int_equal(jeton_keyset_count(again), 1);
    jeton_keyset_free(&again);
    jeton_keyset_free(&again);
    jeton_keyset_free(NULL);
    assert_null(jt_keyset_ref(NULL));
}

/* The set is a, none, b, none, a (of another type); what is asked for; the indices that come. */
static const struct {
    const char *why, *kid;
    size_t want[6], count;
} searches[] = {
    {"its name first, then the unnamed", "a", {0, 4, 1, 3}, 4},
    {"another name", "b", {2, 1, 3}, 3},
    {"a name that is not there", "c", {1, 3}, 2},
    {"an empty name", "", {0, 1, 2, 3, 4}, 5},
    {"no name", NULL, {0, 1, 2, 3, 4}, 5},
};

static void keyset_next_gives_each_candidate_once(void **state)
{
    (void)state;
    static const char *const kids[] = {"a", NULL, "b", NULL, "a"};
    jeton_keyset *set = NULL;
    assert_int_equal(make_set(kids, "ooooe", &set), JETON_OK);
    for (size_t i = 0; i < COUNT(searches); i++) {
        print_message("  %s\n", searches[i].why);
        size_t at = 0;
        for (size_t j = 0; j < searches[i].count; j++)
            assert_ptr_equal(jt_keyset_next(set, jeton_str(searches[i].kid), &at),
                             jeton_keyset_get(set, searches[i].want[j]));
        assert_null(jt_keyset_next(set, jeton_str(searches[i].kid), &at));
        assert_null(jt_keyset_next(set, jeton_str(searches[i].kid), &at));
    }
    jeton_keyset_free(&set);
}

static void keyset_holds_to_its_limit(void **state)
{
    (void)state;
    const jeton_key *keys[129];
    jeton_key *key = rfc_key(OKP_JWK); /* without a kid, so that it may be there often */
    for (size_t i = 0; i < COUNT(keys); i++)
        keys[i] = key;
    jeton_keyset *set = BOGUS;
    assert_int_equal(jeton_keyset_new(NULL, keys, 128, &set, NULL), JETON_OK);
    jeton_keyset_free(&set);
    assert_int_equal(jeton_keyset_new(NULL, keys, 129, &set, NULL), JETON_E_LIMIT);
    assert_null(set);
    jeton_key_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyset_holds_its_keys),
        cmocka_unit_test(keyset_may_be_empty),
        cmocka_unit_test(keyset_refuses_a_kid_given_twice),
        cmocka_unit_test(keyset_lives_until_its_last_reference_goes),
        cmocka_unit_test(keyset_next_gives_each_candidate_once),
        cmocka_unit_test(keyset_holds_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
