/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_shared.c - several programs on one store at the same time, each with a handle of
 * its own: what they do is one order of things, and all of it goes to another store. */
#include "suite.h"

#include "revoke/entry_mac.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/log.h"
#include "store/meta.h"
#include "store/roles.h"
#include "store/schema.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define NODES  4U
#define ROUNDS 25U

/* One of them: a thread that does something with its own handle. */
typedef struct node {
    const char *address;
    pthread_barrier_t *start;
    void (*work)(struct node *node);
    jd_store *store;
    unsigned number;
    jeton_status status; /* of the first thing that went wrong */
    unsigned done, lost; /* what the work counts */
    uint64_t seen[ROUNDS * 3];
} node;

static void *live(void *argument)
{
    node *of = argument;
    unsigned applied;
    (void)pthread_barrier_wait(of->start);
    of->status = jd_store_open(NULL, of->address, &of->store, NULL);
    if (of->status == JETON_OK)
        of->status = jd_store_migrate(of->store, &applied, NULL);
    if (of->status == JETON_OK)
        of->work(of);
    jd_store_close(&of->store);
    return NULL;
}

static void run_nodes(suite *s, node nodes[NODES], void (*work)(node *of))
{
    pthread_t threads[NODES];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, NODES), 0);
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i] = (node){.address = s->address, .start = &start, .work = work, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, live, &nodes[i]), 0);
    }
    for (unsigned i = 0; i < NODES; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < NODES; i++)
        assert_int_equal(nodes[i].status, JETON_OK);
    (void)pthread_barrier_destroy(&start);
}

/* --- the log -------------------------------------------------------------------------------- */

static void add_one(node *of)
{
    jt_revocation entry = {.kind = JT_REVOKED_SESSION, .expires = NOW + DAY};
    const jeton_status status = jd_store_log_add(of->store, &entry, NULL);
    if (status == JETON_OK)
        of->seen[of->done++] = entry.n;
    else
        of->status = status;
}

/* By itself, and two in a batch. */
static void add_entries(node *of)
{
    for (unsigned i = 0; i < ROUNDS && of->status == JETON_OK; i++) {
        add_one(of);
        of->status = of->status == JETON_OK ? jd_store_batch_begin(of->store, NULL) : of->status;
        if (of->status != JETON_OK)
            return;
        add_one(of);
        add_one(of);
        const jeton_status ended = jd_store_batch_end(of->store, NULL);
        of->status = of->status == JETON_OK ? ended : of->status;
    }
}

static void numbers_are_given_once_and_leave_no_gap(void **state)
{
    suite *s = *state;
    static node nodes[NODES];
    static unsigned given[NODES * ROUNDS * 3 + 2];
    memset(given, 0, sizeof given);
    run_nodes(s, nodes, add_entries);
    for (unsigned i = 0; i < NODES; i++) {
        assert_int_equal(nodes[i].done, ROUNDS * 3);
        for (unsigned k = 0; k < nodes[i].done; k++) {
            assert_in_range(nodes[i].seen[k], 1, NODES * ROUNDS * 3);
            given[nodes[i].seen[k]]++;
            assert_true(k == 0 || nodes[i].seen[k] > nodes[i].seen[k - 1]);
        }
    }
    for (unsigned n = 1; n <= NODES * ROUNDS * 3; n++)
        assert_int_equal(given[n], 1);
    uint64_t head;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, NODES * ROUNDS * 3);
}

/* --- one successor -------------------------------------------------------------------------- */

/* All try the same counters of the same sessions, in batches and in different orders. */
static void rotate_all(node *of)
{
    for (unsigned i = 0; i < ROUNDS && of->status == JETON_OK; i++) {
        unsigned won = 0;
        of->status = jd_store_batch_begin(of->store, NULL);
        if (of->status != JETON_OK)
            return;
        for (unsigned k = 0; k < 2; k++) {
            const jd_id session = suite_id((uint8_t)(11 + (k + of->number) % 2));
            const jd_rotation rotation = {session, i, NOW, NOW + DAY};
            uint64_t rev;
            const jeton_status status = jd_store_session_rotate(of->store, &rotation, &rev, NULL);
            won += status == JETON_OK;
            if (status != JETON_OK && status != JETON_E_SESSION)
                of->status = status;
        }
        const jeton_status ended = jd_store_batch_end(of->store, NULL);
        of->status = of->status == JETON_OK ? ended : of->status;
        of->done += won;
    }
}

static void a_counter_is_used_up_once_whoever_tries(void **state)
{
    suite *s = *state;
    static node nodes[NODES];
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 1);
    run_nodes(s, nodes, rotate_all);
    unsigned won = 0;
    for (unsigned i = 0; i < NODES; i++)
        won += nodes[i].done;
    uint64_t counters = 0;
    for (uint8_t i = 11; i <= 12; i++) {
        const jd_id id = suite_id(i);
        jd_session_view view;
        assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
        counters += view.session.counter;
    }
    assert_int_equal(won, counters);
    assert_true(won > 0);
}

/* --- the schema ----------------------------------------------------------------------------- */

static void claim(node *of)
{
    char mine[16];
    jt_arena arena = jt_arena_init(NULL);
    jeton_span winner;
    (void)snprintf(mine, sizeof mine, "node %u", of->number);
    of->status = jd_store_meta_claim(of->store, "first", jeton_str(mine), &arena, &winner, NULL);
    of->done = of->status == JETON_OK && jeton_span_equal(winner, jeton_str(mine));
    jt_arena_done(&arena);
}

static void those_who_start_at_once_agree_on_what_is_made_first(void **state)
{
    suite *s = *state;
    static node nodes[NODES];
    jd_store_close(&s->store);
    s->back_end->remove(s->address); /* its tables as well: all make them at the same time */
    s->back_end->make(s->address, sizeof s->address);
    run_nodes(s, nodes, claim);
    unsigned won = 0;
    for (unsigned i = 0; i < NODES; i++)
        won += nodes[i].done;
    assert_int_equal(won, 1);
    suite_reopen(s);
}

/* --- moving --------------------------------------------------------------------------------- */

typedef struct tally {
    unsigned tables;
    uint64_t users, sessions, log;
} tally;

static void note(void *user, const char *table, uint64_t rows)
{
    tally *of = user;
    of->tables++;
    if (strcmp(table, "users") == 0)
        of->users = rows;
    if (strcmp(table, "sessions") == 0)
        of->sessions = rows;
    if (strcmp(table, "log") == 0)
        of->log = rows;
}

#define MANY 1203U /* more than a page, and not a multiple of one */

static void fill(suite *s)
{
    const jd_id gone = suite_id(12);
    jt_revocation entry;
    static const jeton_span more[] = {{(const uint8_t *)"admin", 5}};
    const jd_role role = {.name = jeton_str("reader"), .permissions = more, .permission_count = 1};
    const jd_audit_row row = {.action = jeton_str("login"),
                              .target = jeton_bytes("a\0b\xff", 4),
                              .outcome = jeton_str("E_CREDENTIALS")};
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 2);
    assert_ok(jd_store_role_grant(s->store, &role, NULL));
    assert_ok(jd_store_session_end(s->store, &gone, NOW, NOW + DAY, &entry, NULL));
    assert_ok(jd_store_audit_add(s->store, &row, NULL));
    jt_revocation *entries = jt_arena_alloc(&s->arena, MANY * sizeof *entries);
    assert_non_null(entries);
    for (unsigned i = 0; i < MANY; i++)
        entries[i] = (jt_revocation){.kind = JT_REVOKED_TOKEN, .expires = NOW + DAY};
    assert_ok(jd_store_log_add_many(s->store, entries, MANY, NULL));
}

static void assert_same(suite *s, jd_store *copy)
{
    const jd_id id = suite_id(11);
    jd_session_view a;
    jd_session_view b;
    uint64_t head;
    uint64_t other;
    jd_audit_head audit;
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &a, NULL));
    assert_ok(jd_store_session_get(copy, &id, &s->arena, &b, NULL));
    assert_int_equal(b.session.sealed_key.len, 10);
    assert_memory_equal(b.session.sealed_key.ptr, a.session.sealed_key.ptr, 10);
    assert_int_equal(a.session.expires, b.session.expires);
    assert_int_equal(a.user.role_count, b.user.role_count);
    assert_int_equal(b.user.permission_count, 1);
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_ok(jd_store_log_head(copy, &other, NULL));
    assert_int_equal(head, other);
    assert_ok(jd_store_audit_check(copy, &audit, NULL));
    assert_true(audit.n > 4);
    /* and it goes on from there */
    const jd_rotation rotation = {id, 0, NOW, NOW + DAY};
    uint64_t rev;
    jt_revocation entry;
    assert_ok(jd_store_session_rotate(copy, &rotation, &rev, NULL));
    assert_int_equal(rev, head);
    assert_ok(jd_store_session_end(copy, &id, NOW, NOW + DAY, &entry, NULL));
    assert_int_equal(entry.n, head + 1);
}

static void a_copy_in_another_store_goes_on_where_this_one_was(void **state)
{
    suite *s = *state;
    suite other = {.back_end = s->back_end};
    unsigned applied;
    tally of = {0};
    fill(s);
    other.back_end->make(other.address, sizeof other.address);
    assert_ok(jd_store_open(NULL, other.address, &other.store, NULL));
    assert_ok(jd_store_migrate(other.store, &applied, NULL));
    assert_ok(jd_store_copy(s->store, other.store, note, &of, NULL));
    assert_true(of.tables >= 14);
    assert_int_equal(of.users, 2);
    assert_int_equal(of.sessions, 2);
    assert_int_equal(of.log, MANY + 1);
    assert_same(s, other.store);
    /* What is not empty is left alone. */
    jeton_err err = {0};
    assert_int_equal(jd_store_copy(s->store, other.store, note, &of, &err), JETON_E_EXISTS);
    assert_int_equal(err.status, JETON_E_EXISTS);
    jd_store_close(&other.store);
    other.back_end->remove(other.address);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_given_once_and_leave_no_gap),
        cmocka_unit_test(a_counter_is_used_up_once_whoever_tries),
        cmocka_unit_test(those_who_start_at_once_agree_on_what_is_made_first),
        cmocka_unit_test(a_copy_in_another_store_goes_on_where_this_one_was),
    };
    return suite_run("shared", tests, COUNT(tests));
}
