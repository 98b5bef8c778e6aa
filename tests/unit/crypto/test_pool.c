/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pool.c - contexts in a pool: none lost, none in two hands. */
#include "crypto/pool.h"

#include "../unit.h"

#include <pthread.h>

static EVP_PKEY_CTX *new_ctx(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    assert_non_null(ctx);
    return ctx;
}

static void pool_gives_what_was_put_in(void **state)
{
    (void)state;
    jt_pool pool = {{NULL}};
    assert_null(jt_pool_take(&pool));
    EVP_PKEY_CTX *ctx = new_ctx();
    jt_pool_give(&pool, ctx);
    assert_ptr_equal(jt_pool_take(&pool), ctx);
    assert_null(jt_pool_take(&pool));
    EVP_PKEY_CTX_free(ctx);
}

/* The sanitizers see what is not freed, or freed twice. */
static void pool_frees_what_it_has_no_room_for(void **state)
{
    (void)state;
    jt_pool pool = {{NULL}};
    for (size_t i = 0; i < JT_POOL_SLOTS + 3; i++)
        jt_pool_give(&pool, new_ctx());
    size_t held = 0;
    for (EVP_PKEY_CTX *ctx = jt_pool_take(&pool); ctx != NULL; ctx = jt_pool_take(&pool)) {
        EVP_PKEY_CTX_free(ctx);
        held++;
    }
    assert_int_equal(held, JT_POOL_SLOTS);
}

static void pool_done_frees_all(void **state)
{
    (void)state;
    jt_pool pool = {{NULL}};
    for (size_t i = 0; i < 5; i++)
        jt_pool_give(&pool, new_ctx());
    jt_pool_done(&pool);
    assert_null(jt_pool_take(&pool));
}

/* Each thread writes to the context it holds: ThreadSanitizer sees two that hold the same. */
static void *take_and_give(void *arg)
{
    jt_pool *pool = arg;
    for (size_t i = 0; i < 2000; i++) {
        EVP_PKEY_CTX *ctx = jt_pool_take(pool);
        if (ctx == NULL)
            ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
        EVP_PKEY_CTX_set_app_data(ctx, &i);
        jt_pool_give(pool, ctx);
    }
    return NULL;
}

static void pool_serves_threads_at_once(void **state)
{
    (void)state;
    jt_pool pool = {{NULL}};
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &pool), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    jt_pool_done(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_gives_what_was_put_in),
        cmocka_unit_test(pool_frees_what_it_has_no_room_for),
        cmocka_unit_test(pool_done_frees_all),
        cmocka_unit_test(pool_serves_threads_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
