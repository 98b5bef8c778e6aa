/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_media.c - media types are told apart whatever their case and parameters. */
#include "../unit.h"

#include "guard/media.h"

static const struct {
    const char *type;
    bool json, form;
} rows[] = {
    {"application/json", true, false},
    {"Application/JSON", true, false},
    {"application/json; charset=utf-8", true, false},
    {" application/json\t;a=b", true, false},
    {"application/problem+json", true, false},
    {"APPLICATION/X+JSON ; q=1", true, false},
    {"application/+json", false, false},
    {"application/jsonx", false, false},
    {"application/x+jsonx", false, false},
    {"text/json", false, false},
    {"text/x+json", false, false},
    {"json", false, false},
    {"", false, false},
    {";", false, false},
    {"application/x-www-form-urlencoded", false, true},
    {"application/x-www-form-urlencoded;charset=utf-8", false, true},
    {"application/x-www-form-urlencode", false, false},
    {"multipart/form-data; boundary=a", false, false},
};

static void types_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const jeton_span type = jeton_str(rows[i].type);
        print_message("  \"%s\"\n", rows[i].type);
        assert_int_equal(jt_media_is_json(type), rows[i].json);
        assert_int_equal(jt_media_is(type, "application/x-www-form-urlencoded"), rows[i].form);
    }
    assert_false(jt_media_is_json(jeton_str(NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(types_are_told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
