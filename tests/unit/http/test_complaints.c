/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_complaints.c - a stranger cannot fill the log. */
#include "world.h"

#include "http/complaints.h"

typedef struct notebook {
    unsigned count;
    char last[300];
} notebook;

static void note(void *user, const char *text)
{
    notebook *own = user;
    own->count++;
    strncpy(own->last, text, sizeof own->last - 1);
}

__attribute__((format(printf, 2, 3))) static void complain(jd_complaints *to, const char *format,
                                                           ...)
{
    va_list args;
    va_start(args, format);
    jd_complaints_take(to, format, args);
    va_end(args);
}

static void a_complaint_becomes_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *want;
    } rows[] = {
        {"plain", "broken", "broken"},
        {"a line break at the end", "broken\n", "broken"},
        {"line breaks inside", "a\r\nb\n", "a  b"},
        {"an escape sequence", "a\033[2Jb", "a [2Jb"},
        {"nothing", "", ""},
        {"only line breaks", "\n\n", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        notebook book = {0};
        jd_complaints complaints = {.log = note, .user = &book};
        complain(&complaints, "%s", rows[i].text);
        assert_int_equal(book.count, 1);
        assert_string_equal(book.last, rows[i].want);
    }
}

static void a_flood_of_complaints_is_cut_off(void **state)
{
    (void)state;
    notebook book = {0};
    jd_complaints complaints = {.log = note, .user = &book};
    const int64_t begun = world_now_ms();
    for (int i = 0; i < 10000; i++)
        complain(&complaints, "%d", i);
    const unsigned seconds = (unsigned)((world_now_ms() - begun) / 1000) + 2;
    assert_in_range(book.count, 4, 5 * seconds);

    world_sleep_ms(1100);
    complain(&complaints, "later");
    assert_string_equal(book.last, "later");
}

static void complaints_without_a_log_go_nowhere(void **state)
{
    (void)state;
    jd_complaints complaints = {0};
    complain(&complaints, "%s", "lost");
    assert_int_equal(complaints.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complaint_becomes_one_line),
        cmocka_unit_test(a_flood_of_complaints_is_cut_off),
        cmocka_unit_test(complaints_without_a_log_go_nowhere),
    };
    return cmocka_run_group_tests_name("http/complaints", tests, NULL, NULL);
}
