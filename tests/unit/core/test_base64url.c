/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_base64url.c - one text for each string of bytes, and no other. */
#include "core/base64url.h"

#include "../unit.h"

/* RFC 4648 §10 without padding, and what JOSE adds: RFC 7515 appendix C. */
static const struct {
    const char *bytes, *text;
} pairs[] = {
    {"", ""},
    {"f", "Zg"},
    {"fo", "Zm8"},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg"},
    {"fooba", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy"},
    {"\x03\xec\xff\xe0\xc1", "A-z_4ME"},
    {"\xff\xff\xff", "____"},
    {"\xfb\xef\xbe", "----"},
};

static void base64url_print_gives_the_texts_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("  %s\n", pairs[i].text);
        char text[16];
        memset(text, '~', sizeof text);
        const size_t len = jt_base64url_chars(strlen(pairs[i].bytes));
        jt_base64url_print(jeton_str(pairs[i].bytes), text);
        unit_assert_span(jeton_bytes(text, len), pairs[i].text);
        assert_int_equal(text[len], '~'); /* and not a byte more */
    }
}

static void base64url_parse_gives_the_bytes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("  %s\n", pairs[i].text);
        uint8_t bytes[16];
        memset(bytes, '~', sizeof bytes);
        const size_t len = jt_base64url_bytes(strlen(pairs[i].text));
        assert_true(jt_base64url_parse(jeton_str(pairs[i].text), bytes));
        unit_assert_span(jeton_bytes(bytes, len), pairs[i].bytes);
        assert_int_equal(bytes[len], '~');
    }
}

static void base64url_knows_every_byte_in_every_place(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        for (size_t len = 1; len <= 4; len++) {
            uint8_t bytes[4];
            memset(bytes, (int)value, sizeof bytes);
            char text[8];
            uint8_t again[6] = {0};
            jt_base64url_print(jeton_bytes(bytes, len), text);
            assert_true(jt_base64url_parse(jeton_bytes(text, jt_base64url_chars(len)), again));
            assert_memory_equal(again, bytes, len);
        }
    }
}

/* Each differs in one thing from a text that is accepted. */
static const struct {
    const char *why, *accepted, *refused;
} refusals[] = {
    {"one character more than a group", "Zm9v", "Zm9vY"},
    {"a single character", "Zg", "Z"},
    {"padding of two", "Zg", "Zg=="},
    {"padding of one", "Zm8", "Zm8="},
    {"nothing but padding", "", "===="},
    {"padding within", "Zm9v", "Zm=v"},
    {"a bit too many in a tail of two", "Zg", "Zh"},
    {"the highest unused bit in a tail of two", "Zg", "Zo"},
    {"a bit too many in a tail of three", "Zm8", "Zm9"},
    {"the higher unused bit in a tail of three", "Zm8", "Zm-"},
    {"plus, of the other alphabet", "A-z_", "A+z_"},
    {"slash, of the other alphabet", "A-z_", "A-z/"},
    {"a line break at the end", "Zm9v", "Zm9v\n"},
    {"a line break in place of a letter", "Zm9v", "Zm9\n"},
    {"a blank before it", "Zm9v", " Zm9v"},
    {"a blank in a tail", "Zg", "Z "},
    {"a dot", "Zm9v", "Zm9."},
    {"a byte above ASCII in the first place", "Zm9v", "\xc3m9v"},
    {"a byte above ASCII in the last place", "Zm9v", "Zm9\xff"},
    {"a byte above ASCII in a tail", "Zg", "Z\xe9"},
};

static void base64url_parse_refuses_every_other_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        print_message("  %s\n", refusals[i].why);
        uint8_t bytes[16];
        assert_true(jt_base64url_parse(jeton_str(refusals[i].accepted), bytes));
        assert_false(jt_base64url_parse(jeton_str(refusals[i].refused), bytes));
    }
}

static void base64url_parse_accepts_64_characters_and_no_other(void **state)
{
    (void)state;
    for (size_t place = 0; place < 4; place++) {
        unsigned accepted = 0;
        for (unsigned c = 0; c < 256; c++) {
            char text[4] = {'A', 'A', 'A', 'A'};
            uint8_t bytes[3];
            text[place] = (char)c;
            accepted += jt_base64url_parse(jeton_bytes(text, 4), bytes);
        }
        assert_int_equal(accepted, 64);
    }
}

static void base64url_lengths_fit_each_other(void **state)
{
    (void)state;
    for (size_t len = 0; len < 1000; len++) {
        assert_int_equal(jt_base64url_bytes(jt_base64url_chars(len)), len);
        assert_true(jt_base64url_chars(len) <= len / 3 * 4 + 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_print_gives_the_texts_of_the_rfcs),
        cmocka_unit_test(base64url_parse_gives_the_bytes_back),
        cmocka_unit_test(base64url_knows_every_byte_in_every_place),
        cmocka_unit_test(base64url_parse_refuses_every_other_text),
        cmocka_unit_test(base64url_parse_accepts_64_characters_and_no_other),
        cmocka_unit_test(base64url_lengths_fit_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
