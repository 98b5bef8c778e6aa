/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_trace.c - traceparent: what is taken from it, and what is ignored. */
#include "api/trace.h"

#include "../unit.h"

#define TRACE  "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

static void trace_parse_takes_the_trace_id(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value;
    } taken[] = {
        {"version 00", "00-" TRACE "-" PARENT "-01"},
        {"not sampled", "00-" TRACE "-" PARENT "-00"},
        {"flags we do not know", "00-" TRACE "-" PARENT "-ff"},
        {"a later version", "01-" TRACE "-" PARENT "-01"},
        {"a later version with more", "cc-" TRACE "-" PARENT "-01-what-comes"},
    };
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].why);
        char trace[JD_TRACE_CHARS + 1] = "wild";
        assert_true(jd_trace_parse(jeton_str(taken[i].value), trace));
        assert_string_equal(trace, TRACE);
    }
}

static void trace_parse_ignores_everything_else(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value;
    } ignored[] = {
        {"nothing", ""},
        {"cut short", "00-" TRACE "-" PARENT "-0"},
        {"version 00 with more", "00-" TRACE "-" PARENT "-01-"},
        {"a later version with more but no dash", "01-" TRACE "-" PARENT "-01x"},
        {"the forbidden version", "ff-" TRACE "-" PARENT "-01"},
        {"upper case", "00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01"},
        {"upper case in the parent", "00-" TRACE "-B7AD6B7169203331-01"},
        {"no hexadecimal version", "0x-" TRACE "-" PARENT "-01"},
        {"no hexadecimal flags", "00-" TRACE "-" PARENT "-0g"},
        {"another character for the first dash", "00_" TRACE "-" PARENT "-01"},
        {"another character for the second dash", "00-" TRACE "_" PARENT "-01"},
        {"another character for the third dash", "00-" TRACE "-" PARENT "_01"},
        {"a trace of zeros", "00-00000000000000000000000000000000-" PARENT "-01"},
        {"a parent of zeros", "00-" TRACE "-0000000000000000-01"},
    };
    for (size_t i = 0; i < COUNT(ignored); i++) {
        print_message("  %s\n", ignored[i].why);
        char trace[JD_TRACE_CHARS + 1] = "wild";
        assert_false(jd_trace_parse(jeton_str(ignored[i].value), trace));
        assert_string_equal(trace, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_parse_takes_the_trace_id),
        cmocka_unit_test(trace_parse_ignores_everything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
