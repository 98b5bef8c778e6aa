/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_config_file.c - files of settings: what they may hold, and where mistakes
 * are. */
#include "sys/config_file.h"

#include "../unit.h"

#include <stdio.h>

/* What was told, as "line:column what;" each. */
typedef struct told {
    char text[4096];
    size_t count;
} told;

static void note(void *user, jd_config_place place, const char *what)
{
    told *of = user;
    const size_t len = strlen(of->text);
    (void)snprintf(of->text + len, sizeof of->text - len, "%u:%u %s;", place.line, place.column,
                   what);
    of->count++;
}

typedef struct read {
    jd_config config;
    jd_config_place places[JD_SETTINGS];
    told told;
    jeton_status status;
} read_file;

static read_file parse(const char *text)
{
    read_file of = {0};
    jeton_err err = {0};
    jd_config_init(&of.config);
    of.status = jd_config_file_parse(jeton_str(text), &of.config, of.places, note, &of.told, &err);
    assert_int_equal(err.status, of.status);
    return of;
}

static size_t index_of(const char *name)
{
    size_t count;
    const jd_setting *all = jd_settings(&count);
    return (size_t)(jd_setting_find(jeton_str(name)) - all);
}

static void values_are_of_the_kind_that_is_natural(void **state)
{
    (void)state;
    static const struct {
        const char *name, *json, *want; /* as jd_config_print() writes it */
    } rows[] = {
        {"access-ttl", "60", "1m"},
        {"access-ttl", "\"15m\"", "15m"},
        {"leeway", "0", "0"},
        {"threads", "4", "4"},
        {"hash-passes", "\"auto\"", "auto"},
        {"hash-passes", "3", "3"},
        {"hash-passes", "\"3\"", "3"},
        {"body-limit", "4096", "4k"},
        {"body-limit", "\"2M\"", "2M"},
        {"rate-limits", "false", "off"},
        {"rate-limits", "true", "on"},
        {"rate-limits", "\"off\"", "off"},
        {"log-level", "\"warn\"", "warn"},
        {"issuer", "\"https://a.example/\\u00fc\"", "https://a.example/\xc3\xbc"},
        {"proxies", "[]", ""},
        {"proxies", "[\"10.0.0.0/8\"]", "10.0.0.0/8"},
        {"proxies", "[\"10.0.0.0/8\", \"::1\",]", "10.0.0.0/8,::1"},
        {"proxies", "\"10.0.0.0/8, ::1\"", "10.0.0.0/8, ::1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s\n", rows[i].name, rows[i].json);
        char text[256];
        char got[JD_CONFIG_TEXT];
        (void)snprintf(text, sizeof text, "{\"%s\": %s}", rows[i].name, rows[i].json);
        const read_file of = parse(text);
        assert_string_equal(of.told.text, "");
        assert_int_equal(of.status, JETON_OK);
        jd_config_print(&of.config, jd_setting_find(jeton_str(rows[i].name)), got);
        assert_string_equal(got, rows[i].want);
        assert_int_equal(of.places[index_of(rows[i].name)].line, 1);
        assert_int_equal(of.places[index_of(rows[i].name)].column, strlen(rows[i].name) + 6);
    }
}

static void values_of_other_kinds_and_out_of_range_are_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *name, *json, *want;
    } rows[] = {
        {"access-ttl", "0", "access-ttl takes 1s to 1d (example: 15m)"},
        {"access-ttl", "-1", "access-ttl takes 1s to 1d (example: 15m)"},
        {"access-ttl", "86401", "access-ttl takes 1s to 1d (example: 15m)"},
        {"access-ttl", "\"2d\"", "access-ttl takes 1s to 1d (example: 15m)"},
        {"access-ttl", "9223372036854775807", "access-ttl takes 1s to 1d (example: 15m)"},
        {"access-ttl", "18446744073709551615",
         "access-ttl takes a text or a number of seconds: 1s to 1d (example: 15m)"},
        {"access-ttl", "1.5",
         "access-ttl takes a text or a number of seconds: 1s to 1d (example: 15m)"},
        {"access-ttl", "true",
         "access-ttl takes a text or a number of seconds: 1s to 1d (example: 15m)"},
        {"access-ttl", "null",
         "access-ttl takes a text or a number of seconds: 1s to 1d (example: 15m)"},
        {"threads", "\"4\"", "threads takes a number: 0 to 64 (example: 0)"},
        {"threads", "65", "threads takes 0 to 64 (example: 0)"},
        {"rate-limits", "1", "rate-limits takes true or false"},
        {"rate-limits", "\"maybe\"", "rate-limits takes on or off"},
        {"log-level", "1", "log-level takes a text: debug, info, warn or error"},
        {"issuer", "[\"x\"]", "issuer takes a text: a text of 0 to 512 bytes"},
        {"issuer", "\"a\\u0000b\"", "issuer takes a text of 0 to 512 bytes"},
        {"proxies", "{}", "proxies takes an array of texts: a list of 0 to 1000 bytes"},
        {"proxies", "[1]", "proxies takes an array of texts: a list of 0 to 1000 bytes"},
        {"proxies", "[\"\"]", "proxies: a text of the array is empty or holds a comma"},
        {"proxies", "[\"::1,::2\"]", "proxies: a text of the array is empty or holds a comma"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s\n", rows[i].name, rows[i].json);
        char text[256];
        char want[256];
        (void)snprintf(text, sizeof text, "{\n  \"%s\": %s\n}", rows[i].name, rows[i].json);
        (void)snprintf(want, sizeof want, "2:%zu %s;", strlen(rows[i].name) + 7, rows[i].want);
        const read_file of = parse(text);
        jd_config standard;
        jd_config_init(&standard);
        assert_string_equal(of.told.text, want);
        assert_int_equal(of.status, JETON_E_ARGUMENT);
        assert_memory_equal(&of.config, &standard, sizeof standard);
    }
}

static void a_list_is_as_long_as_its_setting_may_be(void **state)
{
    (void)state;
    char text[2400] = "{\"proxies\": [\"";
    const size_t head = strlen(text);
    memset(text + head, 'x', 1000);
    (void)snprintf(text + head + 1000, sizeof text - head - 1000, "\"]}");
    assert_int_equal(parse(text).status, JETON_OK);
    (void)snprintf(text + head + 998, sizeof text - head - 998, "\",\"y\"]}");
    assert_int_equal(parse(text).status, JETON_OK); /* 998, a comma, and one more */
    (void)snprintf(text + head + 998, sizeof text - head - 998, "\",\"yz\"]}");
    assert_int_equal(parse(text).status, JETON_E_ARGUMENT);
    memset(text + head, 'x', 2300);
    (void)snprintf(text + head + 2300, sizeof text - head - 2300, "\"]}");
    assert_int_equal(parse(text).status, JETON_E_ARGUMENT);
}

static void names_that_are_none_are_mistakes_and_the_nearest_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"{\"acess-ttl\": 1}", "1:2 there is no such setting; did you mean access-ttl?;"},
        {"{\"access_ttl\": 1}", "1:2 there is no such setting; did you mean access-ttl?;"},
        {"{\"Log-Level\": 1}", "1:2 there is no such setting; did you mean log-level?;"},
        {"{\"zzzzzzzzzz\": 1}", "1:2 there is no such setting;"},
        {"{\"\": 1}", "1:2 there is no such setting;"},
        {"{\"leeway\": 1, \"leeway\": 2}",
         "1:15 leeway is given twice: it stands in line 1 already;"},
        {"{\"leeway\": 1,\n \"\\u006ceeway\": 2}",
         "2:2 leeway is given twice: it stands in line 1 already;"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const read_file of = parse(rows[i].text);
        assert_string_equal(of.told.text, rows[i].want);
        assert_int_equal(of.status, JETON_E_ARGUMENT);
    }
}

static void every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    const read_file of = parse("// \"leeway\": \"x\"\n"
                               "{\n"
                               "\t\"leeway\" /* : */ // :\n"
                               "    : /* \xc3\xbc */ \"x\",\n"
                               "  \"nix\": 1, \"threads\": \"\\\"\", \"log-level\" : \"info\"\n"
                               "}\n");
    assert_string_equal(of.told.text, "4:15 leeway takes 0 to 10m (example: 0s);"
                                      "5:3 there is no such setting;"
                                      "5:24 threads takes a number: 0 to 64 (example: 0);");
    assert_int_equal(of.places[index_of("log-level")].line, 5);
    assert_int_equal(of.places[index_of("log-level")].column, 44);
    assert_int_equal(of.places[index_of("data")].line, 0);
}

static void what_is_no_object_is_one_mistake(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place;
    } rows[] = {
        {"", "1:1 "},           {"[]", "1:1 "},
        {"// c\n  5", "2:3 "},  {"{", "1:2 "},
        {"{\n\"a\":}", "2:5 "}, {"{} {}", "1:4 "},
        {"{\n\n/* x", "3:1 "},  {"{\"leeway\":\n\"a\nb\"}", "2:3 "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const read_file of = parse(rows[i].text);
        print_message("  %s\n", of.told.text);
        assert_int_equal(of.told.count, 1);
        assert_int_equal(strncmp(of.told.text, rows[i].place, strlen(rows[i].place)), 0);
        assert_int_equal(of.status, JETON_E_ARGUMENT);
    }
}

static void mistakes_without_end_are_not_all_told(void **state)
{
    (void)state;
    char text[4096] = "{";
    for (int i = 0; i < 100; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "\"x%d\":1,", i);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "}");
    assert_int_equal(parse(text).told.count, 50);
}

static void files_that_cannot_be_read_are_no_mistakes_in_them(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        jeton_status want;
    } rows[] = {{"/nonexistent/jeton.json", JETON_E_SYSTEM},
                {"/", JETON_E_SYSTEM},
                {"/dev/zero", JETON_E_LIMIT}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_config config;
        jd_config_place places[JD_SETTINGS];
        told of = {0};
        jeton_err err = {0};
        assert_int_equal(jd_config_file_read(rows[i].path, &config, places, note, &of, &err),
                         rows[i].want);
        assert_int_equal(of.count, 0);
        assert_non_null(strstr(err.text, rows[i].path));
    }
}

static void what_is_written_is_read_as_the_same(void **state)
{
    (void)state;
    read_file of = parse("{\"access-ttl\": 61, \"proxies\": [\"::1\", \"::2\"], \"leeway\": 0,"
                         "\"rate-limits\": false, \"threads\": 3, \"body-limit\": 2048,"
                         "\"issuer\": \"a\\\"b\", \"login-slot\": 7, \"log-level\": \"error\"}");
    assert_string_equal(of.told.text, "");
    size_t count;
    const jd_setting *all = jd_settings(&count);
    jt_tree *tree = NULL;
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    jt_node *object = jt_tree_object(tree);
    for (size_t i = 0; i < count; i++)
        jd_config_put(&of.config, &all[i], all[i].name, tree, object);
    jt_buf text = jt_buf_init(NULL);
    assert_int_equal(jt_tree_print(tree, object, JT_PRETTY, &text, NULL), JETON_OK);
    assert_int_equal(jt_buf_add(&text, jeton_bytes("", 1), NULL), JETON_OK);
    const read_file again = parse((const char *)text.ptr);
    assert_string_equal(again.told.text, "");
    for (size_t i = 0; i < count; i++)
        assert_true(jd_config_same(&of.config, &again.config, &all[i]));
    assert_memory_equal(&again.config, &of.config, sizeof of.config);
    jt_buf_done(&text);
    jt_tree_free(&tree);
}

static void one_value_can_be_compared_and_taken_over(void **state)
{
    (void)state;
    const read_file one = parse("{\"issuer\": \"a long one\", \"leeway\": 1}");
    jd_config other;
    jd_config_init(&other);
    const jd_setting *issuer = jd_setting_find(jeton_str("issuer"));
    const jd_setting *leeway = jd_setting_find(jeton_str("leeway"));
    assert_false(jd_config_same(&one.config, &other, issuer));
    jd_config_copy(&other, issuer, &one.config);
    assert_true(jd_config_same(&one.config, &other, issuer));
    assert_false(jd_config_same(&one.config, &other, leeway));
    assert_int_equal(jd_config_set(&other, jeton_str("issuer"), jeton_str("b"), NULL), JETON_OK);
    assert_int_equal(jd_config_set(&other, jeton_str("issuer"), jeton_str("a long one"), NULL),
                     JETON_OK);
    assert_true(jd_config_same(&one.config, &other, issuer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_of_the_kind_that_is_natural),
        cmocka_unit_test(values_of_other_kinds_and_out_of_range_are_mistakes),
        cmocka_unit_test(a_list_is_as_long_as_its_setting_may_be),
        cmocka_unit_test(names_that_are_none_are_mistakes_and_the_nearest_is_told),
        cmocka_unit_test(every_mistake_is_told_with_its_place),
        cmocka_unit_test(what_is_no_object_is_one_mistake),
        cmocka_unit_test(mistakes_without_end_are_not_all_told),
        cmocka_unit_test(files_that_cannot_be_read_are_no_mistakes_in_them),
        cmocka_unit_test(what_is_written_is_read_as_the_same),
        cmocka_unit_test(one_value_can_be_compared_and_taken_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
