/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_rfc_jws.c - the JWSs that RFCs print, in every form they print them in
 * (tests/vectors/rfc*): we take them, refuse them where one thing differs, and make the same bytes
 * where the algorithm is deterministic. */
#include "json/json.h"

#include "../../vectors/vectors.h"
#include "tokens.h"

static const char *folder;

static const char *const files[] = {
    "rfc7515/A.6.json",          "rfc7515/A.7.json", "rfc7520/4.1.json", "rfc7520/4.2.json",
    "rfc7520/4.3.json",          "rfc7520/4.4.json", "rfc7520/4.5.json", "rfc7520/4.6.json",
    "rfc7520/4.7.json",          "rfc7520/4.8.json", "rfc7797/4.1.json", "rfc7797/4.2.json",
    "rfc7797/4.2-detached.json", "rfc8037/A.5.json",
};

static const struct {
    const char *name;
    jeton_jws_form form;
} forms[] = {
    {"compact", JETON_JWS_COMPACT},
    {"flattened", JETON_JWS_FLATTENED},
    {"general", JETON_JWS_GENERAL},
};

typedef struct vector {
    jt_json *doc;
    const jt_val *root;
    jeton_keyset *keys;
    jeton_span payload;
    bool detached, unencoded, unprotected_alg;
    uint32_t algs;
} vector;

/* A value as compact JSON, or a text as it is; freed by the caller. */
static jt_buf text_of(const jt_val *val)
{
    jt_buf text = jt_buf_init(NULL);
    jt_tree *tree = NULL;
    jeton_span span;
    if (jt_val_text(val, &span)) {
        assert_int_equal(jt_buf_add(&text, span, NULL), JETON_OK);
        return text;
    }
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, jt_tree_copy(tree, val), JT_COMPACT, &text, NULL),
                     JETON_OK);
    jt_tree_free(&tree);
    return text;
}

static void read_keys(vector *v)
{
    jeton_key *keys[4] = {0};
    size_t count = 0;
    for (jt_iter it = jt_iter_of(jt_get(v->root, "keys")); jt_iter_next(&it);)
        assert_int_equal(token_key_of(it.val, &keys[count++]), JETON_OK);
    assert_int_equal(jeton_keyset_new(NULL, (const jeton_key *const *)keys, count, &v->keys, NULL),
                     JETON_OK);
    while (count > 0)
        jeton_key_free(&keys[--count]);
}

static vector read_vector(const char *file)
{
    vector v = {0};
    const jeton_span text = vectors_read(folder, file);
    print_message("  %s\n", file);
    assert_int_equal(jt_json_parse(NULL, text, &v.doc, NULL), JETON_OK);
    free((void *)(uintptr_t)text.ptr);
    v.root = jt_json_root(v.doc);
    v.payload = jt_get_text(v.root, "payload");
    (void)jt_val_bool(jt_get(v.root, "detached"), &v.detached);
    (void)jt_val_bool(jt_get(v.root, "unencoded"), &v.unencoded);
    (void)jt_val_bool(jt_get(v.root, "unprotected_alg"), &v.unprotected_alg);
    for (jt_iter it = jt_iter_of(jt_get(v.root, "algs")); jt_iter_next(&it);) {
        jeton_span name;
        assert_true(jt_val_text(it.val, &name));
        v.algs |= JETON_ALG_BIT(jeton_alg_find(name));
    }
    assert_true(v.payload.len > 0 && v.algs != 0);
    read_keys(&v);
    return v;
}

static void free_vector(vector *v)
{
    jeton_keyset_free(&v->keys);
    jt_json_free(&v->doc);
}

static jeton_jws_policy policy_of(const vector *v, jeton_jws_form form)
{
    return (jeton_jws_policy){.algs = v->algs,
                              .forms = form,
                              .all = true,
                              .allow = (v->unencoded ? JETON_JWS_ALLOW_UNENCODED : 0U) |
                                       (v->unprotected_alg ? JETON_JWS_ALLOW_UNPROTECTED_ALG : 0U)};
}

static jeton_status judge(const vector *v, const jeton_jws_policy *policy, jeton_span text,
                          const jeton_span *detached)
{
    jeton_jws *jws = BOGUS;
    const jeton_status status = jeton_jws_verify(NULL, v->keys, policy, text, detached, &jws, NULL);
    assert_true((jws != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        const jeton_span payload = jeton_jws_payload(jws);
        assert_true(detached != NULL ? payload.len == 0 : jeton_span_equal(payload, v->payload));
        for (size_t i = 0; i < jeton_jws_count(jws); i++) {
            assert_int_equal(jeton_jws_status(jws, i), JETON_OK);
            assert_non_null(jeton_jws_key(jws, i));
        }
    }
    jeton_jws_free(&jws);
    return status;
}

static jeton_status judge_stream(const vector *v, const jeton_jws_policy *policy, jeton_span text,
                                 jeton_span payload)
{
    jeton_jws_stream *stream = BOGUS;
    jeton_jws *jws = BOGUS;
    assert_int_equal(jeton_jws_verify_begin(NULL, v->keys, policy, text, &stream, NULL), JETON_OK);
    for (size_t i = 0; i < payload.len; i++)
        jeton_jws_add(stream, jeton_bytes(payload.ptr + i, 1));
    const jeton_status status = jeton_jws_verify_end(stream, &jws, NULL);
    jeton_jws_free(&jws);
    jeton_jws_stream_free(&stream);
    return status;
}

/* Each refusal differs from the acceptance in one thing. */
static void assert_demands(const vector *v, jeton_jws_form form, jeton_span text,
                           const jeton_span *detached)
{
    const jeton_jws_policy good = policy_of(v, form);
    const jeton_span other = jeton_str("other");
    jeton_jws_policy policy = good;
    policy.forms = (JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL) & ~(unsigned)form;
    assert_int_equal(judge(v, &policy, text, detached), JETON_E_SYNTAX);
    policy = good;
    policy.algs = JETON_ALG_BIT(JETON_ES256K);
    assert_int_equal(judge(v, &policy, text, detached), JETON_E_ALG);
    policy = good;
    policy.allow = 0;
    const jeton_status strict = v->unencoded         ? JETON_E_CRIT
                                : v->unprotected_alg ? JETON_E_HEADER
                                                     : JETON_OK;
    assert_int_equal(judge(v, &policy, text, detached), strict);
    assert_int_equal(judge(v, &good, text, detached != NULL ? &other : &v->payload),
                     detached != NULL ? JETON_E_SIGNATURE : JETON_E_SYNTAX);
    if (detached == NULL)
        return;
    assert_int_equal(judge_stream(v, &good, text, v->payload), JETON_OK);
    assert_int_equal(judge_stream(v, &good, text, other), JETON_E_SIGNATURE);
    /* a compact one is then one of an empty payload */
    assert_int_equal(judge(v, &good, text, NULL),
                     form == JETON_JWS_COMPACT ? JETON_E_SIGNATURE : JETON_E_SYNTAX);
}

static void rfc_jws_is_accepted_in_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        vector v = read_vector(files[i]);
        size_t seen = 0;
        for (size_t f = 0; f < COUNT(forms); f++) {
            const jt_val *val = jt_get(jt_get(v.root, "texts"), forms[f].name);
            if (val == NULL)
                continue;
            jt_buf text = text_of(val);
            const jeton_span *detached = v.detached ? &v.payload : NULL;
            const jeton_jws_policy policy = policy_of(&v, forms[f].form);
            print_message("    %s\n", forms[f].name);
            assert_int_equal(judge(&v, &policy, jt_buf_span(&text), detached), JETON_OK);
            assert_demands(&v, forms[f].form, jt_buf_span(&text), detached);
            jt_buf_done(&text);
            seen++;
        }
        assert_true(seen > 0);
        free_vector(&v);
    }
}

/* The key without its name, so that the name can stand in the unprotected header. */
static jeton_key *nameless(const jeton_key *key)
{
    jeton_text *jwk = NULL;
    jeton_key *made = NULL;
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &jwk, NULL), JETON_OK);
    char *text = strdup(jeton_text_chars(jwk));
    token_hide(text, "\"kid\"", "\"dik\"");
    assert_int_equal(jeton_key_parse(NULL, jeton_str(text), &made, NULL), JETON_OK);
    free(text);
    jeton_text_free(&jwk);
    return made;
}

static void assert_made(const vector *v, jeton_jws_form form, const jt_val *val,
                        const jt_val *unprotected)
{
    jt_buf want = text_of(val);
    jt_buf open = text_of(unprotected);
    jeton_key *bare = nameless(jeton_keyset_get(v->keys, 0));
    const bool has_open = jt_val_count(unprotected) > 0;
    jeton_alg alg = JETON_HS256;
    while (JETON_ALG_BIT(alg) != v->algs)
        alg = (jeton_alg)(alg + 1);
    const jeton_jws_signature by = {.key = has_open ? bare : jeton_keyset_get(v->keys, 0),
                                    .alg = alg,
                                    .unprotected = has_open ? jt_buf_span(&open) : jeton_str("")};
    const jeton_jws_options options = {
        .form = form, .detached = v->detached, .unencoded = v->unencoded};
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_jws_sign(NULL, &by, 1, v->payload, &options, &text, NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_text_span(text), jt_buf_span(&want)));
    jeton_text_free(&text);
    jeton_key_free(&bare);
    jt_buf_done(&open);
    jt_buf_done(&want);
}

static void rfc_jws_is_what_we_make(void **state)
{
    (void)state;
    size_t made = 0;
    for (size_t i = 0; i < COUNT(files); i++) {
        vector v = read_vector(files[i]);
        const jt_val *texts = jt_get(v.root, "texts");
        for (jt_iter it = jt_iter_of(jt_get(v.root, "made")); jt_iter_next(&it);)
            for (size_t f = 0; f < COUNT(forms); f++)
                if (jt_get(texts, forms[f].name) != NULL) {
                    assert_made(&v, forms[f].form, jt_get(texts, forms[f].name), it.val);
                    made++;
                }
        free_vector(&v);
    }
    assert_true(made >= 10);
}

/* RFC 7515 A.5. Nothing that verifies takes it, whatever it is told to take. */
static void rfc_jws_without_signature_is_for_the_call_of_that_name(void **state)
{
    (void)state;
    const jeton_span file = vectors_read(folder, "rfc7515/A.5.json");
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, file, &doc, NULL), JETON_OK);
    const jeton_span want = jt_get_text(jt_json_root(doc), "payload");
    const jeton_span jws = jt_get_text(jt_json_root(doc), "text");
    jeton_text *payload = BOGUS;
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_jws_unsecured_parse(NULL, jws, &payload, NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_text_span(payload), want));
    assert_int_equal(jeton_jws_unsecured_print(NULL, NULL, want, &text, NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_text_span(text), jws));

    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    const jeton_jws_policy policy = {.algs = token_alg_bits(), .forms = 7, .allow = 3};
    jeton_jws *refused = BOGUS;
    assert_int_equal(jeton_jws_verify(NULL, keys, &policy, jws, NULL, &refused, NULL), JETON_E_ALG);
    assert_null(refused);
    jeton_keyset_free(&keys);
    jeton_text_free(&text);
    jeton_text_free(&payload);
    jt_json_free(&doc);
    free((void *)(uintptr_t)file.ptr);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_jws_is_accepted_in_every_form),
        cmocka_unit_test(rfc_jws_is_what_we_make),
        cmocka_unit_test(rfc_jws_without_signature_is_for_the_call_of_that_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
