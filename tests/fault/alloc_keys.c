/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc_keys.c - keys and key sets, for test_alloc.c. */
#include "alloc.h"

static jeton_status key_parse(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse(ctx, jeton_text_span(given.jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_pem(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_pem(ctx, jeton_text_span(given.pem), JETON_ES256,
                                                    jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_pem_encrypted(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_pem_encrypted(
        ctx, jeton_text_span(given.sealed), jeton_str("p"), JETON_ES256, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_der(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_der(ctx, jeton_text_span(given.der), JETON_ES256,
                                                    jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_public(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status =
        jeton_key_parse_public(ctx, jeton_text_span(given.public_jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_bind(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_bind(given.key, JETON_ES256, jeton_str("b"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_from_secret(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_from_secret(
        ctx, JETON_HS256, jeton_str("0123456789abcdef0123456789abcdef"), jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status generate(jeton_alg alg, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_generate(ctx, alg, jeton_str(NULL), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_generate_secret(bool *had, jeton_err *err)
{
    return generate(JETON_HS256, had, err);
}

static jeton_status key_generate_pair(bool *had, jeton_err *err)
{
    return generate(JETON_ES256, had, err);
}

static jeton_status key_generate_ed25519(bool *had, jeton_err *err)
{
    return generate(JETON_ED25519, had, err);
}

static jeton_status key_print(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print(given.key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_secret(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print(given.secret, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_pem(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_pem(given.key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_pem_encrypted(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status =
        jeton_key_print_pem_encrypted(given.key, jeton_str("p"), &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_der(bool *had, jeton_err *err)
{
    jeton_text *bytes = BOGUS;
    const jeton_status status = jeton_key_print_der(given.key, JETON_KEY_PRIVATE, &bytes, err);
    *had = had_text(bytes);
    return status;
}

static jeton_status key_thumbprint_uri(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_thumbprint_uri(given.key, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_thumbprint(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_thumbprint(given.key, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status keyset_parse(bool *had, jeton_err *err)
{
    jeton_keyset *set = BOGUS;
    const jeton_status status = jeton_keyset_parse(ctx, jeton_text_span(given.jwks), &set, err);
    if (status == JETON_OK) /* a key may not be skipped for want of memory */
        assert_int_equal(jeton_keyset_skipped(set), 0);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_parse_public(bool *had, jeton_err *err)
{
    jeton_keyset *set = BOGUS;
    const jeton_status status =
        jeton_keyset_parse_public(ctx, jeton_text_span(given.public_jwk), &set, err);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_new(bool *had, jeton_err *err)
{
    const jeton_key *const keys[] = {given.key, given.secret};
    jeton_keyset *set = BOGUS;
    const jeton_status status = jeton_keyset_new(ctx, keys, COUNT(keys), &set, err);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_print(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_keyset_print(given.keys, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

const alloc_call alloc_keys[] = {
    {"jeton_key_parse", key_parse},
    {"jeton_key_parse_pem", key_parse_pem},
    {"jeton_key_parse_pem_encrypted", key_parse_pem_encrypted},
    {"jeton_key_parse_der", key_parse_der},
    {"jeton_key_parse_public", key_parse_public},
    {"jeton_key_bind", key_bind},
    {"jeton_key_from_secret", key_from_secret},
    {"jeton_key_generate, a secret", key_generate_secret},
    {"jeton_key_generate, a pair", key_generate_pair},
    {"jeton_key_generate, Ed25519", key_generate_ed25519},
    {"jeton_key_print", key_print},
    {"jeton_key_print, a secret", key_print_secret},
    {"jeton_key_print_pem", key_print_pem},
    {"jeton_key_print_pem_encrypted", key_print_pem_encrypted},
    {"jeton_key_print_der", key_print_der},
    {"jeton_key_thumbprint", key_thumbprint},
    {"jeton_key_thumbprint_uri", key_thumbprint_uri},
    {"jeton_keyset_parse", keyset_parse},
    {"jeton_keyset_parse_public", keyset_parse_public},
    {"jeton_keyset_new", keyset_new},
    {"jeton_keyset_print", keyset_print},
    {NULL, NULL},
};
