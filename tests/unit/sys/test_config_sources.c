/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_config_sources.c - which source of a setting wins, and which is blamed. */
#include "sys/config_sources.h"

#include "../unit.h"

#include <stdio.h>
#include <unistd.h>

static char path[] = "/tmp/jeton-unit-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void note(void *user, const char *where, const char *what)
{
    char *to = user;
    (void)snprintf(to + strlen(to), 2000 - strlen(to), "%s|%s;", where, what);
}

static const char *whence(const jd_config_sources *sources, const jd_config_loaded *loaded,
                          const char *name)
{
    static char text[JD_CONFIG_WHERE];
    jd_config_whence(sources, loaded, jd_setting_find(jeton_str(name)), text);
    return text;
}

static void the_later_source_wins(void **state)
{
    (void)state;
    static jd_config_loaded loaded;
    char where[64];
    const jd_config_sources sources = {.file = path, .flag_count = 1, .flags = {{"leeway", "4s"}}};
    write_file("{\n\"leeway\": 2, \"access-ttl\": 2,\n \"fresh-ttl\": 2, \"threads\": 2}");
    assert_int_equal(setenv("JETON_LEEWAY", "3", 1), 0);
    assert_int_equal(setenv("JETON_ACCESS_TTL", "3", 1), 0);
    assert_int_equal(setenv("JETON_FRESH_TTL", "", 1), 0); /* empty: as if it were not set */
    assert_int_equal(jd_config_load(&sources, &loaded, NULL, NULL, NULL), JETON_OK);
    assert_int_equal(loaded.config.leeway, 4);
    assert_int_equal(loaded.config.access_ttl, 3);
    assert_int_equal(loaded.config.fresh_ttl, 2);
    assert_int_equal(loaded.config.refresh_ttl, 7 * JD_DAY);
    assert_int_equal(jd_config_source_of(&loaded, "leeway"), JD_FROM_FLAG);
    assert_int_equal(jd_config_source_of(&loaded, "access-ttl"), JD_FROM_ENVIRONMENT);
    assert_int_equal(jd_config_source_of(&loaded, "fresh-ttl"), JD_FROM_FILE);
    assert_int_equal(jd_config_source_of(&loaded, "refresh-ttl"), JD_FROM_DEFAULT);
    assert_string_equal(whence(&sources, &loaded, "leeway"), "--leeway");
    assert_string_equal(whence(&sources, &loaded, "access-ttl"), "JETON_ACCESS_TTL");
    assert_string_equal(whence(&sources, &loaded, "refresh-ttl"), "default");
    (void)snprintf(where, sizeof where, "%s:3:15", path);
    assert_string_equal(whence(&sources, &loaded, "fresh-ttl"), where);
    (void)unsetenv("JETON_LEEWAY");
    (void)unsetenv("JETON_ACCESS_TTL");
    (void)unsetenv("JETON_FRESH_TTL");
}

static void the_file_is_read_again(void **state)
{
    (void)state;
    static jd_config_loaded loaded;
    const jd_config_sources sources = {.file = path};
    write_file("{\"leeway\": 2}");
    assert_int_equal(jd_config_load(&sources, &loaded, NULL, NULL, NULL), JETON_OK);
    assert_int_equal(loaded.config.leeway, 2);
    write_file("{\"access-ttl\": 2}");
    assert_int_equal(jd_config_load(&sources, &loaded, NULL, NULL, NULL), JETON_OK);
    assert_int_equal(loaded.config.leeway, 0);
    assert_int_equal(loaded.config.access_ttl, 2);
    assert_string_equal(whence(&sources, &loaded, "leeway"), "default");
}

static void each_source_is_blamed_for_its_own(void **state)
{
    (void)state;
    static jd_config_loaded loaded;
    char text[2000] = "";
    char want[2000];
    jeton_err err = {0};
    const jd_config_sources sources = {
        .file = path, .flag_count = 2, .flags = {{"leeway", "x"}, {"threads", "y"}}};
    write_file("{\"leeway\": \"z\"}");
    assert_int_equal(setenv("JETON_ACCESS_TTL", "soon", 1), 0);
    assert_int_equal(jd_config_load(&sources, &loaded, note, text, &err), JETON_E_ARGUMENT);
    (void)unsetenv("JETON_ACCESS_TTL");
    (void)snprintf(want, sizeof want,
                   "%s:1:12|leeway takes 0 to 10m (example: 0s);"
                   "JETON_ACCESS_TTL|access-ttl takes 1s to 1d (example: 15m);"
                   "--leeway|leeway takes 0 to 10m (example: 0s);"
                   "--threads|threads takes 0 to 64 (example: 0);",
                   path);
    assert_string_equal(text, want);
    (void)snprintf(want, sizeof want, "%s:1:12: leeway takes 0 to 10m (example: 0s)", path);
    assert_string_equal(err.text, want);
    assert_int_equal(err.status, JETON_E_ARGUMENT);
    assert_int_equal(loaded.config.leeway, 0);
}

static void what_is_told_first_has_its_place_too(void **state)
{
    (void)state;
    static jd_config_loaded loaded;
    jeton_err err = {0};
    const jd_config_sources flags = {.flag_count = 1, .flags = {{"leeway", "x"}}};
    assert_int_equal(jd_config_load(&flags, &loaded, NULL, NULL, &err), JETON_E_ARGUMENT);
    assert_string_equal(err.text, "leeway takes 0 to 10m (example: 0s)");

    err = (jeton_err){0};
    const jd_config_sources none = {0};
    assert_int_equal(setenv("JETON_LEEWAY", "soon", 1), 0);
    assert_int_equal(jd_config_load(&none, &loaded, NULL, NULL, &err), JETON_E_ARGUMENT);
    assert_string_equal(err.text, "JETON_LEEWAY: leeway takes 0 to 10m (example: 0s)");
    (void)unsetenv("JETON_LEEWAY");

    err = (jeton_err){0};
    char long_path[300];
    memset(long_path, '/', sizeof long_path);
    (void)snprintf(long_path + 290 - strlen(path), strlen(path) + 1, "%s", path);
    const jd_config_sources far = {.file = long_path};
    write_file("[]");
    assert_int_equal(jd_config_load(&far, &loaded, NULL, NULL, &err), JETON_E_ARGUMENT);
    assert_non_null(strstr(err.text, ":1:1: a file of settings is one object"));
}

static void a_file_that_is_not_there_is_no_wrong_argument(void **state)
{
    (void)state;
    static jd_config_loaded loaded;
    char text[2000] = "";
    jeton_err err = {0};
    const jd_config_sources sources = {.file = "/nonexistent/jeton.json"};
    assert_int_equal(jd_config_load(&sources, &loaded, note, text, &err), JETON_E_SYSTEM);
    assert_string_equal(err.text, "there is no /nonexistent/jeton.json");
    assert_string_equal(text, "--config|there is no /nonexistent/jeton.json;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_later_source_wins),
        cmocka_unit_test(the_file_is_read_again),
        cmocka_unit_test(each_source_is_blamed_for_its_own),
        cmocka_unit_test(what_is_told_first_has_its_place_too),
        cmocka_unit_test(a_file_that_is_not_there_is_no_wrong_argument),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
