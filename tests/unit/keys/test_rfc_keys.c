/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_rfc_keys.c - the keys that RFCs print (tests/vectors/rfc*): read, described,
 * named and printed as they stand there. */
#include <jeton/keyset.h>

#include "json/tree.h"

#include "../../vectors/vectors.h"
#include "rfc.h"

static const char *folder;

static const char *const files[] = {
    "rfc7517/A.1.json", "rfc7517/A.2.json", "rfc7517/A.3.json", "rfc7517/B.json",
    "rfc7517/C.1.json", "rfc7638/3.1.json", "rfc8037/A.1.json", "rfc8037/A.2.json",
    "rfc8037/A.3.json", "rfc9278/4.json",
};

static jt_json *read_file(const char *file)
{
    jt_json *doc = NULL;
    const jeton_span text = vectors_read(folder, file);
    print_message("  %s\n", file);
    assert_int_equal(jt_json_parse(NULL, text, &doc, NULL), JETON_OK);
    free((void *)(uintptr_t)text.ptr);
    return doc;
}

/* A value as text. */
static jt_buf text_of(const jt_val *val)
{
    jt_tree *tree = NULL;
    jt_buf text = jt_buf_init(NULL);
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, jt_tree_copy(tree, val), JT_COMPACT, &text, NULL),
                     JETON_OK);
    jt_tree_free(&tree);
    return text;
}

static bool is_true(const jt_val *vector, const char *name)
{
    bool value = false;
    return jt_val_bool(jt_get(vector, name), &value) && value;
}

/* Everything of the JWK is printed again, and nothing besides but the digest of a certificate. */
static void assert_same_members(const jt_val *want, jeton_span printed)
{
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, printed, &doc, NULL), JETON_OK);
    const jt_val *got = jt_json_root(doc);
    for (jt_iter it = jt_iter_of(want); jt_iter_next(&it);) {
        char name[16] = "";
        assert_true(it.name.len < sizeof name);
        memcpy(name, it.name.ptr, it.name.len);
        jt_buf a = text_of(it.val);
        jt_buf b = text_of(jt_get(got, name));
        assert_true(jeton_span_equal(jt_buf_span(&a), jt_buf_span(&b)));
        jt_buf_done(&a);
        jt_buf_done(&b);
    }
    const size_t digest = jt_get(got, "x5t#S256") != NULL ? 1 : 0;
    assert_int_equal(jt_val_count(got), jt_val_count(want) + digest);
    jt_json_free(&doc);
}

static void check_key(const jt_val *vector, const jeton_key *key)
{
    const bool is_private = is_true(vector, "private");
    const jeton_span uri = jt_get_text(vector, "uri");
    jeton_text *text = NULL;
    assert_int_equal(jeton_key_is_private(key), is_private);
    assert_int_equal(
        jeton_key_print(key, is_private ? JETON_KEY_PRIVATE : JETON_KEY_PUBLIC, &text, NULL),
        JETON_OK);
    assert_same_members(jt_get(vector, "jwk"), jeton_text_span(text));
    jeton_text_free(&text);
    assert_int_equal(jeton_key_thumbprint(key, &text, NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_text_span(text), jt_get_text(vector, "thumbprint")));
    jeton_text_free(&text);
    assert_int_equal(jeton_key_thumbprint_uri(key, &text, NULL), JETON_OK);
    assert_true(uri.len == 0 || jeton_span_equal(jeton_text_span(text), uri));
    jeton_text_free(&text);
    assert_true(jeton_span_equal(jeton_key_x5t_s256(key), jt_get_text(vector, "x5t#S256")));
}

static void keys_of_rfcs_are_read_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        jt_json *doc = read_file(files[i]);
        const jt_val *keys = jt_get(jt_json_root(doc), "keys");
        assert_true(jt_val_count(keys) > 0);
        for (jt_iter it = jt_iter_of(keys); jt_iter_next(&it);) {
            jt_buf jwk = text_of(jt_get(it.val, "jwk"));
            jeton_key *key = BOGUS;
            assert_int_equal(jeton_key_parse(NULL, jt_buf_span(&jwk), &key, NULL),
                             is_true(it.val, "unsupported") ? JETON_E_UNSUPPORTED : JETON_OK);
            if (key != NULL)
                check_key(it.val, key);
            jeton_key_free(&key);
            jt_buf_done(&jwk);
        }
        jt_json_free(&doc);
    }
}

/* A key with something private in it is none where public ones are expected, and the others are. */
static void keys_of_rfcs_are_public_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        jt_json *doc = read_file(files[i]);
        for (jt_iter it = jt_iter_of(jt_get(jt_json_root(doc), "keys")); jt_iter_next(&it);) {
            const bool refused = is_true(it.val, "private") || is_true(it.val, "unsupported");
            jt_buf jwk = text_of(jt_get(it.val, "jwk"));
            jeton_key *key = BOGUS;
            assert_int_equal(jeton_key_parse_public(NULL, jt_buf_span(&jwk), &key, NULL),
                             refused ? JETON_E_KEY : JETON_OK);
            jeton_key_free(&key);
            jt_buf_done(&jwk);
        }
        jt_json_free(&doc);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_rfcs_are_read_and_printed),
        cmocka_unit_test(keys_of_rfcs_are_public_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
