/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_race.c - threads verify by a segment while it grows, is swept, and its keys
 * change: what has been revoked is refused from that moment on, and what was not is not. What it
 * proves it proves under TSan and ASan: ./dev san agent.race
 */
#include "world.h"

#include <pthread.h>
#include <stdatomic.h>

#define READERS  3U
#define SESSIONS 4000U
#define TOKENS   40U /* for every hundredth session */
#define CHANGES  60U

static struct {
    world *w;
    jeton_text *tokens[TOKENS];
    _Atomic unsigned ended; /* sessions below this one have ended, and nobody says so before */
    _Atomic unsigned begun; /* those from this one on have not */
    atomic_bool stop;
    _Atomic unsigned verified;
} with;

typedef struct reader {
    jeton_verdict *verdict;
    const char *wrong;
} reader;

static unsigned session_of(size_t token)
{
    return (unsigned)token * (SESSIONS / TOKENS) + 1;
}

/* Both numbers are read so that what happens in between is no mistake. */
static const char *judge(reader *r, size_t i)
{
    const unsigned session = session_of(i);
    const bool was_ended = session < atomic_load(&with.ended);
    const jeton_status status =
        jeton_verify(with.w->verifier, jeton_text_span(with.tokens[i]), r->verdict);
    const bool had_begun = session < atomic_load(&with.begun);
    jeton_span kid = jeton_str(NULL);
    if (jeton_verdict_key(r->verdict) != NULL)
        kid = jeton_key_id(jeton_verdict_key(r->verdict));
    atomic_fetch_add(&with.verified, 1);
    if (status != JETON_OK && status != JETON_E_REVOKED)
        return jeton_status_name(status);
    if (!jeton_span_equal(kid, jeton_key_id(with.w->keys[0])))
        return "another key";
    if (was_ended && status == JETON_OK)
        return "accepted although it was revoked";
    return !had_begun && status == JETON_E_REVOKED ? "refused although it was not revoked" : NULL;
}

static void *read_on(void *argument)
{
    reader *r = argument;
    for (size_t i = 0; r->wrong == NULL && !atomic_load(&with.stop); i = (i + 7) % TOKENS)
        r->wrong = judge(r, i);
    return NULL;
}

static void *change_keys(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < CHANGES; i++) {
        world_publish(with.w, 0, 1 + i % 2);
        jd_agent_sweep(with.w->agent);
    }
    return NULL;
}

static void readers_are_right_at_every_moment(void **state)
{
    (void)state;
    pthread_t threads[READERS + 1];
    reader readers[READERS] = {{0}};
    with.w = world_new();
    for (size_t i = 0; i < TOKENS; i++)
        with.tokens[i] = world_sign(with.w, 0, &(world_token){.user = 1, .session = session_of(i)});
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(jeton_verdict_new(NULL, &readers[i].verdict, NULL), JETON_OK);
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[READERS], NULL, change_keys, NULL), 0);
    for (unsigned i = 1; i <= SESSIONS; i++) {
        atomic_store(&with.begun, i + 1);
        world_end_session(with.w, i);
        atomic_store(&with.ended, i + 1);
    }
    assert_int_equal(pthread_join(threads[READERS], NULL), 0);
    atomic_store(&with.stop, true);
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        if (readers[i].wrong != NULL)
            fail_msg("%s", readers[i].wrong);
        jeton_verdict_free(&readers[i].verdict);
    }
    const jeton_segment_info info = world_info(with.w);
    print_message("  %u verifications, %u files\n", atomic_load(&with.verified),
                  (unsigned)info.generation);
    assert_int_equal(info.sessions, SESSIONS);
    assert_true(info.generation > CHANGES / 2 && atomic_load(&with.verified) > 0);
    for (size_t i = 0; i < TOKENS; i++) {
        assert_int_equal(world_verify(with.w, with.tokens[i]), JETON_E_REVOKED);
        jeton_text_free(&with.tokens[i]);
    }
    world_free(with.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_are_right_at_every_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
