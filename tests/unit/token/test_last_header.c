/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_last_header.c - a remembered header says what the same header read anew
 * says, and only the same. */
#include "token/last_header.h"

#include "tokens.h"

static const char segment[] = "eyJhbGciOiJIUzI1NiJ9";

static jt_header sample(void)
{
    return (jt_header){.alg = JETON_HS256,
                       .kid = jeton_str("key-1"),
                       .typ = jeton_str("at+jwt"),
                       .x5t = jeton_str("abc")};
}

static void last_header_gives_back_what_was_kept(void **state)
{
    (void)state;
    jt_last_header last = jt_last_header_init(NULL);
    char kid[] = "key-1"; /* changed after it was kept, as scratch memory is */
    jt_header header = sample();
    header.kid = jeton_str(kid);
    assert_int_equal(jt_last_header_keep(&last, jeton_str(segment), 16, &header, NULL), JETON_OK);
    memset(kid, '#', sizeof kid - 1);

    jt_header found = {0};
    assert_true(jt_last_header_find(&last, jeton_str(segment), 16, &found));
    assert_int_equal(found.alg, JETON_HS256);
    unit_assert_span(found.kid, "key-1");
    unit_assert_span(found.typ, "at+jwt");
    unit_assert_span(found.x5t, "abc");
    jt_last_header_done(&last);
}

static void last_header_knows_no_other_segment_and_no_other_depth(void **state)
{
    (void)state;
    static const struct {
        const char *why, *segment;
        unsigned depth;
    } others[] = {
        {"empty", "", 16},
        {"shorter", "eyJhbGciOiJIUzI1NiJ", 16},
        {"longer", "eyJhbGciOiJIUzI1NiJ9A", 16},
        {"another letter", "eyJhbGciOiJIUzI1NiJ8", 16},
        {"another depth", segment, 15},
    };
    jt_last_header last = jt_last_header_init(NULL);
    const jt_header header = sample();
    jt_header found;
    assert_false(jt_last_header_find(&last, jeton_str(""), 0, &found)); /* before there is one */
    assert_int_equal(jt_last_header_keep(&last, jeton_str(segment), 16, &header, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(others); i++) {
        print_message("  %s\n", others[i].why);
        assert_false(
            jt_last_header_find(&last, jeton_str(others[i].segment), others[i].depth, &found));
    }
    jt_last_header_done(&last);
    assert_false(jt_last_header_find(&last, jeton_str(segment), 16, &found));
}

static void last_header_without_memory_is_forgotten(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_last_header last = jt_last_header_init(ctx);
    const jt_header header = sample();
    jt_header found;
    heap.left = 1;
    assert_int_equal(jt_last_header_keep(&last, jeton_str(segment), 16, &header, NULL), JETON_OK);
    char large[600];
    memset(large, 'A', sizeof large);
    assert_int_equal(
        jt_last_header_keep(&last, jeton_bytes(large, sizeof large), 16, &header, NULL),
        JETON_E_NOMEM);
    assert_false(jt_last_header_find(&last, jeton_str(segment), 16, &found));
    assert_false(jt_last_header_find(&last, jeton_bytes(large, sizeof large), 16, &found));
    jt_last_header_done(&last);
    unit_ctx_done(&ctx, &heap);
}

/* ---- within a verification ------------------------------------------------------------------ */

/* Tokens in the order given, all to one verdict and under one policy: each has to be judged as if
 * it came first. */
static void last_header_changes_no_answer(void **state)
{
    (void)state;
    static const jeton_policy policy = {.typ = "at+jwt"};
    static const char claims[] = "{\"exp\":1700000900}";
    const jeton_key *key = token_key(JETON_HS256);
    const struct {
        const char *why, *header, *claims;
        bool spoil; /* the signature */
        jeton_status want;
    } steps[] = {
        {"a good one", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", claims, false, JETON_OK},
        {"its header again", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", claims, false, JETON_OK},
        {"and forged", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", claims, true, JETON_E_SIGNATURE},
        {"and expired", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "{\"exp\":1}", false,
         JETON_E_EXPIRED},
        {"another typ", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, false, JETON_E_TYP},
        {"another typ again", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, false, JETON_E_TYP},
        {"another alg", "{\"alg\":\"HS384\",\"typ\":\"at+jwt\"}", claims, false, JETON_E_ALG},
        {"no alg", "{\"typ\":\"at+jwt\"}", claims, false, JETON_E_HEADER},
        {"crit", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"crit\":[\"b64\"]}", claims, false,
         JETON_E_CRIT},
        {"the good one", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", claims, false, JETON_OK},
    };
    jeton_keyset *keys = token_keyset(key);
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(steps); i++) {
        print_message("  %s\n", steps[i].why);
        char *token = token_forge(key, JETON_HS256, steps[i].header, steps[i].claims);
        char *letter = token + strlen(token) - 10;
        if (steps[i].spoil)
            *letter = *letter == 'A' ? 'B' : 'A';
        assert_int_equal(token_judge(&policy, keys, jeton_str(token), verdict), steps[i].want);
        assert_true((jeton_verdict_key(verdict) == key) ==
                    (steps[i].want == JETON_OK || steps[i].want == JETON_E_EXPIRED ||
                     steps[i].want == JETON_E_TYP));
        free(token);
    }
    jeton_verdict_free(&verdict);
    jeton_keyset_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_header_gives_back_what_was_kept),
        cmocka_unit_test(last_header_knows_no_other_segment_and_no_other_depth),
        cmocka_unit_test(last_header_without_memory_is_forgotten),
        cmocka_unit_test(last_header_changes_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
