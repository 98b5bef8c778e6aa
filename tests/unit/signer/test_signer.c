/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_signer.c - keys that are made once, kept sealed, and never come out. */
#include "signer/signer.h"

#include "core/base64url.h"
#include "folder.h"
#include "store/keys.h"
#include "json/json.h"

#include <jeton/verdict.h>
#include <jeton/verifier.h>

static const uint8_t master[JD_MASTER_BYTES] = "a master key of thirty-two bytes";
static const uint8_t other[JD_MASTER_BYTES] = "another key of thirty-two bytes.";

static jd_sealer *sealer_of(const uint8_t *key)
{
    jd_sealer *made = NULL;
    assert_int_equal(jd_sealer_new(NULL, jeton_bytes(key, JD_MASTER_BYTES), &made, NULL), JETON_OK);
    return made;
}

static const jd_signer_options options = {.alg = "ES256", .max_age = 300, .active = 86400};

/* The sealer has to outlive the signer: one for all, freed at the end. */
static jd_sealer *good;

static int open_good(void **state)
{
    (void)state;
    good = sealer_of(master);
    return 0;
}

static int free_good(void **state)
{
    (void)state;
    jd_sealer_free(&good);
    return 0;
}

static jd_signer *open_signer(folder *data)
{
    jd_signer *signer = BOGUS;
    assert_int_equal(jd_signer_open(NULL, &options, data->store, good, &signer, NULL), JETON_OK);
    return signer;
}

/* What is published, as a set. The caller's. */
static jeton_keyset *published(jd_signer *signer)
{
    jt_arena arena = jt_arena_init(NULL);
    jeton_keyset *keys = NULL;
    jd_jwks jwks;
    assert_int_equal(jd_signer_jwks(signer, &arena, &jwks, NULL), JETON_OK);
    assert_int_equal(jwks.max_age, options.max_age);
    assert_int_equal(strlen(jwks.etag), 16);
    assert_int_equal(jeton_keyset_parse_public(NULL, jwks.json, &keys, NULL), JETON_OK);
    jt_arena_done(&arena);
    return keys;
}

/* Opens and expects that to fail. */
static void assert_refused(folder *data, const uint8_t *key, const char *why)
{
    jd_signer *signer = BOGUS;
    jd_sealer *sealer = sealer_of(key);
    jeton_err err = {0};
    assert_int_equal(jd_signer_open(NULL, &options, data->store, sealer, &signer, &err),
                     JETON_E_KEY);
    assert_null(signer);
    assert_non_null(strstr(err.text, why));
    jd_sealer_free(&sealer);
}

static jeton_text *sign(jd_signer *signer)
{
    jeton_claims *claims = NULL;
    jeton_text *token = BOGUS;
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    jeton_claims_set_text(claims, "sub", jeton_str("alice"));
    jeton_claims_set_int(claims, "exp", 4102444800);
    assert_int_equal(
        jd_signer_sign(signer, &(jd_signing){.expires = 4102444800000}, claims, &token, NULL),
        JETON_OK);
    jeton_claims_free(&claims);
    return token;
}

static jeton_status verify(const jeton_keyset *keys, const char *typ, const jeton_text *token)
{
    const jeton_policy policy = {.algs = JETON_ALG_BIT(JETON_ES256), .typ = typ};
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verifier_new(NULL, &policy, keys, &verifier, NULL), JETON_OK);
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    const jeton_status status = jeton_verify(verifier, jeton_text_span(token), verdict);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    return status;
}

static void first_key_is_made_once_and_stays(void **state)
{
    folder *data = *state;
    jd_signer *first = open_signer(data);
    jd_store_close(&data->store);
    folder_open(data);
    jd_signer *second = open_signer(data);
    jt_arena arena = jt_arena_init(NULL);
    jd_jwks a;
    jd_jwks b;
    jeton_keyset *keys = published(second);
    assert_int_equal(jd_signer_jwks(first, &arena, &a, NULL), JETON_OK);
    assert_int_equal(jd_signer_jwks(second, &arena, &b, NULL), JETON_OK);
    assert_true(a.json.len > 0 && jeton_span_equal(a.json, b.json));
    assert_string_equal(a.etag, b.etag);
    assert_int_equal(jeton_keyset_count(keys), 1);
    jeton_keyset_free(&keys);
    jt_arena_done(&arena);
    jd_signer_free(&first);
    jd_signer_free(&second);
    assert_null(second);
    jd_signer_free(NULL);
}

static void token_is_an_access_token_that_its_own_keys_verify(void **state)
{
    jd_signer *signer = open_signer(*state);
    jeton_text *token = sign(signer);
    jeton_keyset *keys = published(signer);
    assert_int_equal(verify(keys, "at+jwt", token), JETON_OK);
    assert_int_equal(verify(keys, "JWT", token), JETON_E_TYP);
    jeton_keyset_free(&keys);
    jeton_text_free(&token);
    jd_signer_free(&signer);
}

static void jwks_holds_public_members_only(void **state)
{
    static const char *const secret[] = {"d", "p", "q", "dp", "dq", "qi", "k"};
    jd_signer *signer = open_signer(*state);
    jt_arena arena = jt_arena_init(NULL);
    jd_jwks jwks;
    jt_json *doc = NULL;
    assert_int_equal(jd_signer_jwks(signer, &arena, &jwks, NULL), JETON_OK);
    assert_int_equal(jt_json_parse(NULL, jwks.json, &doc, NULL), JETON_OK);
    jt_iter it = jt_iter_of(jt_get(jt_json_root(doc), "keys"));
    assert_true(jt_iter_next(&it));
    unit_assert_span(jt_get_text(it.val, "kty"), "EC");
    unit_assert_span(jt_get_text(it.val, "alg"), "ES256");
    assert_true(jt_get_text(it.val, "kid").len > 0);
    for (size_t i = 0; i < COUNT(secret); i++)
        assert_null(jt_get(it.val, secret[i]));
    assert_false(jt_iter_next(&it));
    jt_json_free(&doc);
    jt_arena_done(&arena);
    jd_signer_free(&signer);
}

static void store_holds_no_private_key_in_the_clear(void **state)
{
    folder *data = *state;
    jd_signer *signer = open_signer(data);
    jt_arena arena = jt_arena_init(NULL);
    jd_stored_keys keys;
    jd_sealer *sealer = sealer_of(master);
    jt_secret private;
    assert_int_equal(jd_store_key_list(data->store, &arena, &keys, NULL), JETON_OK);
    assert_int_equal(keys.count, 1);
    const jd_place place = {"keys.sealed", keys.at[0].kid};
    assert_int_equal(jd_sealer_open(sealer, place, keys.at[0].sealed, &private, NULL), JETON_OK);
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, jt_secret_span(&private), &doc, NULL), JETON_OK);
    const jeton_span d = jt_get_text(jt_json_root(doc), "d");
    assert_int_equal(d.len, 43);

    jd_store_close(&data->store); /* writes everything into the one file */
    jt_secret file = folder_read(data, "jeton.db");
    assert_non_null(memmem(file.ptr, file.len, "\"crv\"", 5)); /* the public half is there */
    assert_null(memmem(file.ptr, file.len, d.ptr, d.len));
    assert_null(memmem(file.ptr, file.len, "\"d\"", 3));
    jt_secret_done(&file);
    folder_open(data);
    jt_json_free(&doc);
    jt_secret_done(&private);
    jd_sealer_free(&sealer);
    jt_arena_done(&arena);
    jd_signer_free(&signer);
}

static void key_that_does_not_open_is_refused(void **state)
{
    folder *data = *state;
    jd_signer *signer = open_signer(data);
    jd_signer_free(&signer);
    assert_refused(data, other, "does not open with this master key");
}

static void key_moved_to_another_row_is_refused(void **state)
{
    folder *data = *state;
    jd_signer *signer = open_signer(data);
    jt_arena arena = jt_arena_init(NULL);
    jd_stored_keys keys;
    assert_int_equal(jd_store_key_list(data->store, &arena, &keys, NULL), JETON_OK);
    jd_stored_key moved = keys.at[0];
    moved.kid = jeton_str("moved");
    moved.created++;
    assert_int_equal(jd_store_key_add(data->store, &moved, NULL), JETON_OK);
    assert_refused(data, master, "does not open with this master key");
    jt_arena_done(&arena);
    jd_signer_free(&signer);
}

static void store_without_an_active_key_is_refused(void **state)
{
    folder *data = *state;
    jd_signer *signer = open_signer(data);
    jeton_keyset *keys = published(signer);
    jt_revocation none;
    const jd_key_change change = {.kid = jeton_key_id(jeton_keyset_get(keys, 0)),
                                  .from = jeton_str("active"),
                                  .to = jeton_str("retiring")};
    assert_int_equal(jd_store_key_change(data->store, &change, 1, NULL, &none, NULL), JETON_OK);
    jeton_keyset_free(&keys);
    assert_refused(data, master, "no key in the store is active");
    jd_signer_free(&signer);
}

static void broken_public_key_is_refused(void **state)
{
    folder *data = *state;
    jd_signer *signer = open_signer(data);
    const jd_stored_key broken = {
        .kid = jeton_str("broken"),
        .alg = jeton_str("ES256"),
        .state = jeton_str("retiring"),
        .public = jeton_str("{\"kty\":\"EC\",\"kid\":\"broken\"}"),
    };
    assert_int_equal(jd_store_key_add(data->store, &broken, NULL), JETON_OK);
    assert_refused(data, master, "a public key in the store is broken");
    jd_signer_free(&signer);
}

/* Another key of the store, made as the signer makes its own. */
static void add_key(folder *data, const char *kid, const char *key_state, jeton_time created)
{
    jeton_key *key = NULL;
    jeton_text *public = NULL;
    jeton_text *private = NULL;
    jd_sealer *sealer = sealer_of(master);
    jt_buf sealed = jt_buf_init(NULL);
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str(kid), &key, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(key, JETON_KEY_PUBLIC, &public, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &private, NULL), JETON_OK);
    const jd_place place = {"keys.sealed", jeton_str(kid)};
    assert_int_equal(jd_sealer_seal(sealer, place, jeton_text_span(private), &sealed, NULL),
                     JETON_OK);
    const jd_stored_key row = {
        .kid = jeton_str(kid),
        .alg = jeton_str("ES256"),
        .state = jeton_str(key_state),
        .public = jeton_text_span(public),
        .sealed = jt_buf_span(&sealed),
        .created = created,
    };
    assert_int_equal(jd_store_key_add(data->store, &row, NULL), JETON_OK);
    jt_buf_done(&sealed);
    jd_sealer_free(&sealer);
    jeton_text_free(&private);
    jeton_text_free(&public);
    jeton_key_free(&key);
}

static void assert_header_has(const jeton_text *token, const char *member)
{
    const char *chars = jeton_text_chars(token);
    const jeton_span part = jeton_bytes(chars, strcspn(chars, "."));
    uint8_t header[256];
    assert_true(jt_base64url_bytes(part.len) <= sizeof header);
    assert_true(jt_base64url_parse(part, header));
    assert_non_null(memmem(header, jt_base64url_bytes(part.len), member, strlen(member)));
}

static void youngest_active_key_signs_and_withdrawn_ones_are_not_published(void **state)
{
    folder *data = *state;
    add_key(data, "old", "active", 1);
    add_key(data, "young", "active", 2);
    add_key(data, "later", "next", 3);
    add_key(data, "gone", "withdrawn", 4);
    jd_signer *signer = open_signer(data);
    jeton_keyset *keys = published(signer);
    assert_int_equal(jeton_keyset_count(keys), 3);
    for (size_t i = 0; i < jeton_keyset_count(keys); i++)
        assert_false(jeton_span_equal(jeton_key_id(jeton_keyset_get(keys, i)), jeton_str("gone")));
    jeton_text *token = sign(signer);
    assert_header_has(token, "\"kid\":\"young\"");
    assert_int_equal(verify(keys, "at+jwt", token), JETON_OK);
    jeton_text_free(&token);
    jeton_keyset_free(&keys);
    jd_signer_free(&signer);
}

static void algorithm_must_be_one_for_everybody(void **state)
{
    static const char *const rows[] = {"HS256", "none", "RS512", "es256", ""};
    folder *data = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i]);
        jd_signer *signer = BOGUS;
        const jd_signer_options asked = {.alg = rows[i], .max_age = 300, .active = 86400};
        assert_int_equal(jd_signer_open(NULL, &asked, data->store, good, &signer, NULL),
                         JETON_E_ARGUMENT);
        assert_null(signer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(first_key_is_made_once_and_stays),
        IN_FOLDER(token_is_an_access_token_that_its_own_keys_verify),
        IN_FOLDER(jwks_holds_public_members_only),
        IN_FOLDER(store_holds_no_private_key_in_the_clear),
        IN_FOLDER(key_that_does_not_open_is_refused),
        IN_FOLDER(key_moved_to_another_row_is_refused),
        IN_FOLDER(store_without_an_active_key_is_refused),
        IN_FOLDER(broken_public_key_is_refused),
        IN_FOLDER(algorithm_must_be_one_for_everybody),
        IN_FOLDER(youngest_active_key_signs_and_withdrawn_ones_are_not_published),
    };
    return cmocka_run_group_tests(tests, open_good, free_good);
}
