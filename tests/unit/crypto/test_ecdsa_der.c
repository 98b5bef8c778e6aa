/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_ecdsa_der.c - r ‖ s to DER and back, at the lengths where DER changes. */
#include "crypto/ecdsa_der.h"

#include "hex.h"

/* With numbers of two bytes, to be readable. */
static const struct {
    const char *why, *raw, *der;
} pairs[] = {
    {"full numbers", "12345678",
     "3008020212340202"
     "5678"},
    {"a top bit needs a zero in front", "80017fff",
     "30090203008001"
     "02027fff"},
    {"zeros in front go", "00010002", "3006020101020102"},
    {"unless the next top bit needs one", "008000ff",
     "300802020080"
     "020200ff"},
    {"zero itself is one byte", "00000001", "3006020100020101"},
};

static void ecdsa_der_prints_and_parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("  %s\n", pairs[i].why);
        uint8_t raw[4];
        uint8_t der[JT_ECDSA_DER_MAX];
        uint8_t again[4] = {0x5a, 0x5a, 0x5a, 0x5a};
        const jeton_span given = hex_parse(jeton_str(pairs[i].raw), raw, sizeof raw);
        const size_t len = jt_ecdsa_der_print(given, der);
        hex_assert(der, len, pairs[i].der);
        assert_true(jt_ecdsa_der_parse(jeton_bytes(der, len), 2, again));
        assert_memory_equal(raw, again, sizeof raw);
    }
}

static void ecdsa_der_fits_every_curve(void **state)
{
    (void)state;
    static const size_t widths[] = {32, 48, 57, 58, 66}; /* above 57 the length has two bytes */
    for (size_t i = 0; i < COUNT(widths); i++)
        for (unsigned top = 0; top <= 0xff; top++) {
            uint8_t raw[2 * JT_ECDSA_WIDTH_MAX];
            uint8_t again[2 * JT_ECDSA_WIDTH_MAX];
            uint8_t der[JT_ECDSA_DER_MAX];
            memset(raw, 0xa5, sizeof raw);
            raw[0] = raw[widths[i]] = (uint8_t)top;
            const size_t len = jt_ecdsa_der_print(jeton_bytes(raw, 2 * widths[i]), der);
            assert_true(len <= sizeof der);
            assert_true(jt_ecdsa_der_parse(jeton_bytes(der, len), widths[i], again));
            assert_memory_equal(raw, again, 2 * widths[i]);
        }
}

static const struct {
    const char *why, *der;
} refused[] = {
    {"nothing", ""},
    {"a tag only", "30"},
    {"no integers", "3000"},
    {"one integer", "3003020101"},
    {"three integers", "3009020101020102020103"},
    {"another tag outside", "3106020101020102"},
    {"another tag inside", "3006030101020102"},
    {"the length too long", "3007020101020102"},
    {"the length too short", "3005020101020102"},
    {"the length in two bytes without need", "308106020101020102"},
    {"the length in two bytes, one missing", "3081"},
    {"a byte behind", "300602010102010200"},
    {"an integer without bytes", "300502000201"},
    {"an integer that leaves the text", "3006020501020102"},
    {"a negative integer", "3006020181020102"},
    {"an integer too wide", "3008020301000"
                            "0020102"},
};

static void ecdsa_der_refuses_what_is_not_two_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        uint8_t bytes[32];
        uint8_t raw[4] = {0x5a, 0x5a, 0x5a, 0x5a};
        const jeton_span der = hex_parse(jeton_str(refused[i].der), bytes, sizeof bytes);
        assert_false(jt_ecdsa_der_parse(der, 2, raw));
        hex_assert(raw, sizeof raw, "00000000");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_der_prints_and_parses),
        cmocka_unit_test(ecdsa_der_fits_every_curve),
        cmocka_unit_test(ecdsa_der_refuses_what_is_not_two_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
