/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_rfc.c - the signed tokens that RFCs print (tests/vectors/rfc*): we read
 * them, take them, and make the same bytes. */
#include "core/ctx.h"
#include "token/jws.h"
#include "json/json.h"

#include "../../vectors/vectors.h"
#include "tokens.h"

#define EXPIRES ((jeton_time)1300819380 * 1000) /* the "exp" of all their claims */

static const char *folder;

static const char *const files[] = {
    "rfc7515/A.1.json", "rfc7515/A.2.json", "rfc7515/A.3.json",
    "rfc7515/A.4.json", "rfc7519/3.1.json", "rfc8037/A.4.json",
};

typedef struct vector {
    jt_json *doc;
    jeton_span token, header, payload;
    jeton_alg alg;
    bool deterministic, jwt;
    jeton_key *key;
} vector;

static vector read_vector(const char *file)
{
    vector v = {0};
    const jeton_span text = vectors_read(folder, file);
    print_message("  %s\n", file);
    assert_int_equal(jt_json_parse(NULL, text, &v.doc, NULL), JETON_OK);
    free((void *)(uintptr_t)text.ptr);
    const jt_val *root = jt_json_root(v.doc);
    v.token = jt_get_text(root, "token");
    v.header = jt_get_text(root, "header");
    v.payload = jt_get_text(root, "payload");
    v.alg = jeton_alg_find(jt_get_text(root, "alg"));
    assert_true(jt_val_bool(jt_get(root, "deterministic"), &v.deterministic));
    assert_true(jt_val_bool(jt_get(root, "jwt"), &v.jwt));
    assert_int_not_equal(v.alg, JETON_ALG_UNSET);
    assert_int_equal(token_key_of(jt_get(root, "jwk"), &v.key), JETON_OK);
    return v;
}

static void free_vector(vector *v)
{
    jeton_key_free(&v->key);
    jt_json_free(&v->doc);
}

static void rfc_tokens_have_good_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        vector v = read_vector(files[i]);
        jeton_keyset *keys = token_keyset(v.key);
        jt_jws jws = jt_jws_init(NULL);
        assert_int_equal(
            jt_jws_verify(jt_limits(NULL), keys, JETON_ALG_BIT(v.alg), NULL, v.token, &jws, NULL),
            JETON_OK);
        assert_true(jeton_span_equal(jws.octets.payload, v.payload));
        assert_int_equal(jws.header.alg, v.alg);
        jt_jws_done(&jws);
        jeton_keyset_free(&keys);
        free_vector(&v);
    }
}

static void rfc_tokens_are_accepted_until_they_expire(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        vector v = read_vector(files[i]);
        const jeton_policy policy = {.algs = JETON_ALG_BIT(v.alg)};
        const jeton_policy joe = {.algs = JETON_ALG_BIT(v.alg), .issuers = {"joe"}};
        const jeton_policy jim = {.algs = JETON_ALG_BIT(v.alg), .issuers = {"jim"}};
        token_clock = EXPIRES - 1;
        assert_int_equal(token_status(&policy, v.key, v.token), v.jwt ? JETON_OK : JETON_E_SYNTAX);
        assert_int_equal(token_status(NULL, v.key, v.token), JETON_E_ALG); /* bound to none */
        if (v.jwt) {
            assert_int_equal(token_status(&joe, v.key, v.token), JETON_OK);
            assert_int_equal(token_status(&jim, v.key, v.token), JETON_E_ISSUER);
            token_clock = EXPIRES;
            assert_int_equal(token_status(&policy, v.key, v.token), JETON_E_EXPIRED);
        }
        free_vector(&v);
    }
}

static void rfc_tokens_are_what_we_make(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        vector v = read_vector(files[i]);
        char *made = token_forge_bytes(v.key, v.alg, v.header, v.payload);
        assert_int_equal(jeton_span_equal(jeton_str(made), v.token), v.deterministic);
        const size_t signed_part = (size_t)(strrchr(made, '.') - made);
        assert_memory_equal(made, v.token.ptr, signed_part);
        free(made);
        free_vector(&v);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_tokens_have_good_signatures),
        cmocka_unit_test(rfc_tokens_are_accepted_until_they_expire),
        cmocka_unit_test(rfc_tokens_are_what_we_make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
