/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_jws.c - which signature is good: the algorithm of header, key and policy is
 * one, and the key is one of ours. */
#include "token/jws.h"

#include "core/ctx.h"

#include "tokens.h"

#define ALL_ALGS token_alg_bits()

/* The answer about a token, of any set of keys; *by is the place of the key in the set, or -1. */
static jeton_status judge_by(const jeton_key *const *keys, size_t count, uint32_t algs,
                             const char *token, int *by)
{
    jeton_keyset *set = NULL;
    jt_jws jws = jt_jws_init(NULL);
    jws.key = BOGUS;
    memset(&jws.header, 0x5a, sizeof jws.header);
    memset(&jws.octets, 0x5a, sizeof jws.octets);
    jeton_err err = {0};
    assert_int_equal(jeton_keyset_new(NULL, keys, count, &set, NULL), JETON_OK);
    const jeton_status status =
        jt_jws_verify(jt_limits(NULL), set, algs, NULL, jeton_str(token), &jws, &err);
    assert_int_equal(err.status, status);
    assert_true((jws.key != NULL) == (status == JETON_OK));
    assert_true((jws.octets.header != NULL) == (status == JETON_OK));
    assert_true((jws.header.alg != JETON_ALG_UNSET) == (status == JETON_OK));
    *by = -1;
    for (size_t i = 0; i < count; i++)
        if (status == JETON_OK && keys[i] == jws.key)
            *by = (int)i;
    jt_jws_done(&jws);
    jeton_keyset_free(&set);
    return status;
}

static jeton_status judge(const jeton_key *key, uint32_t algs, const char *token)
{
    int by;
    return judge_by(&key, 1, algs, token, &by);
}

static jeton_key *secret_key(jeton_alg alg, const char *secret, const char *kid)
{
    jeton_key *key = NULL;
    assert_int_equal(
        jeton_key_from_secret(NULL, alg, jeton_str(secret), jeton_str(kid), &key, NULL), JETON_OK);
    return key;
}

/* ---- good ones and changed ones ------------------------------------------------------------- */

static void jws_of_each_algorithm_is_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        char *token = token_forge(token_key(alg), alg, token_header(alg), "any octets");
        assert_int_equal(judge(token_key(alg), 0, token), JETON_OK);
        assert_int_equal(judge(token_key(alg), JETON_ALG_BIT(alg), token), JETON_OK);
        assert_int_equal(judge(token_key(alg), ALL_ALGS, token), JETON_OK);
        free(token);
    }
}

/* One bit of the payload; a header that means the same in other bytes; any bit of the signature. */
static void jws_with_anything_changed_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        char *token = token_forge(token_key(alg), alg, token_header(alg), "octets");
        char *payload = strchr(token, '.') + 1;
        payload[0]++;
        assert_int_equal(judge(token_key(alg), 0, token), JETON_E_SIGNATURE);
        payload[0]--;

        char *other = token_encode(jeton_str("{\"alg\": \"HS256\"}"));
        char *signature = strrchr(token, '.') + 1;
        char *body = token_encode(jeton_str("octets"));
        char *moved = token_join(other, body, signature);
        if (alg == JETON_HS256)
            assert_int_equal(judge(token_key(alg), 0, moved), JETON_E_SIGNATURE);
        free(moved);
        free(body);
        free(other);

        for (size_t at = 0; at + 4 < strlen(signature); at += 7) {
            const char was = signature[at];
            signature[at] = was == 'A' ? 'B' : 'A';
            assert_int_equal(judge(token_key(alg), 0, token), JETON_E_SIGNATURE);
            signature[at] = was;
        }
        assert_int_equal(judge(token_key(alg), 0, token), JETON_OK);
        free(token);
    }
}

/* The signature of `token` as bytes; returns their number. */
static size_t decode_signature(const char *token, uint8_t *to)
{
    const jeton_span chars = jeton_str(strrchr(token, '.') + 1);
    assert_true(jt_base64url_parse(chars, to));
    return jt_base64url_bytes(chars.len);
}

/* `token` with another signature; freed by the caller. */
static char *with_signature(const char *token, const uint8_t *sig, size_t len)
{
    const size_t kept = (size_t)(strrchr(token, '.') - token) + 1;
    char *chars = token_encode(jeton_bytes(sig, len));
    char *made = NULL;
    assert_true(asprintf(&made, "%.*s%s", (int)kept, token, chars) > 0);
    free(chars);
    return made;
}

static jeton_status judge_signature(jeton_alg alg, const char *token, const uint8_t *sig,
                                    size_t len)
{
    char *made = with_signature(token, sig, len);
    const jeton_status status = judge(token_key(alg), 0, made);
    free(made);
    return status;
}

static void jws_with_a_signature_of_another_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        char *token = token_forge(token_key(alg), alg, token_header(alg), "octets");
        uint8_t sig[JT_LIMIT_SIGNATURE + 2] = {0};
        const size_t len = decode_signature(token, sig + 1);
        assert_int_equal(judge_signature(alg, token, sig + 1, len), JETON_OK);
        assert_int_equal(judge_signature(alg, token, sig + 1, len - 1), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig + 1, len + 1), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig, len + 1), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig + 2, len - 1), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig, len), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig + 1, len / 2), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig + 1, 1), JETON_E_SIGNATURE);
        assert_int_equal(judge_signature(alg, token, sig + 1, 0), JETON_E_SIGNATURE);
        free(token);
    }
}

/* r and s as in an X.509 signature: the same numbers, other bytes. Returns the length. */
static size_t print_der(const uint8_t *sig, uint8_t *to)
{
    uint8_t *at = to + 2;
    for (int i = 0; i < 2; i++) {
        const uint8_t *number = sig + 32 * i;
        const size_t pad = number[0] >> 7;
        *at++ = 0x02;
        *at++ = (uint8_t)(32 + pad);
        if (pad)
            *at++ = 0;
        memcpy(at, number, 32);
        at += 32;
    }
    to[0] = 0x30;
    to[1] = (uint8_t)(at - to - 2);
    return (size_t)(at - to);
}

static void jws_of_ecdsa_has_two_plain_numbers_in_range(void **state)
{
    (void)state;
    static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                      0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    char *token = token_forge(token_key(JETON_ES256), JETON_ES256, "{\"alg\":\"ES256\"}", "octets");
    uint8_t good[64];
    uint8_t sig[96];
    assert_int_equal(decode_signature(token, good), 64);

    const size_t der = print_der(good, sig);
    assert_int_equal(judge_signature(JETON_ES256, token, sig, der), JETON_E_SIGNATURE);
    for (int half = 0; half < 2; half++) {
        memcpy(sig, good, sizeof good);
        memset(sig + 32 * half, 0, 32);
        assert_int_equal(judge_signature(JETON_ES256, token, sig, 64), JETON_E_SIGNATURE);
        memcpy(sig + 32 * half, order, 32);
        assert_int_equal(judge_signature(JETON_ES256, token, sig, 64), JETON_E_SIGNATURE);
        memset(sig + 32 * half, 0xff, 32);
        assert_int_equal(judge_signature(JETON_ES256, token, sig, 64), JETON_E_SIGNATURE);
    }
    memset(sig, 0, 64); /* CVE-2022-21449 */
    assert_int_equal(judge_signature(JETON_ES256, token, sig, 64), JETON_E_SIGNATURE);
    memcpy(sig, good + 32, 32);
    memcpy(sig + 32, good, 32);
    assert_int_equal(judge_signature(JETON_ES256, token, sig, 64), JETON_E_SIGNATURE);
    assert_int_equal(judge_signature(JETON_ES256, token, good, 64), JETON_OK);
    free(token);
}

static void jws_without_a_signature_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "None", "NONE", "nOnE", "noNe", "\\u006eone", ""};
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        for (size_t j = 0; j < COUNT(names); j++) {
            char header[64];
            snprintf(header, sizeof header, "{\"alg\":\"%s\"}", names[j]);
            char *token = token_forge(token_key(alg), alg, header, "octets");
            assert_int_equal(judge(token_key(alg), 0, token), JETON_E_ALG);
            assert_int_equal(judge(token_key(alg), ALL_ALGS, token), JETON_E_ALG);
            strrchr(token, '.')[1] = '\0';
            assert_int_equal(judge(token_key(alg), 0, token), JETON_E_ALG);
            assert_int_equal(judge(token_key(alg), ALL_ALGS, token), JETON_E_ALG);
            free(token);
        }
        char *token = token_forge(token_key(alg), alg, token_header(alg), "octets");
        strrchr(token, '.')[1] = '\0';
        assert_int_equal(judge(token_key(alg), 0, token), JETON_E_SIGNATURE);
        free(token);
    }
}

/* ---- the algorithm is one ------------------------------------------------------------------- */

static void jws_of_one_algorithm_is_none_of_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        for (size_t j = 0; j < COUNT(token_algs); j++) {
            const jeton_alg is = token_algs[i];
            const jeton_alg said = token_algs[j];
            if (is == said)
                continue;
            print_message("  %s, called %s\n", jeton_alg_name(is), jeton_alg_name(said));
            const jeton_key *both[] = {token_key(is), token_key(said)};
            int by;

            char *honest = token_forge(token_key(is), is, token_header(is), "octets");
            assert_int_equal(judge_by(both, 2, 0, honest, &by), JETON_OK);
            assert_int_equal(by, 0);
            assert_int_equal(judge(token_key(said), 0, honest), JETON_E_ALG);
            assert_int_equal(judge(token_key(said), ALL_ALGS, honest), JETON_E_ALG);
            assert_int_equal(judge(token_key(is), JETON_ALG_BIT(said), honest), JETON_E_ALG);
            free(honest);

            char *lying = token_forge(token_key(is), is, token_header(said), "octets");
            assert_int_equal(judge(token_key(is), 0, lying), JETON_E_ALG);
            assert_int_equal(judge(token_key(is), ALL_ALGS, lying), JETON_E_ALG);
            assert_int_equal(judge(token_key(is), JETON_ALG_BIT(said), lying), JETON_E_ALG);
            assert_int_equal(judge_by(both, 2, ALL_ALGS, lying, &by), JETON_E_SIGNATURE);
            free(lying);
        }
    }
}

static void jws_with_an_unbound_key_needs_a_policy_that_names_the_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        jeton_key *key = token_key_like(token_key(alg), true, "");
        assert_int_equal(jeton_key_alg(key), JETON_ALG_UNSET);
        char *token = token_forge(key, alg, token_header(alg), "octets");
        assert_int_equal(judge(key, JETON_ALG_BIT(alg), token), JETON_OK);
        assert_int_equal(judge(key, 0, token), JETON_E_ALG);
        assert_int_equal(judge(key, ALL_ALGS & ~JETON_ALG_BIT(alg), token), JETON_E_ALG);
        free(token);
        jeton_key_free(&key);
    }
}

static void jws_with_a_secret_shorter_than_the_hash_is_refused(void **state)
{
    (void)state;
    static const jeton_alg hmacs[] = {JETON_HS256, JETON_HS384, JETON_HS512};
    for (size_t i = 0; i < COUNT(hmacs); i++) {
        for (size_t j = 0; j < COUNT(hmacs); j++) {
            /* as long as the hash of i, unbound, used for j */
            jeton_key *key = token_key_like(token_key(hmacs[i]), true, "");
            char *token = token_forge(key, hmacs[j], token_header(hmacs[j]), "octets");
            assert_int_equal(judge(key, ALL_ALGS, token), j <= i ? JETON_OK : JETON_E_KEY);
            free(token);
            jeton_key_free(&key);
        }
    }
}

static const struct {
    const char *header;
    jeton_alg key; /* UNSET: bound to none */
    uint32_t algs;
    jeton_status want;
} aliases[] = {
    {"Ed25519", JETON_ED25519, 0, JETON_OK},
    {"EdDSA", JETON_ED25519, 0, JETON_OK},
    {"Ed25519", JETON_EDDSA, 0, JETON_OK},
    {"EdDSA", JETON_EDDSA, 0, JETON_OK},
    {"EdDSA", JETON_ED25519, JETON_ALG_BIT(JETON_ED25519), JETON_OK},
    {"Ed25519", JETON_ED25519, JETON_ALG_BIT(JETON_EDDSA), JETON_OK},
    {"EdDSA", JETON_EDDSA, JETON_ALG_BIT(JETON_ED25519), JETON_OK},
    {"Ed25519", JETON_EDDSA, JETON_ALG_BIT(JETON_EDDSA), JETON_OK},
    {"EdDSA", JETON_ALG_UNSET, JETON_ALG_BIT(JETON_ED25519), JETON_OK},
    {"Ed25519", JETON_ALG_UNSET, JETON_ALG_BIT(JETON_EDDSA), JETON_OK},
    {"EdDSA", JETON_ALG_UNSET, 0, JETON_E_ALG},
    {"EdDSA", JETON_ED25519, JETON_ALG_BIT(JETON_ES256), JETON_E_ALG},
    {"Ed25519", JETON_ED25519, JETON_ALG_BIT(JETON_HS256), JETON_E_ALG},
    {"ES256", JETON_ED25519, JETON_ALG_BIT(JETON_EDDSA), JETON_E_ALG},
    {"eddsa", JETON_ED25519, 0, JETON_E_ALG},
    {"ED25519", JETON_ED25519, 0, JETON_E_ALG},
};

static void jws_knows_the_old_name_of_ed25519(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(aliases); i++) {
        print_message("  token %s, key %s, policy %x\n", aliases[i].header,
                      jeton_alg_name(aliases[i].key), aliases[i].algs);
        char members[32] = "";
        if (aliases[i].key != JETON_ALG_UNSET)
            snprintf(members, sizeof members, "\"alg\":\"%s\",", jeton_alg_name(aliases[i].key));
        jeton_key *key = token_key_like(token_key(JETON_ED25519), true, members);
        assert_int_equal(jeton_key_alg(key), aliases[i].key);
        char header[32];
        snprintf(header, sizeof header, "{\"alg\":\"%s\"}", aliases[i].header);
        char *token = token_forge(key, JETON_ED25519, header, "octets");
        assert_int_equal(judge(key, aliases[i].algs, token), aliases[i].want);
        free(token);
        jeton_key_free(&key);
    }
}

/* ---- secrets made of public keys ------------------------------------------------------------ */

/* What an attacker can read of a key, as octets to sign HMACs with. */
static void add_der_of_pem(const char *pem, jt_buf *to)
{
    char body[4096];
    size_t len = 0;
    const char *end = strstr(pem, "\n-----END");
    for (const char *at = strchr(pem, '\n'); at < end; at++)
        if (*at != '\n' && *at != '=')
            body[len++] = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    uint8_t der[4096];
    assert_true(jt_base64url_parse(jeton_bytes(body, len), der));
    assert_int_equal(jt_buf_add(to, jeton_bytes(der, jt_base64url_bytes(len)), NULL), JETON_OK);
}

static void add_variant(const jeton_key *key, int variant, jt_buf *to)
{
    jeton_text *pem = NULL;
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_print_pem(key, JETON_KEY_PUBLIC, &pem, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(key, JETON_KEY_PUBLIC, &jwk, NULL), JETON_OK);
    const jeton_span text = jeton_text_span(pem);
    jeton_status status = JETON_OK;
    switch (variant) {
    case 0: status = jt_buf_add(to, text, NULL); break;
    case 1: status = jt_buf_add(to, jeton_bytes(text.ptr, text.len - 1), NULL); break;
    case 2: status = jt_buf_addf(to, NULL, "%s\n", jeton_text_chars(pem)); break;
    case 3: status = jt_buf_addf(to, NULL, " %s", jeton_text_chars(pem)); break;
    case 4:
        for (size_t i = 0; i < text.len && status == JETON_OK; i++)
            status = text.ptr[i] == '\n' ? jt_buf_add(to, jeton_str("\r\n"), NULL)
                                         : jt_buf_add(to, jeton_bytes(&text.ptr[i], 1), NULL);
        break;
    case 5: add_der_of_pem(jeton_text_chars(pem), to); break;
    default: status = jt_buf_add(to, jeton_text_span(jwk), NULL); break;
    }
    assert_int_equal(status, JETON_OK);
    jeton_text_free(&pem);
    jeton_text_free(&jwk);
}

static void jws_signed_with_a_public_key_as_secret_is_refused(void **state)
{
    (void)state;
    static const char *const variants[] = {"PEM",
                                           "PEM without its last newline",
                                           "PEM with one more",
                                           "PEM behind a blank",
                                           "PEM with CR LF",
                                           "DER",
                                           "JWK"};
    static const jeton_alg pairs[] = {JETON_RS256, JETON_ES256, JETON_ED25519};
    static const jeton_alg hmacs[] = {JETON_HS256, JETON_HS384, JETON_HS512};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        jeton_key *unbound = token_key_like(token_key(pairs[i]), true, "");
        for (int v = 0; v < (int)COUNT(variants); v++) {
            print_message("  %s: %s\n", jeton_alg_name(pairs[i]), variants[v]);
            jt_buf octets = jt_buf_init(NULL);
            add_variant(token_key(pairs[i]), v, &octets);
            for (size_t h = 0; h < COUNT(hmacs); h++) {
                if (octets.len < 64)
                    continue; /* too short even for the attacker's own signer */
                jeton_key *evil = NULL;
                assert_int_equal(jeton_key_from_secret(NULL, hmacs[h], jt_buf_span(&octets),
                                                       jeton_str(NULL), &evil, NULL),
                                 JETON_OK);
                char *token = token_forge(evil, hmacs[h], token_header(hmacs[h]), "octets");
                assert_int_equal(judge(evil, 0, token), JETON_OK);
                assert_int_equal(judge(token_key(pairs[i]), 0, token), JETON_E_ALG);
                assert_int_equal(judge(token_key(pairs[i]), ALL_ALGS, token), JETON_E_ALG);
                assert_int_equal(judge(unbound, ALL_ALGS, token), JETON_E_ALG);
                assert_int_equal(judge(unbound, JETON_ALG_BIT(hmacs[h]), token), JETON_E_ALG);
                free(token);
                jeton_key_free(&evil);
            }
            jt_buf_done(&octets);
        }
        jeton_key_free(&unbound);
    }
}

/* ---- keys that come with the token ---------------------------------------------------------- */

static void jws_is_not_verified_with_what_its_header_offers(void **state)
{
    (void)state;
    jeton_key *evil = NULL;
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str(NULL), &evil, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(evil, JETON_KEY_PUBLIC, &jwk, NULL), JETON_OK);
    static const char *const offers[] = {
        "\"jku\":\"https://evil.test/jwks\"",
        "\"x5u\":\"https://evil.test/pem\"",
        "\"x5c\":[\"MIIB\"],\"x5t\":\"AA\"",
        "\"kid\":\"evil\"",
    };
    for (size_t i = 0; i < COUNT(offers); i++) {
        char *header = NULL;
        assert_true(asprintf(&header, "{\"alg\":\"ES256\",\"jwk\":%s,%s}", jeton_text_chars(jwk),
                             offers[i]) > 0);
        char *theirs = token_forge(evil, JETON_ES256, header, "octets");
        char *ours = token_forge(token_key(JETON_ES256), JETON_ES256, header, "octets");
        assert_int_equal(judge(token_key(JETON_ES256), 0, theirs), JETON_E_SIGNATURE);
        assert_int_equal(judge(token_key(JETON_ES256), 0, ours), JETON_OK);
        free(theirs);
        free(ours);
        free(header);
    }
    jeton_text_free(&jwk);
    jeton_key_free(&evil);
}

static const struct {
    const char *members;
    jeton_status want;
} purposes[] = {
    {"\"use\":\"sig\",", JETON_OK},
    {"\"use\":\"enc\",", JETON_E_KEY_USE},
    {"\"use\":\"SIG\",", JETON_E_KEY_USE},
    {"\"key_ops\":[\"verify\"],", JETON_OK},
    {"\"key_ops\":[\"sign\",\"verify\"],", JETON_OK},
    {"\"key_ops\":[\"sign\"],", JETON_E_KEY_USE},
    {"\"key_ops\":[\"encrypt\"],", JETON_E_KEY_USE},
    {"\"key_ops\":[],", JETON_E_KEY_USE},
    {"\"use\":\"enc\",\"key_ops\":[\"verify\"],", JETON_E_KEY_USE},
};

static void jws_is_verified_with_keys_that_are_for_that(void **state)
{
    (void)state;
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", "octets");
    for (size_t i = 0; i < COUNT(purposes); i++) {
        print_message("  %s\n", purposes[i].members);
        jeton_key *key = token_key_like(token_key(JETON_HS256), false, purposes[i].members);
        assert_int_equal(judge(key, 0, token), purposes[i].want);
        jeton_key_free(&key);
    }
    free(token);
}

/* ---- which key ------------------------------------------------------------------------------ */

#define SECRET_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SECRET_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void jws_goes_to_the_key_of_its_name_first_and_then_to_nameless_ones(void **state)
{
    (void)state;
    jeton_key *keys[] = {
        secret_key(JETON_HS256, SECRET_A, NULL),
        secret_key(JETON_HS256, SECRET_B, "b"),
        secret_key(JETON_HS256, SECRET_A, "a"),
    };
    const jeton_key *const *set = (const jeton_key *const *)keys;
    static const struct {
        const char *why, *header;
        int signer, by;
        jeton_status want;
    } rows[] = {
        {"the key of that name", "{\"alg\":\"HS256\",\"kid\":\"b\"}", 1, 1, JETON_OK},
        {"the name before the nameless", "{\"alg\":\"HS256\",\"kid\":\"a\"}", 2, 2, JETON_OK},
        {"an unknown name: nameless ones", "{\"alg\":\"HS256\",\"kid\":\"z\"}", 0, 0, JETON_OK},
        {"the wrong name", "{\"alg\":\"HS256\",\"kid\":\"a\"}", 1, -1, JETON_E_SIGNATURE},
        {"a wrong name: then nameless", "{\"alg\":\"HS256\",\"kid\":\"b\"}", 0, 0, JETON_OK},
        {"an unknown name", "{\"alg\":\"HS256\",\"kid\":\"z\"}", 1, -1, JETON_E_SIGNATURE},
        {"a name in other letters", "{\"alg\":\"HS256\",\"kid\":\"B\"}", 1, -1, JETON_E_SIGNATURE},
        {"a name with a NUL", "{\"alg\":\"HS256\",\"kid\":\"b\\u0000\"}", 1, -1, JETON_E_SIGNATURE},
        {"no name: all of them", "{\"alg\":\"HS256\"}", 1, 1, JETON_OK},
        {"no name: the first that fits", "{\"alg\":\"HS256\"}", 2, 0, JETON_OK},
        {"the empty name is none", "{\"alg\":\"HS256\",\"kid\":\"\"}", 1, 1, JETON_OK},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        char *token = token_forge(keys[rows[i].signer], JETON_HS256, rows[i].header, "octets");
        int by;
        assert_int_equal(judge_by(set, COUNT(keys), 0, token, &by), rows[i].want);
        assert_int_equal(by, rows[i].by);
        free(token);
    }
    for (size_t i = 0; i < COUNT(keys); i++)
        jeton_key_free(&keys[i]);
}

static void jws_of_an_unknown_name_is_refused_when_all_keys_have_names(void **state)
{
    (void)state;
    static const char *const kids[] = {"z", "b ", "../b", "b' OR '1'='1", "b\\u0000", "\\\"b\\\""};
    jeton_key *named = secret_key(JETON_HS256, SECRET_B, "b");
    for (size_t i = 0; i < COUNT(kids); i++) {
        print_message("  %s\n", kids[i]);
        char header[96];
        snprintf(header, sizeof header, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", kids[i]);
        char *token = token_forge(named, JETON_HS256, header, "octets");
        assert_int_equal(judge(named, 0, token), JETON_E_KEY_UNKNOWN);
        free(token);
    }
    jeton_key_free(&named);
}

/* Names with anything in them are found like others. */
static void jws_finds_keys_by_odd_names(void **state)
{
    (void)state;
    static const char *const kids[] = {"../../etc/passwd", "b' OR '1'='1", "b\\u0000c", "\\\"b\\\"",
                                       "\xc3\xa9"};
    for (size_t i = 0; i < COUNT(kids); i++) {
        print_message("  %s\n", kids[i]);
        char members[96];
        char header[96];
        snprintf(members, sizeof members, "\"kid\":\"%s\",", kids[i]);
        snprintf(header, sizeof header, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", kids[i]);
        jeton_key *key = token_key_like(token_key(JETON_HS256), false, members);
        char *token = token_forge(key, JETON_HS256, header, "octets");
        assert_int_equal(judge(key, 0, token), JETON_OK);
        free(token);
        jeton_key_free(&key);
    }
}

static void jws_of_a_name_shared_by_types_goes_to_the_type_that_fits(void **state)
{
    (void)state;
    jeton_key *keys[] = {
        token_key_like(token_key(JETON_ES256), false, "\"kid\":\"a\","),
        secret_key(JETON_HS256, SECRET_A, "a"),
    };
    char *token = token_forge(keys[1], JETON_HS256, "{\"alg\":\"HS256\",\"kid\":\"a\"}", "octets");
    int by;
    assert_int_equal(judge_by((const jeton_key *const *)keys, 2, 0, token, &by), JETON_OK);
    assert_int_equal(by, 1);
    free(token);
    jeton_key_free(&keys[0]);
    jeton_key_free(&keys[1]);
}

#define MANY (JT_LIMIT_TRIED_KEYS + 2)

static void jws_without_a_name_is_tried_with_a_few_keys_only(void **state)
{
    (void)state;
    jeton_key *keys[2 * MANY];
    for (size_t i = 0; i < MANY; i++) {
        char secret[33];
        memset(secret, 'a' + (int)i, 32);
        secret[32] = '\0';
        keys[i + MANY] = secret_key(JETON_HS256, secret, NULL);
        keys[i] = secret_key(JETON_HS384, SECRET_A SECRET_B, NULL); /* does not fit: no trial */
    }
    for (size_t i = 0; i < MANY; i++) {
        char *token = token_forge(keys[i + MANY], JETON_HS256, "{\"alg\":\"HS256\"}", "octets");
        int by;
        assert_int_equal(judge_by((const jeton_key *const *)keys, 2 * MANY, 0, token, &by),
                         i < JT_LIMIT_TRIED_KEYS ? JETON_OK : JETON_E_SIGNATURE);
        free(token);
    }
    for (size_t i = 0; i < 2 * MANY; i++)
        jeton_key_free(&keys[i]);
}

/* A signature that does not match says more than a key that does not fit. */
static void jws_names_the_reason_of_the_key_that_came_furthest(void **state)
{
    (void)state;
    jeton_key *other = secret_key(JETON_HS256, SECRET_A, NULL);
    const jeton_key *first[] = {other, token_key(JETON_ES256)};
    const jeton_key *last[] = {token_key(JETON_ES256), other};
    const jeton_key *none[] = {token_key(JETON_ES256), token_key(JETON_RS256)};
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", "octets");
    int by;
    assert_int_equal(judge_by(first, 2, 0, token, &by), JETON_E_SIGNATURE);
    assert_int_equal(judge_by(last, 2, 0, token, &by), JETON_E_SIGNATURE);
    assert_int_equal(judge_by(none, 2, 0, token, &by), JETON_E_ALG);
    assert_int_equal(judge_by(none, 0, 0, token, &by), JETON_E_KEY_UNKNOWN);
    free(token);
    jeton_key_free(&other);
}

/* ---- what it gives out ---------------------------------------------------------------------- */

static void jws_gives_out_octets_of_any_kind(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0, 0xff, '.', '{', 0};
    const jeton_key *key = token_key(JETON_HS256);
    jeton_keyset *set = token_keyset(key);
    jt_jws jws = jt_jws_init(NULL);
    char *token =
        token_forge_bytes(key, JETON_HS256, jeton_str("{\"alg\":\"HS256\",\"typ\":\"x\"}"),
                          jeton_bytes(octets, sizeof octets));
    assert_int_equal(jt_jws_verify(jt_limits(NULL), set, 0, NULL, jeton_str(token), &jws, NULL),
                     JETON_OK);
    assert_int_equal(jws.octets.payload.len, sizeof octets);
    assert_memory_equal(jws.octets.payload.ptr, octets, sizeof octets);
    unit_assert_span(jws.header.typ, "x");
    free(token);

    token = token_forge_bytes(key, JETON_HS256, jeton_str("{\"alg\":\"HS256\"}"), jeton_str(NULL));
    assert_int_equal(jt_jws_verify(jt_limits(NULL), set, 0, NULL, jeton_str(token), &jws, NULL),
                     JETON_OK);
    assert_int_equal(jws.octets.payload.len, 0);
    assert_int_equal(jws.header.typ.len, 0);
    free(token);

    assert_int_equal(jt_jws_verify(jt_limits(NULL), set, 0, NULL, jeton_str("a.b"), &jws, NULL),
                     JETON_E_SYNTAX);
    assert_null(jws.key); /* nothing of the one before is left */
    assert_null(jws.octets.payload.ptr);
    jt_jws_done(&jws);
    jeton_keyset_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jws_of_each_algorithm_is_good),
        cmocka_unit_test(jws_with_anything_changed_is_refused),
        cmocka_unit_test(jws_with_a_signature_of_another_length_is_refused),
        cmocka_unit_test(jws_of_ecdsa_has_two_plain_numbers_in_range),
        cmocka_unit_test(jws_without_a_signature_is_refused),
        cmocka_unit_test(jws_of_one_algorithm_is_none_of_another),
        cmocka_unit_test(jws_with_an_unbound_key_needs_a_policy_that_names_the_algorithm),
        cmocka_unit_test(jws_with_a_secret_shorter_than_the_hash_is_refused),
        cmocka_unit_test(jws_knows_the_old_name_of_ed25519),
        cmocka_unit_test(jws_signed_with_a_public_key_as_secret_is_refused),
        cmocka_unit_test(jws_is_not_verified_with_what_its_header_offers),
        cmocka_unit_test(jws_is_verified_with_keys_that_are_for_that),
        cmocka_unit_test(jws_goes_to_the_key_of_its_name_first_and_then_to_nameless_ones),
        cmocka_unit_test(jws_of_an_unknown_name_is_refused_when_all_keys_have_names),
        cmocka_unit_test(jws_finds_keys_by_odd_names),
        cmocka_unit_test(jws_of_a_name_shared_by_types_goes_to_the_type_that_fits),
        cmocka_unit_test(jws_without_a_name_is_tried_with_a_few_keys_only),
        cmocka_unit_test(jws_names_the_reason_of_the_key_that_came_furthest),
        cmocka_unit_test(jws_gives_out_octets_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
