/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_base64url_wide.c - long texts, whose front is decoded in wide steps: the
 * same answers and the same bytes. */
#include "core/base64url.h"
#include "core/base64url_wide.h"

#include "../unit.h"

#define LONGEST 200U

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Bytes without a pattern that a step could hide in; the same each time. */
static void fill(uint8_t *bytes, size_t len)
{
    uint32_t state = 1;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

static void base64url_of_every_length_comes_back(void **state)
{
    (void)state;
    uint8_t bytes[LONGEST];
    char text[LONGEST * 2];
    fill(bytes, sizeof bytes);
    for (size_t len = 0; len <= LONGEST; len++) {
        uint8_t again[LONGEST + 1];
        memset(again, '~', sizeof again);
        jt_base64url_print(jeton_bytes(bytes, len), text);
        assert_true(jt_base64url_parse(jeton_bytes(text, jt_base64url_chars(len)), again));
        assert_memory_equal(again, bytes, len);
        assert_int_equal(again[len], '~'); /* and not a byte more */
    }
}

/* Three bytes are too few for a wide step. */
static void base64url_of_many_bytes_is_that_of_its_threes(void **state)
{
    (void)state;
    uint8_t bytes[LONGEST];
    fill(bytes, sizeof bytes);
    for (unsigned value = 0; value < 64; value++) /* each value in some places */
        bytes[value] = (uint8_t)(value << 2 | value >> 4);
    for (size_t len = 3; len <= LONGEST; len += 3) {
        char whole[LONGEST * 2];
        char threes[LONGEST * 2];
        jt_base64url_print(jeton_bytes(bytes, len), whole);
        for (size_t at = 0; at < len; at += 3)
            jt_base64url_print(jeton_bytes(bytes + at, 3), threes + at / 3 * 4);
        assert_memory_equal(whole, threes, len / 3 * 4);
    }
}

static void base64url_accepts_64_characters_and_no_other_in_every_place(void **state)
{
    (void)state;
    char text[96];
    uint8_t bytes[72];
    for (size_t place = 0; place < sizeof text; place++)
        for (unsigned c = 0; c < 256; c++) {
            memset(text, 'A', sizeof text);
            text[place] = (char)c;
            const char *letter = c != 0 ? strchr(alphabet, (int)c) : NULL;
            assert_int_equal(jt_base64url_parse(jeton_bytes(text, sizeof text), bytes),
                             letter != NULL);
            if (letter == NULL)
                continue;
            const size_t value = (size_t)(letter - alphabet);
            const uint8_t *group = bytes + place / 4 * 3;
            const size_t got = (size_t)group[0] << 16 | (size_t)group[1] << 8 | group[2];
            assert_int_equal(got, value << 6 * (3 - place % 4));
        }
}

static void base64url_takes_whole_steps_or_nothing(void **state)
{
    (void)state;
    char text[LONGEST];
    uint8_t bytes[LONGEST];
    memset(text, '_', sizeof text);
    for (size_t len = 0; len <= sizeof text; len++) {
        bool good = false;
        const size_t done = jt_base64url_parse_wide((const uint8_t *)text, len, bytes, &good);
        assert_true(good);
        assert_true(done == len / 32 * 32 || done == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_of_every_length_comes_back),
        cmocka_unit_test(base64url_of_many_bytes_is_that_of_its_threes),
        cmocka_unit_test(base64url_accepts_64_characters_and_no_other_in_every_place),
        cmocka_unit_test(base64url_takes_whole_steps_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
