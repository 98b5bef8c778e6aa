/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_forwarded.c - whom a trusted proxy speaks for. */
#include "http/forwarded.h"

#include "unit.h"

static void walk(bool (*read)(jeton_span value, const jd_cidrs *trusted, jd_address *client),
                 const char *value, const char *want, bool more)
{
    jd_cidrs trusted;
    jd_address client;
    char text[JD_ADDRESS_CHARS];
    print_message("  %s\n", value);
    assert_int_equal(jd_cidrs_parse(jeton_str("10.0.0.0/8, 2001:db8::/32"), &trusted, NULL),
                     JETON_OK);
    assert_true(jd_address_parse(jeton_str("10.0.0.1"), &client));
    assert_int_equal(read(jeton_str(value), &trusted, &client), more);
    jd_address_print(&client, text);
    assert_string_equal(text, want);
}

static void x_forwarded_for_is_read_from_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *value, *want;
        bool more;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", false},
        {"192.0.2.7, 10.0.0.2", "192.0.2.7", false},
        {"198.51.100.1, 192.0.2.7", "192.0.2.7", false}, /* the client wrote the first one */
        {"198.51.100.1,192.0.2.7 , 10.9.9.9", "192.0.2.7", false},
        {"garbage, 192.0.2.7", "192.0.2.7", false},
        {"192.0.2.7:4711", "192.0.2.7", false},
        {"[2001:db9::7]:443", "2001:db9::7", false},
        {"[2001:db9::7]", "2001:db9::7", false},
        {"2001:db9::7", "2001:db9::7", false},
        {"::ffff:192.0.2.7", "192.0.2.7", false},
        {"10.0.0.3, 10.0.0.2", "10.0.0.3", true}, /* from inside */
        {"2001:db8::5", "2001:db8::5", true},
        /* a hop that is no address: we know no more than the one that named it */
        {"", "10.0.0.1", false},
        {"unknown", "10.0.0.1", false},
        {"192.0.2.7, unknown", "10.0.0.1", false},
        {"192.0.2.7, unknown, 10.0.0.2", "10.0.0.2", false},
        {"192.0.2.7,", "10.0.0.1", false},
        {"192.0.2.7:x", "10.0.0.1", false},
        {"192.0.2.7:", "10.0.0.1", false},
        {"192.0.2.7:123456", "10.0.0.1", false},
        {"[192.0.2.7]", "10.0.0.1", false},
        {"[2001:db9::7", "10.0.0.1", false},
        {"[2001:db9::7]x", "10.0.0.1", false},
        {"2001:db9::7]", "10.0.0.1", false},
        {"[]", "10.0.0.1", false},
        {"::", "10.0.0.1", false},
        {"192.0.2.7 192.0.2.8", "10.0.0.1", false},
        {"\"192.0.2.7\"", "10.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        walk(jd_forwarded_for, rows[i].value, rows[i].want, rows[i].more);
}

static void forwarded_is_read_whole_and_from_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *value, *want;
        bool more;
    } rows[] = {
        {"for=192.0.2.7", "192.0.2.7", false},
        {"For=\"192.0.2.7\"", "192.0.2.7", false},
        {"for=\"[2001:db9::7]:443\"", "2001:db9::7", false},
        {"proto=https;for=192.0.2.7;by=10.0.0.1", "192.0.2.7", false},
        {"for=198.51.100.1, for=192.0.2.7", "192.0.2.7", false},
        {"for=192.0.2.7,for=10.0.0.2;proto=http", "192.0.2.7", false},
        {"for=10.0.0.3, for=10.0.0.2", "10.0.0.3", true},
        {"for=\"192.0.2.7:4711\"", "192.0.2.7", false},
        {"for=192.0.2.7;x=\"a,b;for=1.2.3.4\"", "192.0.2.7", false},
        /* nobody is named */
        {"", "10.0.0.1", false},
        {"for=unknown", "10.0.0.1", false},
        {"for=_hidden", "10.0.0.1", false},
        {"for=192.0.2.7, for=unknown", "10.0.0.1", false},
        {"proto=https", "10.0.0.1", false},
        {"for=192.0.2.7, proto=https", "10.0.0.1", false},
        {"for=192.0.2.7;for=192.0.2.8", "10.0.0.1", false},
        {"for=", "10.0.0.1", false},
        {"for=\"\"", "10.0.0.1", false},
        {"for", "10.0.0.1", false},
        {"=192.0.2.7", "10.0.0.1", false},
        {"\"for\"=192.0.2.7", "10.0.0.1", false},
        {"for=192.0.2.7,", "10.0.0.1", false},
        {"for=192.0.2.7;", "10.0.0.1", false},
        {"for=192.0.2.7 x", "10.0.0.1", false},
        {"for=2001:db9::7", "10.0.0.1", false}, /* a colon has to be quoted */
        {"for=\"192.0.2\\.7\"", "10.0.0.1", false},
        /* a client's open quote swallows what its proxy wrote behind it, and gains nothing */
        {"for=\"198.51.100.1, for=192.0.2.7", "10.0.0.1", false},
        {"for=198.51.100.1;x=\", for=\"[2001:db9::7]\"", "10.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        walk(jd_forwarded, rows[i].value, rows[i].want, rows[i].more);
}

static void more_hops_than_any_chain_has_name_nobody(void **state)
{
    (void)state;
    char value[JD_FORWARDED_HOPS * 16 + 32] = "for=192.0.2.7";
    for (unsigned i = 1; i < JD_FORWARDED_HOPS; i++)
        strcat(value, ",for=192.0.2.7");
    walk(jd_forwarded, value, "192.0.2.7", false);
    strcat(value, ",for=192.0.2.7");
    walk(jd_forwarded, value, "10.0.0.1", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x_forwarded_for_is_read_from_its_end),
        cmocka_unit_test(forwarded_is_read_whole_and_from_its_end),
        cmocka_unit_test(more_hops_than_any_chain_has_name_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
