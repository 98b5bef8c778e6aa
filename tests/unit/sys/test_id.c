/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_id.c - ids: one text for each, and no other. */
#include "sys/id.h"

#include "../unit.h"

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    memset(to, 0x5a, len);
    return false;
}

static void id_reads_what_it_prints(void **state)
{
    (void)state;
    jd_id made;
    jd_id read;
    char text[JD_ID_CHARS + 1];
    for (unsigned i = 0; i < 100; i++) {
        memset(&read, 0x5a, sizeof read);
        assert_int_equal(jd_id_new(NULL, &made, NULL), JETON_OK);
        jd_id_print(&made, text);
        assert_int_equal(strlen(text), JD_ID_CHARS);
        assert_true(jd_id_parse(jeton_str(text), &read));
        assert_true(jd_id_equal(&made, &read));
    }
}

static void ids_differ(void **state)
{
    (void)state;
    jd_id a;
    jd_id b;
    assert_int_equal(jd_id_new(NULL, &a, NULL), JETON_OK);
    assert_int_equal(jd_id_new(NULL, &b, NULL), JETON_OK);
    assert_false(jd_id_equal(&a, &b));
}

static void id_parse_refuses_every_other_text(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text;
    } refused[] = {
        {"empty", ""},
        {"one character short", "AAAAAAAAAAAAAAAAAAAAA"},
        {"one character long", "AAAAAAAAAAAAAAAAAAAAAAA"},
        {"a padded one", "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"unused bits set", "AAAAAAAAAAAAAAAAAAAAAB"},
        {"the other alphabet", "AAAA+AAAAAAAAAAAAAAAAA"},
        {"a space", " AAAAAAAAAAAAAAAAAAAAA"},
        {"hexadecimal", "00000000000000000000000000000000"},
    };
    const jd_id zeros = {0};
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_id id;
        memset(&id, 0x5a, sizeof id);
        assert_false(jd_id_parse(jeton_str(refused[i].text), &id));
        assert_true(jd_id_equal(&id, &zeros));
    }
}

static void id_new_gives_none_that_looks_like_an_option(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2000; i++) { /* one in 64 would */
        jd_id id;
        char text[JD_ID_CHARS + 1];
        assert_int_equal(jd_id_new(NULL, &id, NULL), JETON_OK);
        jd_id_print(&id, text);
        assert_int_not_equal(text[0], '-');
    }
}

static void id_new_is_zeros_without_randomness(void **state)
{
    (void)state;
    const jeton_ctx_options options = {.random = no_random};
    const jd_id zeros = {0};
    jeton_ctx *ctx = NULL;
    jd_id id;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    assert_int_equal(jd_id_new(ctx, &id, NULL), JETON_E_RANDOM);
    assert_true(jd_id_equal(&id, &zeros));
    jeton_ctx_free(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_reads_what_it_prints),
        cmocka_unit_test(ids_differ),
        cmocka_unit_test(id_parse_refuses_every_other_text),
        cmocka_unit_test(id_new_is_zeros_without_randomness),
        cmocka_unit_test(id_new_gives_none_that_looks_like_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
