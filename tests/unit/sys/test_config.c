/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_config.c - settings: their defaults, their bounds, where they come from. */
#include "sys/config.h"

#include "../unit.h"

#include <stdio.h>

static jd_config defaults(void)
{
    jd_config config;
    memset(&config, 0x5a, sizeof config);
    jd_config_init(&config);
    return config;
}

static void defaults_are_those_of_the_list(void **state)
{
    (void)state;
    const jd_config config = defaults();
    assert_string_equal(config.data, "data");
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_string_equal(config.issuer, "");
    assert_int_equal(config.access_ttl, 900);
    assert_int_equal(config.refresh_ttl, 7 * 86400);
    assert_int_equal(config.session_ttl, 30 * 86400);
    assert_int_equal(config.leeway, 0);
    assert_int_equal(config.body_limit, 65536);
    assert_int_equal(config.hash_memory, 19 * 1024 * 1024);
    assert_int_equal(config.log_level, JD_INFO);
}

static void settings_have_names_help_and_sane_bounds(void **state)
{
    (void)state;
    size_t count = 0;
    const jd_setting *rows = jd_settings(&count);
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        print_message("  %s\n", rows[i].name);
        assert_ptr_equal(jd_setting_find(jeton_str(rows[i].name)), &rows[i]);
        assert_true(strlen(rows[i].name) < 40);
        assert_int_equal(strspn(rows[i].name, "abcdefghijklmnopqrstuvwxyz-"), strlen(rows[i].name));
        assert_true(rows[i].least <= rows[i].most);
        assert_true(rows[i].when == JD_RELOAD || rows[i].when == JD_RESTART);
        assert_true(strlen(rows[i].help) > 10);
        assert_int_not_equal(rows[i].help[strlen(rows[i].help) - 1], '.');
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rows[i].name, rows[k].name);
    }
    assert_int_equal(jd_setting_find(jeton_str("access-ttl"))->when, JD_RELOAD);
    assert_int_equal(jd_setting_find(jeton_str("data"))->when, JD_RESTART);
    assert_null(jd_setting_find(jeton_str("")));
    assert_null(jd_setting_find(jeton_str("access_ttl")));
    assert_null(jd_setting_find(jeton_str("Access-TTL")));
}

static void passwords_in_addresses_are_not_shown(void **state)
{
    (void)state;
    static const struct {
        const char *given, *shown;
        bool has;
    } rows[] = {
        {"postgres://u:secret@h/d", "postgres://u:***@h/d", true},
        {"postgres://u:a/b?c:d@e@h/d?x=1", "postgres://u:***@h/d?x=1", true},
        {"postgres://u@h/d?password=secret&a=b", "postgres://u@h/d?password=***&a=b", true},
        {"postgres://u@h/d?pass%77ord=secret&a=b", "postgres://u@h/d?pass%77ord=***&a=b", true},
        {"postgres://u@h/d?%70%61ssword=secret", "postgres://u@h/d?%70%61ssword=***", true},
        {"postgres://u@h/d?pass%78ord=public", "postgres://u@h/d?pass%78ord=public", false},
        {"postgres://u:one@h/d?sslpassword=two&password=three",
         "postgres://u:***@h/d?sslpassword=***&password=***", true},
        {"postgres://u:@h/d", "postgres://u:***@h/d", true},
        {"postgres://u@h:5432/d?sslmode=require", "postgres://u@h:5432/d?sslmode=require", false},
        {"", "", false},
    };
    const jd_setting *setting = jd_setting_find(jeton_str("store"));
    assert_non_null(setting);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].shown);
        jd_config config;
        char text[JD_CONFIG_TEXT];
        jd_config_init(&config);
        assert_int_equal(jd_config_set(&config, jeton_str("store"), jeton_str(rows[i].given), NULL),
                         JETON_OK);
        jd_config_print(&config, setting, text);
        assert_string_equal(text, rows[i].shown);
        assert_string_equal(config.store, rows[i].given);
        assert_int_equal(jd_setting_has_password(setting, rows[i].given), rows[i].has);
    }
    /* Another password is another value, although both are shown alike. */
    jd_config a;
    jd_config b;
    jd_config_init(&a);
    jd_config_init(&b);
    const jeton_span one = jeton_str("postgres://u:one@h/d");
    const jeton_span two = jeton_str("postgres://u:two@h/d");
    assert_int_equal(jd_config_set(&a, jeton_str("store"), one, NULL), JETON_OK);
    assert_int_equal(jd_config_set(&b, jeton_str("store"), two, NULL), JETON_OK);
    assert_false(jd_config_same(&a, &b, setting));
}

static void config_set_takes_values_with_units(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        int64_t want;
    } rows[] = {
        {"access-ttl", "90", 90},     {"access-ttl", "90s", 90},   {"access-ttl", "2m", 120},
        {"access-ttl", "24h", 86400}, {"access-ttl", "1d", 86400}, {"access-ttl", "1", 1},
        {"access-ttl", "0015m", 900},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s\n", rows[i].name, rows[i].text);
        jd_config config = defaults();
        assert_int_equal(
            jd_config_set(&config, jeton_str(rows[i].name), jeton_str(rows[i].text), NULL),
            JETON_OK);
        assert_int_equal(config.access_ttl, rows[i].want);
    }
    jd_config config = defaults();
    assert_int_equal(jd_config_set(&config, jeton_str("body-limit"), jeton_str("2M"), NULL),
                     JETON_OK);
    assert_int_equal(config.body_limit, 2097152);
    assert_int_equal(jd_config_set(&config, jeton_str("body-limit"), jeton_str("2048"), NULL),
                     JETON_OK);
    assert_int_equal(config.body_limit, 2048);
    assert_int_equal(jd_config_set(&config, jeton_str("log-level"), jeton_str("error"), NULL),
                     JETON_OK);
    assert_int_equal(config.log_level, JD_ERROR);
    assert_int_equal(jd_config_set(&config, jeton_str("socket-mode"), jeton_str("0604"), NULL),
                     JETON_OK);
    assert_int_equal(config.socket_mode, 0604);
    assert_int_equal(jd_config_set(&config, jeton_str("socket-mode"), jeton_str("777"), NULL),
                     JETON_OK);
    assert_int_equal(config.socket_mode, 0777);
    assert_int_equal(jd_config_set(&config, jeton_str("issuer"), jeton_str(""), NULL), JETON_OK);
}

static void config_set_refuses_other_values_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        jeton_status want;
    } refused[] = {
        {"socket-mode", "", JETON_E_ARGUMENT},
        {"socket-mode", "66", JETON_E_ARGUMENT},
        {"socket-mode", "668", JETON_E_ARGUMENT},
        {"socket-mode", "1777", JETON_E_ARGUMENT},
        {"socket-mode", "00660", JETON_E_ARGUMENT},
        {"socket-mode", "u=rw", JETON_E_ARGUMENT},
        {"access-ttl", "", JETON_E_ARGUMENT},
        {"access-ttl", "m", JETON_E_ARGUMENT},
        {"access-ttl", "0", JETON_E_ARGUMENT},
        {"access-ttl", "86401", JETON_E_ARGUMENT},
        {"access-ttl", "2d", JETON_E_ARGUMENT},
        {"access-ttl", "-5", JETON_E_ARGUMENT},
        {"access-ttl", "+5", JETON_E_ARGUMENT},
        {"access-ttl", " 5", JETON_E_ARGUMENT},
        {"access-ttl", "5 m", JETON_E_ARGUMENT},
        {"access-ttl", "5M", JETON_E_ARGUMENT},
        {"access-ttl", "5w", JETON_E_ARGUMENT},
        {"access-ttl", "1.5h", JETON_E_ARGUMENT},
        {"access-ttl", "0x10", JETON_E_ARGUMENT},
        {"access-ttl", "9223372036854775808", JETON_E_ARGUMENT},
        {"access-ttl", "9223372036854775807d", JETON_E_ARGUMENT},
        {"threads", "4k", JETON_E_ARGUMENT},
        {"body-limit", "64K", JETON_E_ARGUMENT},
        {"body-limit", "17M", JETON_E_ARGUMENT},
        {"log-level", "loud", JETON_E_ARGUMENT},
        {"log-level", "INFO", JETON_E_ARGUMENT},
        {"data", "", JETON_E_ARGUMENT},
        {"no-such-setting", "1", JETON_E_NOT_FOUND},
        {"", "1", JETON_E_NOT_FOUND},
    };
    const jd_config before = defaults();
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s '%s'\n", refused[i].name, refused[i].text);
        jd_config config = before;
        jeton_err err = {0};
        assert_int_equal(
            jd_config_set(&config, jeton_str(refused[i].name), jeton_str(refused[i].text), &err),
            refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        assert_memory_equal(&config, &before, sizeof before);
    }
}

static void config_set_keeps_texts_whole_or_not_at_all(void **state)
{
    (void)state;
    jd_config config = defaults();
    char text[600];
    memset(text, 'x', sizeof text);
    assert_int_equal(jd_config_set(&config, jeton_str("issuer"), jeton_bytes(text, 512), NULL),
                     JETON_OK);
    assert_int_equal(strlen(config.issuer), 512);
    assert_int_equal(jd_config_set(&config, jeton_str("issuer"), jeton_bytes(text, 513), NULL),
                     JETON_E_ARGUMENT);
    assert_int_equal(jd_config_set(&config, jeton_str("issuer"), jeton_bytes("a\0b", 3), NULL),
                     JETON_E_ARGUMENT);
    assert_int_equal(strlen(config.issuer), 512);
}

static void sentences_name_the_setting_and_what_it_takes(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        {"access-ttl", "secret-in-a-slip", "access-ttl takes 1s to 1d (example: 15m)"},
        {"hash-memory", "1", "hash-memory takes 8M to 1024M (example: 19M)"},
        {"leeway", "x", "leeway takes 0 to 10m (example: 0s)"},
        {"listen", "", "listen takes a list of 1 to 1000 bytes"},
        {"log-level", "x", "log-level takes debug, info, warn or error"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_config config = defaults();
        jeton_err err = {0};
        assert_int_equal(
            jd_config_set(&config, jeton_str(rows[i].name), jeton_str(rows[i].text), &err),
            JETON_E_ARGUMENT);
        assert_string_equal(err.text, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_list),
        cmocka_unit_test(settings_have_names_help_and_sane_bounds),
        cmocka_unit_test(passwords_in_addresses_are_not_shown),
        cmocka_unit_test(config_set_takes_values_with_units),
        cmocka_unit_test(config_set_refuses_other_values_and_changes_nothing),
        cmocka_unit_test(config_set_keeps_texts_whole_or_not_at_all),
        cmocka_unit_test(sentences_name_the_setting_and_what_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
