/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/revoke/test_entry_mac.c - a MAC is of every field of an entry, and of one key. */
#include "revoke/entry_mac.h"

#include "../unit.h"

static jt_revocation entry(void)
{
    return (jt_revocation){
        .n = 7, .kind = JT_REVOKED_SUBJECT, .id = "0123456789abcde", .expires = 1893456000000};
}

/* Made by Python's hmac of the fields: a change of the format makes every log a forgery. */
static void the_format_is_what_logs_have(void **state)
{
    (void)state;
    static const uint8_t want[JT_REVOKED_MAC] = {0x53, 0xd2, 0xe0, 0xc7, 0xf3, 0x45, 0x9e, 0xb9,
                                                 0x23, 0xa5, 0x72, 0xa9, 0x1e, 0x47, 0x38, 0x59};
    jt_hmac_key key;
    jt_revocation of = entry();
    jt_entry_key(jeton_str("an unusual cluster key of 32 by."), &key);
    jt_entry_sign(&key, &of);
    assert_memory_equal(of.mac, want, sizeof want);
    assert_true(jt_entry_genuine(&key, &of));
    jt_hmac_done(&key);
}

static void change_n(jt_revocation *of)
{
    of->n ^= (uint64_t)1 << 63;
}

static void change_kind(jt_revocation *of)
{
    of->kind = JT_REVOKED_SESSION;
}

static void change_id(jt_revocation *of)
{
    of->id[15] ^= 1;
}

static void change_expires(jt_revocation *of)
{
    of->expires--;
}

static void change_mac_first(jt_revocation *of)
{
    of->mac[0] ^= 0x80;
}

static void change_mac_last(jt_revocation *of)
{
    of->mac[JT_REVOKED_MAC - 1] ^= 1;
}

static void an_entry_that_differs_in_one_thing_is_no_genuine_one(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*change)(jt_revocation *of);
    } rows[] = {
        {"number", change_n},
        {"kind", change_kind},
        {"id", change_id},
        {"expiry", change_expires},
        {"first byte of the mac", change_mac_first},
        {"last byte of the mac", change_mac_last},
    };
    jt_hmac_key key;
    jt_entry_key(jeton_str("a"), &key);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].name);
        jt_revocation of = entry();
        jt_entry_sign(&key, &of);
        assert_true(jt_entry_genuine(&key, &of));
        rows[i].change(&of);
        assert_false(jt_entry_genuine(&key, &of));
    }
    jt_hmac_done(&key);
}

static void another_key_makes_another_mac(void **state)
{
    (void)state;
    jt_hmac_key one;
    jt_hmac_key other;
    jt_revocation of = entry();
    jt_entry_key(jeton_str("one"), &one);
    jt_entry_key(jeton_str("other"), &other);
    jt_entry_sign(&one, &of);
    assert_false(jt_entry_genuine(&other, &of));
    jt_hmac_done(&one);
    jt_hmac_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_is_what_logs_have),
        cmocka_unit_test(an_entry_that_differs_in_one_thing_is_no_genuine_one),
        cmocka_unit_test(another_key_makes_another_mac),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
