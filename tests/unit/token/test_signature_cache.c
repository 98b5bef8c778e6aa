/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_signature_cache.c - signatures that processes know of each other: what is
 * found, what is checked all the same, and that nobody is held up by somebody who dies. */
#include "tokens.h"

#include "token/signature_cache.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES   ((size_t)64 * 1024)
#define FEW     JETON_SIGNATURE_CACHE_BYTES
#define PAYLOAD "{\"exp\":1700000900,\"sub\":\"alice\",\"iss\":\"one\"}"

static void *new_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(jeton_signature_cache_init(NULL, memory, bytes, NULL), JETON_OK);
    return memory;
}

static jeton_signature_cache *open_cache(void *memory, size_t bytes)
{
    jeton_signature_cache *cache = BOGUS;
    assert_int_equal(jeton_signature_cache_new(NULL, memory, bytes, &cache, NULL), JETON_OK);
    assert_non_null(cache);
    return cache;
}

/* One that verifies, as a process of its own would: with its own way to the memory. */
typedef struct side {
    jeton_verifier *verifier;
    jeton_verdict *verdict;
} side;

static side new_side(void *memory, size_t bytes, const jeton_policy *policy, const jeton_key *key)
{
    side made = {0};
    jeton_keyset *keys = token_keyset(key);
    jeton_signature_cache *cache = open_cache(memory, bytes);
    assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &made.verifier, NULL), JETON_OK);
    jeton_verifier_use_signatures(made.verifier, cache);
    assert_int_equal(jeton_verdict_new(NULL, &made.verdict, NULL), JETON_OK);
    jeton_signature_cache_free(&cache);
    assert_null(cache);
    jeton_keyset_free(&keys);
    return made;
}

static void free_side(side *it)
{
    jeton_verifier_free(&it->verifier);
    jeton_verdict_free(&it->verdict);
}

static void expect(side *it, const char *token, jeton_status status, bool known)
{
    assert_int_equal(jeton_verify(it->verifier, jeton_str(token), it->verdict), status);
    assert_int_equal(jeton_verdict_is_signature_known(it->verdict), known);
    assert_int_equal(jeton_verdict_payload(it->verdict).len > 0, status == JETON_OK);
}

static char *forge(jeton_alg alg, const char *payload)
{
    return token_forge(token_key(alg), alg, token_header(alg), payload);
}

static void what_one_has_verified_the_other_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        const jeton_alg alg = token_algs[i];
        print_message("  %s\n", jeton_alg_name(alg));
        void *memory = new_memory(BYTES);
        side one = new_side(memory, BYTES, NULL, token_key(alg));
        side other = new_side(memory, BYTES, NULL, token_key(alg));
        char *token = forge(alg, PAYLOAD);
        const bool secret = alg == JETON_HS256 || alg == JETON_HS384 || alg == JETON_HS512;
        expect(&one, token, JETON_OK, false);
        expect(&other, token, JETON_OK, !secret);
        expect(&one, token, JETON_OK, !secret);
        assert_true(jeton_verdict_key(one.verdict) != NULL);
        free(token);
        free_side(&one);
        free_side(&other);
        munmap(memory, BYTES);
    }
}

static void change_signature(char *token)
{
    char *at = strrchr(token, '.') + 5;
    *at = *at == 'A' ? 'B' : 'A';
}

/* Each differs in one thing from a token whose signature is known. */
static void what_is_not_the_same_is_not_known(void **state)
{
    (void)state;
    void *memory = new_memory(BYTES);
    side one = new_side(memory, BYTES, NULL, token_key(JETON_ES256));
    char *good = forge(JETON_ES256, PAYLOAD);
    expect(&one, good, JETON_OK, false);
    expect(&one, good, JETON_OK, true);

    char *bad = strdup(good);
    change_signature(bad);
    expect(&one, bad, JETON_E_SIGNATURE, false);
    expect(&one, bad, JETON_E_SIGNATURE, false);
    free(bad);

    char *other = forge(JETON_ES256, "{\"exp\":1700000900,\"sub\":\"mallory\"}");
    memcpy(strrchr(other, '.') + 1, strrchr(good, '.') + 1, 86);
    expect(&one, other, JETON_E_SIGNATURE, false);
    free(other);

    free(good);
    free_side(&one);
    munmap(memory, BYTES);
}

/* The same bytes, of which another key or another algorithm says something else. */
static void key_and_algorithm_are_part_of_it(void **state)
{
    (void)state;
    void *memory = new_memory(BYTES);
    jeton_signature_cache *cache = open_cache(memory, BYTES);
    jeton_key *another = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str(NULL), &another, NULL),
                     JETON_OK);
    const struct {
        const char *why;
        const jeton_key *key;
        jeton_alg alg;
        const char *signed_part, *signature;
        bool known;
    } rows[] = {
        {"the same", token_key(JETON_ES256), JETON_ES256, "ab", "cd", true},
        {"another key", another, JETON_ES256, "ab", "cd", false},
        {"another algorithm", token_key(JETON_ES256), JETON_ES384, "ab", "cd", false},
        {"another text", token_key(JETON_ES256), JETON_ES256, "aB", "cd", false},
        {"another signature", token_key(JETON_ES256), JETON_ES256, "ab", "cD", false},
        {"parted elsewhere", token_key(JETON_ES256), JETON_ES256, "abc", "d", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jt_signature_tag tag;
        assert_true(jt_signature_tag_make(cache, rows[i].key, rows[i].alg,
                                          jeton_str(rows[i].signed_part),
                                          jeton_str(rows[i].signature), &tag));
        if (i == 0)
            jt_signature_cache_add(cache, &tag);
        assert_int_equal(jt_signature_cache_has(cache, &tag), rows[i].known);
    }
    jt_signature_tag tag;
    assert_false(jt_signature_tag_make(cache, token_key(JETON_HS256), JETON_HS256, jeton_str("ab"),
                                       jeton_str("cd"), &tag));
    jeton_key_free(&another);
    jeton_signature_cache_free(&cache);
    munmap(memory, BYTES);
}

static jeton_status refuse(void *user, const jeton_verdict *verdict)
{
    (void)user;
    (void)verdict;
    return JETON_E_REVOKED;
}

/* The signature is known; the answer is that of whoever is asked, now. */
static void all_else_is_checked(void **state)
{
    (void)state;
    void *memory = new_memory(BYTES);
    const jeton_key *key = token_key(JETON_ES256);
    side one = new_side(memory, BYTES, NULL, key);
    char *token = forge(JETON_ES256, PAYLOAD);
    expect(&one, token, JETON_OK, false);

    const jeton_policy issuer = {.issuers = {"two"}};
    side demanding = new_side(memory, BYTES, &issuer, key);
    expect(&demanding, token, JETON_E_ISSUER, true);
    free_side(&demanding);

    const jeton_policy algs = {.algs = JETON_ALG_BIT(JETON_RS256)};
    side narrow = new_side(memory, BYTES, &algs, key);
    expect(&narrow, token, JETON_E_ALG, false);
    free_side(&narrow);

    side rotated = new_side(memory, BYTES, NULL, token_key(JETON_ES384));
    expect(&rotated, token, JETON_E_ALG, false);
    free_side(&rotated);

    jeton_verifier_on_revocation(one.verifier, refuse, NULL);
    expect(&one, token, JETON_E_REVOKED, true);
    jeton_verifier_on_revocation(one.verifier, NULL, NULL);
    token_clock += (jeton_time)3600 * 1000;
    expect(&one, token, JETON_E_EXPIRED, true);
    token_clock = (jeton_time)NOW * 1000;
    expect(&one, token, JETON_OK, true);

    free(token);
    free_side(&one);
    munmap(memory, BYTES);
}

static void beside_a_verdict_cache_it_is_asked_second(void **state)
{
    (void)state;
    void *memory = new_memory(BYTES);
    side one = new_side(memory, BYTES, NULL, token_key(JETON_ES256));
    side other = new_side(memory, BYTES, NULL, token_key(JETON_ES256));
    jeton_cache *cache = NULL;
    assert_int_equal(jeton_cache_new(NULL, NULL, &cache, NULL), JETON_OK);
    jeton_verifier_use_cache(other.verifier, cache);
    char *token = forge(JETON_ES256, PAYLOAD);
    expect(&one, token, JETON_OK, false);
    expect(&other, token, JETON_OK, true);
    assert_false(jeton_verdict_is_remembered(other.verdict));
    expect(&other, token, JETON_OK, false);
    assert_true(jeton_verdict_is_remembered(other.verdict));
    free(token);
    free_side(&other);
    free_side(&one);
    jeton_cache_free(&cache);
    munmap(memory, BYTES);
}

/* Ten times as many as there is room for. */
static void when_it_is_full_new_ones_take_the_place_of_old_ones(void **state)
{
    (void)state;
    void *memory = new_memory(FEW);
    jeton_signature_cache *cache = open_cache(memory, FEW);
    const jeton_key *key = token_key(JETON_ES256);
    const unsigned count = 10 * FEW / 16;
    unsigned known = 0;
    jt_signature_tag tag;
    for (unsigned i = 0; i < count; i++) {
        const jeton_span text = jeton_bytes(&i, sizeof i);
        assert_true(jt_signature_tag_make(cache, key, JETON_ES256, text, text, &tag));
        assert_false(jt_signature_cache_has(cache, &tag));
        jt_signature_cache_add(cache, &tag);
        assert_true(jt_signature_cache_has(cache, &tag));
    }
    for (unsigned i = 0; i < count; i++) {
        const jeton_span text = jeton_bytes(&i, sizeof i);
        assert_true(jt_signature_tag_make(cache, key, JETON_ES256, text, text, &tag));
        known += jt_signature_cache_has(cache, &tag);
    }
    /* all but a few places of 248 are taken after 2560 */
    assert_in_range(known, 200, 248);
    jeton_signature_cache_free(&cache);
    munmap(memory, FEW);
}

/* A writer that stopped between its two words, over nothing and over another entry. */
static void halves_are_no_entries(void **state)
{
    (void)state;
    void *memory = new_memory(FEW);
    jeton_signature_cache *cache = open_cache(memory, FEW);
    const jt_signature_tag old = {{1, 2}, 7}, new = {{3, 4}, 7}, half = {{3, 0}, 7},
                           mixed = {{3, 2}, 7};
    assert_false(jt_signature_cache_has(cache, &old));
    jt_signature_cache_add(cache, &half);
    assert_false(jt_signature_cache_has(cache, &new));
    jt_signature_cache_add(cache, &old);
    jt_signature_cache_add(cache, &mixed);
    assert_true(jt_signature_cache_has(cache, &old));
    assert_false(jt_signature_cache_has(cache, &new));
    jt_signature_cache_add(cache, &new);
    assert_true(jt_signature_cache_has(cache, &new));
    jeton_signature_cache_free(&cache);
    munmap(memory, FEW);
}

static void another_secret_knows_nothing(void **state)
{
    (void)state;
    void *memory = new_memory(BYTES);
    side one = new_side(memory, BYTES, NULL, token_key(JETON_ES256));
    char *token = forge(JETON_ES256, PAYLOAD);
    expect(&one, token, JETON_OK, false);
    expect(&one, token, JETON_OK, true);
    void *copy = new_memory(BYTES);
    const size_t head = 128;
    memcpy((char *)copy + head, (char *)memory + head, BYTES - head);
    side other = new_side(copy, BYTES, NULL, token_key(JETON_ES256));
    expect(&other, token, JETON_OK, false);
    free_side(&other);
    assert_int_equal(jeton_signature_cache_init(NULL, memory, BYTES, NULL), JETON_OK);
    other = new_side(memory, BYTES, NULL, token_key(JETON_ES256));
    expect(&other, token, JETON_OK, false);
    free(token);
    free_side(&other);
    free_side(&one);
    munmap(copy, BYTES);
    munmap(memory, BYTES);
}

static void memory_that_is_none_is_refused(void **state)
{
    (void)state;
    char *memory = new_memory(BYTES);
    const struct {
        const char *why;
        void *memory;
        size_t bytes;
        bool made;
    } rows[] = {
        {"nothing", NULL, BYTES, false},
        {"too little", memory, FEW - 1, false},
        {"not aligned", memory + 8, BYTES - 8, false},
        {"made with another number of bytes", memory, BYTES - 64, true},
        {"nothing was made there", memory + 64, BYTES - 64, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        jeton_signature_cache *cache = BOGUS;
        if (!rows[i].made)
            assert_int_equal(jeton_signature_cache_init(NULL, rows[i].memory, rows[i].bytes, NULL),
                             JETON_E_ARGUMENT);
        assert_int_equal(
            jeton_signature_cache_new(NULL, rows[i].memory, rows[i].bytes, &cache, &err),
            JETON_E_ARGUMENT);
        assert_null(cache);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
    }
    jeton_signature_cache *cache = open_cache(memory, BYTES);
    jeton_signature_cache_free(&cache);
    jeton_signature_cache_free(&cache);
    jeton_signature_cache_free(NULL);
    munmap(memory, BYTES);
}

/* ---- threads, and processes that die -------------------------------------------------------- */

#define TOKENS 24U

static struct {
    void *memory;
    char *good[TOKENS], *bad[TOKENS];
} with;

static unsigned go_round(unsigned rounds)
{
    unsigned failed = 0;
    side it = new_side(with.memory, FEW, NULL, token_key(JETON_ED25519));
    for (unsigned i = 0; i < rounds; i++) {
        const unsigned n = i * 7 % TOKENS;
        const jeton_span good = jeton_str(with.good[n]), bad = jeton_str(with.bad[n]);
        failed += jeton_verify(it.verifier, good, it.verdict) != JETON_OK;
        failed += jeton_verify(it.verifier, bad, it.verdict) != JETON_E_SIGNATURE;
    }
    free_side(&it);
    return failed;
}

static void *run(void *failed)
{
    *(unsigned *)failed = go_round(300);
    return NULL;
}

static void make_tokens(void)
{
    with.memory = new_memory(FEW);
    for (unsigned i = 0; i < TOKENS; i++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"exp\":1700000900,\"sub\":\"user-%u\"}", i);
        with.good[i] = forge(JETON_ED25519, payload);
        with.bad[i] = strdup(with.good[i]);
        change_signature(with.bad[i]);
    }
}

static void free_tokens(void)
{
    for (unsigned i = 0; i < TOKENS; i++) {
        free(with.good[i]);
        free(with.bad[i]);
    }
    munmap(with.memory, FEW);
}

static void threads_share_one(void **state)
{
    (void)state;
    make_tokens();
    pthread_t threads[4];
    unsigned failed[COUNT(threads)];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, &failed[i]), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failed[i], 0);
    }
    free_tokens();
}

/* Children write all the time, and are killed wherever they are. */
static void who_is_killed_holds_up_nobody(void **state)
{
    (void)state;
    make_tokens();
    for (unsigned i = 0; i < 20; i++) {
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            jeton_signature_cache *cache = open_cache(with.memory, FEW);
            for (uint64_t n = 1;; n++) {
                const jt_signature_tag tag = {{n | 1, n}, n};
                jt_signature_cache_add(cache, &tag);
            }
        }
        assert_int_equal(go_round(20), 0);
        assert_int_equal(kill(child, SIGKILL), 0);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
    assert_int_equal(go_round(50), 0);
    free_tokens();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_has_verified_the_other_knows),
        cmocka_unit_test(what_is_not_the_same_is_not_known),
        cmocka_unit_test(key_and_algorithm_are_part_of_it),
        cmocka_unit_test(all_else_is_checked),
        cmocka_unit_test(beside_a_verdict_cache_it_is_asked_second),
        cmocka_unit_test(when_it_is_full_new_ones_take_the_place_of_old_ones),
        cmocka_unit_test(halves_are_no_entries),
        cmocka_unit_test(another_secret_knows_nothing),
        cmocka_unit_test(memory_that_is_none_is_refused),
        cmocka_unit_test(threads_share_one),
        cmocka_unit_test(who_is_killed_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
