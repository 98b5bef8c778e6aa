/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_shared_key.c - threads that use one key at once; run it under
 * ThreadSanitizer too. */
#include "core/limits.h"
#include "keys/key.h"

#include "rfc.h"

#include <pthread.h>

#define ROUNDS 300

typedef struct work {
    const jeton_key *key;
    jeton_alg alg;
    jeton_span sig;
    size_t wrong;
} work;

static const char text[] = "header.payload";

/* Good, bad, good …, signing now and then. cmocka's checks are for the main thread only. */
static void *use_key(void *arg)
{
    work *mine = arg;
    for (size_t i = 0; i < ROUNDS; i++) {
        const bool good = i % 2 == 0;
        const jeton_span input = jeton_str(good ? text : "another text");
        const jeton_status want = good ? JETON_OK : JETON_E_SIGNATURE;
        mine->wrong += jt_key_verify(mine->key, mine->alg, input, mine->sig, NULL) != want;
        if (i % 100 != 0)
            continue;
        uint8_t sig[JT_LIMIT_SIGNATURE];
        size_t len = sizeof sig;
        mine->wrong += jt_key_sign(mine->key, mine->alg, input, sig, &len, NULL) != JETON_OK;
        mine->wrong +=
            jt_key_verify(mine->key, mine->alg, input, jeton_bytes(sig, len), NULL) != JETON_OK;
        jeton_key *reference = jeton_key_ref(mine->key);
        jeton_key_free(&reference);
    }
    return NULL;
}

static const struct {
    const char *why, *jwk;
    jeton_alg alg;
} keys[] = {
    {"HS256", A1_JWK, JETON_HS256},
    {"RS256", A2_JWK, JETON_RS256},
    {"ES256", A3_JWK, JETON_ES256},
    {"Ed25519", OKP_JWK, JETON_ED25519},
};

static void key_serves_threads_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        print_message("  %s\n", keys[i].why);
        uint8_t sig[JT_LIMIT_SIGNATURE];
        size_t len = sizeof sig;
        jeton_key *key = rfc_key(keys[i].jwk);
        assert_int_equal(jt_key_sign(key, keys[i].alg, jeton_str(text), sig, &len, NULL), JETON_OK);
        pthread_t threads[4];
        work works[COUNT(threads)];
        for (size_t j = 0; j < COUNT(threads); j++) {
            works[j] = (work){key, keys[i].alg, jeton_bytes(sig, len), 0};
            assert_int_equal(pthread_create(&threads[j], NULL, use_key, &works[j]), 0);
        }
        for (size_t j = 0; j < COUNT(threads); j++) {
            assert_int_equal(pthread_join(threads[j], NULL), 0);
            assert_int_equal(works[j].wrong, 0);
        }
        jeton_key_free(&key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_serves_threads_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
