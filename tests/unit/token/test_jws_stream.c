/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_jws_stream.c - a payload in parts is signed and verified as the same bytes
 * at once are, wherever it is cut. */
#include <jeton/jws.h>

#include "tokens.h"

#define ANY_FORM (JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL)

static const jeton_jws_policy lax = {.forms = ANY_FORM, .allow = JETON_JWS_ALLOW_UNENCODED};

/* Adds the payload in parts of that many bytes, and some that are empty. */
static void add(jeton_jws_stream *stream, jeton_span payload, size_t each)
{
    jeton_jws_add(stream, jeton_str(NULL));
    for (size_t at = 0; at < payload.len; at += each) {
        const size_t left = payload.len - at;
        jeton_jws_add(stream, jeton_bytes(payload.ptr + at, left < each ? left : each));
        jeton_jws_add(stream, jeton_str(""));
    }
}

static char *sign(const jeton_key *key, const jeton_jws_options *options, jeton_span payload,
                  size_t each)
{
    const jeton_jws_signature by = {.key = key};
    jeton_jws_stream *stream = BOGUS;
    jeton_text *text = BOGUS;
    assert_int_equal(jeton_jws_sign_begin(NULL, &by, 1, options, &stream, NULL), JETON_OK);
    add(stream, payload, each);
    assert_int_equal(jeton_jws_sign_end(stream, &text, NULL), JETON_OK);
    char *copy = strdup(jeton_text_chars(text));
    jeton_text_free(&text);
    jeton_jws_stream_free(&stream);
    assert_null(stream);
    return copy;
}

/* In parts; *begun is what the beginning says. */
static jeton_status judge(const jeton_keyset *keys, const jeton_jws_policy *policy,
                          const char *text, jeton_span payload, size_t each, jeton_status *begun)
{
    jeton_jws_stream *stream = BOGUS;
    jeton_jws *jws = BOGUS;
    jeton_err err = {0};
    *begun = jeton_jws_verify_begin(NULL, keys, policy, jeton_str(text), &stream, &err);
    assert_int_equal(err.status, *begun);
    assert_true((stream != NULL) == (*begun == JETON_OK));
    if (*begun != JETON_OK)
        return *begun;
    add(stream, payload, each);
    const jeton_status status = jeton_jws_verify_end(stream, &jws, &err);
    assert_int_equal(err.status, status);
    assert_true((jws != NULL) == (status == JETON_OK));
    if (jws != NULL)
        assert_int_equal(jeton_jws_payload(jws).len, 0);
    jeton_jws_free(&jws);
    jeton_jws_stream_free(&stream);
    return status;
}

static jeton_status judge_at_once(const jeton_keyset *keys, const char *text, jeton_span payload)
{
    jeton_jws *jws = BOGUS;
    const jeton_status status =
        jeton_jws_verify(NULL, keys, &lax, jeton_str(text), &payload, &jws, NULL);
    jeton_jws_free(&jws);
    return status;
}

/* ---- the same bytes ------------------------------------------------------------------------- */

static const size_t cuts[] = {1, 2, 3, 4, 3071, 3072, 3073, 10000};

static void stream_is_the_same_wherever_it_is_cut(void **state)
{
    (void)state;
    static uint8_t bytes[10000];
    static const size_t lengths[] = {0, 1, 2, 3, 4, 5, 3071, 3072, 3073, 9999, 10000};
    const jeton_key *key = token_key(JETON_HS256);
    jeton_keyset *keys = token_keyset(key);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + i / 256);
    for (int unencoded = 0; unencoded < 2; unencoded++)
        for (size_t l = 0; l < COUNT(lengths); l++)
            for (size_t c = 0; c < COUNT(cuts); c++) {
                const jeton_jws_options options = {.unencoded = unencoded != 0};
                const jeton_span payload = jeton_bytes(bytes, lengths[l]);
                jeton_status begun;
                char *text = sign(key, &options, payload, cuts[c]);
                assert_int_equal(judge_at_once(keys, text, payload), JETON_OK);
                assert_int_equal(judge(keys, &lax, text, payload, cuts[c], &begun), JETON_OK);
                free(text);
            }
    jeton_keyset_free(&keys);
}

static void assert_streamed(jeton_alg alg, jeton_jws_form form, bool unencoded)
{
    const jeton_jws_options options = {.form = form, .unencoded = unencoded};
    const jeton_span payload = jeton_str("some octets");
    jeton_keyset *keys = token_keyset(token_key(alg));
    jeton_status begun;
    char *text = sign(token_key(alg), &options, payload, 2);
    assert_int_equal(judge(keys, &lax, text, payload, 3, &begun), JETON_OK);
    assert_int_equal(judge_at_once(keys, text, payload), JETON_OK);
    assert_int_equal(judge(keys, &lax, text, jeton_str("some octetz"), 3, &begun),
                     JETON_E_SIGNATURE);
    assert_int_equal(judge(keys, &lax, text, jeton_str("some octet"), 3, &begun),
                     JETON_E_SIGNATURE);
    assert_int_equal(begun, JETON_OK);
    const jeton_jws_policy strict = {.forms = ANY_FORM};
    const jeton_jws_policy typed = {.forms = ANY_FORM, .typ = "t", .allow = lax.allow};
    assert_int_equal(judge(keys, &strict, text, payload, 3, &begun),
                     unencoded ? JETON_E_CRIT : JETON_OK);
    assert_int_equal(begun, unencoded ? JETON_E_CRIT : JETON_OK);
    assert_int_equal(judge(keys, &typed, text, payload, 3, &begun), JETON_E_TYP);
    jeton_keyset_free(&keys);
    free(text);
}

static void stream_of_every_hashed_algorithm_and_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        if (alg == JETON_ED25519 || alg == JETON_ED448)
            continue;
        print_message("  %s\n", jeton_alg_name(alg));
        for (unsigned form = 1; form <= JETON_JWS_GENERAL; form *= 2)
            for (int unencoded = 0; unencoded < 2; unencoded++)
                assert_streamed(alg, (jeton_jws_form)form, unencoded != 0);
    }
}

static void stream_is_not_for_algorithms_that_need_the_whole_message(void **state)
{
    (void)state;
    static const jeton_alg algs[] = {JETON_ED25519, JETON_ED448};
    for (size_t i = 0; i < COUNT(algs); i++) {
        const jeton_jws_signature by = {.key = token_key(algs[i])};
        const jeton_jws_options detached = {.detached = true};
        jeton_keyset *keys = token_keyset(by.key);
        jeton_jws_stream *stream = BOGUS;
        jeton_text *text = NULL;
        jeton_status begun;
        assert_int_equal(jeton_jws_sign_begin(NULL, &by, 1, NULL, &stream, NULL),
                         JETON_E_UNSUPPORTED);
        assert_null(stream);
        assert_int_equal(jeton_jws_sign(NULL, &by, 1, jeton_str("p"), &detached, &text, NULL),
                         JETON_OK);
        assert_int_equal(judge(keys, &lax, jeton_text_chars(text), jeton_str("p"), 1, &begun),
                         JETON_E_UNSUPPORTED);
        jeton_text_free(&text);
        jeton_keyset_free(&keys);
    }
}

/* ---- which key ------------------------------------------------------------------------------ */

static jeton_key *new_nameless(jeton_alg alg)
{
    jeton_key *named = NULL;
    jeton_key *made = NULL;
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_generate(NULL, alg, jeton_str(NULL), &named, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(named, JETON_KEY_PRIVATE, &jwk, NULL), JETON_OK);
    char *text = strdup(jeton_text_chars(jwk));
    token_hide(text, "\"kid\"", "\"dik\"");
    assert_int_equal(jeton_key_parse(NULL, jeton_str(text), &made, NULL), JETON_OK);
    free(text);
    jeton_text_free(&jwk);
    jeton_key_free(&named);
    return made;
}

/* A hash that starts with the key runs once for each; the others share one. */
static void stream_finds_the_key_among_several(void **state)
{
    (void)state;
    static const jeton_alg algs[] = {JETON_HS256, JETON_ES256};
    for (size_t a = 0; a < COUNT(algs); a++) {
        jeton_key *keys[3] = {0};
        for (size_t i = 0; i < 3; i++)
            keys[i] = new_nameless(algs[a]);
        for (size_t i = 0; i < 3; i++) {
            jeton_keyset *all = NULL;
            jeton_keyset *others = NULL;
            const jeton_key *rest[] = {keys[(i + 1) % 3], keys[(i + 2) % 3]};
            jeton_status begun;
            assert_int_equal(jeton_keyset_new(NULL,
                                              (const jeton_key *const[]){rest[0], keys[i], rest[1]},
                                              3, &all, NULL),
                             JETON_OK);
            assert_int_equal(jeton_keyset_new(NULL, rest, 2, &others, NULL), JETON_OK);
            char *text = sign(keys[i], NULL, jeton_str("octets"), 4);
            assert_int_equal(judge(all, NULL, text, jeton_str("octets"), 5, &begun), JETON_OK);
            assert_int_equal(judge(others, NULL, text, jeton_str("octets"), 5, &begun),
                             JETON_E_SIGNATURE);
            jeton_keyset_free(&others);
            jeton_keyset_free(&all);
            free(text);
        }
        for (size_t i = 0; i < 3; i++)
            jeton_key_free(&keys[i]);
    }
}

static void stream_of_several_signatures_needs_any_or_all(void **state)
{
    (void)state;
    const jeton_jws_signature by[] = {{.key = token_key(JETON_HS256)},
                                      {.key = token_key(JETON_ES256)}};
    const jeton_jws_options general = {.form = JETON_JWS_GENERAL};
    const jeton_jws_policy any = {.forms = ANY_FORM};
    const jeton_jws_policy all = {.forms = ANY_FORM, .all = true};
    const jeton_key *const both[] = {by[0].key, by[1].key};
    jeton_keyset *first = token_keyset(by[0].key);
    jeton_keyset *one = token_keyset(by[1].key);
    jeton_keyset *two = NULL;
    jeton_keyset *none = token_keyset(token_key(JETON_RS256));
    jeton_jws_stream *stream = BOGUS;
    jeton_text *text = BOGUS;
    jeton_status begun;
    assert_int_equal(jeton_keyset_new(NULL, both, 2, &two, NULL), JETON_OK);
    assert_int_equal(jeton_jws_sign_begin(NULL, by, 2, &general, &stream, NULL), JETON_OK);
    jeton_jws_add(stream, jeton_str("octets"));
    assert_int_equal(jeton_jws_sign_end(stream, &text, NULL), JETON_OK);
    jeton_jws_stream_free(&stream);
    const char *chars = jeton_text_chars(text);
    const jeton_span payload = jeton_str("octets");
    assert_int_equal(judge(two, &all, chars, payload, 1, &begun), JETON_OK);
    assert_int_equal(judge(one, &any, chars, payload, 1, &begun), JETON_OK);
    assert_int_equal(judge(one, &all, chars, payload, 1, &begun), JETON_E_ALG);
    assert_int_equal(begun, JETON_E_ALG); /* before the payload */
    assert_int_equal(judge(first, &all, chars, payload, 1, &begun), JETON_E_ALG);
    assert_int_equal(begun, JETON_E_ALG); /* the first is not bad: it is not known yet */
    assert_int_equal(judge(first, &any, chars, payload, 1, &begun), JETON_OK);
    assert_int_equal(judge(none, &any, chars, payload, 1, &begun), JETON_E_ALG);
    assert_int_equal(begun, JETON_E_ALG);
    jeton_text_free(&text);
    jeton_keyset_free(&none);
    jeton_keyset_free(&two);
    jeton_keyset_free(&one);
    jeton_keyset_free(&first);
}

/* ---- beginnings and ends -------------------------------------------------------------------- */

static void stream_ends_once_and_as_what_it_began(void **state)
{
    (void)state;
    const jeton_jws_signature by = {.key = token_key(JETON_HS256)};
    jeton_keyset *keys = token_keyset(by.key);
    jeton_jws_stream *stream = NULL;
    jeton_text *text = BOGUS;
    jeton_text *again = BOGUS;
    jeton_jws *jws = BOGUS;
    assert_int_equal(jeton_jws_sign_begin(NULL, &by, 1, NULL, &stream, NULL), JETON_OK);
    assert_int_equal(jeton_jws_verify_end(stream, &jws, NULL), JETON_E_ARGUMENT);
    assert_null(jws);
    jeton_jws_add(stream, jeton_str("octets"));
    assert_int_equal(jeton_jws_sign_end(stream, &text, NULL), JETON_OK);
    jeton_jws_add(stream, jeton_str("octets")); /* too late */
    assert_int_equal(jeton_jws_sign_end(stream, &again, NULL), JETON_E_ARGUMENT);
    assert_null(again);
    jeton_jws_stream_free(&stream);

    assert_int_equal(jeton_jws_verify_begin(NULL, keys, NULL, jeton_text_span(text), &stream, NULL),
                     JETON_OK);
    again = BOGUS;
    assert_int_equal(jeton_jws_sign_end(stream, &again, NULL), JETON_E_ARGUMENT);
    assert_null(again);
    jeton_jws_add(stream, jeton_str("octets"));
    assert_int_equal(jeton_jws_verify_end(stream, &jws, NULL), JETON_OK);
    jeton_jws_free(&jws);
    jws = BOGUS;
    assert_int_equal(jeton_jws_verify_end(stream, &jws, NULL), JETON_E_ARGUMENT);
    assert_null(jws);
    jeton_jws_stream_free(&stream);
    jeton_jws_stream_free(&stream);
    jeton_jws_stream_free(NULL);
    jeton_text_free(&text);
    jeton_keyset_free(&keys);
}

static void stream_that_cannot_begin_is_none(void **state)
{
    (void)state;
    const jeton_jws_signature by = {.key = token_key(JETON_HS256)};
    jeton_keyset *keys = token_keyset(by.key);
    jeton_jws_stream *stream = BOGUS;
    jeton_text *text = NULL;
    jeton_status begun;
    assert_int_equal(jeton_jws_sign_begin(NULL, &by, 0, NULL, &stream, NULL), JETON_E_ARGUMENT);
    assert_null(stream);
    assert_int_equal(judge(keys, NULL, "", jeton_str(""), 1, &begun), JETON_E_SYNTAX);
    assert_int_equal(jeton_jws_sign(NULL, &by, 1, jeton_str("octets"), NULL, &text, NULL),
                     JETON_OK);
    assert_int_equal(judge(keys, NULL, jeton_text_chars(text), jeton_str("octets"), 1, &begun),
                     JETON_E_SYNTAX); /* it has its own */
    jeton_text_free(&text);
    jeton_keyset_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_is_the_same_wherever_it_is_cut),
        cmocka_unit_test(stream_of_every_hashed_algorithm_and_form),
        cmocka_unit_test(stream_is_not_for_algorithms_that_need_the_whole_message),
        cmocka_unit_test(stream_finds_the_key_among_several),
        cmocka_unit_test(stream_of_several_signatures_needs_any_or_all),
        cmocka_unit_test(stream_ends_once_and_as_what_it_began),
        cmocka_unit_test(stream_that_cannot_begin_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
