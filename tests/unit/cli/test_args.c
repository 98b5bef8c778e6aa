/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/cli/test_args.c - command lines: what is understood, and what is wrong usage. */
#include "cli/args.h"

#include "unit.h"

static const jd_option options[] = {
    {.name = "--key", .value = "FILE", .help = "", .required = true},
    {.name = "--set", .value = "N=V", .help = "", .many = true},
    {.name = "--json", .help = ""},
    {.name = NULL},
};

static const jd_command command = {
    .noun = "token", .verb = "sign", .operand = "TOKEN|-", .options = options};

#define WORDS_MAX 8

static const struct {
    const char *why;
    const char *words[WORDS_MAX];
} refused[] = {
    {"a required option is missing", {"t"}},
    {"the operand is missing", {"--key", "k"}},
    {"two operands", {"--key", "k", "a", "b"}},
    {"an unknown option", {"--key", "k", "--nix", "t"}},
    {"the start of an option's name", {"--ke", "k", "t"}},
    {"an option without its value", {"t", "--key"}},
    {"a lone letter", {"--key", "k", "-v"}},
    {"an option that is none, where an operand is", {"--key", "k", "--AbC"}},
    {"an option given twice", {"--key", "k", "--key", "l", "t"}},
    {"a switch with a value", {"--key", "k", "--json=yes", "t"}},
};

static int count(const char *const *words)
{
    int n = 0;
    while (n < WORDS_MAX && words[n] != NULL)
        n++;
    return n;
}

static jeton_status parse(const char *const *words, jd_args *args, jeton_err *err)
{
    memset(args, 0x5a, sizeof *args);
    return jd_args_parse(&command, count(words), (char *const *)(uintptr_t)words, args, err);
}

static void wrong_usage_is_told_in_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_args args;
        jeton_err err = {0};
        assert_int_equal(parse(refused[i].words, &args, &err), JETON_E_ARGUMENT);
        assert_true(strlen(err.text) > 0);
    }
}

static void values_follow_their_option_or_an_equals_sign(void **state)
{
    (void)state;
    static const char *const lines[][WORDS_MAX] = {
        {"--key", "k", "t", "--json"}, {"--key=k", "--json", "t"}, {"t", "--json", "--key", "k"}};
    for (size_t i = 0; i < COUNT(lines); i++) {
        jd_args args;
        assert_int_equal(parse(lines[i], &args, NULL), JETON_OK);
        assert_string_equal(jd_args_get(&args, "--key"), "k");
        assert_string_equal(args.operand, "t");
        assert_true(jd_args_has(&args, "--json"));
        assert_false(jd_args_has(&args, "--set"));
    }
}

static void an_unknown_option_is_answered_with_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        const char *text;
    } lines[] = {
        {{"--jsno", "--key=k", "t"}, "there is no option --jsno: did you mean --json?"},
        {{"--kye=k", "t"}, "there is no option --kye: did you mean --key?"},
        {{"--nothing-like-it", "--key=k", "t"},
         "there is no option --nothing-like-it; if it is the TOKEN|-, put -- before it"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        jd_args args;
        jeton_err err = {0};
        assert_int_equal(parse(lines[i].words, &args, &err), JETON_E_ARGUMENT);
        assert_string_equal(err.text, lines[i].text);
    }
}

/* One kid in 64 does. */
static void an_operand_may_begin_with_a_dash(void **state)
{
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        const char *operand;
    } lines[] = {
        {{"--key=k", "-AMEomwNGWsg"}, "-AMEomwNGWsg"},
        {{"--key=k", "-"}, "-"},
        {{"--key=k", "--", "--AbC"}, "--AbC"},
        {{"--key=k", "--", "-v"}, "-v"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        jd_args args;
        assert_int_equal(parse(lines[i].words, &args, NULL), JETON_OK);
        assert_string_equal(args.operand, lines[i].operand);
    }
}

static void options_that_may_be_repeated_keep_their_order(void **state)
{
    (void)state;
    static const char *const line[WORDS_MAX] = {"--set", "a=1", "--key=k", "--set=b=2", "t"};
    jd_args args;
    size_t at = 0;
    assert_int_equal(parse(line, &args, NULL), JETON_OK);
    assert_string_equal(jd_args_next(&args, "--set", &at), "a=1");
    assert_string_equal(jd_args_next(&args, "--set", &at), "b=2");
    assert_null(jd_args_next(&args, "--set", &at));
}

static void a_dash_is_an_operand_and_two_dashes_end_the_options(void **state)
{
    (void)state;
    static const char *const dash[WORDS_MAX] = {"--key", "k", "-"};
    static const char *const dashes[WORDS_MAX] = {"--key", "k", "--", "--json"};
    jd_args args;
    assert_int_equal(parse(dash, &args, NULL), JETON_OK);
    assert_string_equal(args.operand, "-");
    assert_int_equal(parse(dashes, &args, NULL), JETON_OK);
    assert_string_equal(args.operand, "--json");
    assert_false(jd_args_has(&args, "--json"));
}

static void a_question_for_help_is_never_wrong_usage(void **state)
{
    (void)state;
    static const char *const line[WORDS_MAX] = {"--nix", "--help"};
    jd_args args;
    assert_int_equal(parse(line, &args, NULL), JETON_OK);
    assert_true(args.help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_usage_is_told_in_a_sentence),
        cmocka_unit_test(values_follow_their_option_or_an_equals_sign),
        cmocka_unit_test(an_unknown_option_is_answered_with_what_was_meant),
        cmocka_unit_test(an_operand_may_begin_with_a_dash),
        cmocka_unit_test(options_that_may_be_repeated_keep_their_order),
        cmocka_unit_test(a_dash_is_an_operand_and_two_dashes_end_the_options),
        cmocka_unit_test(a_question_for_help_is_never_wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
