/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_wycheproof.c - Project Wycheproof's cases for the primitives: forged,
 * truncated, malleable and otherwise odd signatures.
 *
 * Reads $JETON_VECTORS/wycheproof/; without JETON_VECTORS it reports itself as skipped.
 */
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hmac.h"
#include "crypto/pure.h"
#include "crypto/rsa.h"
#include "json/json.h"

#include "../crypto/digest.h"
#include "../crypto/hex.h"

#include <stdio.h>

/* One case. Numbers of the group's key are in `group`. */
typedef struct vector {
    const jt_val *group;
    jeton_span message, sig;
    const jt_val *test;
} vector;

#define ROOM ((size_t)64 * 1024)

static jeton_span hex_member(const jt_val *object, const char *name, uint8_t *room)
{
    return hex_parse(jt_get_text(object, name), room, ROOM);
}

/* ---- how each primitive judges a case ------------------------------------------------------- */

static bool judge_hmac(const vector *v, jt_hash hash)
{
    uint8_t room[512];
    const jeton_span secret = hex_parse(jt_get_text(v->test, "key"), room, sizeof room);
    jt_hmac_key key;
    jt_hmac_init(&key, hash, secret);
    const bool good = jt_hmac_verify(&key, v->message, v->sig);
    jt_hmac_done(&key);
    return good;
}

static bool judge_hmac256(const vector *v)
{
    return judge_hmac(v, JT_SHA256);
}

static bool judge_hmac384(const vector *v)
{
    return judge_hmac(v, JT_SHA384);
}

static bool judge_hmac512(const vector *v)
{
    return judge_hmac(v, JT_SHA512);
}

static jt_pkey *import(jt_pkey_type type, const jt_numbers *numbers)
{
    jt_pkey *key = NULL;
    jeton_err err = {0};
    assert_int_equal(jt_pkey_import(NULL, type, numbers, &key, &err), JETON_OK);
    return key;
}

static bool judge_ecdsa(const vector *v, jt_pkey_type type, jt_hash hash)
{
    uint8_t point[1 + 2 * 66];
    const jt_val *public_key = jt_get(v->group, "publicKey");
    const size_t width =
        hex_parse(jt_get_text(public_key, "uncompressed"), point, sizeof point).len / 2;
    const jt_numbers numbers = {
        {jeton_bytes(point + 1, width), jeton_bytes(point + 1 + width, width)}};
    jt_pkey *key = import(type, &numbers);
    const jeton_status status =
        jt_ecdsa_verify(key, hash, digest_of(hash, v->message), v->sig, NULL);
    assert_true(status == JETON_OK || status == JETON_E_SIGNATURE);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

static bool judge_p256(const vector *v)
{
    return judge_ecdsa(v, JT_PKEY_P256, JT_SHA256);
}

static bool judge_p384(const vector *v)
{
    return judge_ecdsa(v, JT_PKEY_P384, JT_SHA384);
}

static bool judge_p521(const vector *v)
{
    return judge_ecdsa(v, JT_PKEY_P521, JT_SHA512);
}

static bool judge_k256(const vector *v)
{
    return judge_ecdsa(v, JT_PKEY_K256, JT_SHA256);
}

static bool judge_ed25519(const vector *v)
{
    uint8_t x[32];
    const jt_val *public_key = jt_get(v->group, "publicKey");
    const jt_numbers numbers = {{hex_parse(jt_get_text(public_key, "pk"), x, sizeof x)}};
    jt_pkey *key = import(JT_PKEY_ED25519, &numbers);
    const jeton_status status = jt_ed25519_verify(key, v->message, v->sig, NULL);
    assert_true(status == JETON_OK || status == JETON_E_SIGNATURE);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

static bool judge_ed448(const vector *v)
{
    uint8_t x[57];
    const jt_val *public_key = jt_get(v->group, "publicKey");
    const jt_numbers numbers = {{hex_parse(jt_get_text(public_key, "pk"), x, sizeof x)}};
    jt_pkey *key = import(JT_PKEY_ED448, &numbers);
    const jeton_status status = jt_pure_verify(key, v->message, v->sig, NULL);
    assert_true(status == JETON_OK || status == JETON_E_SIGNATURE);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

/* The zero in front of a positive DER integer, which is not part of the number. */
static jeton_span without_zero(jeton_span number)
{
    const bool zero = number.len > 0 && number.ptr[0] == 0;
    return jeton_bytes(number.ptr + zero, number.len - zero);
}

static jt_pkey *import_rsa(const vector *v)
{
    uint8_t n[257];
    uint8_t e[8];
    const jt_val *public_key = jt_get(v->group, "publicKey");
    const jt_numbers numbers = {
        {without_zero(hex_parse(jt_get_text(public_key, "modulus"), n, sizeof n)),
         without_zero(hex_parse(jt_get_text(public_key, "publicExponent"), e, sizeof e))}};
    return import(JT_PKEY_RSA, &numbers);
}

static bool judge_rsa(const vector *v)
{
    jt_pkey *key = import_rsa(v);
    const jeton_status status =
        jt_rsa_verify(key, JT_SHA256, digest_of(JT_SHA256, v->message), v->sig, NULL);
    assert_true(status == JETON_OK || status == JETON_E_SIGNATURE);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

static bool judge_pss(const vector *v)
{
    jt_pkey *key = import_rsa(v);
    const jeton_status status =
        jt_rsa_pss_verify(key, JT_SHA256, digest_of(JT_SHA256, v->message), v->sig, NULL);
    assert_true(status == JETON_OK || status == JETON_E_SIGNATURE);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

/* ---- the files ------------------------------------------------------------------------------ */

static const struct file {
    const char *name, *sig; /* what the signature is called in it */
    int64_t mac_bits;       /* of a whole MAC, where there are truncated ones */
    bool (*judge)(const vector *v);
} files[] = {
    {"hmac_sha256_test.json", "tag", 256, judge_hmac256},
    {"hmac_sha384_test.json", "tag", 384, judge_hmac384},
    {"hmac_sha512_test.json", "tag", 512, judge_hmac512},
    {"ecdsa_secp256r1_sha256_p1363_test.json", "sig", 0, judge_p256},
    {"ecdsa_secp384r1_sha384_p1363_test.json", "sig", 0, judge_p384},
    {"ecdsa_secp521r1_sha512_p1363_test.json", "sig", 0, judge_p521},
    {"ecdsa_secp256k1_sha256_p1363_test.json", "sig", 0, judge_k256},
    {"ed25519_test.json", "sig", 0, judge_ed25519},
    {"ed448_test.json", "sig", 0, judge_ed448},
    {"rsa_signature_2048_sha256_test.json", "sig", 0, judge_rsa},
    {"rsa_pss_2048_sha256_mgf1_32_test.json", "sig", 0, judge_pss},
};

/* Cases whose label is not the answer, each with its reason:
 *
 * - HMAC with tagSize below the hash: valid there, but JWS has no truncated MACs (RFC 7518 §3.2).
 * - "acceptable", RSA with the NULL left out of the hash's AlgorithmIdentifier: RFC 8017 §9.2 lets
 *   a verifier take it; we compare the one encoding that signers make, and refuse. */
static bool is_wanted(const struct file *file, const vector *v)
{
    int64_t bits = 0;
    (void)jt_val_int(jt_get(v->group, "tagSize"), &bits);
    if (bits < file->mac_bits)
        return false;
    return jeton_span_equal(jt_get_text(v->test, "result"), jeton_str("valid"));
}

static size_t judge_group(const struct file *file, const jt_val *group)
{
    static uint8_t message[ROOM];
    static uint8_t sig[ROOM];
    size_t count = 0;
    for (jt_iter it = jt_iter_of(jt_get(group, "tests")); jt_iter_next(&it); count++) {
        const vector v = {.group = group,
                          .message = hex_member(it.val, "msg", message),
                          .sig = hex_member(it.val, file->sig, sig),
                          .test = it.val};
        int64_t number = 0;
        assert_true(jt_val_int(jt_get(it.val, "tcId"), &number));
        const bool got = file->judge(&v);
        if (got != is_wanted(file, &v))
            fail_msg("%s, tcId %d: %s", file->name, (int)number, got ? "accepted" : "refused");
    }
    return count;
}

static void read_file(const char *name, jt_buf *to)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/wycheproof/%s", getenv("JETON_VECTORS"), name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    for (size_t got = 1; got > 0; to->len += got) {
        assert_int_equal(jt_buf_reserve(to, ROOM, NULL), JETON_OK);
        got = fread(to->ptr + to->len, 1, ROOM, file);
    }
    (void)fclose(file);
}

static void wycheproof_is_answered_as_labelled(void **state)
{
    (void)state;
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.limits = {.json = (size_t)16 << 20}};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(files); i++) {
        jt_buf text = jt_buf_init(ctx);
        read_file(files[i].name, &text);
        jt_json *doc = NULL;
        assert_int_equal(jt_json_parse(ctx, jt_buf_span(&text), &doc, NULL), JETON_OK);
        int64_t stated = 0;
        assert_true(jt_val_int(jt_get(jt_json_root(doc), "numberOfTests"), &stated));
        size_t count = 0;
        const jt_val *groups = jt_get(jt_json_root(doc), "testGroups");
        for (jt_iter it = jt_iter_of(groups); jt_iter_next(&it);)
            count += judge_group(&files[i], it.val);
        print_message("  %s: %zu cases\n", files[i].name, count);
        assert_true(count > 0 && count == (size_t)stated);
        jt_json_free(&doc);
        jt_buf_done(&text);
    }
    jeton_ctx_free(&ctx);
}

int main(void)
{
    if (getenv("JETON_VECTORS") == NULL) {
        print_message("test_wycheproof: skipped, JETON_VECTORS is not set\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wycheproof_is_answered_as_labelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
