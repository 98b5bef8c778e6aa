/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_hmac.c - HMAC: the test cases of RFC 4231, and what is refused. */
#include "crypto/hmac.h"

#include "hex.h"

/* Section 4 of the RFC, by number of the case; keys and data of one repeated byte as {byte, count}.
 */
static const struct {
    const char *why, *key, *data;
    uint8_t key_byte, data_byte;
    size_t key_len, data_len;
    const char *macs[JT_HASH_COUNT];
} vectors[] = {
    {.why = "4.2",
     .key_byte = 0x0b,
     .key_len = 20,
     .data = "Hi There",
     .macs =
         {"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
          "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af15"
          "2e8b2fa9cb6",
          "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b2"
          "74eaea3f4e4be9d914eeb61f1702e696c203a126854"}},
    {.why = "4.3, a key shorter than the hash",
     .key = "Jefe",
     .data = "what do ya want for nothing?",
     .macs =
         {"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
          "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b323"
          "9ecfab21649",
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034"
          "f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"}},
    {.why = "4.4",
     .key_byte = 0xaa,
     .key_len = 20,
     .data_byte = 0xdd,
     .data_len = 50,
     .macs =
         {"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
          "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab"
          "6e101a34f27",
          "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b48"
          "5a47e67c807b946a337bee8942674278859e13292fb"}},
    {.why = "4.7, a key longer than the block",
     .key_byte = 0xaa,
     .key_len = 131,
     .data = "Test Using Larger Than Block-Size Key - Hash Key First",
     .macs =
         {"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
          "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248"
          "df163f44952",
          "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd"
          "2215d6a1e5295e64f73f63f0aec8b915a985d786598"}},
};

static jeton_span text_or_bytes(const char *text, uint8_t byte, size_t len, uint8_t *room)
{
    memset(room, byte, len);
    return text != NULL ? jeton_str(text) : jeton_bytes(room, len);
}

static void hmac_gives_the_macs_of_rfc_4231(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++)
        for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
            print_message("  %s, hash %zu\n", vectors[i].why, hash);
            uint8_t key_room[256];
            uint8_t data_room[256];
            const jeton_span secret =
                text_or_bytes(vectors[i].key, vectors[i].key_byte, vectors[i].key_len, key_room);
            const jeton_span data = text_or_bytes(vectors[i].data, vectors[i].data_byte,
                                                  vectors[i].data_len, data_room);
            uint8_t mac[JT_HASH_MAX];
            jt_hmac_key key;
            jt_hmac_init(&key, (jt_hash)hash, secret);
            jt_hmac_sign(&key, data, mac);
            hex_assert(mac, jt_hash_len((jt_hash)hash), vectors[i].macs[hash]);
            assert_true(jt_hmac_verify(&key, data, jeton_bytes(mac, jt_hash_len((jt_hash)hash))));
            jt_hmac_done(&key);
        }
}

static void hmac_key_serves_many_times(void **state)
{
    (void)state;
    jt_hmac_key key;
    jt_hmac_init(&key, JT_SHA256, jeton_str("Jefe"));
    for (int i = 0; i < 3; i++) {
        uint8_t mac[JT_HASH_MAX];
        jt_hmac_sign(&key, jeton_str("what do ya want for nothing?"), mac);
        hex_assert(mac, 32, vectors[1].macs[JT_SHA256]);
    }
    jt_hmac_done(&key);
}

static void hmac_refuses_every_other_mac(void **state)
{
    (void)state;
    const jeton_span data = jeton_str("data");
    jt_hmac_key key;
    jt_hmac_init(&key, JT_SHA256, jeton_str("key"));
    uint8_t mac[JT_HASH_MAX] = {0};
    jt_hmac_sign(&key, data, mac);
    assert_true(jt_hmac_verify(&key, data, jeton_bytes(mac, 32)));

    for (size_t bit = 0; bit < 256; bit++) {
        mac[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(jt_hmac_verify(&key, data, jeton_bytes(mac, 32)));
        mac[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t len = 0; len <= sizeof mac; len++) /* the truncated ones among them */
        assert_int_equal(jt_hmac_verify(&key, data, jeton_bytes(mac, len)), len == 32);
    assert_false(jt_hmac_verify(&key, jeton_str("dataa"), jeton_bytes(mac, 32)));
    jt_hmac_done(&key);
}

/* Kept by logs, snapshots and audit logs that are older than the program: it may never change. */
static void hmac_derives_a_key_for_each_purpose(void **state)
{
    (void)state;
    uint8_t by_hand[JT_HASH_MAX];
    uint8_t mac[JT_HASH_MAX];
    jt_hmac_key key;
    jt_hmac_init(&key, JT_SHA256, jeton_str("secret"));
    jt_hmac_sign(&key, jeton_str("purpose 1"), by_hand);
    jt_hmac_init(&key, JT_SHA256, jeton_bytes(by_hand, 32));
    jt_hmac_sign(&key, jeton_str("data"), by_hand);

    jt_hmac_derive(&key, jeton_str("secret"), "purpose 1");
    jt_hmac_sign(&key, jeton_str("data"), mac);
    assert_memory_equal(mac, by_hand, 32);
    jt_hmac_derive(&key, jeton_str("secret"), "purpose 2");
    jt_hmac_sign(&key, jeton_str("data"), mac);
    assert_memory_not_equal(mac, by_hand, 32);
    jt_hmac_derive(&key, jeton_str("another"), "purpose 1");
    jt_hmac_sign(&key, jeton_str("data"), mac);
    assert_memory_not_equal(mac, by_hand, 32);
    jt_hmac_done(&key);
}

static void hmac_done_wipes(void **state)
{
    (void)state;
    jt_hmac_key key;
    jt_hmac_init(&key, JT_SHA512, jeton_str("key"));
    jt_hmac_done(&key);
    const jt_hmac_key zeros = {0};
    assert_memory_equal(&key, &zeros, sizeof key);
    jt_hmac_done(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_gives_the_macs_of_rfc_4231),
        cmocka_unit_test(hmac_key_serves_many_times),
        cmocka_unit_test(hmac_refuses_every_other_mac),
        cmocka_unit_test(hmac_derives_a_key_for_each_purpose),
        cmocka_unit_test(hmac_done_wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
