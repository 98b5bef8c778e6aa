/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_utf8.c - well-formed UTF-8 and nothing that only looks like it. */
#include "core/utf8.h"

#include "../unit.h"

/* Each refusal differs in one thing from what is accepted: the first and last of each form. */
static const struct {
    const char *why, *accepted, *refused;
} rows[] = {
    {"the first of two bytes; overlong", "\xc2\x80", "\xc1\x80"},
    {"overlong NUL", "\xc3\x80", "\xc0\x80"},
    {"the last of two bytes; no continuation", "\xdf\xbf", "\xdf\xc0"},
    {"two bytes cut", "\xdf\xbf", "\xdf"},
    {"the first of three bytes; overlong", "\xe0\xa0\x80", "\xe0\x9f\x80"},
    {"before the surrogates; the first surrogate", "\xed\x9f\xbf", "\xed\xa0\x80"},
    {"behind the surrogates; the last surrogate", "\xee\x80\x80", "\xed\xbf\xbf"},
    {"the last of three bytes; third byte too low", "\xef\xbf\xbf", "\xef\xbf\x7f"},
    {"three bytes cut", "\xe1\x80\x80", "\xe1\x80"},
    {"third byte is another first one", "\xe1\x80\x80", "\xe1\x80\xe1"},
    {"the first of four bytes; overlong", "\xf0\x90\x80\x80", "\xf0\x8f\x80\x80"},
    {"the last of all; one beyond", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80"},
    {"a first byte far beyond", "\xf3\x80\x80\x80", "\xf5\x80\x80\x80"},
    {"four bytes cut", "\xf1\x80\x80\x80", "\xf1\x80\x80"},
    {"fourth byte too high", "\xf1\x80\x80\xbf", "\xf1\x80\x80\xc0"},
    {"a continuation alone", "a", "\x80"},
    {"a byte that is never used", "\x7f", "\xff"},
    {"behind good text", "jeton \xe2\x82\xac", "jeton \xe2\x82"},
    {"before good text", "\xe2\x82\xac jeton", "\xe2\x82 jeton"},
};

static void utf8_is_what_the_table_of_unicode_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_true(jt_is_utf8(jeton_str(rows[i].accepted)));
        assert_false(jt_is_utf8(jeton_str(rows[i].refused)));
    }
}

static void utf8_takes_nothing_and_nul(void **state)
{
    (void)state;
    assert_true(jt_is_utf8(jeton_str(NULL)));
    assert_true(jt_is_utf8(jeton_bytes("a\0b", 3)));
}

/* Encodes every number there is the plain way; exactly Unicode's scalar values are UTF-8. */
static void utf8_accepts_every_character_and_no_surrogate(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x200000; c++) {
        uint8_t bytes[4];
        size_t len = 0;
        if (c >= 0x10000) {
            bytes[len++] = (uint8_t)(0xf0U | c >> 18);
            bytes[len++] = (uint8_t)(0x80U | (c >> 12 & 0x3fU));
        } else if (c >= 0x800) {
            bytes[len++] = (uint8_t)(0xe0U | c >> 12);
        }
        if (c >= 0x800)
            bytes[len++] = (uint8_t)(0x80U | (c >> 6 & 0x3fU));
        else if (c >= 0x80)
            bytes[len++] = (uint8_t)(0xc0U | c >> 6);
        bytes[len++] = (uint8_t)(c >= 0x80 ? 0x80U | (c & 0x3fU) : c);
        const bool scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (jt_is_utf8(jeton_bytes(bytes, len)) != scalar)
            fail_msg("U+%04X", (unsigned)c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_the_table_of_unicode_says),
        cmocka_unit_test(utf8_takes_nothing_and_nul),
        cmocka_unit_test(utf8_accepts_every_character_and_no_surrogate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
