/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_sha2.c - SHA-2: the examples that go with FIPS 180-4. */
#include "crypto/sha2.h"

#include "hex.h"

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static const struct {
    const char *why, *input, *digests[JT_HASH_COUNT];
} vectors[] = {
    {"nothing",
     "",
     {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898"
      "b95b",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877e"
      "ec2f63b931bd47417a81a538327af927da3e"}},
    {"one block",
     "abc",
     {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c8"
      "25a7",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
      "ebbd454d4423643ce80e2a9ac94fa54ca49f"}},
    {"two blocks of SHA-256",
     TWO_BLOCKS,
     {"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6b0455a8520bc4e6f5fe95b1fe3c8"
      "452b",
      "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c33596fd15c13b1b07f9aa1d3bea5778"
      "9ca031ad85c7a71dd70354ec631238ca3445"}},
};

static void sha2_gives_the_digests_of_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++)
        for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
            print_message("  %s, hash %zu\n", vectors[i].why, hash);
            uint8_t digest[JT_HASH_MAX];
            memset(digest, 0x5a, sizeof digest);
            jt_sha2_once((jt_hash)hash, jeton_str(vectors[i].input), digest);
            hex_assert(digest, jt_hash_len((jt_hash)hash), vectors[i].digests[hash]);
        }
}

static void sha2_takes_its_input_in_any_parts(void **state)
{
    (void)state;
    const jeton_span input = jeton_str(TWO_BLOCKS);
    for (size_t cut = 0; cut <= input.len; cut++) {
        uint8_t digest[JT_HASH_MAX];
        jt_sha2 sha2;
        jt_sha2_init(&sha2, JT_SHA256);
        jt_sha2_update(&sha2, jeton_bytes(input.ptr, cut));
        jt_sha2_update(&sha2, jeton_bytes(input.ptr + cut, input.len - cut));
        jt_sha2_final(&sha2, digest);
        hex_assert(digest, 32, vectors[2].digests[JT_SHA256]);
    }
}

static void sha2_goes_on_from_a_copied_state(void **state)
{
    (void)state;
    for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
        uint8_t digest[JT_HASH_MAX];
        jt_sha2 first;
        jt_sha2_init(&first, (jt_hash)hash);
        jt_sha2_update(&first, jeton_str("ab"));
        jt_sha2 second = first;
        jt_sha2_update(&first, jeton_str("something else"));
        jt_sha2_final(&first, digest);
        jt_sha2_update(&second, jeton_str("c"));
        jt_sha2_final(&second, digest);
        hex_assert(digest, jt_hash_len((jt_hash)hash), vectors[1].digests[hash]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha2_gives_the_digests_of_the_standard),
        cmocka_unit_test(sha2_takes_its_input_in_any_parts),
        cmocka_unit_test(sha2_goes_on_from_a_copied_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
