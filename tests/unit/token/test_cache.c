/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_cache.c - the verdict cache: what is found in it, for whom and when, and
 * that nothing but the speed depends on it. */
#include "tokens.h"

#include <jeton/cache.h>
#include <jeton/verifier.h>

#define EXP 1700000900

static jeton_keyset *keys;

static int set_up(void **state)
{
    (void)state;
    keys = token_keyset(token_key(JETON_HS256));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_keyset_free(&keys);
    return 0;
}

static int at_noon(void **state)
{
    (void)state;
    token_clock = (jeton_time)NOW * 1000;
    return 0;
}

static char *forge(const char *payload)
{
    return token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
}

/* A token for `sub`, good for fifteen minutes. */
static char *token_for(unsigned sub)
{
    char payload[64];
    snprintf(payload, sizeof payload, "{\"exp\":%d,\"sub\":\"user-%u\"}", EXP, sub);
    return forge(payload);
}

static jeton_cache *new_cache(size_t entries, size_t bytes)
{
    const jeton_cache_options options = {.entries = entries, .bytes = bytes};
    jeton_cache *cache = BOGUS;
    assert_int_equal(jeton_cache_new(NULL, &options, &cache, NULL), JETON_OK);
    assert_non_null(cache);
    return cache;
}

static jeton_verifier *new_verifier(const jeton_policy *policy, const jeton_cache *cache)
{
    jeton_verifier *verifier = NULL;
    assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &verifier, NULL), JETON_OK);
    jeton_verifier_use_cache(verifier, cache);
    return verifier;
}

static jeton_verdict *new_verdict(void)
{
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    return verdict;
}

static jeton_cache_counts counts_of(const jeton_cache *cache)
{
    jeton_cache_counts counts;
    memset(&counts, 0x5a, sizeof counts); /* all of them are written */
    jeton_cache_stats(cache, &counts);
    return counts;
}

static void assert_looked_up(const jeton_cache *cache, uint64_t hits, uint64_t misses,
                             uint64_t expired)
{
    const jeton_cache_counts counts = counts_of(cache);
    assert_int_equal(counts.hits, hits);
    assert_int_equal(counts.misses, misses);
    assert_int_equal(counts.expired, expired);
}

/* ---- what is found -------------------------------------------------------------------------- */

static void cache_finds_what_was_accepted(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(cache, 0, 1, 0);
    assert_false(jeton_verdict_is_remembered(verdict));
    assert_int_equal(counts_of(cache).stored, 1);
    assert_int_equal(counts_of(cache).entries, 1);
    assert_in_range(counts_of(cache).bytes, strlen(token), 1024);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        assert_looked_up(cache, i, 1, 0);
        assert_true(jeton_verdict_is_remembered(verdict));
    }
    jeton_span sub = {0};
    assert_true(jeton_verdict_text(verdict, "sub", &sub));
    unit_assert_span(sub, "user-1");
    assert_int_equal(counts_of(cache).stored, 1);
    assert_int_equal(counts_of(cache).evicted, 0);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
    assert_null(cache);
    jeton_cache_free(&cache);
    jeton_cache_free(NULL);
}

static void cache_keeps_nothing_that_was_refused(void **state)
{
    (void)state;
    static const char *const payloads[] = {"{\"exp\":1699999999}", "{\"sub\":\"a\"}",
                                           "{\"exp\":1700000900,\"sub\":1}", "[]", "{"};
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    for (size_t i = 0; i < COUNT(payloads); i++) {
        char *token = forge(payloads[i]);
        for (int again = 0; again < 2; again++)
            assert_int_not_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        free(token);
    }
    assert_looked_up(cache, 0, 2 * COUNT(payloads), 0);
    assert_int_equal(counts_of(cache).stored, 0);
    assert_int_equal(counts_of(cache).entries, 0);
    assert_int_equal(counts_of(cache).bytes, 0);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
}

static void cache_wants_every_byte_of_the_token(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *with = new_verifier(NULL, cache);
    jeton_verifier *without = new_verifier(NULL, NULL);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    const size_t len = strlen(token);
    assert_int_equal(jeton_verify(with, jeton_str(token), verdict), JETON_OK);
    for (size_t i = 0; i < len; i++) {
        token[i] ^= 1;
        const jeton_status status = jeton_verify(with, jeton_str(token), verdict);
        assert_int_not_equal(status, JETON_OK);
        assert_int_equal(jeton_verify(without, jeton_str(token), verdict), status);
        token[i] ^= 1;
    }
    for (size_t cut = 1; cut < len; cut++) {
        const jeton_span head = jeton_bytes(token, len - cut);
        const jeton_span tail = jeton_bytes(token + cut, len - cut);
        assert_int_not_equal(jeton_verify(with, head, verdict), JETON_OK);
        assert_int_not_equal(jeton_verify(with, tail, verdict), JETON_OK);
    }
    assert_int_equal(counts_of(cache).hits, 0);
    assert_int_equal(jeton_verify(with, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(counts_of(cache).hits, 1);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&with);
    jeton_verifier_free(&without);
    jeton_cache_free(&cache);
}

/* ---- for whom ------------------------------------------------------------------------------- */

static void cache_is_safe_between_policies(void **state)
{
    (void)state;
    static const jeton_policy strict = {.require = {"jti"}};
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *lax = new_verifier(NULL, cache);
    jeton_verifier *other = new_verifier(&strict, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jeton_verify(lax, jeton_str(token), verdict), JETON_OK);
        assert_int_equal(jeton_verify(other, jeton_str(token), verdict), JETON_E_MISSING);
        assert_string_equal(jeton_verdict_claim(verdict), "jti");
    }
    assert_looked_up(cache, 2, 4, 0);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&lax);
    jeton_verifier_free(&other);
    jeton_cache_free(&cache);
}

static void cache_is_safe_between_key_sets(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(cache, 1, 1, 0);

    /* keys change: a verifier is made anew, and the old one goes */
    jeton_key *key = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_HS256, jeton_str(NULL), &key, NULL), JETON_OK);
    jeton_keyset *others = token_keyset(key);
    jeton_verifier *anew = NULL;
    assert_int_equal(jeton_verifier_new(token_ctx(), NULL, others, &anew, NULL), JETON_OK);
    jeton_verifier_use_cache(anew, cache);
    assert_int_equal(jeton_verify(anew, jeton_str(token), verdict), JETON_E_SIGNATURE);
    assert_int_equal(counts_of(cache).entries, 1);
    jeton_verifier_free(&verifier);
    assert_int_equal(counts_of(cache).entries, 0);
    assert_int_equal(counts_of(cache).bytes, 0);
    assert_int_equal(counts_of(cache).evicted, 1);
    assert_int_equal(jeton_verify(anew, jeton_str(token), verdict), JETON_E_SIGNATURE);
    assert_looked_up(cache, 1, 3, 0);

    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&anew);
    jeton_keyset_free(&others);
    jeton_key_free(&key);
    jeton_cache_free(&cache);
}

/* The same policy and the same keys: it is the verifier that counts. */
static void cache_forgets_a_verifier_that_is_made_anew(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    for (unsigned i = 0; i < 3; i++) {
        jeton_verifier *verifier = new_verifier(NULL, cache);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        assert_looked_up(cache, 0, i + 1, 0);
        jeton_verifier_free(&verifier);
    }
    free(token);
    jeton_verdict_free(&verdict);
    jeton_cache_free(&cache);
}

static void cache_can_be_changed_and_taken_away(void **state)
{
    (void)state;
    jeton_cache *one = new_cache(0, 0);
    jeton_cache *two = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, one);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    jeton_verifier_use_cache(verifier, one); /* again: a new beginning */
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(one, 0, 2, 0);
    jeton_verifier_use_cache(verifier, two);
    assert_int_equal(counts_of(one).entries, 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(one, 0, 2, 0);
    assert_looked_up(two, 1, 1, 0);
    jeton_verifier_use_cache(verifier, NULL);
    assert_int_equal(counts_of(two).evicted, 1);
    assert_int_equal(counts_of(two).entries, 1); /* the verdict still gives out what is in it */
    assert_true(jeton_verdict_has(verdict, "sub", jeton_str("user-1")));
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(two, 1, 1, 0);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&one);
    jeton_cache_free(&two);
}

/* One after the other, and in any order: whoever is last frees. */
static void cache_lives_as_long_as_it_is_used(void **state)
{
    (void)state;
    for (int order = 0; order < 6; order++) {
        jeton_cache *cache = new_cache(0, 0);
        jeton_verifier *verifier = new_verifier(NULL, cache);
        jeton_verdict *verdict = new_verdict();
        char *token = token_for(1);
        for (int i = 0; i < 2; i++)
            assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        for (int i = 0; i < 3; i++) {
            const int what = (order / 2 + (order % 2 ? 2 * i : i)) % 3;
            if (what == 0)
                jeton_cache_free(&cache);
            if (what == 1)
                jeton_verifier_free(&verifier);
            if (what == 2)
                jeton_verdict_free(&verdict);
            if (what == 1 && verdict != NULL)
                assert_true(jeton_verdict_has(verdict, "sub", jeton_str("user-1")));
        }
        free(token);
    }
}

/* ---- when ----------------------------------------------------------------------------------- */

static void cache_looks_at_the_clock_each_time(void **state)
{
    (void)state;
    static const jeton_policy policy = {.max_age = 600, .leeway = 10};
    static const struct {
        int64_t second, ms;
        jeton_status want;
    } times[] = {
        {1700000000, 0, JETON_OK},         {1700000610, 0, JETON_OK},
        {1700000610, 1, JETON_E_ISSUED},   {1700000611, 0, JETON_E_ISSUED},
        {1700000909, 999, JETON_E_ISSUED}, {1700000910, 0, JETON_E_EXPIRED},
        {1699999995, 0, JETON_OK},         {1699999994, 999, JETON_E_NOT_YET},
        {1700000000, 0, JETON_OK},
    };
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(&policy, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = forge("{\"exp\":1700000900,\"iat\":1700000000,\"nbf\":1700000005}");
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    uint64_t good = 0;
    for (size_t i = 0; i < COUNT(times); i++) {
        token_clock = times[i].second * 1000 + times[i].ms;
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), times[i].want);
        good += times[i].want == JETON_OK;
        assert_looked_up(cache, good, 1, i + 1 - good);
    }
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
}

/* ---- hooks ---------------------------------------------------------------------------------- */

typedef struct hook_state {
    unsigned calls;
    jeton_status answer;
} hook_state;

static jeton_status hook(void *user, const jeton_verdict *verdict)
{
    hook_state *with = user;
    with->calls++;
    assert_true(jeton_verdict_has(verdict, "sub", jeton_str("user-1")));
    assert_ptr_equal(jeton_verdict_key(verdict), token_key(JETON_HS256));
    return with->answer;
}

static void cache_asks_the_hook_each_time(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    hook_state with = {.answer = JETON_E_REVOKED};
    jeton_verifier_on_revocation(verifier, hook, &with);
    static const jeton_status answers[] = {JETON_E_REVOKED, JETON_OK,      JETON_OK,
                                           JETON_E_REVOKED, JETON_E_CLAIM, JETON_OK};
    for (unsigned i = 0; i < COUNT(answers); i++) {
        with.answer = answers[i];
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), answers[i]);
        assert_int_equal(with.calls, i + 1);
        const bool good = answers[i] == JETON_OK;
        assert_int_equal(jeton_verdict_failed(verdict), good ? 0 : JETON_CHECK_REVOKED);
        assert_true((jeton_verdict_payload(verdict).len > 0) == good);
        assert_true(jeton_verdict_has(verdict, "sub", jeton_str("user-1")) == good);
    }
    /* it had been good but for the hook, so it was remembered the first time */
    assert_looked_up(cache, COUNT(answers) - 1, 1, 0);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
}

/* ---- memory --------------------------------------------------------------------------------- */

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

static void cache_hit_takes_no_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = counting_ctx(&heap);
    jeton_cache *cache = NULL;
    assert_int_equal(jeton_cache_new(ctx, NULL, &cache, NULL), JETON_OK);
    jeton_verifier *verifier = NULL;
    assert_int_equal(jeton_verifier_new(ctx, NULL, keys, &verifier, NULL), JETON_OK);
    jeton_verifier_use_cache(verifier, cache);
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verdict_new(ctx, &verdict, NULL), JETON_OK);
    char *token = token_for(1);
    heap.secret = token; /* wiped before it is given back */
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    const size_t before = heap.left;
    for (int i = 0; i < 100; i++)
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(heap.left, before);
    assert_looked_up(cache, 100, 1, 0);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
    free(token);
}

/* Whatever the cache lacks, a good token is accepted and a bad one refused for its own reason. */
static void cache_without_memory_refuses_nothing(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = counting_ctx(&heap);
    jeton_cache *cache = NULL;
    assert_int_equal(jeton_cache_new(ctx, NULL, &cache, NULL), JETON_OK);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    heap.left = 0; /* neither a record for the verdict nor an entry */
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_looked_up(cache, 0, 0, 0);
    heap.left = 1; /* a record, and no entry */
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        assert_looked_up(cache, 0, i, 0);
    }
    token[0]++;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_SYNTAX);
    token[0]--;
    assert_int_equal(counts_of(cache).entries, 0);
    assert_int_equal(counts_of(cache).bytes, 0);
    heap.left = 1;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(counts_of(cache).entries, 1);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
    unit_ctx_done(&ctx, &heap);
}

static bool no_randomness(void *user, void *to, size_t len)
{
    (void)user;
    memset(to, 0, len);
    return false;
}

static void cache_says_why_it_cannot_be_made(void **state)
{
    (void)state;
    const jeton_ctx_options options = {.random = no_randomness};
    const jeton_cache_options too_many = {.entries = JT_LIMIT_CACHE_ENTRIES + 1};
    jeton_ctx *ctx = NULL;
    jeton_cache *cache = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    assert_int_equal(jeton_cache_new(ctx, NULL, &cache, &err), JETON_E_RANDOM);
    assert_null(cache);
    assert_int_equal(err.status, JETON_E_RANDOM);
    cache = BOGUS;
    err = (jeton_err){0};
    assert_int_equal(jeton_cache_new(NULL, &too_many, &cache, &err), JETON_E_LIMIT);
    assert_null(cache);
    assert_int_equal(err.status, JETON_E_LIMIT);
    jeton_ctx_free(&ctx);
}

/* The hook that runs last is asked behind the other, on a hit as on a miss, and with its text. */
static jeton_status last_hook(void *user, const jeton_verdict *verdict, jeton_err *err)
{
    hook_state *with = user;
    with->calls++;
    assert_true(jeton_verdict_has(verdict, "sub", jeton_str("user-1")));
    snprintf(err->text, sizeof err->text, "call %u", with->calls);
    return with->answer;
}

static void cache_asks_the_last_hook_each_time(void **state)
{
    (void)state;
    jeton_cache *cache = new_cache(0, 0);
    jeton_verifier *verifier = new_verifier(NULL, cache);
    jeton_verdict *verdict = new_verdict();
    char *token = token_for(1);
    hook_state last = {.answer = JETON_OK};
    hook_state revocation = {.answer = JETON_OK};
    jeton_verifier_on_accept(verifier, last_hook, &last);
    jeton_verifier_on_revocation(verifier, hook, &revocation);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    last.answer = JETON_E_REFUSED;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_REFUSED);
    assert_string_equal(jeton_verdict_why(verdict), "hook: call 2");
    revocation.answer = JETON_E_REVOKED;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_REVOKED);
    assert_int_equal(last.calls, 2); /* not asked about what is revoked */
    assert_looked_up(cache, 2, 1, 0);
    free(token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cache_finds_what_was_accepted, at_noon),
        cmocka_unit_test_setup(cache_keeps_nothing_that_was_refused, at_noon),
        cmocka_unit_test_setup(cache_wants_every_byte_of_the_token, at_noon),
        cmocka_unit_test_setup(cache_is_safe_between_policies, at_noon),
        cmocka_unit_test_setup(cache_is_safe_between_key_sets, at_noon),
        cmocka_unit_test_setup(cache_forgets_a_verifier_that_is_made_anew, at_noon),
        cmocka_unit_test_setup(cache_can_be_changed_and_taken_away, at_noon),
        cmocka_unit_test_setup(cache_lives_as_long_as_it_is_used, at_noon),
        cmocka_unit_test_setup(cache_looks_at_the_clock_each_time, at_noon),
        cmocka_unit_test_setup(cache_asks_the_hook_each_time, at_noon),
        cmocka_unit_test_setup(cache_asks_the_last_hook_each_time, at_noon),
        cmocka_unit_test_setup(cache_hit_takes_no_memory, at_noon),
        cmocka_unit_test_setup(cache_without_memory_refuses_nothing, at_noon),
        cmocka_unit_test_setup(cache_says_why_it_cannot_be_made, at_noon),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
