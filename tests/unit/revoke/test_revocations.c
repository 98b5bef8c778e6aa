/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/revoke/test_revocations.c - what is revoked stays so until it expires, in whatever
 * order it came. */
#include "revoke/revocations.h"

#include "../unit.h"

#include <pthread.h>
#include <stdatomic.h>

static const uint8_t alice[JT_REVOKED_ID] = "alice";
static const uint8_t bob[JT_REVOKED_ID] = "bob";
static const uint8_t phone[JT_REVOKED_ID] = "phone";
static const uint8_t laptop[JT_REVOKED_ID] = "laptop";

static jt_revocation entry(uint64_t n, jt_revoked kind, const uint8_t *id, jeton_time expires)
{
    jt_revocation made = {.n = n, .kind = kind, .expires = expires};
    if (id != NULL)
        memcpy(made.id, id, sizeof made.id);
    return made;
}

static jt_revocations *new_state(const jeton_ctx *ctx)
{
    jt_revocations *made = BOGUS;
    assert_int_equal(jt_revocations_new(ctx, &made, NULL), JETON_OK);
    return made;
}

static void apply(jt_revocations *state, jt_revocation what)
{
    assert_int_equal(jt_revocations_apply(state, &what, NULL), JETON_OK);
}

/* A token of that subject and session; NULL: it has none. */
static jeton_status stands(const jt_revocations *r, const uint8_t *sub, const uint8_t *sid,
                           uint64_t rev)
{
    const jt_revoked_state state = jt_revocations_state(r);
    jeton_status status = rev < state.all(state.of) ? JETON_E_REVOKED : JETON_OK;
    if (status == JETON_OK && sid != NULL)
        status = jt_revocations_check(r, JT_REVOKED_SESSION, sid, rev);
    if (status == JETON_OK && sub != NULL)
        status = jt_revocations_check(r, JT_REVOKED_SUBJECT, sub, rev);
    return status;
}

/* --- what is refused -------------------------------------------------------------------------- */

static void nothing_is_refused_at_first(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    assert_int_equal(stands(r, alice, phone, 0), JETON_OK);
    assert_int_equal(stands(r, NULL, NULL, 0), JETON_OK);
    assert_int_equal(jt_revocations_head(r), 0);
    assert_int_equal(jt_revocations_count(r), 0);
    jt_revocations_free(&r);
    assert_null(r);
    jt_revocations_free(&r);
    jt_revocations_free(NULL);
}

static void entries_refuse_what_they_are_about_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const uint8_t *sub, *sid;
        uint64_t rev;
        jeton_status want;
    } rows[] = {
        {"the ended session", bob, phone, 0, JETON_E_REVOKED},
        {"the ended session, whatever the number", bob, phone, 999, JETON_E_REVOKED},
        {"another session", bob, laptop, 0, JETON_OK},
        {"the marked subject before the mark", alice, laptop, 19, JETON_E_REVOKED},
        {"the marked subject at the mark", alice, laptop, 20, JETON_OK},
        {"the marked subject after it", alice, laptop, 21, JETON_OK},
        {"the subject alone", alice, NULL, 19, JETON_E_REVOKED},
        {"the session alone", NULL, phone, 30, JETON_E_REVOKED},
        {"a subject with the session's id", phone, laptop, 0, JETON_OK},
        {"a session with the subject's id", bob, alice, 0, JETON_OK},
    };
    jt_revocations *r = new_state(NULL);
    apply(r, entry(10, JT_REVOKED_SESSION, phone, 100));
    apply(r, entry(20, JT_REVOKED_SUBJECT, alice, 100));
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(stands(r, rows[i].sub, rows[i].sid, rows[i].rev), rows[i].want);
    }
    assert_int_equal(jt_revocations_head(r), 20);
    assert_int_equal(jt_revocations_count(r), 2);
    jt_revocations_free(&r);
}

static void mark_for_everything_refuses_all_before_it(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    apply(r, entry(7, JT_REVOKED_ALL, NULL, 100));
    assert_int_equal(stands(r, alice, phone, 6), JETON_E_REVOKED);
    assert_int_equal(stands(r, NULL, NULL, 6), JETON_E_REVOKED);
    assert_int_equal(stands(r, alice, phone, 7), JETON_OK);
    jt_revocations_free(&r);
}

static void marks_never_go_back(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    apply(r, entry(9, JT_REVOKED_SUBJECT, alice, 100));
    apply(r, entry(5, JT_REVOKED_SUBJECT, alice, 50));
    apply(r, entry(8, JT_REVOKED_ALL, NULL, 100));
    apply(r, entry(3, JT_REVOKED_ALL, NULL, 50));
    jt_revocations_sweep(r, 60);
    assert_int_equal(stands(r, alice, phone, 8), JETON_E_REVOKED);
    assert_int_equal(stands(r, alice, phone, 9), JETON_OK);
    assert_int_equal(stands(r, bob, phone, 7), JETON_E_REVOKED);
    assert_int_equal(jt_revocations_head(r), 9);
    jt_revocations_free(&r);
}

static void entries_that_are_none_are_not_taken(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    const jt_revocation unnumbered = entry(0, JT_REVOKED_SUBJECT, alice, 100);
    jeton_err err = {0};
    assert_int_equal(jt_revocations_apply(r, &unnumbered, &err), JETON_E_ARGUMENT);
    assert_int_equal(jt_revocations_count(r), 0);
    assert_int_equal(stands(r, alice, phone, 0), JETON_OK);
    jt_revocations_free(&r);
}

static void unknown_kinds_refuse_everything_before_them(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    const jt_revocation later = entry(5, (jt_revoked)200, alice, 100);
    assert_int_equal(jt_revocations_apply(r, &later, NULL), JETON_E_UNSUPPORTED);
    assert_int_equal(stands(r, bob, phone, 4), JETON_E_REVOKED);
    assert_int_equal(stands(r, bob, phone, 5), JETON_OK);
    assert_int_equal(jt_revocations_head(r), 5);
    jt_revocations_free(&r);
}

/* --- expiry ----------------------------------------------------------------------------------- */

static void sweep_drops_what_has_expired_and_keeps_the_rest(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    apply(r, entry(1, JT_REVOKED_SESSION, phone, 100));
    apply(r, entry(2, JT_REVOKED_SESSION, laptop, 101));
    apply(r, entry(3, JT_REVOKED_ALL, NULL, 102));
    jt_revocations_sweep(r, 99);
    assert_int_equal(jt_revocations_count(r), 3);
    jt_revocations_sweep(r, 100);
    assert_int_equal(jt_revocations_count(r), 2);
    assert_int_equal(stands(r, bob, phone, 3), JETON_OK);
    assert_int_equal(stands(r, bob, laptop, 3), JETON_E_REVOKED);
    jt_revocations_sweep(r, 102);
    assert_int_equal(jt_revocations_count(r), 0);
    assert_int_equal(stands(r, bob, laptop, 0), JETON_OK);
    assert_int_equal(jt_revocations_head(r), 3); /* the head does not go back */
    jt_revocations_free(&r);
}

/* Ids by number: many of them, all different. */
static void number_id(uint32_t number, uint8_t id[JT_REVOKED_ID])
{
    memset(id, 0, JT_REVOKED_ID);
    memcpy(id, &number, sizeof number);
}

#define MANY 20000U

static void many_entries_are_kept_and_swept_one_by_one(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    uint8_t id[JT_REVOKED_ID];
    for (uint32_t i = 0; i < MANY; i++) {
        number_id(i, id);
        apply(r, entry(i + 1, JT_REVOKED_SESSION, id, i));
    }
    assert_int_equal(jt_revocations_count(r), MANY);
    for (uint32_t now = 0; now <= MANY; now += 997) {
        jt_revocations_sweep(r, now);
        for (uint32_t i = 0; i < MANY; i++) {
            number_id(i, id);
            assert_int_equal(stands(r, NULL, id, 0), i > now ? JETON_E_REVOKED : JETON_OK);
        }
    }
    jt_revocations_sweep(r, MANY);
    assert_int_equal(jt_revocations_count(r), 0);
    jt_revocations_free(&r);
}

static void sweep_needs_no_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    jt_revocations *r = new_state(ctx);
    uint8_t id[JT_REVOKED_ID];
    for (uint32_t i = 0; i < MANY; i++) {
        number_id(i, id);
        apply(r, entry(i + 1, JT_REVOKED_SESSION, id, 1));
    }
    heap.left = 0; /* there is none for a smaller table: the large one stays and works */
    jt_revocations_sweep(r, 1);
    assert_int_equal(jt_revocations_count(r), 0);
    apply(r, entry(MANY + 1, JT_REVOKED_SESSION, phone, 2));
    assert_int_equal(stands(r, NULL, phone, 0), JETON_E_REVOKED);
    heap.left = 1;
    jt_revocations_sweep(r, 1);
    assert_int_equal(heap.left, 0); /* the smaller table was made, and holds what is left */
    assert_int_equal(stands(r, NULL, phone, 0), JETON_E_REVOKED);
    jt_revocations_free(&r);
    unit_ctx_done(&ctx, &heap);
}

/* --- any order -------------------------------------------------------------------------------- */

#define ENTRIES  24U
#define SUBJECTS 5U
#define ORDERS   400U

static void random_entry(unsigned *seed, uint64_t n, jt_revocation *made)
{
    uint8_t id[JT_REVOKED_ID];
    const int kind = rand_r(seed) % 8;
    number_id((uint32_t)rand_r(seed) % SUBJECTS, id);
    *made = entry(n,
                  kind == 0  ? JT_REVOKED_ALL
                  : kind % 2 ? JT_REVOKED_SESSION
                             : JT_REVOKED_SUBJECT,
                  kind == 0 ? NULL : id, rand_r(seed) % 10);
}

/* What the state says about everything that the entries could be about. */
static void ask_all(const jt_revocations *r, bool *answers)
{
    uint8_t sub[JT_REVOKED_ID];
    uint8_t sid[JT_REVOKED_ID];
    for (uint32_t i = 0; i < SUBJECTS; i++) {
        for (uint32_t k = 0; k < SUBJECTS; k++) {
            for (uint64_t rev = 0; rev <= ENTRIES; rev++) {
                number_id(i, sub);
                number_id(k, sid);
                *answers++ = stands(r, sub, sid, rev) == JETON_OK;
            }
        }
    }
}

static void shuffle(unsigned *seed, jt_revocation *entries)
{
    for (size_t i = ENTRIES - 1; i > 0; i--) {
        const size_t other = (size_t)rand_r(seed) % (i + 1);
        const jt_revocation kept = entries[i];
        entries[i] = entries[other];
        entries[other] = kept;
    }
}

static void every_order_gives_the_same_state(void **state)
{
    (void)state;
    enum { ANSWERS = SUBJECTS * SUBJECTS * (ENTRIES + 1) };
    unsigned seed = 2026;
    for (unsigned round = 0; round < ORDERS; round++) {
        jt_revocation entries[ENTRIES];
        bool want[ANSWERS];
        bool got[ANSWERS];
        for (size_t i = 0; i < ENTRIES; i++)
            random_entry(&seed, i + 1, &entries[i]);
        jt_revocations *in_order = new_state(NULL);
        jt_revocations *shuffled = new_state(NULL);
        for (size_t i = 0; i < ENTRIES; i++)
            apply(in_order, entries[i]);
        shuffle(&seed, entries);
        for (size_t i = 0; i < ENTRIES; i++) {
            apply(shuffled, entries[i]);
            apply(shuffled, entries[(size_t)rand_r(&seed) % (i + 1)]); /* one of them again */
        }
        ask_all(in_order, want);
        ask_all(shuffled, got);
        assert_memory_equal(got, want, sizeof want);
        assert_int_equal(jt_revocations_count(shuffled), jt_revocations_count(in_order));
        assert_int_equal(jt_revocations_head(shuffled), ENTRIES);

        jt_revocations_sweep(in_order, 5); /* and the same expires */
        jt_revocations_sweep(shuffled, 5);
        ask_all(in_order, want);
        ask_all(shuffled, got);
        assert_memory_equal(got, want, sizeof want);
        jt_revocations_free(&in_order);
        jt_revocations_free(&shuffled);
    }
}

/* --- no memory -------------------------------------------------------------------------------- */

static void new_reports_memory_that_runs_out(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    for (size_t left = 0; left < 3; left++) {
        jt_revocations *r = BOGUS;
        heap.left = left;
        assert_int_equal(jt_revocations_new(ctx, &r, NULL), JETON_E_NOMEM);
        assert_null(r);
    }
    unit_ctx_done(&ctx, &heap);
}

static void memory_that_runs_out_refuses_more_and_forgets_nothing(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 3;
    jt_revocations *r = new_state(ctx);
    uint32_t kept = 0;
    for (;; kept++) {
        uint8_t id[JT_REVOKED_ID];
        number_id(kept, id);
        const jt_revocation next = entry(kept + 1, JT_REVOKED_SESSION, id, 100);
        jeton_err err = {0};
        if (jt_revocations_apply(r, &next, &err) == JETON_OK)
            continue;
        assert_int_equal(err.status, JETON_E_NOMEM);
        break;
    }
    assert_true(kept > 0);
    for (uint32_t i = 0; i <= kept; i++) { /* the one that found no room included */
        uint8_t id[JT_REVOKED_ID];
        number_id(i, id);
        assert_int_equal(stands(r, alice, id, i), JETON_E_REVOKED);
    }
    /* others with an older number are refused as well, until they have been renewed */
    assert_int_equal(stands(r, alice, phone, kept), JETON_E_REVOKED);
    assert_int_equal(stands(r, alice, phone, kept + 1), JETON_OK);
    /* what is there already needs no memory */
    apply(r, entry(kept + 9, JT_REVOKED_SESSION, (const uint8_t[JT_REVOKED_ID]){0}, 100));
    jt_revocations_sweep(r, 100);
    assert_int_equal(jt_revocations_count(r), 0);
    assert_int_equal(stands(r, alice, phone, 0), JETON_OK);
    jt_revocations_free(&r);
    unit_ctx_done(&ctx, &heap);
}

/* --- threads ---------------------------------------------------------------------------------- */

typedef struct watch {
    jt_revocations *revocations;
    _Atomic uint32_t applied;
    atomic_bool stop;
    atomic_uint missed;
} watch;

static void *watch_applied(void *arg)
{
    watch *self = arg;
    unsigned seed = 7;
    while (!atomic_load(&self->stop)) {
        const uint32_t applied = atomic_load(&self->applied);
        uint8_t id[JT_REVOKED_ID];
        if (applied == 0)
            continue;
        number_id((uint32_t)rand_r(&seed) % applied, id);
        if (stands(self->revocations, NULL, id, 0) == JETON_OK)
            atomic_fetch_add(&self->missed, 1);
    }
    return NULL;
}

static void check_sees_what_was_applied_while_others_apply_and_sweep(void **state)
{
    (void)state;
    watch shared = {.revocations = new_state(NULL)};
    pthread_t threads[2];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, watch_applied, &shared), 0);
    for (uint32_t i = 0; i < MANY; i++) {
        uint8_t id[JT_REVOKED_ID];
        number_id(i, id);
        apply(shared.revocations, entry(i + 1, JT_REVOKED_SESSION, id, 100));
        atomic_store(&shared.applied, i + 1);
        if (i % 1000 == 0)
            jt_revocations_sweep(shared.revocations, 99);
    }
    atomic_store(&shared.stop, true);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&shared.missed), 0);
    jt_revocations_free(&shared.revocations);
}

/* --- clients, keys, tokens ---------------------------------------------------------------------
 */

static void one_client_key_or_token_is_refused_and_no_other(void **state)
{
    (void)state;
    const struct {
        jt_revoked kind;
        bool later_refused; /* issued after the mark */
    } rows[] = {{JT_REVOKED_CLIENT, false}, {JT_REVOKED_KEY, false}, {JT_REVOKED_TOKEN, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  kind %d\n", rows[i].kind);
        jt_revocations *r = new_state(NULL);
        assert_false(jt_revocations_has(r, rows[i].kind));
        assert_int_equal(jt_revocations_check(r, rows[i].kind, alice, 0), JETON_OK);
        apply(r, entry(5, rows[i].kind, alice, 100));
        assert_true(jt_revocations_has(r, rows[i].kind));
        assert_int_equal(jt_revocations_check(r, rows[i].kind, alice, 4), JETON_E_REVOKED);
        assert_int_equal(jt_revocations_check(r, rows[i].kind, alice, 5),
                         rows[i].later_refused ? JETON_E_REVOKED : JETON_OK);
        assert_int_equal(jt_revocations_check(r, rows[i].kind, bob, 4), JETON_OK);
        assert_int_equal(stands(r, alice, alice, 0), JETON_OK); /* another kind */
        jt_revocations_sweep(r, 99);
        assert_true(jt_revocations_has(r, rows[i].kind));
        jt_revocations_sweep(r, 100);
        assert_false(jt_revocations_has(r, rows[i].kind));
        assert_int_equal(jt_revocations_count(r), 0);
        jt_revocations_free(&r);
    }
}

static void copy_one(void *to, const jt_revocation *what)
{
    apply(to, *what);
}

static void a_state_can_be_copied_entry_by_entry(void **state)
{
    (void)state;
    jt_revocations *r = new_state(NULL);
    jt_revocations *copy = new_state(NULL);
    jt_revocations_each(r, copy_one, copy);
    assert_int_equal(jt_revocations_count(copy), 0);
    apply(r, entry(10, JT_REVOKED_SESSION, phone, 100));
    apply(r, entry(20, JT_REVOKED_SUBJECT, alice, 200));
    apply(r, entry(5, JT_REVOKED_ALL, NULL, 300));
    jt_revocations_each(r, copy_one, copy);
    assert_int_equal(jt_revocations_count(copy), 3);
    assert_int_equal(jt_revocations_head(copy), 20);
    assert_int_equal(stands(copy, bob, phone, 50), JETON_E_REVOKED);
    assert_int_equal(stands(copy, alice, laptop, 19), JETON_E_REVOKED);
    assert_int_equal(stands(copy, alice, laptop, 20), JETON_OK);
    assert_int_equal(stands(copy, bob, laptop, 4), JETON_E_REVOKED);
    assert_int_equal(stands(copy, bob, laptop, 5), JETON_OK);
    jt_revocations_sweep(copy, 250); /* with what each expires at */
    assert_int_equal(jt_revocations_count(copy), 1);
    jt_revocations_free(&copy);
    jt_revocations_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_refused_at_first),
        cmocka_unit_test(entries_refuse_what_they_are_about_and_nothing_else),
        cmocka_unit_test(mark_for_everything_refuses_all_before_it),
        cmocka_unit_test(marks_never_go_back),
        cmocka_unit_test(entries_that_are_none_are_not_taken),
        cmocka_unit_test(unknown_kinds_refuse_everything_before_them),
        cmocka_unit_test(sweep_drops_what_has_expired_and_keeps_the_rest),
        cmocka_unit_test(many_entries_are_kept_and_swept_one_by_one),
        cmocka_unit_test(sweep_needs_no_memory),
        cmocka_unit_test(every_order_gives_the_same_state),
        cmocka_unit_test(new_reports_memory_that_runs_out),
        cmocka_unit_test(memory_that_runs_out_refuses_more_and_forgets_nothing),
        cmocka_unit_test(check_sees_what_was_applied_while_others_apply_and_sweep),
        cmocka_unit_test(one_client_key_or_token_is_refused_and_no_other),
        cmocka_unit_test(a_state_can_be_copied_entry_by_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
