/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/cli/test_input.c - durations, lists of algorithms, files and keys as commands get
 * them. */
#include "cli/input.h"

#include "core/auto.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static const struct {
    const char *text;
    jeton_status want;
    unsigned seconds;
} durations[] = {
    {"0", JETON_OK, 0},
    {"90", JETON_OK, 90},
    {"90s", JETON_OK, 90},
    {"15m", JETON_OK, 900},
    {"12h", JETON_OK, 43200},
    {"30d", JETON_OK, 2592000},
    {"", JETON_E_ARGUMENT, 0},
    {"m", JETON_E_ARGUMENT, 0},
    {"-1", JETON_E_ARGUMENT, 0},
    {" 1", JETON_E_ARGUMENT, 0},
    {"1 m", JETON_E_ARGUMENT, 0},
    {"15M", JETON_E_ARGUMENT, 0},
    {"1.5h", JETON_E_ARGUMENT, 0},
    {"99999999999", JETON_E_ARGUMENT, 0},
    {"999999999999999999999999", JETON_E_ARGUMENT, 0},
    {"49710d", JETON_E_ARGUMENT, 0},
};

static void durations_are_numbers_with_a_unit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(durations); i++) {
        print_message("  \"%s\"\n", durations[i].text);
        unsigned seconds = 77;
        assert_int_equal(jd_input_duration(durations[i].text, &seconds, NULL), durations[i].want);
        assert_int_equal(seconds, durations[i].seconds);
    }
}

static void algorithms_are_a_list_of_names(void **state)
{
    (void)state;
    uint32_t algs = 77;
    assert_int_equal(jd_input_algs(NULL, &algs, NULL), JETON_OK);
    assert_int_equal(algs, 0);
    assert_int_equal(jd_input_algs("ES256,HS256", &algs, NULL), JETON_OK);
    assert_int_equal(algs, JETON_ALG_BIT(JETON_ES256) | JETON_ALG_BIT(JETON_HS256));
    assert_int_equal(jd_input_algs("none", &algs, NULL), JETON_E_ARGUMENT);
    assert_int_equal(jd_input_algs("ES256,,HS256", &algs, NULL), JETON_E_ARGUMENT);
    assert_int_equal(jd_input_algs("es256", &algs, NULL), JETON_E_ARGUMENT);
}

static void write_file(char *path, const char *text)
{
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static void text_that_is_no_key_is_never_taken_for_a_secret(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "a secret that is long enough to be one, is it not?",
                                        "[]",
                                        "{\"keys\":[]}",
                                        "0123456789abcdef0123456789abcdef",
                                        "{\"kty\":\"oct\"}"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char path[] = "/tmp/jeton-unit-XXXXXX";
        jeton_keyset *keys = BOGUS;
        jeton_err err = {0};
        write_file(path, texts[i]);
        assert_int_equal(jd_input_keys(path, &keys, &err), JETON_E_KEY);
        assert_null(keys);
        (void)unlink(path);
    }
}

static const struct {
    const char *text;
    jd_key_form form;
} forms[] = {
    {"{}", JD_FORM_JSON},         {"eyJhbGciOiJkaXIifQ", JD_FORM_JSON},
    {"-----BEGIN ", JD_FORM_PEM}, {"0\x82", JD_FORM_DER},
    {"", JD_FORM_NONE},           {"-----END ", JD_FORM_NONE},
    {"[]", JD_FORM_NONE},         {"secret", JD_FORM_NONE},
};

static void keys_say_what_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++)
        assert_int_equal(jd_key_form_of(jeton_str(forms[i].text)), forms[i].form);
}

/* A DER key may begin or end with a byte that looks like white space; a JWK has none to lose. */
static void white_space_is_dropped_around_text_and_kept_in_der(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept;
    } rows[] = {{" {} \n", "{}"}, {"0 \n", "0 \n"}, {"\n0", "0"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[] = "/tmp/jeton-unit-XXXXXX";
        JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(NULL);
        write_file(path, rows[i].text);
        assert_int_equal(jd_input_key_bytes(path, &bytes, NULL), JETON_OK);
        unit_assert_span(jt_buf_span(&bytes), rows[i].kept);
        (void)unlink(path);
    }
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    jeton_keyset *keys = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jd_input_keys("/nonexistent/key.jwk", &keys, &err), JETON_E_SYSTEM);
    assert_null(keys);
    assert_non_null(strstr(err.text, "/nonexistent/key.jwk"));
}

static void white_space_around_a_file_is_dropped_and_the_limit_holds(void **state)
{
    (void)state;
    char path[] = "/tmp/jeton-unit-XXXXXX";
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_AUTO(jt_buf_done) jt_buf more = jt_buf_init(NULL);
    write_file(path, " \r\n\ta b\n\n");
    assert_int_equal(jd_input_read_trimmed(path, 9, &text, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&text), "a b");
    assert_int_equal(jd_input_read(path, 8, &more, NULL), JETON_E_LIMIT);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_numbers_with_a_unit),
        cmocka_unit_test(algorithms_are_a_list_of_names),
        cmocka_unit_test(text_that_is_no_key_is_never_taken_for_a_secret),
        cmocka_unit_test(keys_say_what_they_are),
        cmocka_unit_test(white_space_is_dropped_around_text_and_kept_in_der),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(white_space_around_a_file_is_dropped_and_the_limit_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
