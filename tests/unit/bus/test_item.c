/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bus/test_item.c - items of the bus: what is packed is read, and nothing else is. */
#include "bus/item.h"
#include "unit.h"

static jd_bus_item item_of(uint64_t first, size_t count)
{
    jd_bus_item item = {.count = count, .hurry = true};
    for (size_t i = 0; i < count; i++) {
        item.at[i] =
            (jt_revocation){.n = first + i, .kind = JT_REVOKED_SUBJECT, .expires = 1790000000000};
        memset(item.at[i].id, (int)i + 1, JT_REVOKED_ID);
        memset(item.at[i].mac, (int)i + 101, JT_REVOKED_MAC);
    }
    return item;
}

static void what_is_packed_is_read(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, JD_BUS_ENTRIES};
    for (size_t c = 0; c < COUNT(counts); c++) {
        const jd_bus_item item = item_of(7, counts[c]);
        uint8_t packed[JD_BUS_ITEM];
        jd_bus_item got;
        memset(&got, 0x5a, sizeof got);
        const size_t len = jd_bus_item_pack(&item, packed);
        assert_int_equal(jd_bus_item_parse(jeton_bytes(packed, len), 6 + counts[c], &got, NULL),
                         JETON_OK);
        assert_int_equal(got.count, counts[c]);
        assert_true(got.hurry);
        for (size_t i = 0; i < got.count; i++) {
            assert_int_equal(got.at[i].n, item.at[i].n);
            assert_int_equal(got.at[i].kind, item.at[i].kind);
            assert_int_equal(got.at[i].expires, item.at[i].expires);
            assert_memory_equal(got.at[i].id, item.at[i].id, JT_REVOKED_ID);
            assert_memory_equal(got.at[i].mac, item.at[i].mac, JT_REVOKED_MAC);
        }
    }
}

/* Two entries packed, then one byte changed. */
static const struct {
    const char *why;
    size_t at;
    uint8_t becomes;
    jeton_status want;
} changed[] = {
    {"nothing", 1, 1, JETON_OK},
    {"another version", 0, 2, JETON_E_UNSUPPORTED},
    {"an unknown flag", 1, 2, JETON_E_SYNTAX},
    {"the first number is the second's", 2 + 7, 8, JETON_E_SYNTAX},
    {"the last number is not the item's", 2 + 49 + 7, 9, JETON_E_SYNTAX},
    {"a number no store gives", 2 + 49, 0x80, JETON_E_SYNTAX},
    {"kind 0", 2 + 8, 0, JETON_E_SYNTAX},
    {"an unknown kind, which refuses everything", 2 + 8, 200, JETON_OK},
    {"an expiry before 1970", 2 + 25, 0x80, JETON_E_SYNTAX},
};

static void one_changed_byte_is_seen(void **state)
{
    (void)state;
    static const jd_bus_item none;
    const jd_bus_item item = item_of(7, 2);
    for (size_t i = 0; i < COUNT(changed); i++) {
        print_message("  %s\n", changed[i].why);
        uint8_t packed[JD_BUS_ITEM];
        jd_bus_item got;
        memset(&got, 0x5a, sizeof got);
        const size_t len = jd_bus_item_pack(&item, packed);
        packed[changed[i].at] = changed[i].becomes;
        assert_int_equal(jd_bus_item_parse(jeton_bytes(packed, len), 8, &got, NULL),
                         changed[i].want);
        if (changed[i].want != JETON_OK)
            assert_memory_equal(&got, &none, sizeof got);
    }
}

static void only_whole_items_are_read(void **state)
{
    (void)state;
    const jd_bus_item item = item_of(1, 2);
    uint8_t packed[JD_BUS_ITEM];
    static uint8_t longer[2 + (JD_BUS_ENTRIES + 1) * JD_BUS_PACKED] = {1};
    jd_bus_item got;
    const size_t len = jd_bus_item_pack(&item, packed);
    for (size_t cut = 0; cut < len; cut++) {
        const uint64_t n = cut == 2 + JD_BUS_PACKED ? 2 : 1; /* a whole one, but not the last */
        assert_int_equal(jd_bus_item_parse(jeton_bytes(packed, cut), n, &got, NULL),
                         JETON_E_SYNTAX);
    }
    for (size_t i = 0; i <= JD_BUS_ENTRIES; i++) {
        longer[2 + i * JD_BUS_PACKED + 7] = (uint8_t)(i + 1);
        longer[2 + i * JD_BUS_PACKED + 8] = 1;
    }
    assert_int_equal(jd_bus_item_parse(jeton_bytes(longer, sizeof longer - JD_BUS_PACKED),
                                       JD_BUS_ENTRIES, &got, NULL),
                     JETON_OK);
    assert_int_equal(
        jd_bus_item_parse(jeton_bytes(longer, sizeof longer), JD_BUS_ENTRIES + 1, &got, NULL),
        JETON_E_SYNTAX);
}

static const struct {
    const char *id;
    uint64_t n; /* 0: none of ours */
} ids[] = {
    {"1-0", 1},
    {"9223372036854775807-0", INT64_MAX},
    {"9223372036854775808-0", 0},
    {"99999999999999999999-0", 0},
    {"0-0", 0},
    {"01-0", 0},
    {"1-1", 0},
    {"1", 0},
    {"-0", 0},
    {"", 0},
    {"1-00", 0},
    {"+1-0", 0},
    {"1 -0", 0},
};

static void ids_are_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        uint64_t n = 4711;
        assert_int_equal(jd_bus_number(jeton_str(ids[i].id), &n), ids[i].n != 0);
        assert_int_equal(n, ids[i].n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_read),
        cmocka_unit_test(one_changed_byte_is_seen),
        cmocka_unit_test(only_whole_items_are_read),
        cmocka_unit_test(ids_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
