/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pwhash_formats.c - password hashes of other software: each format with a
 * text its own package made, and what is refused of it. tests/e2e/test_password_formats.py makes
 * new ones with those packages. */
#include "core/limits.h"
#include "crypto/pwhash.h"

#include "../unit.h"

#define PASSWORD "correct horse battery"

/* Made by Werkzeug 2.2, passlib 1.7, Django 3.2, bcrypt 3.2, libxcrypt 4.4; the two of scrypt by
 * Python's hashlib in the form of Werkzeug 3. */
static const struct {
    const char *name, *text;
} made[] = {
    {"Werkzeug PBKDF2", "pbkdf2:sha256:1000$kYsPewdB8W8OEVTb$"
                        "e844fa091c6d48cddeed047ab8bddbc1240e11f3f3f0afe9ef1c121f0decb4d1"},
    {"Werkzeug PBKDF2", "pbkdf2:sha512:1000$EvnMQrrwkx5FISUS$"
                        "a55fc904155d5dbaf15ac92276cbd70c2f9408a5caa15af170ad6309b0a9d98e"
                        "0774415272e881b3619de536e037114c14988886e1de1afc430309ffdf3c941f"},
    /* 260000 rounds, the default of that version, which the text does not say */
    {"Werkzeug PBKDF2", "pbkdf2:sha256$OVcwzD9sNgTsYlEE$"
                        "ce1e2f4c43e6bbd91eddbc52daa9df2994769db1f42dca388b256027af24cd3f"},
    {"Werkzeug scrypt", "scrypt:1024:8:1$NaClNaClNaClNaCl$"
                        "f433d79b067155fe3b9e3eae788cdbaec0a300af92dfd9cfb2e303acfe043360"
                        "2f294eba099cca9af991b2a6dd57c24924417450ca61e1b784b8bbff56317ff6"},
    {"Werkzeug scrypt", "scrypt$NaClNaClNaClNaCl$"
                        "2a4044198d7460945a276f0c4b1d97fa13fda93c1dc867cc2b2b0f8f37ca9e42"
                        "17c46845bb81e6ffb4e3d2f12dc927bd8ada68e3be531a770f0f53f04c38162d"},
    {"passlib PBKDF2", "$pbkdf2-sha256$1000$DIEQ4tx7L2UMwTjHGGMMoQ$"
                       "amUraizE4FLZGFVDA9R4XlZGm5hOMARM0FMc6ecIwAk"},
    {"passlib PBKDF2", "$pbkdf2-sha512$1000$jdH6n1PKWUup1VpLidE6xw$"
                       "HpuOQc7PXYoZ.KlL7POIC1Nbt1TJ3ND73qYvmHkC89tsYSYV8waIQP2dUdY/xY8KYgv8G.pW"
                       ".nRgf/zM5omZ.w"},
    {"Django PBKDF2",
     "pbkdf2_sha256$1000$aZ09saltsalt$UvBvCitg2zrQ5f04xd/fdIuXWe7kxYESuz8PaJ/mk5s="},
    {"bcrypt", "$2a$04$NsDftLY8NzxoSKGFkw03jOC3H4DRA54SBKj6lWrdCh6M8ByK4zJSS"},
    {"bcrypt", "$2b$04$sLPvIqYxmVQqc0DJ9oanr.DrBeaN.N9Yt0Z5n3A0ZJw3aOVSgM20W"},
    {"bcrypt", "$2y$04$RWI55V4d6qD5LzeoY/tqtuToQNZ3kH1TB7FbeqKY0loFvm5CRVIoO"},
    {"SHA-256 crypt",
     "$5$rounds=1000$BAEWN6yxK4pP3.n9$9G88zBqy4Tq5TWe1VYQRsEUn4kXsF7z5ZBFMZ6orwND"},
    {"SHA-512 crypt", "$6$UVs5WQZYHvj/gDb2$"
                      "ZnfaxVRq6AZmCi9tdN75yVLSyvuSDLYFvfPjLOeOHBQnAQl8f0Q7G7FWdN0GblygYNzssCdPVK"
                      "ZWNK2wuPmRQ1"},
    {"yescrypt", "$y$j75$XXiD366JKbUy0BU8aF6bC.$JW8H9S3v2szZXN3ogGqvdU4sxa3g/wmRH2MnxUnzYW7"},
};

static void every_format_knows_its_password_and_no_other(void **state)
{
    (void)state;
    static const jt_pwhash_cost cost = {.memory = 8192, .passes = 1};
    for (size_t i = 0; i < COUNT(made); i++) {
        print_message("  %s\n", made[i].text);
        const jeton_span text = jeton_str(made[i].text);
        const char *name = BOGUS;
        assert_int_equal(jt_pwhash_check(text, &name, NULL), JETON_OK);
        assert_string_equal(name, made[i].name);
        assert_int_equal(jt_pwhash_verify(text, jeton_str(PASSWORD), NULL), JETON_OK);
        assert_int_equal(jt_pwhash_verify(text, jeton_str("correct horse batterz"), NULL),
                         JETON_E_CREDENTIALS);
        assert_int_equal(jt_pwhash_verify(text, jeton_str(PASSWORD " "), NULL),
                         JETON_E_CREDENTIALS);
        assert_int_equal(jt_pwhash_verify(text, jeton_str(NULL), NULL), JETON_E_CREDENTIALS);
        assert_true(jt_pwhash_is_weaker(text, &cost));
    }
}

static void every_format_reads_beyond_a_nul_byte(void **state)
{
    (void)state;
    static const char longer[] = PASSWORD "\0and more";
    for (size_t i = 0; i < COUNT(made); i++) {
        print_message("  %s\n", made[i].text);
        assert_int_equal(
            jt_pwhash_verify(jeton_str(made[i].text), jeton_bytes(longer, sizeof longer - 1), NULL),
            JETON_E_CREDENTIALS);
    }
}

static void a_changed_character_of_the_hash_is_another_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(made); i++) {
        print_message("  %s\n", made[i].text);
        char text[JT_LIMIT_PWHASH_TEXT] = {0};
        memcpy(text, made[i].text, strlen(made[i].text));
        char *at = text + strlen(text) - 8;
        *at = *at == '1' ? '2' : '1';
        assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str(PASSWORD), NULL),
                         JETON_E_CREDENTIALS);
    }
}

static void a_text_that_was_cut_is_incomplete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(made); i++) {
        print_message("  %s\n", made[i].text);
        for (size_t len = strlen(made[i].text) - 2; len > 0; len -= len > 9 ? 9 : len) {
            const char *name = BOGUS;
            assert_int_equal(jt_pwhash_check(jeton_bytes(made[i].text, len), &name, NULL),
                             JETON_E_SYNTAX);
            assert_null(name);
        }
    }
}

/* "0123456789" seven times, then "ab": 72 bytes, by bcrypt 3.2. */
#define SEVENTY                                                                                    \
    "0123456789"                                                                                   \
    "0123456789"                                                                                   \
    "0123456789"                                                                                   \
    "0123456789"                                                                                   \
    "0123456789"                                                                                   \
    "0123456789"                                                                                   \
    "0123456789"

static void bcrypt_never_takes_a_password_it_cannot_read_to_the_end(void **state)
{
    (void)state;
    const jeton_span text =
        jeton_str("$2b$04$lFwWxRX6ARD5h.xzYLoW0uUoV0rb7U3NV7IA3FKifi/IPzQz.mtee");
    assert_int_equal(jt_pwhash_verify(text, jeton_str(SEVENTY "ab"), NULL), JETON_OK);
    assert_int_equal(jt_pwhash_verify(text, jeton_str(SEVENTY "abc"), NULL), JETON_E_CREDENTIALS);
    assert_int_equal(jt_pwhash_verify(text, jeton_str(SEVENTY "a"), NULL), JETON_E_CREDENTIALS);
}

static void bcrypt_does_not_mind_unused_bits_in_the_salt(void **state)
{
    (void)state;
    char text[] = "$2b$04$sLPvIqYxmVQqc0DJ9oanr.DrBeaN.N9Yt0Z5n3A0ZJw3aOVSgM20W";
    assert_int_equal(text[28], '.');
    text[28] = '/';
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str(PASSWORD), NULL), JETON_OK);
    text[28] = 'O'; /* a bit that is used */
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str(PASSWORD), NULL),
                     JETON_E_CREDENTIALS);
}

static void a_password_longer_than_crypt_reads_does_not_match(void **state)
{
    (void)state;
    char password[600];
    memset(password, 'a', sizeof password);
    for (size_t i = 0; i < COUNT(made); i++)
        assert_int_equal(
            jt_pwhash_verify(jeton_str(made[i].text), jeton_bytes(password, sizeof password), NULL),
            JETON_E_CREDENTIALS);
}

#define HEX32    "e844fa091c6d48cddeed047ab8bddbc1240e11f3f3f0afe9ef1c121f0decb4d1"
#define HEX64    HEX32 HEX32
#define B64      "amUraizE4FLZGFVDA9R4XlZGm5hOMARM0FMc6ecIwAk"
#define BCRYPT53 "sLPvIqYxmVQqc0DJ9oanr.DrBeaN.N9Yt0Z5n3A0ZJw3aOVSgM20W"
#define SHA43    "9G88zBqy4Tq5TWe1VYQRsEUn4kXsF7z5ZBFMZ6orwND"
#define YES43    "JW8H9S3v2szZXN3ogGqvdU4sxa3g/wmRH2MnxUnzYW7"

static const struct {
    const char *why, *text;
    jeton_status want;
} refused[] = {
    {"plain text", "hunter2", JETON_E_SYNTAX},
    {"bcrypt that nobody should have", "$2x$04$" BCRYPT53, JETON_E_SYNTAX},
    {"bcrypt in 2^17 rounds", "$2b$17$" BCRYPT53, JETON_E_LIMIT},
    {"bcrypt in 2^3 rounds", "$2b$03$" BCRYPT53, JETON_E_LIMIT},
    {"bcrypt without a cost", "$2b$xx$" BCRYPT53, JETON_E_SYNTAX},
    {"bcrypt in another alphabet",
     "$2b$04$+"
     "LPvIqYxmVQqc0DJ9oanr.DrBeaN.N9Yt0Z5n3A0ZJw3aOVSgM20W",
     JETON_E_SYNTAX},
    {"PBKDF2 with MD5", "pbkdf2:md5:1000$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 with no round", "pbkdf2:sha256:0$salt$" HEX32, JETON_E_LIMIT},
    {"PBKDF2 with a sign", "pbkdf2:sha256:-1$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 with octal rounds", "pbkdf2:sha256:0100$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 that takes minutes", "pbkdf2:sha256:10000001$salt$" HEX32, JETON_E_LIMIT},
    {"PBKDF2 with 2^64 rounds", "pbkdf2:sha256:18446744073709551617$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 with two numbers", "pbkdf2:sha256:1:1$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 without salt", "pbkdf2:sha256:1000$$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 with a short hash", "pbkdf2:sha512:1000$salt$" HEX32, JETON_E_SYNTAX},
    {"PBKDF2 with a long hash", "pbkdf2:sha256:1000$salt$" HEX64, JETON_E_SYNTAX},
    {"PBKDF2 that is not hexadecimal",
     "pbkdf2:sha256:1000$salt$"
     "g844fa091c6d48cddeed047ab8bddbc1240e11f3f3f0afe9ef1c121f0decb4d1",
     JETON_E_SYNTAX},
    {"passlib with SHA-1", "$pbkdf2-sha1$1000$DIEQ4tx7L2UMwTjHGGMMoQ$" B64, JETON_E_SYNTAX},
    {"passlib that takes minutes", "$pbkdf2-sha256$10000001$DIEQ4tx7L2UMwTjHGGMMoQ$" B64,
     JETON_E_LIMIT},
    {"passlib in the alphabet of URLs",
     "$pbkdf2-sha256$1000$DIEQ4tx7L2UMwTjHGGMMoQ$-"
     "mUraizE4FLZGFVDA9R4XlZGm5hOMARM0FMc6ecIwAk",
     JETON_E_SYNTAX},
    {"Django without rounds", "pbkdf2_sha256$$salt$" B64 "=", JETON_E_SYNTAX},
    {"Django that takes minutes", "pbkdf2_sha256$10000001$salt$" B64 "=", JETON_E_LIMIT},
    {"Django's mark of an unusable password", "!PmnEXlcVHXKeJpLVvBDjCYnF2Q4W0zXBqE2Ao8bs",
     JETON_E_SYNTAX},
    {"scrypt over 512 MiB", "scrypt:524288:8:1$salt$" HEX64, JETON_E_LIMIT},
    {"scrypt over no power of two", "scrypt:1000:8:1$salt$" HEX64, JETON_E_SYNTAX},
    {"scrypt in 17 lanes", "scrypt:1024:8:17$salt$" HEX64, JETON_E_LIMIT},
    {"scrypt with two numbers", "scrypt:1024:8$salt$" HEX64, JETON_E_SYNTAX},
    {"scrypt by another name", "scrypts:1024:8:1$salt$" HEX64, JETON_E_SYNTAX},
    {"scrypt with a short hash", "scrypt:1024:8:1$salt$" HEX32, JETON_E_SYNTAX},
    {"SHA-crypt in 999 rounds", "$5$rounds=999$salt$" SHA43, JETON_E_LIMIT},
    {"SHA-crypt that takes minutes", "$5$rounds=10000001$salt$" SHA43, JETON_E_LIMIT},
    {"SHA-crypt without rounds behind the word", "$5$rounds=$salt$" SHA43, JETON_E_SYNTAX},
    {"SHA-crypt with 17 characters of salt", "$5$abcdefghijklmnopq$" SHA43, JETON_E_SYNTAX},
    {"SHA-crypt with the hash of the other", "$6$salt$" SHA43, JETON_E_SYNTAX},
    {"yescrypt over 1 GiB", "$y$jFT$XXiD366JKbUy0BU8aF6bC.$" YES43, JETON_E_LIMIT},
    {"yescrypt over 2^60 blocks", "$y$jzT$XXiD366JKbUy0BU8aF6bC.$" YES43, JETON_E_LIMIT},
    {"yescrypt with more parameters", "$y$j75..$XXiD366JKbUy0BU8aF6bC.$" YES43, JETON_E_SYNTAX},
    {"Argon2 over 2 GiB",
     "$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
     JETON_E_LIMIT},
    {"Argon2 in a million passes",
     "$argon2id$v=19$m=65536,t=1000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/"
     "4",
     JETON_E_LIMIT},
    {"MD5 crypt", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", JETON_E_SYNTAX},
    {"DES crypt", "ab1IiXqZ8HrEo", JETON_E_SYNTAX},
};

static void what_is_wrong_with_a_text_is_found_without_hashing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        const jeton_span text = jeton_str(refused[i].text);
        const char *name = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jt_pwhash_check(text, &name, &err), refused[i].want);
        assert_null(name);
        assert_int_equal(err.status, refused[i].want);
        assert_int_equal(jt_pwhash_verify(text, jeton_str(PASSWORD), NULL), refused[i].want);
    }
}

static void a_text_has_no_nul_and_a_bounded_length(void **state)
{
    (void)state;
    char text[JT_LIMIT_PWHASH_TEXT + 100];
    const char *name;
    memset(text, 'a', sizeof text);
    memcpy(text, "pbkdf2:sha256:1000$", 19);
    assert_int_equal(jt_pwhash_check(jeton_bytes(text, sizeof text), &name, NULL), JETON_E_SYNTAX);
    assert_int_equal(jt_pwhash_check(jeton_bytes("$2b$04$" BCRYPT53, 61), &name, NULL),
                     JETON_E_SYNTAX);
    assert_int_equal(jt_pwhash_check(jeton_bytes("$2b$04$" BCRYPT53, 60), &name, NULL), JETON_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_knows_its_password_and_no_other),
        cmocka_unit_test(every_format_reads_beyond_a_nul_byte),
        cmocka_unit_test(a_changed_character_of_the_hash_is_another_hash),
        cmocka_unit_test(a_text_that_was_cut_is_incomplete),
        cmocka_unit_test(bcrypt_never_takes_a_password_it_cannot_read_to_the_end),
        cmocka_unit_test(bcrypt_does_not_mind_unused_bits_in_the_salt),
        cmocka_unit_test(a_password_longer_than_crypt_reads_does_not_match),
        cmocka_unit_test(what_is_wrong_with_a_text_is_found_without_hashing),
        cmocka_unit_test(a_text_has_no_nul_and_a_bounded_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
