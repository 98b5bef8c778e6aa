/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_cache_store.c - the cache's limits hold, and what goes first when it is
 * full.
 */
#include "tokens.h"

#include "token/cache_table.h"

#include <jeton/cache.h>
#include <jeton/verifier.h>

static jeton_keyset *keys;
static jeton_verdict *verdict;
static jeton_verifier *verifier;
static jeton_cache *cache;

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

static void begin(size_t entries, size_t bytes)
{
    const jeton_cache_options options = {.entries = entries, .bytes = bytes};
    token_clock = (jeton_time)NOW * 1000;
    assert_int_equal(jeton_cache_new(NULL, &options, &cache, NULL), JETON_OK);
    assert_int_equal(jeton_verifier_new(token_ctx(), NULL, keys, &verifier, NULL), JETON_OK);
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    jeton_verifier_use_cache(verifier, cache);
}

static void end(void)
{
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_cache_free(&cache);
}

static char *token_until(unsigned sub, int exp, size_t filler)
{
    char *payload = NULL;
    assert_true(asprintf(&payload, "{\"exp\":%d,\"sub\":\"%u\",\"x\":\"%0*d\"}", exp, sub,
                         (int)filler, 0) > 0);
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
    free(payload);
    return token;
}

static jeton_status verify(const char *token)
{
    return jeton_verify(verifier, jeton_str(token), verdict);
}

static jeton_cache_counts counts(void)
{
    jeton_cache_counts now;
    jeton_cache_stats(cache, &now);
    return now;
}

/* Whether it is in the cache: a hit says so, and a miss would put it in, so look first. */
static bool is_in(const char *token)
{
    const uint64_t hits = counts().hits;
    assert_int_equal(verify(token), JETON_OK);
    return counts().hits > hits;
}

#define MANY 500U

static void store_keeps_to_the_number_of_entries(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 2, 7, 16, 100, 499};
    for (size_t i = 0; i < COUNT(limits); i++) {
        begin(limits[i], 0);
        for (unsigned sub = 0; sub < MANY; sub++) {
            char *token = token_until(sub, 1700000900, 1);
            assert_int_equal(verify(token), JETON_OK);
            assert_in_range(counts().entries, 1, limits[i]);
            free(token);
        }
        const jeton_cache_counts last = counts();
        print_message("  %zu: %zu entries, %zu stored, %zu evicted\n", limits[i], last.entries,
                      (size_t)last.stored, (size_t)last.evicted);
        assert_in_range(last.entries, limits[i] - limits[i] / 8, limits[i]);
        assert_in_range(last.stored - last.evicted,
                        last.entries > JT_CACHE_SHARDS ? last.entries - JT_CACHE_SHARDS : 0,
                        last.entries);
        assert_in_range(last.stored, MANY - MANY / 100, MANY);
        end();
    }
}

static void store_keeps_to_the_number_of_bytes(void **state)
{
    (void)state;
    static const size_t limits[] = {1000, 4000, 20000, 100000};
    for (size_t i = 0; i < COUNT(limits); i++) {
        begin(0, limits[i]);
        for (unsigned sub = 0; sub < MANY; sub++) {
            char *token = token_until(sub, 1700000900, 1 + sub * 7 % 300);
            assert_int_equal(verify(token), JETON_OK);
            assert_in_range(counts().bytes, 1, limits[i]);
            free(token);
        }
        const jeton_cache_counts last = counts();
        print_message("  %zu: %zu bytes in %zu entries\n", limits[i], last.bytes, last.entries);
        assert_in_range(last.bytes, limits[i] > 1500 ? limits[i] - 1500 : 300, limits[i]);
        end();
    }
}

static void store_leaves_large_tokens_out(void **state)
{
    (void)state;
    static const struct {
        size_t filler, bytes;
        bool kept;
    } rows[] = {
        {100, 0, true},    {5900, 0, true},   {6200, 0, false}, /* in base64url: 8 KiB */
        {40000, 0, false}, {100, 500, false}, {100, 2000, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin(0, rows[i].bytes);
        char *token = token_until(1, 1700000900, rows[i].filler);
        print_message("  %zu bytes of token, a cache of %zu\n", strlen(token), rows[i].bytes);
        for (int again = 0; again < 3; again++)
            assert_int_equal(verify(token), JETON_OK);
        assert_int_equal(counts().stored, rows[i].kept);
        assert_int_equal(counts().hits, rows[i].kept ? 2 : 0);
        free(token);
        end();
    }
}

/* A verdict gives out what it found however many others come: its entry is freed only later. */
static void store_frees_nothing_that_is_held(void **state)
{
    (void)state;
    begin(1, 0);
    char *first = token_until(1, 1700000900, 50);
    jeton_verdict *holder = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &holder, NULL), JETON_OK);
    for (int again = 0; again < 2; again++)
        assert_int_equal(jeton_verify(verifier, jeton_str(first), holder), JETON_OK);
    assert_int_equal(counts().hits, 1);
    const jeton_span payload = jeton_verdict_payload(holder);
    for (unsigned sub = 2; sub < 50; sub++) {
        char *other = token_until(sub, 1700000900, 50);
        assert_int_equal(verify(other), JETON_OK);
        free(other);
        jeton_span text = {0};
        assert_true(jeton_verdict_text(holder, "sub", &text));
        unit_assert_span(text, "1");
        assert_int_equal(counts().entries, 1); /* the held one: there is no room for another */
    }
    assert_memory_equal(payload.ptr, "{\"exp\":1700000900", 17);
    jeton_verifier_free(&verifier); /* nor does that free it */
    assert_true(jeton_verdict_has(holder, "sub", jeton_str("1")));
    jeton_verdict_free(&holder);
    free(first);
    end();
}

static void store_goes_on_once_nothing_is_held(void **state)
{
    (void)state;
    begin(1, 0);
    char *tokens[3];
    for (unsigned i = 0; i < COUNT(tokens); i++)
        tokens[i] = token_until(i, 1700000900, 1);
    jeton_verdict *holder = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &holder, NULL), JETON_OK);
    for (int again = 0; again < 2; again++)
        assert_int_equal(jeton_verify(verifier, jeton_str(tokens[0]), holder), JETON_OK);
    assert_false(is_in(tokens[1]));
    assert_false(is_in(tokens[1])); /* the only place is the held one's */
    jeton_verdict_free(&holder);
    assert_false(is_in(tokens[1]));
    assert_true(is_in(tokens[1]));
    for (unsigned i = 0; i < COUNT(tokens); i++)
        free(tokens[i]);
    end();
}

/* The order within one set. */
static void store_has_an_order_in_which_entries_go(void **state)
{
    (void)state;
    begin(JT_CACHE_WAYS, 0);
    /* tokens that share a set of the sixteen there are */
    char *tokens[JT_CACHE_WAYS + 2];
    const jt_cache_set *set = NULL;
    size_t found = 0;
    for (unsigned sub = 0; found < COUNT(tokens); sub++) {
        /* the third is the first to end, the second is over when the clock has moved */
        const int exp = found == 2 ? 1700000100 : found == 1 ? 1700000010 : 1700000900 + (int)found;
        char *token = token_until(sub, exp, 1);
        const jt_cache_set *its = jt_cache_set_of(cache, jt_cache_hash(cache, 1, jeton_str(token)));
        if (set == NULL)
            set = its;
        if (set == its)
            tokens[found++] = token;
        else
            free(token);
    }
    for (size_t i = 0; i < JT_CACHE_WAYS; i++)
        assert_int_equal(verify(tokens[i]), JETON_OK);
    for (size_t i = 0; i < JT_CACHE_WAYS; i++)
        if (i != 4)
            assert_true(is_in(tokens[i])); /* and is used; the fifth is not */
    token_clock = 1700000020000;

    assert_int_equal(verify(tokens[JT_CACHE_WAYS]), JETON_OK); /* puts out the second: over */
    assert_int_equal(counts().evicted, 1);
    assert_int_equal(counts().entries, JT_CACHE_WAYS);
    for (size_t i = 0; i < JT_CACHE_WAYS; i++)
        if (i != 1 && i != 2)
            assert_true(is_in(tokens[i])); /* used once more; the third is not */
    assert_true(is_in(tokens[JT_CACHE_WAYS]));

    assert_int_equal(verify(tokens[JT_CACHE_WAYS + 1]), JETON_OK); /* puts out the third: unused */
    assert_int_equal(counts().evicted, 2);
    for (size_t i = 3; i < COUNT(tokens); i++)
        assert_true(is_in(tokens[i]));
    for (size_t i = 0; i < COUNT(tokens); i++)
        free(tokens[i]);
    end();
}

/* Another thread has the shard: nobody waits, nothing is stored, and the answer is the same. */
static void store_does_not_wait(void **state)
{
    (void)state;
    begin(0, 0);
    char *token = token_until(1, 1700000900, 1);
    for (size_t i = 0; i < JT_CACHE_SHARDS; i++)
        assert_int_equal(pthread_mutex_lock(&cache->shards[i].lock), 0);
    assert_int_equal(verify(token), JETON_OK);
    assert_int_equal(counts().stored, 0);
    for (size_t i = 0; i < JT_CACHE_SHARDS; i++)
        assert_int_equal(pthread_mutex_unlock(&cache->shards[i].lock), 0);
    assert_false(is_in(token));
    assert_true(is_in(token));
    free(token);
    end();
}

/* What another thread may do between two steps of a search or of a store. */
static void store_and_find_take_what_another_thread_left(void **state)
{
    (void)state;
    begin(0, 0);
    char *token = token_until(1, 1700000900, 1);
    jt_cache_set *set = jt_cache_set_of(cache, jt_cache_hash(cache, 1, jeton_str(token)));
    const uint8_t tag = jt_cache_tag(jt_cache_hash(cache, 1, jeton_str(token)));
    atomic_store(&set->tags, tag); /* a tag without an entry: it has just been taken out */
    assert_false(is_in(token));
    assert_int_equal(counts().entries, 1);
    assert_true(is_in(token));
    assert_true(atomic_load(&set->tags) != tag); /* the way behind it is the entry's */

    /* another thread has stored it meanwhile: it stays there once */
    atomic_store(&set->tags, 0);
    assert_false(is_in(token));
    assert_int_equal(counts().stored, 1);
    assert_int_equal(counts().entries, 1);
    free(token);
    end();
}

/* Every tag of every set says yes to everything: the entries decide. */
static void find_is_sure_of_an_entry_only_when_it_has_compared_it(void **state)
{
    (void)state;
    begin(20, 0);
    char *tokens[20];
    for (unsigned i = 0; i < COUNT(tokens); i++) {
        tokens[i] = token_until(i, 1700000900, 1);
        assert_false(is_in(tokens[i]));
    }
    for (unsigned i = 0; i < COUNT(tokens); i++) {
        const uint64_t hash = jt_cache_hash(cache, 1, jeton_str(tokens[i]));
        for (size_t set = 0; set < cache->set_count; set++)
            atomic_store(&cache->sets[set].tags, JT_CACHE_EACH * jt_cache_tag(hash));
        jeton_span sub = {0};
        char want[8];
        snprintf(want, sizeof want, "%u", i);
        assert_true(is_in(tokens[i]));
        assert_true(jeton_verdict_text(verdict, "sub", &sub));
        unit_assert_span(sub, want);
        tokens[i][strlen(tokens[i]) / 2] ^= 1; /* its end, which the place is chosen by, is good */
        assert_int_not_equal(verify(tokens[i]), JETON_OK);
        free(tokens[i]);
    }
    end();
}

/* Room is made in another shard only where nobody is. */
static void store_leaves_shards_alone_in_which_others_are(void **state)
{
    (void)state;
    begin(1, 0);
    char *first = token_until(1, 1700000900, 1);
    assert_false(is_in(first));
    const size_t set =
        (size_t)(jt_cache_set_of(cache, jt_cache_hash(cache, 1, jeton_str(first))) - cache->sets);
    jt_cache_shard *shard = &cache->shards[set % JT_CACHE_SHARDS];
    assert_int_equal(pthread_mutex_lock(&shard->lock), 0);
    for (unsigned sub = 2; sub < 20; sub++) {
        char *token = token_until(sub, 1700000900, 1);
        assert_int_equal(verify(token), JETON_OK);
        free(token);
    }
    assert_int_equal(counts().stored, 1);
    assert_int_equal(pthread_mutex_unlock(&shard->lock), 0);
    assert_true(is_in(first));
    char *last = token_until(20, 1700000900, 1);
    assert_false(is_in(last)); /* and takes the place of the first, wherever that is */
    assert_true(is_in(last));
    free(first);
    free(last);
    end();
}

static const jt_cache_entry *any_entry(void)
{
    for (size_t set = 0; set < cache->set_count; set++)
        for (size_t way = 0; way < JT_CACHE_WAYS; way++)
            if (cache->sets[set].ways[way] != NULL)
                return cache->sets[set].ways[way];
    return NULL;
}

/* Two verifiers' hashes of one token may meet: the entry decides. */
static void cache_entry_is_of_one_verifier_and_one_token(void **state)
{
    (void)state;
    begin(4, 0);
    char *token = token_until(1, NOW + 600, 1);
    const jeton_span span = jeton_str(token);
    assert_int_equal(verify(token), JETON_OK);
    const jt_cache_entry *entry = any_entry();
    assert_non_null(entry);
    assert_true(jt_cache_entry_is(entry, entry->verifier, span));
    assert_false(jt_cache_entry_is(entry, entry->verifier + 1, span));
    assert_false(jt_cache_entry_is(entry, entry->verifier, jeton_bytes(span.ptr, span.len - 1)));
    for (size_t i = 0; i < span.len; i++) {
        token[i] ^= 1;
        assert_false(jt_cache_entry_is(entry, entry->verifier, span));
        token[i] ^= 1;
    }
    free(token);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_keeps_to_the_number_of_entries),
        cmocka_unit_test(store_keeps_to_the_number_of_bytes),
        cmocka_unit_test(store_leaves_large_tokens_out),
        cmocka_unit_test(store_frees_nothing_that_is_held),
        cmocka_unit_test(store_goes_on_once_nothing_is_held),
        cmocka_unit_test(store_has_an_order_in_which_entries_go),
        cmocka_unit_test(store_does_not_wait),
        cmocka_unit_test(store_and_find_take_what_another_thread_left),
        cmocka_unit_test(find_is_sure_of_an_entry_only_when_it_has_compared_it),
        cmocka_unit_test(store_leaves_shards_alone_in_which_others_are),
        cmocka_unit_test(cache_entry_is_of_one_verifier_and_one_token),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
