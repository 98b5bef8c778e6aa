/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_cidr.c - addresses, networks and lists of them. */
#include "sys/cidr.h"

#include "../unit.h"

#include <stdio.h>

static jd_address address(const char *text)
{
    jd_address made;
    assert_true(jd_address_parse(jeton_str(text), &made));
    return made;
}

static void an_address_is_printed_in_one_way(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"::FFFF:c000:207", "192.0.2.7"},
        {"2001:DB8:0:0::7", "2001:db8::7"},
        {"::1", "::1"},
        {"0.0.0.0", "0.0.0.0"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[JD_ADDRESS_CHARS];
        const jd_address made = address(rows[i].text);
        print_message("  %s\n", rows[i].text);
        jd_address_print(&made, text);
        assert_string_equal(text, rows[i].printed);
        assert_false(jd_address_is_none(&made));
    }
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "::",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.7 ",
        " 192.0.2.7",
        "192.0.2.7:80",
        "[::1]",
        "::1%lo",
        "fe80::1%eth0",
        "2001:db8:::1",
        "localhost",
        "192.0.02.7x",
        "0x7f.0.0.1",
        "2130706433",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_address made;
        memset(&made, 0x5a, sizeof made);
        print_message("  %s\n", rows[i]);
        assert_false(jd_address_parse(jeton_str(rows[i]), &made));
        assert_true(jd_address_is_none(&made));
    }
    jd_address made;
    assert_false(jd_address_parse(jeton_bytes("192.0.2.7\0x", 11), &made));
}

static void a_source_is_an_ipv4_address_or_half_an_ipv6_one(void **state)
{
    (void)state;
    static const struct {
        const char *why, *a, *b;
        bool same;
    } rows[] = {
        {"the same", "192.0.2.7", "::ffff:192.0.2.7", true},
        {"a neighbour", "192.0.2.7", "192.0.2.8", false},
        {"of one /64", "2001:db8:1:2::7", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"of two /64", "2001:db8:1:2::7", "2001:db8:1:3::7", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const jd_address a = address(rows[i].a);
        const jd_address b = address(rows[i].b);
        const jd_address source_a = jd_address_source(&a);
        const jd_address source_b = jd_address_source(&b);
        print_message("  %s\n", rows[i].why);
        assert_int_equal(memcmp(&source_a, &source_b, sizeof source_a) == 0, rows[i].same);
    }
}

static void a_network_has_its_addresses_and_no_others(void **state)
{
    (void)state;
    static const struct {
        const char *network, *in, *out;
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
        {"10.0.0.0/8", "::ffff:10.1.2.3", "::a01:203"},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
        {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.6"},
        {"0.0.0.0/0", "255.255.255.255", "2001:db8::1"},
        {"::/0", "2001:db8::1", "192.0.2.7"},
        {"::1", "::1", "::2"},
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"2001:db8::7/128", "2001:db8::7", "2001:db8::6"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_cidr cidr;
        const jd_address in = address(rows[i].in);
        const jd_address out = address(rows[i].out);
        print_message("  %s\n", rows[i].network);
        assert_true(jd_cidr_parse(jeton_str(rows[i].network), &cidr));
        assert_true(jd_cidr_has(&cidr, &in));
        assert_false(jd_cidr_has(&cidr, &out));
    }
}

static void a_unix_socket_is_named_and_never_in_a_network(void **state)
{
    (void)state;
    const jd_address nobody = {{0}};
    const jd_address loopback = address("::1");
    jd_cidr cidr;
    char text[JD_CIDR_CHARS];
    assert_true(jd_cidr_parse(jeton_str("unix"), &cidr));
    assert_true(jd_cidr_has(&cidr, &nobody));
    assert_false(jd_cidr_has(&cidr, &loopback));
    jd_cidr_print(&cidr, text);
    assert_string_equal(text, "unix");
    assert_true(jd_cidr_parse(jeton_str("::/0"), &cidr));
    assert_false(jd_cidr_has(&cidr, &nobody));
    assert_true(jd_cidr_parse(jeton_str("0.0.0.0/0"), &cidr));
    assert_false(jd_cidr_has(&cidr, &nobody));
}

static void a_network_is_printed_as_it_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0/8"},
        {"192.0.2.7/32", "192.0.2.7"},
        {"2001:DB8::/32", "2001:db8::/32"},
        {"::/0", "::/0"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"::/80", "::/80"},
        {"::1/128", "::1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_cidr cidr;
        char text[JD_CIDR_CHARS];
        print_message("  %s\n", rows[i].text);
        assert_true(jd_cidr_parse(jeton_str(rows[i].text), &cidr));
        jd_cidr_print(&cidr, text);
        assert_string_equal(text, rows[i].printed);
    }
}

static void what_is_no_network_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0.0/8/",
        "2001:db8::/129",
        "2001:db8::1/64",
        "::",
        "unix/0",
        "Unix",
        "10.0.0.0/8 ",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/1000",
        "10.0.0.0/ 8",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        static const jd_cidr zeros;
        jd_cidr cidr;
        memset(&cidr, 0x5a, sizeof cidr);
        print_message("  %s\n", rows[i]);
        assert_false(jd_cidr_parse(jeton_str(rows[i]), &cidr));
        assert_memory_equal(&cidr, &zeros, sizeof zeros);
    }
}

static void a_list_has_what_one_of_its_networks_has(void **state)
{
    (void)state;
    jd_cidrs list;
    const jd_address a = address("10.1.2.3");
    const jd_address b = address("2001:db8::1");
    const jd_address c = address("192.0.2.7");
    assert_int_equal(jd_cidrs_parse(jeton_str(" 10.0.0.0/8 ,2001:db8::/32"), &list, NULL),
                     JETON_OK);
    assert_int_equal(list.count, 2);
    assert_true(jd_cidrs_have(&list, &a));
    assert_true(jd_cidrs_have(&list, &b));
    assert_false(jd_cidrs_have(&list, &c));
    assert_int_equal(jd_cidrs_parse(jeton_str(" "), &list, NULL), JETON_OK);
    assert_int_equal(list.count, 0);
    assert_false(jd_cidrs_have(&list, &a));
}

static void a_list_with_one_bad_piece_is_empty(void **state)
{
    (void)state;
    static const char *const rows[] = {",",
                                       "10.0.0.0/8,",
                                       ",10.0.0.0/8",
                                       "10.0.0.0/8,,::1",
                                       "10.0.0.0/8 ::1",
                                       "10.0.0.0/8;::1",
                                       "10.0.0.0/8,x"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jeton_err err = {0};
        jd_cidrs list = {.count = 7};
        print_message("  %s\n", rows[i]);
        assert_int_equal(jd_cidrs_parse(jeton_str(rows[i]), &list, &err), JETON_E_ARGUMENT);
        assert_int_equal(list.count, 0);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
    }
}

static void a_list_is_bounded(void **state)
{
    (void)state;
    char text[JD_CIDRS_MAX * 9 + 16];
    size_t len = 0;
    jd_cidrs list;
    for (size_t i = 0; i < JD_CIDRS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s10.0.0.%zu", i > 0 ? "," : "",
                                i % 10);
    assert_int_equal(jd_cidrs_parse(jeton_str(text), &list, NULL), JETON_OK);
    assert_int_equal(list.count, JD_CIDRS_MAX);
    (void)snprintf(text + len, sizeof text - len, ",::1");
    assert_int_equal(jd_cidrs_parse(jeton_str(text), &list, NULL), JETON_E_LIMIT);
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_printed_in_one_way),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_source_is_an_ipv4_address_or_half_an_ipv6_one),
        cmocka_unit_test(a_network_has_its_addresses_and_no_others),
        cmocka_unit_test(a_unix_socket_is_named_and_never_in_a_network),
        cmocka_unit_test(a_network_is_printed_as_it_is_read),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(a_list_has_what_one_of_its_networks_has),
        cmocka_unit_test(a_list_with_one_bad_piece_is_empty),
        cmocka_unit_test(a_list_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
