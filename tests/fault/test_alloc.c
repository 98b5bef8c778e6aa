/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/test_alloc.c - every public call with allocation 0, 1, 2, … failing, until it has all
 * it wants: it says JETON_E_NOMEM, leaves its outputs empty, and everything is given back.
 *
 * The calls are in alloc_<part>.c. What OpenSSL and libsodium allocate is theirs and does not fail
 * here.
 */
#include "alloc.h"

#include "../unit/segment/image.h"

#include <stdio.h>

unit_heap heap;
jeton_ctx *ctx;
struct alloc_given given;
char alloc_segment_path[] = "/tmp/jeton-fault-XXXXXX";

const jeton_token_defaults alloc_defaults = {
    .issuer = "https://i", .audience = "a", .typ = "at+jwt", .lifetime = 60, .jti = true};

const jeton_policy alloc_policy = {.issuers = {"https://i", "https://j"},
                                   .audiences = {"a", "b"},
                                   .typ = "at+jwt",
                                   .require = {"sub", "jti"},
                                   .subject = "alice",
                                   .max_life = 60,
                                   .rules = {{"sub", JETON_RULE_ONE_OF, "[\"alice\",{\"a\":1}]"},
                                             {"/sub", JETON_RULE_STARTS_WITH, "\"al\""},
                                             {"gone", JETON_RULE_ABSENT, NULL}}};

static jeton_status context_new(bool *had, jeton_err *err)
{
    const jeton_ctx_options options = {
        .alloc = unit_alloc, .resize = unit_resize, .release = unit_release, .user = &heap};
    jeton_ctx *made = BOGUS;
    const jeton_status status = jeton_ctx_new(&options, &made, err);
    *had = made != NULL;
    jeton_ctx_free(&made);
    return status;
}

static const alloc_call contexts[] = {
    {"jeton_ctx_new", context_new},
    {NULL, NULL},
};

static const alloc_call *const tables[] = {contexts,  alloc_keys,  alloc_tokens,
                                           alloc_jws, alloc_guard, alloc_segment};

static jeton_status call_with(const alloc_call *of, size_t allocations)
{
    const size_t live = heap.live;
    jeton_err err = {0};
    bool had = true;
    heap.left = allocations;
    const jeton_status status = of->call(&had, &err);
    if (status != JETON_OK && status != JETON_E_NOMEM)
        print_message("  %s, allocation %zu failing: %s\n", of->name, allocations,
                      jeton_status_name(status));
    assert_true(status == JETON_OK || status == JETON_E_NOMEM);
    assert_int_equal(err.status, status);
    assert_int_equal(had, status == JETON_OK);
    assert_int_equal(heap.live, live);
    return status;
}

static void drive(const alloc_call *of)
{
    size_t needed = 0;
    while (call_with(of, needed) != JETON_OK)
        assert_in_range(++needed, 0, 1000);
    print_message("  %s: %zu allocations\n", of->name, needed);
    assert_true(needed > 0); /* or the call does not use our heap at all */
}

static void each_call_survives_each_failing_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tables); i++)
        for (const alloc_call *of = tables[i]; of->name != NULL; of++)
            drive(of);
}

/* With one public key in it. */
static void write_segment(void)
{
    char *jwks = NULL;
    assert_true(asprintf(&jwks, "{\"keys\":[%s]}", jeton_text_chars(given.public_jwk)) > 0);
    image of = image_new(jwks);
    const int fd = mkstemp(alloc_segment_path);
    assert_true(fd >= 0);
    (void)close(fd);
    image_write(&of, of.size, alloc_segment_path, 0600);
    image_done(&of);
    free(jwks);
}

static int set_up(void **state)
{
    (void)state;
    ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    const jeton_span secret = jeton_str("0123456789abcdef0123456789abcdef");
    assert_int_equal(jeton_key_generate(ctx, JETON_ES256, jeton_str("e"), &given.key, NULL),
                     JETON_OK);
    assert_int_equal(
        jeton_key_from_secret(ctx, JETON_HS256, secret, jeton_str("h"), &given.secret, NULL),
        JETON_OK);
    const jeton_key *const keys[] = {given.key, given.secret};
    assert_int_equal(jeton_keyset_new(ctx, keys, COUNT(keys), &given.keys, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(given.key, JETON_KEY_PRIVATE, &given.jwk, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_print(given.keys, JETON_KEY_PRIVATE, &given.jwks, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print_pem(given.key, JETON_KEY_PRIVATE, &given.pem, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_der(given.key, JETON_KEY_PRIVATE, &given.der, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_pem_encrypted(given.key, jeton_str("p"), &given.sealed, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print(given.key, JETON_KEY_PUBLIC, &given.public_jwk, NULL),
                     JETON_OK);
    assert_int_equal(jeton_claims_new(ctx, &given.claims, NULL), JETON_OK);
    jeton_claims_set_text(given.claims, "sub", jeton_str("alice"));
    assert_int_equal(
        jeton_signer_new(ctx, given.key, JETON_ES256, &alloc_defaults, &given.signer, NULL),
        JETON_OK);
    assert_int_equal(jeton_sign(given.signer, given.claims, &given.token, NULL), JETON_OK);
    assert_int_equal(alloc_make_jws(false, &given.jws, NULL), JETON_OK);
    assert_int_equal(alloc_make_jws(true, &given.detached, NULL), JETON_OK);
    assert_int_equal(
        jeton_jws_unsecured_print(ctx, NULL, jeton_str("octets"), &given.unsecured, NULL),
        JETON_OK);
    assert_int_equal(jeton_verifier_new(ctx, &alloc_policy, given.keys, &given.verifier, NULL),
                     JETON_OK);
    assert_int_equal(jeton_verifier_new(ctx, &alloc_policy, given.keys, &given.caching, NULL),
                     JETON_OK);
    write_segment();
    assert_int_equal(jeton_segment_open(ctx, alloc_segment_path, NULL, &given.segment, NULL),
                     JETON_OK);
    assert_int_equal(jeton_guard_new(ctx, NULL, given.verifier, &given.guard, NULL), JETON_OK);
    assert_int_equal(
        jeton_issuer_new(ctx, given.secret, JETON_ALG_UNSET, NULL, NULL, &given.issuer, NULL),
        JETON_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_segment_free(&given.segment);
    (void)unlink(alloc_segment_path);
    jeton_text_free(&given.jws);
    jeton_text_free(&given.detached);
    jeton_text_free(&given.unsecured);
    jeton_guard_free(&given.guard);
    jeton_issuer_free(&given.issuer);
    jeton_verifier_free(&given.verifier);
    jeton_verifier_free(&given.caching);
    jeton_text_free(&given.token);
    jeton_signer_free(&given.signer);
    jeton_claims_free(&given.claims);
    jeton_text_free(&given.public_jwk);
    jeton_text_free(&given.sealed);
    jeton_text_free(&given.der);
    jeton_text_free(&given.pem);
    jeton_text_free(&given.jwks);
    jeton_text_free(&given.jwk);
    jeton_keyset_free(&given.keys);
    jeton_key_free(&given.secret);
    jeton_key_free(&given.key);
    unit_ctx_done(&ctx, &heap);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
