/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_verdict.c - what an answer gives out, and that a refusal gives out nothing.
 */
#include "token/verdict.h"

#include "tokens.h"

static const char payload[] =
    "{\"exp\":1700000900.5,\"sub\":\"alice\",\"n\":-7,\"f\":1.5,\"t\":true,"
    "\"u\":false,\"roles\":[\"admin\",7,\"user\"],\"aud\":\"api\","
    "\"scope\":\"read write:all  x\",\"none\":null,\"o\":{\"sub\":\"b\"},"
    "\"nul\":\"a\\u0000b\"}";

static jeton_verdict *verdict;
static char *judged; /* the token that it is about */

/* The answer about that payload, or about one whose signature is broken. */
static void judge(bool good)
{
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    char *token = token_forge(token_key(good ? JETON_HS256 : JETON_HS384), JETON_HS256,
                              "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"x\":[1]}", payload);
    assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict),
                     good ? JETON_OK : JETON_E_SIGNATURE);
    free(judged);
    judged = token;
    jeton_keyset_free(&keys);
}

static int set_up(void **state)
{
    (void)state;
    return jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_verdict_free(&verdict);
    free(judged);
    judged = NULL;
    return 0;
}

/* Every accessor says "absent" and empties its output. */
static void assert_gives_out_nothing(void)
{
    static const char *const names[] = {"exp", "sub",   "n",    "f", "t",   "u",   "roles",
                                        "aud", "scope", "none", "o", "nul", "gone"};
    assert_int_equal(jeton_verdict_payload(verdict).len, 0);
    assert_null(jeton_verdict_payload(verdict).ptr);
    for (size_t i = 0; i < COUNT(names); i++) {
        jeton_span text = {BOGUS, 77};
        int64_t number = 77;
        bool truth = true;
        jeton_time date = 77;
        assert_false(jeton_verdict_text(verdict, names[i], &text));
        assert_null(text.ptr);
        assert_int_equal(text.len, 0);
        assert_false(jeton_verdict_int(verdict, names[i], &number));
        assert_int_equal(number, 0);
        assert_false(jeton_verdict_bool(verdict, names[i], &truth));
        assert_false(truth);
        assert_false(jeton_verdict_date(verdict, names[i], &date));
        assert_int_equal(date, 0);
        assert_false(jeton_verdict_has(verdict, names[i], jeton_str("admin")));
        assert_false(jeton_verdict_has(verdict, names[i], jeton_str("alice")));
        assert_false(jeton_verdict_has_word(verdict, names[i], jeton_str("read")));
    }
}

static void verdict_starts_as_refused(void **state)
{
    (void)state;
    assert_int_not_equal(jeton_verdict_status(verdict), JETON_OK);
    assert_string_not_equal(jeton_verdict_why(verdict), "");
    assert_int_equal(jeton_verdict_failed(verdict), 0);
    assert_string_equal(jeton_verdict_claim(verdict), "");
    assert_null(jeton_verdict_key(verdict));
    assert_gives_out_nothing();
}

static void verdict_follows_json_pointers(void **state)
{
    (void)state;
    jeton_span text;
    int64_t number;
    jeton_time date;
    bool truth;
    judge(true);
    assert_true(jeton_verdict_text(verdict, "/o/sub", &text));
    assert_true(jeton_span_equal(text, jeton_str("b")));
    assert_true(jeton_verdict_text(verdict, "/roles/2", &text));
    assert_true(jeton_span_equal(text, jeton_str("user")));
    assert_true(jeton_verdict_int(verdict, "/roles/1", &number));
    assert_int_equal(number, 7);
    assert_true(jeton_verdict_date(verdict, "/exp", &date));
    assert_int_equal(date, 1700000900500);
    assert_true(jeton_verdict_bool(verdict, "/t", &truth));
    assert_true(jeton_verdict_has(verdict, "/roles", jeton_str("admin")));
    assert_true(jeton_verdict_has_word(verdict, "/scope", jeton_str("read")));
    assert_false(jeton_verdict_text(verdict, "/o/nix", &text));
    assert_null(text.ptr);
    assert_false(jeton_verdict_text(verdict, "/o", &text));
    assert_false(jeton_verdict_text(verdict, "o/sub", &text));
    assert_false(jeton_verdict_text(verdict, "/roles/3", &text));
    assert_false(jeton_verdict_text(verdict, "/~", &text));
    judge(false);
    assert_false(jeton_verdict_text(verdict, "/o/sub", &text));
    assert_null(text.ptr);
}

static void verdict_of_an_accepted_token_gives_out_its_claims(void **state)
{
    (void)state;
    judge(true);
    jeton_span text;
    int64_t number;
    bool truth;
    jeton_time date;
    assert_int_equal(jeton_verdict_status(verdict), JETON_OK);
    assert_string_equal(jeton_verdict_why(verdict), "");
    unit_assert_span(jeton_verdict_payload(verdict), payload);
    assert_true(jeton_verdict_text(verdict, "sub", &text));
    unit_assert_span(text, "alice");
    assert_true(jeton_verdict_text(verdict, "nul", &text));
    assert_int_equal(text.len, 3);
    assert_true(jeton_verdict_int(verdict, "n", &number));
    assert_int_equal(number, -7);
    assert_true(jeton_verdict_bool(verdict, "t", &truth));
    assert_true(truth);
    assert_true(jeton_verdict_bool(verdict, "u", &truth));
    assert_false(truth);
    assert_true(jeton_verdict_date(verdict, "exp", &date));
    assert_int_equal(date, 1700000900500);
}

/* NULL: refused with `want`. */
static const struct {
    const char *path, *line;
    jeton_status want;
} lines[] = {
    {"sub", "alice", JETON_OK},
    {"n", "-7", JETON_OK},
    {"f", "1.5", JETON_OK},
    {"t", "true", JETON_OK},
    {"roles", "admin,7,user", JETON_OK},
    {"/roles/2", "user", JETON_OK},
    {"/o/sub", "b", JETON_OK},
    {"o", "{\"sub\":\"b\"}", JETON_OK},
    {"nul", NULL, JETON_E_CLAIM},
    {"none", NULL, JETON_E_NOT_FOUND},
    {"gone", NULL, JETON_E_NOT_FOUND},
    {"", NULL, JETON_E_NOT_FOUND},
};

static void assert_line(jeton_status status, const jeton_text *text, const char *want)
{
    assert_int_equal(text != NULL, status == JETON_OK);
    if (want != NULL)
        unit_assert_span(jeton_text_span(text), want);
}

static void verdict_prints_claims_in_one_line(void **state)
{
    (void)state;
    for (int good = 1; good >= 0; good--) {
        judge(good == 1);
        for (size_t i = 0; i < COUNT(lines); i++) {
            print_message("  %s\n", lines[i].path);
            jeton_text *text = BOGUS;
            const jeton_status status = jeton_verdict_print(verdict, lines[i].path, &text, NULL);
            assert_int_equal(status, good == 1 ? lines[i].want : JETON_E_NOT_FOUND);
            assert_line(status, text, good == 1 ? lines[i].line : NULL);
            jeton_text_free(&text);
        }
    }
}

static jeton_status print_header(const char *token, const char *path, const char *want)
{
    jeton_text *text = BOGUS;
    const jeton_status status =
        jeton_verdict_print_header(verdict, jeton_str(token), path, &text, NULL);
    assert_line(status, text, want);
    jeton_text_free(&text);
    return status;
}

static void verdict_prints_the_header_of_an_accepted_token(void **state)
{
    (void)state;
    judge(true);
    assert_int_equal(print_header(judged, "typ", "at+jwt"), JETON_OK);
    assert_int_equal(print_header(judged, "/x/0", "1"), JETON_OK);
    assert_int_equal(print_header(judged, "kid", NULL), JETON_E_NOT_FOUND);
    assert_int_equal(print_header("", "typ", NULL), JETON_E_SYNTAX);
    assert_int_equal(print_header("e30", "typ", NULL), JETON_E_SYNTAX);
    assert_int_equal(print_header("!.e30.x", "typ", NULL), JETON_E_ENCODING);
    assert_int_equal(print_header("e3.e30.x", "typ", NULL), JETON_E_ENCODING);
    judge(false);
    assert_int_equal(print_header(judged, "typ", NULL), JETON_E_NOT_FOUND);
}

static void verdict_gives_a_claim_of_another_type_as_absent(void **state)
{
    (void)state;
    judge(true);
    jeton_span text = {BOGUS, 77};
    int64_t number = 77;
    bool truth = true;
    jeton_time date = 77;
    assert_false(jeton_verdict_text(verdict, "n", &text));
    assert_null(text.ptr);
    assert_false(jeton_verdict_text(verdict, "none", &text));
    assert_false(jeton_verdict_text(verdict, "roles", &text));
    assert_false(jeton_verdict_text(verdict, "gone", &text));
    assert_false(jeton_verdict_int(verdict, "f", &number));
    assert_int_equal(number, 0);
    assert_false(jeton_verdict_int(verdict, "sub", &number));
    assert_false(jeton_verdict_bool(verdict, "n", &truth));
    assert_false(truth);
    assert_false(jeton_verdict_date(verdict, "sub", &date));
    assert_int_equal(date, 0);
    assert_false(jeton_verdict_date(verdict, "none", &date));
}

static const struct {
    const char *name, *member;
    bool has;
} members[] = {
    {"roles", "admin", true}, {"roles", "user", true}, {"roles", "adm", false},
    {"roles", "7", false},    {"roles", "", false},    {"aud", "api", true},
    {"aud", "ap", false},     {"aud", "", false},      {"o", "b", false},
    {"n", "-7", false},       {"none", "", false},     {"gone", "", false},
    {"nul", "a", false},
};

static void verdict_has_members_of_arrays_and_single_texts(void **state)
{
    (void)state;
    judge(true);
    for (size_t i = 0; i < COUNT(members); i++) {
        print_message("  %s %s\n", members[i].name, members[i].member);
        assert_int_equal(jeton_verdict_has(verdict, members[i].name, jeton_str(members[i].member)),
                         members[i].has);
    }
}

static const struct {
    const char *name, *word;
    bool has;
} words[] = {
    {"scope", "read", true},
    {"scope", "write:all", true},
    {"scope", "x", true},
    {"scope", "write", false},
    {"scope", "rea", false},
    {"scope", "", false},
    {"scope", "read write:all", false},
    {"scope", " x", false},
    {"roles", "admin", false},
    {"sub", "alice", true},
    {"gone", "read", false},
};

static void verdict_has_words_of_a_text(void **state)
{
    (void)state;
    judge(true);
    for (size_t i = 0; i < COUNT(words); i++) {
        print_message("  %s %s\n", words[i].name, words[i].word);
        assert_int_equal(jeton_verdict_has_word(verdict, words[i].name, jeton_str(words[i].word)),
                         words[i].has);
    }
}

static void verdict_after_a_refusal_gives_out_nothing_of_the_token_before(void **state)
{
    (void)state;
    judge(true);
    assert_non_null(jeton_verdict_key(verdict));
    judge(false);
    assert_null(jeton_verdict_key(verdict));
    assert_int_equal(jeton_verdict_failed(verdict), 0);
    assert_gives_out_nothing();
    judge(true);
    unit_assert_span(jeton_verdict_payload(verdict), payload);
}

static void verdict_of_refused_claims_gives_out_none_but_the_key(void **state)
{
    (void)state;
    const jeton_policy policy = {.issuers = {"x"}};
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
    judge(true);
    assert_int_equal(token_judge(&policy, keys, jeton_str(token), verdict), JETON_E_MISSING);
    assert_ptr_equal(jeton_verdict_key(verdict), token_key(JETON_HS256));
    assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_ISS);
    assert_gives_out_nothing();
    free(token);
    jeton_keyset_free(&keys);
}

static void verdict_keeps_the_first_failure_and_cuts_long_names(void **state)
{
    (void)state;
    char name[200];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    jt_verdict_reset(verdict);
    assert_int_equal(jt_verdict_failure(verdict, JETON_CHECK_REQUIRED, name, JETON_E_MISSING, "m"),
                     JETON_E_MISSING);
    (void)jt_verdict_failure(verdict, JETON_CHECK_EXP, "exp", JETON_E_EXPIRED, "later");
    assert_int_equal(jeton_verdict_status(verdict), JETON_E_MISSING);
    assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_REQUIRED | JETON_CHECK_EXP);
    assert_in_range(strlen(jeton_verdict_claim(verdict)), 1, sizeof name - 2);
    assert_int_equal(strspn(jeton_verdict_claim(verdict), "n"),
                     strlen(jeton_verdict_claim(verdict)));
}

static void verdict_new_refuses_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_verdict *none = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_verdict_new(ctx, &none, &err), JETON_E_NOMEM);
    assert_null(none);
    assert_int_equal(err.status, JETON_E_NOMEM);
    jeton_verdict_free(&none);
    jeton_verdict_free(NULL);
    unit_ctx_done(&ctx, &heap);
}

static void verdict_is_wiped(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_verdict *own = BOGUS;
    heap.left = SIZE_MAX;
    heap.secret = "alice"; /* claims tell about people */
    assert_int_equal(jeton_verdict_new(ctx, &own, NULL), JETON_OK);
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
    assert_int_equal(token_judge(NULL, keys, jeton_str(token), own), JETON_OK);
    free(token);
    jeton_keyset_free(&keys);
    jeton_verdict_free(&own);
    assert_null(own);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verdict_starts_as_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdict_of_an_accepted_token_gives_out_its_claims, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(verdict_gives_a_claim_of_another_type_as_absent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(verdict_has_members_of_arrays_and_single_texts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(verdict_has_words_of_a_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            verdict_after_a_refusal_gives_out_nothing_of_the_token_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdict_of_refused_claims_gives_out_none_but_the_key,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdict_keeps_the_first_failure_and_cuts_long_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(verdict_follows_json_pointers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdict_prints_claims_in_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdict_prints_the_header_of_an_accepted_token, set_up,
                                        tear_down),
        cmocka_unit_test(verdict_new_refuses_without_memory),
        cmocka_unit_test(verdict_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
