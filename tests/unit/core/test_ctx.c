/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_ctx.c - contexts: what is completed, what is refused, what is passed on. */
#include "core/ctx.h"

#include "core/limits.h"

#include "../unit.h"

#include <time.h>

static jeton_time fixed_now(void *user)
{
    (void)user;
    return 1234567890123;
}

static bool fixed_random(void *user, void *to, size_t len)
{
    memset(to, *(const int *)user, len);
    return true;
}

static bool no_random(void *user, void *to, size_t len)
{
    (void)user;
    if (len > 0)
        memset(to, 0x77, len); /* half-done work must not be taken for randomness */
    return false;
}

static void ctx_without_options_is_the_default_one(void **state)
{
    (void)state;
    jeton_err err = {0};
    jeton_ctx *ctx = BOGUS;
    assert_int_equal(jeton_ctx_new(NULL, &ctx, &err), JETON_OK);
    assert_non_null(ctx);
    assert_int_equal(jt_limits(ctx)->token, JT_LIMIT_TOKEN);
    assert_int_equal(err.status, JETON_OK);
    jeton_ctx_free(&ctx);
    assert_null(ctx);
}

static void ctx_of_null_is_complete(void **state)
{
    (void)state;
    const jeton_ctx *ctx = jt_ctx(NULL);
    assert_non_null(ctx);
    assert_non_null(ctx->options.alloc);
    assert_non_null(ctx->options.resize);
    assert_non_null(ctx->options.release);
    assert_non_null(ctx->options.now);
    assert_non_null(ctx->options.random);
    assert_ptr_equal(jt_ctx(ctx), ctx);
}

static void ctx_completes_each_limit_by_itself(void **state)
{
    (void)state;
    const jeton_limits std = *jt_limits(NULL);
    assert_int_equal(std.token, JT_LIMIT_TOKEN);
    assert_int_equal(std.header, JT_LIMIT_HEADER);
    assert_int_equal(std.payload, JT_LIMIT_PAYLOAD);
    assert_int_equal(std.json, JT_LIMIT_JSON);
    assert_int_equal(std.depth, JT_LIMIT_DEPTH);
    assert_int_equal(std.keys, JT_LIMIT_KEYS);
    assert_int_equal(std.rounds, JT_LIMIT_ROUNDS);

    const jeton_limits all = {
        .token = 1, .header = 2, .payload = 3, .json = 4, .depth = 5, .keys = 6, .rounds = 7};
    static const char *const rows[] = {"none", "token", "header", "payload",
                                       "json", "depth", "keys",   "rounds"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s left out\n", rows[i]);
        jeton_limits limits = all;
        jeton_limits want = all;
        switch (i) {
        case 1: limits.token = 0, want.token = std.token; break;
        case 2: limits.header = 0, want.header = std.header; break;
        case 3: limits.payload = 0, want.payload = std.payload; break;
        case 4: limits.json = 0, want.json = std.json; break;
        case 5: limits.depth = 0, want.depth = std.depth; break;
        case 6: limits.keys = 0, want.keys = std.keys; break;
        case 7: limits.rounds = 0, want.rounds = std.rounds; break;
        default: break;
        }
        jeton_ctx *ctx = BOGUS;
        const jeton_ctx_options options = {.limits = limits};
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        const jeton_limits *got = jt_limits(ctx);
        assert_int_equal(got->token, want.token);
        assert_int_equal(got->header, want.header);
        assert_int_equal(got->payload, want.payload);
        assert_int_equal(got->json, want.json);
        assert_int_equal(got->depth, want.depth);
        assert_int_equal(got->keys, want.keys);
        assert_int_equal(got->rounds, want.rounds);
        jeton_ctx_free(&ctx);
    }
}

static void ctx_caps_the_depth_that_the_stack_must_bear(void **state)
{
    (void)state;
    static const unsigned rows[][2] = {
        {JT_LIMIT_DEPTH_MAX, JT_LIMIT_DEPTH_MAX},
        {JT_LIMIT_DEPTH_MAX + 1, JT_LIMIT_DEPTH_MAX},
        {UINT32_MAX, JT_LIMIT_DEPTH_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const jeton_ctx_options options = {.limits = {.depth = rows[i][0]}};
        jeton_ctx *ctx = BOGUS;
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        assert_int_equal(jt_limits(ctx)->depth, rows[i][1]);
        jeton_ctx_free(&ctx);
    }
}

static void ctx_refuses_an_allocator_with_a_function_missing(void **state)
{
    (void)state;
    unit_heap heap = {.left = SIZE_MAX};
    const jeton_ctx_options all = {
        .alloc = unit_alloc, .resize = unit_resize, .release = unit_release, .user = &heap};
    jeton_ctx *ctx = BOGUS;
    assert_int_equal(jeton_ctx_new(&all, &ctx, NULL), JETON_OK);
    jeton_ctx_free(&ctx);
    for (unsigned given = 1; given < 7; given++) { /* each choice of one or two of the three */
        jeton_ctx_options some = all;
        if ((given & 1U) == 0)
            some.alloc = NULL;
        if ((given & 2U) == 0)
            some.resize = NULL;
        if ((given & 4U) == 0)
            some.release = NULL;
        jeton_err err = {0};
        ctx = BOGUS;
        assert_int_equal(jeton_ctx_new(&some, &ctx, &err), JETON_E_ARGUMENT);
        assert_null(ctx);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
    }
    assert_int_equal(heap.live, 0);
}

static void ctx_new_refuses_without_memory(void **state)
{
    (void)state;
    unit_heap heap = {.left = 0};
    const jeton_ctx_options options = {
        .alloc = unit_alloc, .resize = unit_resize, .release = unit_release, .user = &heap};
    jeton_err err = {0};
    jeton_ctx *ctx = BOGUS;
    assert_int_equal(jeton_ctx_new(&options, &ctx, &err), JETON_E_NOMEM);
    assert_null(ctx);
    assert_int_equal(err.status, JETON_E_NOMEM);
}

static void ctx_free_gives_its_memory_back_once(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    assert_int_equal(heap.live, 1);
    jeton_ctx_free(&ctx);
    assert_null(ctx);
    assert_int_equal(heap.live, 0);
    jeton_ctx_free(&ctx);
    jeton_ctx_free(NULL);
}

static void ctx_asks_the_given_clock(void **state)
{
    (void)state;
    jeton_ctx *ctx = BOGUS;
    const jeton_ctx_options options = {.now = fixed_now};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    assert_int_equal(jt_now(ctx), 1234567890123);
    jeton_ctx_free(&ctx);
}

static void ctx_takes_the_systems_time_in_milliseconds(void **state)
{
    (void)state;
    const jeton_time before = (jeton_time)time(NULL) * 1000 - 1000;
    const jeton_time now = jt_now(NULL);
    assert_in_range(now, before, before + 10000);
}

static void ctx_asks_the_given_randomness(void **state)
{
    (void)state;
    int filling = 0x42;
    jeton_ctx *ctx = BOGUS;
    const jeton_ctx_options options = {.random = fixed_random, .user = &filling};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    uint8_t bytes[3] = {1, 2, 3};
    assert_int_equal(jt_random(ctx, bytes, 2, NULL), JETON_OK);
    assert_memory_equal(bytes, "\x42\x42\x03", 3);
    jeton_ctx_free(&ctx);
}

static void ctx_random_refuses_and_empties_when_there_is_none(void **state)
{
    (void)state;
    jeton_ctx *ctx = BOGUS;
    const jeton_ctx_options options = {.random = no_random};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    jeton_err err = {0};
    uint8_t bytes[4] = {1, 2, 3, 4};
    assert_int_equal(jt_random(ctx, bytes, sizeof bytes, &err), JETON_E_RANDOM);
    assert_memory_equal(bytes, "\0\0\0\0", sizeof bytes);
    assert_int_equal(err.status, JETON_E_RANDOM);
    jeton_ctx_free(&ctx);
}

static void ctx_takes_any_amount_of_the_systems_randomness(void **state)
{
    (void)state;
    static const size_t rows[] = {0, 1, 255, 256, 257, 1000}; /* getentropy gives 256 at once */
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %zu bytes\n", rows[i]);
        uint8_t a[1002] = {0};
        uint8_t b[1002] = {0};
        assert_int_equal(jt_random(NULL, a, rows[i], NULL), JETON_OK);
        assert_int_equal(jt_random(NULL, b, rows[i], NULL), JETON_OK);
        assert_int_equal(a[rows[i]], 0); /* and not a byte more */
        if (rows[i] >= 255)
            assert_memory_not_equal(a + rows[i] - 32, b + rows[i] - 32, 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctx_without_options_is_the_default_one),
        cmocka_unit_test(ctx_of_null_is_complete),
        cmocka_unit_test(ctx_completes_each_limit_by_itself),
        cmocka_unit_test(ctx_caps_the_depth_that_the_stack_must_bear),
        cmocka_unit_test(ctx_refuses_an_allocator_with_a_function_missing),
        cmocka_unit_test(ctx_new_refuses_without_memory),
        cmocka_unit_test(ctx_free_gives_its_memory_back_once),
        cmocka_unit_test(ctx_asks_the_given_clock),
        cmocka_unit_test(ctx_takes_the_systems_time_in_milliseconds),
        cmocka_unit_test(ctx_asks_the_given_randomness),
        cmocka_unit_test(ctx_random_refuses_and_empties_when_there_is_none),
        cmocka_unit_test(ctx_takes_any_amount_of_the_systems_randomness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
