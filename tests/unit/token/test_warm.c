/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_warm.c - once warm, verifying takes no memory of ours (DESIGN.md §9). What
 * the cryptographic libraries take is theirs, and not counted. */
#include "tokens.h"

#include <jeton/verifier.h>

#define PAYLOAD                                                                                    \
    "{\"iss\":\"https://login.test\",\"sub\":\"user-1234567890\",\"aud\":[\"api\",\"web\"],"       \
    "\"iat\":1700000000,\"exp\":1700000900,\"jti\":\"Zm9vYmFyYmF6cXV4\",\"roles\":[\"user\"],"     \
    "\"scope\":\"read write\"}"

static const jeton_policy policy = {.issuers = {"https://login.test"},
                                    .audiences = {"api"},
                                    .require = {"sub", "jti"},
                                    .typ = "JWT"};

static jeton_status look(void *user, const jeton_verdict *verdict)
{
    (void)user;
    return jeton_verdict_has(verdict, "roles", jeton_str("user")) &&
                   jeton_verdict_has_word(verdict, "scope", jeton_str("write"))
               ? JETON_OK
               : JETON_E_REVOKED;
}

/* The heap's context, with the clock that stands still. */
static jeton_ctx *counting_ctx(unit_heap *heap)
{
    const jeton_ctx_options options = {.alloc = unit_alloc,
                                       .resize = unit_resize,
                                       .release = unit_release,
                                       .now = token_now,
                                       .user = heap};
    jeton_ctx *ctx = NULL;
    *heap = (unit_heap){.left = SIZE_MAX};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    return ctx;
}

/* A key whose own allocations go through `ctx` too. */
static jeton_keyset *counted_keys(const jeton_ctx *ctx, jeton_alg alg)
{
    jeton_text *jwk = NULL;
    jeton_keyset *keys = NULL;
    assert_int_equal(jeton_key_print(token_key(alg), JETON_KEY_PRIVATE, &jwk, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_parse(ctx, jeton_text_span(jwk), &keys, NULL), JETON_OK);
    jeton_text_free(&jwk);
    return keys;
}

static void warm_verify_takes_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        unit_heap heap;
        jeton_ctx *ctx = counting_ctx(&heap);
        jeton_keyset *keys = counted_keys(ctx, alg);
        jeton_verifier *verifier = NULL;
        jeton_verdict *verdict = NULL;
        assert_int_equal(jeton_verifier_new(ctx, &policy, keys, &verifier, NULL), JETON_OK);
        assert_int_equal(jeton_verdict_new(ctx, &verdict, NULL), JETON_OK);
        jeton_verifier_on_revocation(verifier, look, NULL);

        char header[64];
        snprintf(header, sizeof header, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", jeton_alg_name(alg));
        char *token = token_forge(token_key(alg), alg, header, PAYLOAD);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        heap.left = 0; /* warm: from here on any allocation fails */
        for (int round = 0; round < 100; round++)
            assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        strchr(token, '.')[3]++;
        for (int round = 0; round < 100; round++)
            assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_SIGNATURE);
        assert_int_equal(heap.left, 0);

        free(token);
        jeton_verdict_free(&verdict);
        jeton_verifier_free(&verifier);
        jeton_keyset_free(&keys);
        unit_ctx_done(&ctx, &heap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warm_verify_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
