/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_published.c - the public keys that other nodes have put into the store:
 * which are taken, in which order, and that a row which is not what it must be refuses them all. */
#include "signer/published.h"

#include "folder.h"
#include "store/keys.h"

#include <jeton/key.h>
#include <jeton/text.h>

/* A public key of that kid as text; *other has the private part in it. */
static jeton_text *make_key(const char *kid, jeton_key_part part)
{
    jeton_key *key = NULL;
    jeton_text *text = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str(kid), &key, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(key, part, &text, NULL), JETON_OK);
    jeton_key_free(&key);
    return text;
}

static void put_row(const folder *data, const char *kid, const char *state, const char *client,
                    jeton_span public)
{
    const jd_stored_key row = {.kid = jeton_str(kid),
                               .alg = jeton_str("ES256"),
                               .state = jeton_str(state),
                               .public = public,
                               .sealed = jeton_str("sealed"),
                               .client = jeton_str(client)};
    assert_int_equal(jd_store_key_add(data->store, &row, NULL), JETON_OK);
}

static void put(const folder *data, const char *kid, const char *state)
{
    jeton_text *public = make_key(kid, JETON_KEY_PUBLIC);
    put_row(data, kid, state, "", jeton_text_span(public));
    jeton_text_free(&public);
}

static void keys_are_taken_with_the_one_that_signs_first(void **state)
{
    static const char *const wanted[] = {"signs", "comes", "goes"};
    const folder *data = *state;
    put(data, "goes", "retiring");
    put(data, "comes", "next");
    put(data, "gone", "withdrawn");
    put(data, "signs", "active");
    put_row(data, "secret", "active", "web",
            jeton_str("")); /* a client's, which has no public part */
    jeton_keyset *keys = BOGUS;
    assert_int_equal(jd_published_load(data->store, &keys, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_count(keys), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_true(
            jeton_span_equal(jeton_key_id(jeton_keyset_get(keys, i)), jeton_str(wanted[i])));
    jeton_keyset_free(&keys);
}

static void a_store_without_keys_gives_an_empty_set(void **state)
{
    const folder *data = *state;
    jeton_keyset *keys = BOGUS;
    assert_int_equal(jd_published_load(data->store, &keys, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_count(keys), 0);
    jeton_keyset_free(&keys);
}

static const struct {
    const char *why, *kid, *text; /* NULL: a key of another kid */
} refused[] = {
    {"no JSON", "bad-1", "{"},
    {"no key", "bad-2", "{}"},
    {"a list", "bad-3", "[]"},
    {"a kid that is another's", "bad-4", NULL},
    {"a secret", "bad-5",
     "{\"kty\":\"oct\",\"kid\":\"bad-5\",\"alg\":\"HS256\","
     "\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}"},
};

static void withdraw(const folder *data, const char *kid)
{
    const jd_key_change change = {
        .kid = jeton_str(kid), .from = jeton_str("next"), .to = jeton_str("withdrawn")};
    jt_revocation entry;
    assert_int_equal(jd_store_key_change(data->store, &change, 1, NULL, &entry, NULL), JETON_OK);
}

/* Until it is withdrawn: then it is nobody's affair. */
static void a_row_that_is_broken_refuses_them_all(void **state)
{
    const folder *data = *state;
    put(data, "signs", "active");
    jeton_text *other = make_key("other", JETON_KEY_PUBLIC);
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        put_row(data, refused[i].kid, "next", "",
                refused[i].text != NULL ? jeton_str(refused[i].text) : jeton_text_span(other));
        jeton_keyset *keys = BOGUS;
        jeton_err err = {0};
        const jeton_status got = jd_published_load(data->store, &keys, &err);
        assert_int_not_equal(got, JETON_OK);
        assert_int_equal(err.status, got);
        assert_null(keys);
        withdraw(data, refused[i].kid);
        assert_int_equal(jd_published_load(data->store, &keys, NULL), JETON_OK);
        assert_int_equal(jeton_keyset_count(keys), 1);
        jeton_keyset_free(&keys);
    }
    jeton_text_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_are_taken_with_the_one_that_signs_first, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_store_without_keys_gives_an_empty_set, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_row_that_is_broken_refuses_them_all, folder_make,
                                        folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
