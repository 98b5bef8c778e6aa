/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_device.c - what becomes of a User-Agent header. */
#include "accounts/device.h"

#include "unit.h"

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static const struct {
    const char *header, *want;
} rows[] = {
    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36",
     "Chrome on Windows"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.56",
     "Edge on Windows"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
     "Safari on iPhone"},
    {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Mobile Safari/537.36",
     "Chrome on Android"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
     "Firefox on macOS"},
    {"Firefox/1", "Firefox"},
    {"curl/8.5.0", "curl/8.5.0"},
    {"python-requests/2.31.0 CPython", "python-requests/2.31.0"},
    {"", ""},
    {" leading", ""},
    {"\x1b[31mred", ""},
    {"b\xc3\xa4r/1", "b"},
    {"x\x7fy", "x"},
    {LONG, "012345678901234567890123456789012345678901234567890123456789012"},
};

static void a_user_agent_becomes_a_few_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char to[JD_DEVICE_TEXT];
        print_message("  %s\n", rows[i].want);
        memset(to, 'x', sizeof to);
        jd_device_describe(jeton_str(rows[i].header), to);
        assert_string_equal(to, rows[i].want);
    }
}

static void no_header_is_an_empty_text(void **state)
{
    (void)state;
    char to[JD_DEVICE_TEXT] = "x";
    jd_device_describe((jeton_span){0}, to);
    assert_string_equal(to, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_agent_becomes_a_few_words),
        cmocka_unit_test(no_header_is_an_empty_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
