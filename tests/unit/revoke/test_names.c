/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/revoke/test_names.c - what the log calls the things that a token names, and in which
 * order it is asked about them. */
#include "revoke/names.h"

#include <jeton.h>

#include "../unit.h"

static void ids_have_one_length(void **state)
{
    (void)state;
    uint8_t id[JT_REVOKED_ID];
    static const uint8_t ones[JT_REVOKED_ID] = {0x04, 0x10, 0x41, 0x04, 0x10, 0x41, 0x04, 0x10,
                                                0x41, 0x04, 0x10, 0x41, 0x04, 0x10, 0x41, 0x04};
    assert_true(jt_revoked_id(jeton_str("BBBBBBBBBBBBBBBBBBBBBA"), id));
    assert_memory_equal(id, ones, sizeof ones);
    assert_false(jt_revoked_id(jeton_str("BBBBBBBBBBBBBBBBBBBBB"), id));
    assert_false(jt_revoked_id(jeton_str("BBBBBBBBBBBBBBBBBBBBBBA"), id));
    assert_false(jt_revoked_id(jeton_str("BBBBBBBBBBBBBBBBBBBBB="), id));
    assert_false(jt_revoked_id(jeton_str("BBBBBBBBBBBBBBBBBBBBBB"), id)); /* bits behind the end */
    assert_true(jt_revoked_token(jeton_str("0123456789abcdef"), id));
    assert_memory_equal(id, "0123456789abcdef", sizeof id);
    assert_false(jt_revoked_token(jeton_str("0123456789abcde"), id));
    assert_false(jt_revoked_token(jeton_str("0123456789abcdef0"), id));
}

static void names_are_the_beginning_of_a_digest(void **state)
{
    (void)state;
    uint8_t id[JT_REVOKED_ID];
    static const uint8_t of_abc[JT_REVOKED_ID] = {/* FIPS 180-4: SHA-256 of "abc" */
                                                  0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                                  0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23};
    jt_revoked_name(jeton_str("abc"), id);
    assert_memory_equal(id, of_abc, sizeof of_abc);
}

/* ---- claims --------------------------------------------------------------------------------- */

#define ID_A "AAAAAAAAAAAAAAAAAAAAAA"
#define ID_B "BAAAAAAAAAAAAAAAAAAAAA"

static jeton_status read_names(void *names, const jeton_verdict *verdict)
{
    return jt_revoked_names(verdict, names) ? JETON_OK : JETON_E_CLAIM;
}

/* What a hook makes of a token with these claims. */
static jeton_status names_of(const char *json, jt_names_of_token *names)
{
    static const jeton_policy policy = {.allow = JETON_ALLOW_NO_EXP};
    const jeton_span secret = jeton_str("0123456789abcdef0123456789abcdef");
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_key_from_secret(NULL, JETON_HS256, secret, jeton_str("kid"), &key, NULL),
                     JETON_OK);
    assert_int_equal(jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, NULL), JETON_OK);
    assert_int_equal(jeton_signer_new(NULL, key, JETON_HS256, NULL, &signer, NULL), JETON_OK);
    assert_int_equal(jeton_claims_parse(NULL, jeton_str(json), &claims, NULL), JETON_OK);
    assert_int_equal(jeton_sign(signer, claims, &token, NULL), JETON_OK);
    assert_int_equal(jeton_verifier_new(NULL, &policy, keys, &verifier, NULL), JETON_OK);
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    assert_false(jt_revoked_names(verdict, names)); /* about nothing yet */
    jeton_verifier_on_revocation(verifier, read_names, names);
    const jeton_status status = jeton_verify(verifier, jeton_text_span(token), verdict);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return status;
}

static void a_token_has_to_name_all_it_is_asked_about(void **state)
{
    (void)state;
    static const struct {
        const char *why, *claims;
        bool good, of_user;
        uint64_t index;
    } cases[] = {
        {"one with an index",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":1048577}",
         true, false, 1048577},
        {"an index of the last list",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":4503599627370495}",
         true, false, 4503599627370495},
        {"an index of a list beyond it",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":4503599627370496}",
         false, false, 0},
        {"an index of no list",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":1048575}",
         false, false, 0},
        {"an index below zero",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":-1048577}",
         false, false, 0},
        {"an index that is a text",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":\"1048577\"}",
         false, false, 0},
        {"an index that is null",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":null}",
         false, false, 0},
        {"an index with a fraction",
         "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7,"
         "\"idx\":1048577.5}",
         false, false, 0},
        {"a user's",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B
         "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}",
         true, true, 0},
        {"a client's", "{\"sub\":\"c\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}",
         true, false, 0},
        {"no session, but another subject than the client",
         "{\"sub\":\"d\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}", false, false,
         0},
        {"a session that is no id",
         "{\"sub\":\"" ID_A
         "\",\"sid\":\"s\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}",
         false, false, 0},
        {"a session that is no text",
         "{\"sub\":\"c\",\"sid\":7,\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}",
         false, false, 0},
        {"a subject that is no id",
         "{\"sub\":\"s\",\"sid\":\"" ID_B
         "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}",
         false, false, 0},
        {"no subject",
         "{\"sid\":\"" ID_B "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":7}", false,
         false, 0},
        {"no jti", "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B "\",\"client_id\":\"c\",\"rev\":7}",
         false, false, 0},
        {"a jti of another length",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B "\",\"jti\":\"0\",\"client_id\":\"c\",\"rev\":7}",
         false, false, 0},
        {"no client",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B "\",\"jti\":\"0123456789abcdef\",\"rev\":7}",
         false, false, 0},
        {"no rev",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B
         "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\"}",
         false, false, 0},
        {"a rev below zero",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B
         "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":-1}",
         false, false, 0},
        {"a rev that is a text",
         "{\"sub\":\"" ID_A "\",\"sid\":\"" ID_B
         "\",\"jti\":\"0123456789abcdef\",\"client_id\":\"c\",\"rev\":\"7\"}",
         false, false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        jt_names_of_token of;
        memset(&of, 0xa5, sizeof of);
        assert_int_equal(names_of(cases[i].claims, &of), cases[i].good ? JETON_OK : JETON_E_CLAIM);
        if (!cases[i].good)
            continue;
        assert_int_equal(of.of_user, cases[i].of_user);
        assert_int_equal(of.rev, 7);
        assert_int_equal(of.has_index, cases[i].index != 0);
        assert_int_equal(of.index, cases[i].index);
        assert_memory_equal(of.token, "0123456789abcdef", JT_REVOKED_ID);
    }
}

/* ---- asking --------------------------------------------------------------------------------- */

typedef struct asked {
    char kinds[16];
    jt_revoked refuses;
    const jt_bitmaps *bitmaps;
} asked;

static const jt_bits *bits(const void *of)
{
    return jt_bitmaps_bits(((const asked *)of)->bitmaps);
}

static uint64_t no_mark(const void *of)
{
    (void)of;
    return 5;
}

static bool has_any(const void *of, jt_revoked kind)
{
    (void)of;
    (void)kind;
    return true;
}

static jeton_status note(const void *of, jt_revoked kind, const uint8_t *id, uint64_t rev)
{
    asked *to = (asked *)(uintptr_t)of;
    (void)id;
    (void)rev;
    const char letter[2] = {(char)('0' + kind), '\0'};
    strcat(to->kinds, letter);
    return kind == to->refuses ? JETON_E_REVOKED : JETON_OK;
}

static void everything_a_token_names_is_asked_about(void **state)
{
    (void)state;
    const struct {
        const char *why;
        uint64_t rev;
        bool of_user;
        jt_revoked refuses;
        const char *asked;
        jeton_status want;
        uint64_t index; /* 0: it has none */
    } cases[] = {
        {"a user's", 5, true, 0, "12645", JETON_OK, 0},
        {"a client's own", 5, false, 0, "645", JETON_OK, 0},
        {"from before the mark", 4, true, 0, "", JETON_E_REVOKED, 0},
        {"the session has ended", 5, true, JT_REVOKED_SESSION, "1", JETON_E_REVOKED, 0},
        {"the key", 5, true, JT_REVOKED_KEY, "12645", JETON_E_REVOKED, 0},
        {"an index", 5, true, 0, "12645", JETON_OK, jt_index_of(3, 8)},
        {"an index whose bit is set", 5, true, 0, "", JETON_E_REVOKED, jt_index_of(3, 9)},
        {"an index beyond the announced", 5, true, 0, "", JETON_E_REVOKED, jt_index_of(3, 10)},
        {"an index of an unknown list", 5, true, 0, "", JETON_E_REVOKED, jt_index_of(4, 8)},
        {"an index, and revoked by its jti", 5, false, JT_REVOKED_TOKEN, "6", JETON_E_REVOKED,
         jt_index_of(3, 8)},
    };
    jt_bitmaps *bitmaps = NULL;
    assert_int_equal(jt_bitmaps_new(NULL, &bitmaps, NULL), JETON_OK);
    assert_int_equal(jt_bitmaps_announce(bitmaps, 3, 10, 99, NULL), JETON_OK);
    assert_int_equal(jt_bitmaps_set(bitmaps, jt_index_of(3, 9), 99, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        asked got = {.refuses = cases[i].refuses, .bitmaps = bitmaps};
        const jt_revoked_state with = {
            .of = &got, .all = no_mark, .has = has_any, .check = note, .bits = bits};
        const jt_names_of_token of = {.rev = cases[i].rev,
                                      .of_user = cases[i].of_user,
                                      .has_index = cases[i].index != 0,
                                      .index = cases[i].index,
                                      .client = jeton_str("c"),
                                      .kid = jeton_str("k")};
        assert_int_equal(jt_revoked_ask(&with, &of), cases[i].want);
        assert_string_equal(got.kinds, cases[i].asked);
    }
    jt_bitmaps_free(&bitmaps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_one_length),
        cmocka_unit_test(names_are_the_beginning_of_a_digest),
        cmocka_unit_test(a_token_has_to_name_all_it_is_asked_about),
        cmocka_unit_test(everything_a_token_names_is_asked_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
