/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_rules.c - each operator of a rule: what meets it, and what does not. */
#include "judge.h"

#define R(name) JETON_RULE_##name

/* The claims that rules are about, together with a good "exp". */
static const char payload[] =
    "{" EXP ",\"text\":\"gold\",\"empty\":\"\",\"scope\":\"read write:all\",\"n\":3,\"real\":2.5,"
    "\"big\":9007199254740993,\"yes\":true,\"no\":false,\"nil\":null,\"list\":[\"a\",1,null,[2]],"
    "\"none\":[],\"o\":{\"deep\":{\"level\":7,\"roles\":[\"admin\",\"user\"]},\"nil\":null},"
    "\"/odd\":1,\"https://x/roles\":[\"r\"],\"nul\":\"a\\u0000b\",\"minus\":-4}";

static const struct {
    jeton_rule rule;
    bool met;
} rules[] = {
    {{"text", R(EXISTS), NULL}, true},
    {{"empty", R(EXISTS), NULL}, true},
    {{"no", R(EXISTS), NULL}, true},
    {{"none", R(EXISTS), NULL}, true},
    {{"/o/deep", R(EXISTS), NULL}, true},
    {{"/~1odd", R(EXISTS), NULL}, true},
    {{"https://x/roles", R(EXISTS), NULL}, true},
    {{"nil", R(EXISTS), NULL}, false},
    {{"/o/nil", R(EXISTS), NULL}, false},
    {{"gone", R(EXISTS), NULL}, false},
    {{"Text", R(EXISTS), NULL}, false},
    {{"/o/gone/x", R(EXISTS), NULL}, false},
    {{"/odd", R(EXISTS), NULL}, false},
    {{"deep", R(EXISTS), NULL}, false},

    {{"gone", R(ABSENT), NULL}, true},
    {{"nil", R(ABSENT), NULL}, true},
    {{"/o/gone", R(ABSENT), NULL}, true},
    {{"/text/x", R(ABSENT), NULL}, true},
    {{"text", R(ABSENT), NULL}, false},
    {{"empty", R(ABSENT), NULL}, false},
    {{"no", R(ABSENT), NULL}, false},
    {{"/o/deep/level", R(ABSENT), NULL}, false},

    {{"text", R(EQUALS), "\"gold\""}, true},
    {{"text", R(EQUALS), "\"\\u0067old\""}, true},
    {{"n", R(EQUALS), "3"}, true},
    {{"n", R(EQUALS), " 3.0 "}, true},
    {{"yes", R(EQUALS), "true"}, true},
    {{"none", R(EQUALS), "[]"}, true},
    {{"list", R(EQUALS), "[\"a\",1,null,[2]]"}, true},
    {{"/o/deep", R(EQUALS), "{\"roles\":[\"admin\",\"user\"],\"level\":7}"}, true},
    {{"nul", R(EQUALS), "\"a\\u0000b\""}, true},
    {{"text", R(EQUALS), "\"Gold\""}, false},
    {{"text", R(EQUALS), "\"gold \""}, false},
    {{"text", R(EQUALS), "\"gol\""}, false},
    {{"n", R(EQUALS), "\"3\""}, false},
    {{"n", R(EQUALS), "4"}, false},
    {{"yes", R(EQUALS), "\"true\""}, false},
    {{"yes", R(EQUALS), "1"}, false},
    {{"no", R(EQUALS), "true"}, false},
    {{"list", R(EQUALS), "[1,\"a\",null,[2]]"}, false},
    {{"nul", R(EQUALS), "\"a\""}, false},
    {{"big", R(EQUALS), "9007199254740992"}, false},
    {{"big", R(EQUALS), "9007199254740993"}, true},
    {{"gone", R(EQUALS), "\"gold\""}, false},
    {{"nil", R(EQUALS), "\"null\""}, false},

    {{"text", R(ONE_OF), "[\"silver\",\"gold\"]"}, true},
    {{"n", R(ONE_OF), "[1,2,3]"}, true},
    {{"none", R(ONE_OF), "[[]]"}, true},
    {{"text", R(ONE_OF), "[\"silver\"]"}, false},
    {{"n", R(ONE_OF), "[\"3\"]"}, false},
    {{"list", R(ONE_OF), "[\"a\"]"}, false},
    {{"gone", R(ONE_OF), "[null]"}, false},
    {{"nil", R(ONE_OF), "[null]"}, false},

    {{"list", R(CONTAINS), "\"a\""}, true},
    {{"list", R(CONTAINS), "1.0"}, true},
    {{"list", R(CONTAINS), "[2]"}, true},
    {{"/o/deep/roles", R(CONTAINS), "\"admin\""}, true},
    {{"scope", R(CONTAINS), "\"read\""}, true},
    {{"scope", R(CONTAINS), "\"write:all\""}, true},
    {{"text", R(CONTAINS), "\"gold\""}, true},
    {{"list", R(CONTAINS), "\"b\""}, false},
    {{"list", R(CONTAINS), "2"}, false},
    {{"/o/deep/roles", R(CONTAINS), "\"adm\""}, false},
    {{"scope", R(CONTAINS), "\"write\""}, false},
    {{"scope", R(CONTAINS), "\"rea\""}, false},
    {{"scope", R(CONTAINS), "\"\""}, false},
    {{"scope", R(CONTAINS), "\"read write:all\""}, false},
    {{"scope", R(CONTAINS), "1"}, false},
    {{"text", R(CONTAINS), "\"old\""}, false},
    {{"none", R(CONTAINS), "\"a\""}, false},
    {{"o", R(CONTAINS), "\"deep\""}, false},
    {{"n", R(CONTAINS), "3"}, false},
    {{"gone", R(CONTAINS), "\"a\""}, false},

    {{"list", R(CONTAINS_ALL), "[\"a\",1]"}, true},
    {{"list", R(CONTAINS_ALL), "[null]"}, true},
    {{"scope", R(CONTAINS_ALL), "[\"write:all\",\"read\"]"}, true},
    {{"list", R(CONTAINS_ALL), "[\"a\",\"b\"]"}, false},
    {{"scope", R(CONTAINS_ALL), "[\"read\",\"write\"]"}, false},
    {{"none", R(CONTAINS_ALL), "[\"a\"]"}, false},
    {{"gone", R(CONTAINS_ALL), "[\"a\"]"}, false},

    {{"text", R(STARTS_WITH), "\"go\""}, true},
    {{"text", R(STARTS_WITH), "\"gold\""}, true},
    {{"nul", R(STARTS_WITH), "\"a\\u0000\""}, true},
    {{"text", R(STARTS_WITH), "\"old\""}, false},
    {{"text", R(STARTS_WITH), "\"golden\""}, false},
    {{"text", R(STARTS_WITH), "\"Go\""}, false},
    {{"empty", R(STARTS_WITH), "\"g\""}, false},
    {{"n", R(STARTS_WITH), "\"3\""}, false},
    {{"list", R(STARTS_WITH), "\"a\""}, false},
    {{"gone", R(STARTS_WITH), "\"g\""}, false},

    {{"text", R(ENDS_WITH), "\"ld\""}, true},
    {{"text", R(ENDS_WITH), "\"gold\""}, true},
    {{"nul", R(ENDS_WITH), "\"\\u0000b\""}, true},
    {{"text", R(ENDS_WITH), "\"go\""}, false},
    {{"text", R(ENDS_WITH), "\"agold\""}, false},
    {{"empty", R(ENDS_WITH), "\"g\""}, false},
    {{"yes", R(ENDS_WITH), "\"e\""}, false},
    {{"gone", R(ENDS_WITH), "\"g\""}, false},

    {{"n", R(AT_LEAST), "3"}, true},
    {{"n", R(AT_LEAST), "-1"}, true},
    {{"n", R(AT_LEAST), "2.9"}, true},
    {{"real", R(AT_LEAST), "2.5"}, true},
    {{"big", R(AT_LEAST), "9007199254740993"}, true},
    {{"n", R(AT_LEAST), "4"}, false},
    {{"n", R(AT_LEAST), "3.1"}, false},
    {{"minus", R(AT_LEAST), "-3"}, false},
    {{"big", R(AT_LEAST), "9007199254740994"}, false},
    {{"text", R(AT_LEAST), "0"}, false},
    {{"yes", R(AT_LEAST), "0"}, false},
    {{"list", R(AT_LEAST), "0"}, false},
    {{"nil", R(AT_LEAST), "0"}, false},
    {{"gone", R(AT_LEAST), "0"}, false},

    {{"n", R(AT_MOST), "3"}, true},
    {{"n", R(AT_MOST), "1e300"}, true},
    {{"minus", R(AT_MOST), "-4"}, true},
    {{"/o/deep/level", R(AT_MOST), "7"}, true},
    {{"n", R(AT_MOST), "2"}, false},
    {{"real", R(AT_MOST), "2"}, false},
    {{"minus", R(AT_MOST), "-5"}, false},
    {{"empty", R(AT_MOST), "9"}, false},
    {{"no", R(AT_MOST), "9"}, false},
    {{"gone", R(AT_MOST), "9"}, false},
};

static const char *word_of(jeton_rule_op op)
{
    switch (op) {
#define WORD(name, number, word)                                                                   \
    case JETON_RULE_##name: return word;
        JETON_RULE_LIST(WORD)
#undef WORD
    }
    return "?";
}

static void rule_is_met_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        const jeton_rule *rule = &rules[i].rule;
        print_message("  %s %s %s\n", rule->path, word_of(rule->op),
                      rule->value != NULL ? rule->value : "");
        const jeton_policy policy = {.rules = {*rule}};
        assert_answer(judge(&policy, payload), rules[i].met ? JETON_OK : JETON_E_RULE, BIT(RULE),
                      rule->path);
    }
}

/* Each operator has rows of both kinds above. */
static void rule_table_knows_each_operator(void **state)
{
    (void)state;
    static const jeton_rule_op ops[] = {
#define OP(name, number, word) JETON_RULE_##name,
        JETON_RULE_LIST(OP)
#undef OP
    };
    for (size_t i = 0; i < COUNT(ops); i++) {
        bool met = false;
        bool broken = false;
        for (size_t k = 0; k < COUNT(rules); k++) {
            met |= rules[k].rule.op == ops[i] && rules[k].met;
            broken |= rules[k].rule.op == ops[i] && !rules[k].met;
        }
        assert_true(met && broken);
    }
}

static void rules_must_all_be_met_and_the_first_that_is_not_is_told(void **state)
{
    (void)state;
    const jeton_policy policy = {.rules = {{"/o/deep/level", R(AT_LEAST), "2"},
                                           {"/o/deep/level", R(AT_MOST), "8"},
                                           {"text", R(EQUALS), "\"gold\""}}};
    assert_accepted(judge(&policy, payload));
    jeton_policy broken = policy;
    broken.rules[1].value = "6";
    broken.rules[2].value = "\"silver\"";
    assert_refused(judge(&broken, payload), JETON_E_RULE, BIT(RULE), "/o/deep/level");
    broken.rules[1].value = "7";
    assert_refused(judge(&broken, payload), JETON_E_RULE, BIT(RULE), "text");
}

static void rules_come_behind_all_other_checks(void **state)
{
    (void)state;
    const jeton_policy policy = {.require = {"r"}, .rules = {{"text", R(EXISTS), NULL}}};
    assert_int_equal(judge(&policy, "{\"exp\":1}"), JETON_E_EXPIRED);
    assert_int_equal(jeton_verdict_failed(verdict), BIT(EXP) | BIT(REQUIRED) | BIT(RULE));
    assert_int_equal(judge(&policy, "{" EXP "}"), JETON_E_MISSING);
    assert_int_equal(jeton_verdict_failed(verdict), BIT(REQUIRED) | BIT(RULE));
}

static void rules_may_fill_the_list_and_are_copied(void **state)
{
    (void)state;
    char path[] = "/o/deep/level";
    char value[] = "7";
    jeton_policy policy = {0};
    for (size_t i = 0; i < JETON_POLICY_RULES; i++)
        policy.rules[i] = (jeton_rule){path, R(EQUALS), value};
    jeton_verifier *verifier = BOGUS;
    assert_int_equal(jeton_verifier_new(token_ctx(), &policy, keys, &verifier, NULL), JETON_OK);
    path[1] = value[0] = '?';
    memset(&policy, 0x5a, sizeof policy);
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    free(token);
    jeton_verifier_free(&verifier);
}

static void a_long_path_is_cut_in_the_verdict(void **state)
{
    (void)state;
    char path[300];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    const jeton_policy policy = {.rules = {{path, R(EXISTS), NULL}}};
    assert_int_equal(judge(&policy, payload), JETON_E_RULE);
    assert_int_equal(strlen(jeton_verdict_claim(verdict)), 127);
}

static const struct {
    const char *why;
    jeton_rule rule;
} bad[] = {
    {"no operator", {"a", (jeton_rule_op)0, NULL}},
    {"no operator, a value", {"a", (jeton_rule_op)0, "1"}},
    {"an operator beyond the last", {"a", (jeton_rule_op)11, "1"}},
    {"an operator far away", {"a", (jeton_rule_op)-1, "1"}},
    {"no path", {NULL, R(EXISTS), NULL}},
    {"no path and no operator, a value", {NULL, (jeton_rule_op)0, "1"}},
    {"an empty path", {"", R(EXISTS), NULL}},
    {"a pointer with a lone tilde", {"/a~", R(EXISTS), NULL}},
    {"a pointer with an unknown escape", {"/a~2", R(EXISTS), NULL}},
    {"EXISTS with a value", {"a", R(EXISTS), "1"}},
    {"ABSENT with a value", {"a", R(ABSENT), "null"}},
    {"EQUALS without", {"a", R(EQUALS), NULL}},
    {"EQUALS null", {"a", R(EQUALS), "null"}},
    {"EQUALS a word", {"a", R(EQUALS), "gold"}},
    {"EQUALS nothing", {"a", R(EQUALS), ""}},
    {"EQUALS two values", {"a", R(EQUALS), "1 2"}},
    {"EQUALS names given twice", {"a", R(EQUALS), "{\"a\":1,\"a\":2}"}},
    {"EQUALS too deep", {"a", R(EQUALS), "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"}},
    {"ONE_OF a text", {"a", R(ONE_OF), "\"x\""}},
    {"ONE_OF nothing", {"a", R(ONE_OF), "[]"}},
    {"ONE_OF without", {"a", R(ONE_OF), NULL}},
    {"CONTAINS without", {"a", R(CONTAINS), NULL}},
    {"CONTAINS_ALL of nothing", {"a", R(CONTAINS_ALL), "[]"}},
    {"CONTAINS_ALL a text", {"a", R(CONTAINS_ALL), "\"x\""}},
    {"STARTS_WITH a number", {"a", R(STARTS_WITH), "1"}},
    {"STARTS_WITH nothing", {"a", R(STARTS_WITH), "\"\""}},
    {"STARTS_WITH without", {"a", R(STARTS_WITH), NULL}},
    {"ENDS_WITH a list", {"a", R(ENDS_WITH), "[\"a\"]"}},
    {"ENDS_WITH nothing", {"a", R(ENDS_WITH), "\"\""}},
    {"AT_LEAST a text", {"a", R(AT_LEAST), "\"1\""}},
    {"AT_LEAST infinity", {"a", R(AT_LEAST), "1e999"}},
    {"AT_MOST without", {"a", R(AT_MOST), NULL}},
    {"AT_MOST null", {"a", R(AT_MOST), "null"}},
};

static void rules_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        print_message("  %s\n", bad[i].why);
        const jeton_policy first = {.rules = {bad[i].rule}};
        assert_no_policy(&first);
        const jeton_policy second = {.rules = {{"x", R(EXISTS), NULL}, bad[i].rule}};
        assert_no_policy(&second);
    }
    const jeton_policy gap = {
        .rules = {{"x", R(EXISTS), NULL}, {NULL, (jeton_rule_op)0, NULL}, {"x", R(EXISTS), NULL}}};
    assert_no_policy(&gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_is_met_or_not),
        cmocka_unit_test(rule_table_knows_each_operator),
        cmocka_unit_test(rules_must_all_be_met_and_the_first_that_is_not_is_told),
        cmocka_unit_test(rules_come_behind_all_other_checks),
        cmocka_unit_test(rules_may_fill_the_list_and_are_copied),
        cmocka_unit_test(a_long_path_is_cut_in_the_verdict),
        cmocka_unit_test(rules_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, judge_set_up, judge_tear_down);
}
