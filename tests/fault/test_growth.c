/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/test_growth.c - what is made of headers, payloads and claims of every length up to
 * where buffers have grown a few times, with allocation 0, 1, 2, … failing: whichever piece happens
 * to be the one that no longer fits, the call says JETON_E_NOMEM, makes nothing, and gives
 * everything back.
 *
 * tests/fault/test_alloc.c has every public call, with short texts that fit in first buffers.
 */
#include <jeton.h>

#include "../unit/unit.h"

#include <stdio.h>

/* The first buffer has 256 bytes and the second 512 (core/buf.c); base64url makes four of three. */
#define LENGTHS 420U

static unit_heap heap;
static jeton_ctx *ctx;
static jeton_key *secret;
static jeton_keyset *keys;
static char text[LENGTHS + 1]; /* cut to the length that is tried */

static bool had_text(jeton_text *made)
{
    const bool had = made != NULL;
    jeton_text_free(&made);
    return had;
}

static jeton_status sign_jws(jeton_jws_form form, const char *typ, const char *payload, bool *had,
                             jeton_err *err)
{
    const jeton_jws_signature by = {.key = secret, .typ = typ};
    const jeton_jws_options options = {.form = form};
    jeton_text *made = BOGUS;
    const jeton_status status =
        jeton_jws_sign(ctx, &by, 1, jeton_str(payload), &options, &made, err);
    *had = had_text(made);
    return status;
}

static jeton_status compact_payload(bool *had, jeton_err *err)
{
    return sign_jws(JETON_JWS_COMPACT, NULL, text, had, err);
}

static jeton_status compact_header(bool *had, jeton_err *err)
{
    return sign_jws(JETON_JWS_COMPACT, text, "octets", had, err);
}

static jeton_status flattened_payload(bool *had, jeton_err *err)
{
    return sign_jws(JETON_JWS_FLATTENED, NULL, text, had, err);
}

static jeton_status unsecured(const char *typ, const char *payload, bool *had, jeton_err *err)
{
    jeton_text *made = BOGUS;
    const jeton_status status = jeton_jws_unsecured_print(ctx, typ, jeton_str(payload), &made, err);
    *had = had_text(made);
    return status;
}

static jeton_status unsecured_payload(bool *had, jeton_err *err)
{
    return unsecured(NULL, text, had, err);
}

static jeton_status unsecured_header(bool *had, jeton_err *err)
{
    return unsecured(text, "octets", had, err);
}

/* Signed with all the memory there is, verified with none to spare. */
static jeton_status verify_header(bool *had, jeton_err *err)
{
    const jeton_jws_signature by = {.key = secret, .typ = text};
    const jeton_jws_options options = {.form = JETON_JWS_FLATTENED, .detached = true};
    const jeton_jws_policy policy = {.forms = JETON_JWS_FLATTENED};
    const jeton_span octets = jeton_str("octets");
    const size_t left = heap.left;
    jeton_text *made = NULL;
    jeton_jws *jws = BOGUS;
    heap.left = SIZE_MAX;
    assert_int_equal(jeton_jws_sign(ctx, &by, 1, octets, &options, &made, NULL), JETON_OK);
    heap.left = left;
    const jeton_status status =
        jeton_jws_verify(ctx, keys, &policy, jeton_text_span(made), &octets, &jws, err);
    *had = jws != NULL;
    jeton_jws_free(&jws);
    jeton_text_free(&made);
    return status;
}

/* Signer and claims are made with all the memory there is, the token with none to spare. */
static jeton_status sign_token(const char *sub, const char *issuer, bool *had, jeton_err *err)
{
    const jeton_token_defaults defaults = {
        .issuer = issuer, .audience = "a", .lifetime = 60, .jti = true};
    const size_t left = heap.left;
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = BOGUS;
    heap.left = SIZE_MAX;
    assert_int_equal(jeton_signer_new(ctx, secret, JETON_HS256, &defaults, &signer, NULL),
                     JETON_OK);
    assert_int_equal(jeton_claims_new(ctx, &claims, NULL), JETON_OK);
    jeton_claims_set_text(claims, "sub", jeton_str(sub));
    heap.left = left;
    const jeton_status status = jeton_sign(signer, claims, &token, err);
    *had = had_text(token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    return status;
}

static jeton_status token_claim(bool *had, jeton_err *err)
{
    return sign_token(text, "https://i", had, err);
}

static jeton_status token_issuer(bool *had, jeton_err *err)
{
    return sign_token("alice", text, had, err);
}

static const struct {
    const char *name;
    jeton_status (*call)(bool *had, jeton_err *err);
} calls[] = {
    {"jeton_jws_sign, compact, the payload", compact_payload},
    {"jeton_jws_sign, compact, the header", compact_header},
    {"jeton_jws_sign, flattened, the payload", flattened_payload},
    {"jeton_jws_unsecured_print, the payload", unsecured_payload},
    {"jeton_jws_unsecured_print, the header", unsecured_header},
    {"jeton_jws_verify, detached, the header", verify_header},
    {"jeton_sign, a claim", token_claim},
    {"jeton_sign, the issuer", token_issuer},
};

/* How many allocations the call takes. */
static size_t drive(size_t i)
{
    const size_t live = heap.live;
    for (size_t needed = 0;; needed++) {
        jeton_err err = {0};
        bool had = true;
        heap.left = needed;
        const jeton_status status = calls[i].call(&had, &err);
        if (status != JETON_OK && status != JETON_E_NOMEM)
            print_message("  %s, length %zu, allocation %zu failing: %s\n", calls[i].name,
                          strlen(text), needed, jeton_status_name(status));
        assert_int_equal(status, status == JETON_OK ? JETON_OK : JETON_E_NOMEM);
        assert_int_equal(err.status, status);
        assert_int_equal(had, status == JETON_OK);
        assert_int_equal(heap.live, live);
        if (status == JETON_OK)
            return needed;
    }
}

static void no_length_survives_a_failing_allocation_by_luck(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        size_t fewest = SIZE_MAX;
        size_t most = 0;
        for (size_t len = 0; len <= LENGTHS; len++) {
            memset(text, 'a', len);
            text[len] = '\0';
            const size_t needed = drive(i);
            fewest = needed < fewest ? needed : fewest;
            most = needed > most ? needed : most;
        }
        print_message("  %s: %zu to %zu allocations\n", calls[i].name, fewest, most);
        assert_true(most > fewest); /* or nothing has grown */
    }
}

static int set_up(void **state)
{
    (void)state;
    ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    const jeton_span bytes = jeton_str("0123456789abcdef0123456789abcdef");
    assert_int_equal(jeton_key_from_secret(ctx, JETON_HS256, bytes, jeton_str("k"), &secret, NULL),
                     JETON_OK);
    assert_int_equal(jeton_keyset_new(ctx, (const jeton_key *const[]){secret}, 1, &keys, NULL),
                     JETON_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_keyset_free(&keys);
    jeton_key_free(&secret);
    unit_ctx_done(&ctx, &heap);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_length_survives_a_failing_allocation_by_luck),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
