/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_batch.c - tokens revoked in a batch: at its end, all at once, or not at
 * all. */
#include "accounts/batch.h"
#include "accounts/revoke.h"
#include "core/auto.h"
#include "revoke/names.h"
#include "store/audit.h"
#include "store/log.h"
#include "world.h"

static jeton_span jti_of(unsigned number, char text[JT_REVOKED_ID + 1])
{
    (void)snprintf(text, JT_REVOKED_ID + 1, "token-%010u", number);
    return jeton_str(text);
}

static void revoke_one(world *on, unsigned number)
{
    char text[JT_REVOKED_ID + 1];
    const jd_token_name name = {.jti = jti_of(number, text)};
    assert_int_equal(jd_revoke_named(&on->accounts, &name, NULL), JETON_OK);
}

static bool is_revoked(world *on, unsigned number)
{
    char text[JT_REVOKED_ID + 1];
    uint8_t id[JT_REVOKED_ID];
    assert_true(jt_revoked_token(jti_of(number, text), id));
    return jt_revocations_check(on->accounts.revocations, JT_REVOKED_TOKEN, id, 0) ==
           JETON_E_REVOKED;
}

static uint64_t head_of(world *on)
{
    uint64_t head = 0;
    assert_int_equal(jd_store_log_head(on->accounts.store, &head, NULL), JETON_OK);
    return head;
}

static void tokens_of_a_batch_are_refused_from_its_end_on(void **state)
{
    world *on = *state;
    const uint64_t before = head_of(on);
    assert_int_equal(jd_batch_begin(&on->accounts, NULL), JETON_OK);
    for (unsigned i = 0; i < 70; i++)
        revoke_one(on, i);
    assert_false(is_revoked(on, 0));
    assert_int_equal(jd_batch_end(&on->accounts, NULL), JETON_OK);
    assert_int_equal(head_of(on), before + 70);
    world_reopen(on); /* and after a restart */
    for (unsigned i = 0; i < 70; i++)
        assert_true(is_revoked(on, i));
    assert_false(is_revoked(on, 70));
}

static void each_has_its_row_in_the_audit_log(void **state)
{
    world *on = *state;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    static const jd_audit_who first = {.actor = "client-a", .request = "1"};
    static const jd_audit_who second = {.actor = "client-b", .request = "2"};
    jd_audit_head head;
    jd_audit_rows rows;
    assert_int_equal(jd_store_audit_check(on->accounts.store, &head, NULL), JETON_OK);
    assert_int_equal(jd_batch_begin(&on->accounts, NULL), JETON_OK);
    jd_audit_within(&first);
    revoke_one(on, 1);
    jd_audit_within(&second);
    revoke_one(on, 2);
    jd_audit_within(NULL);
    assert_int_equal(jd_batch_end(&on->accounts, NULL), JETON_OK);
    assert_int_equal(jd_store_audit_list(on->accounts.store, head.n, 10, &arena, &rows, NULL),
                     JETON_OK);
    assert_int_equal(rows.count, 2);
    unit_assert_span(rows.at[0].actor, "client-a");
    unit_assert_span(rows.at[1].actor, "client-b");
    unit_assert_span(rows.at[1].request, "2");
    assert_int_equal(jd_store_audit_check(on->accounts.store, &head, NULL), JETON_OK);
}

static void without_a_batch_it_is_done_at_once(void **state)
{
    world *on = *state;
    const uint64_t before = head_of(on);
    revoke_one(on, 5);
    assert_true(is_revoked(on, 5));
    assert_int_equal(head_of(on), before + 1);
}

static void other_kinds_are_not_put_off(void **state)
{
    world *on = *state;
    const uint64_t before = head_of(on);
    assert_int_equal(jd_batch_begin(&on->accounts, NULL), JETON_OK);
    revoke_one(on, 6);
    jt_revocation entry;
    assert_int_equal(
        jd_revoke_by_word(&on->accounts, jeton_str("all"), jeton_str(NULL), &entry, NULL),
        JETON_OK);
    assert_int_equal(head_of(on), before + 1); /* as the batch sees it */
    assert_int_equal(jd_batch_end(&on->accounts, NULL), JETON_OK);
    assert_int_equal(head_of(on), before + 2);
    assert_true(is_revoked(on, 6));
}

/* By a word, as operators say it. */
static jeton_status revoke_word(world *on, const char *word, const char *name, jt_revocation *entry)
{
    return jd_revoke_by_word(&on->accounts, jeton_str(word), jeton_str(name), entry, NULL);
}

static void one_that_is_wrong_is_nothing_to_the_others(void **state)
{
    world *on = *state;
    const uint64_t before = head_of(on);
    jt_revocation entries[5];
    assert_int_equal(jd_batch_begin(&on->accounts, NULL), JETON_OK);
    assert_int_equal(revoke_word(on, "token", "token-0000000001", &entries[0]), JETON_OK);
    assert_int_equal(revoke_word(on, "user", "nobody", &entries[1]), JETON_E_NOT_FOUND);
    assert_int_equal(revoke_word(on, "token", "too short", &entries[1]), JETON_E_REQUEST);
    assert_int_equal(revoke_word(on, "index", "1", &entries[1]), JETON_E_NOT_FOUND);
    assert_int_equal(revoke_word(on, "user", "alice", &entries[2]), JETON_OK);
    jd_accounts_hurry(true); /* somebody waits for this one alone */
    assert_int_equal(revoke_word(on, "token", "token-0000000002", &entries[3]), JETON_OK);
    jd_accounts_hurry(false);
    assert_int_equal(jd_batch_end(&on->accounts, NULL), JETON_OK);
    assert_false(jd_accounts_is_in_hurry());
    assert_int_equal(head_of(on), before + 3); /* no gaps */
    assert_int_equal(entries[2].n, before + 1);
    assert_int_equal(entries[0].n, before + 2); /* tokens at the end, in their order */
    assert_int_equal(entries[3].n, before + 3);
    assert_true(is_revoked(on, 1));
    assert_true(is_revoked(on, 2));
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries log;
    assert_int_equal(jd_store_log_after(on->accounts.store, before, 9, &arena, &log, NULL),
                     JETON_OK);
    assert_int_equal(log.count, 3);
    assert_memory_equal(log.at[1].mac, entries[0].mac, sizeof log.at[1].mac);
    assert_memory_equal(log.at[2].mac, entries[3].mac, sizeof log.at[2].mac);
}

/* A batch of one: what jd_batch_run() asks of a queue. */
static jeton_status run_in_batch(void *user, jd_joint_work *work, void *args, jeton_err *err)
{
    jd_accounts *accounts = user;
    JT_TRY(jd_batch_begin(accounts, err));
    const jeton_status done = work(args, err);
    const jeton_status ended = jd_batch_end(accounts, err);
    return done != JETON_OK ? done : ended;
}

typedef struct token {
    world *on;
    jt_revocation entry;
    bool held; /* until the end of the batch */
} token;

static jeton_status revoke_token(void *args, jeton_err *err)
{
    token *of = args;
    (void)err;
    const jeton_status status = revoke_word(of->on, "token", "token-0000000003", &of->entry);
    of->held = !is_revoked(of->on, 3);
    return status;
}

static void without_a_queue_a_work_is_done_at_once(void **state)
{
    world *on = *state;
    const uint64_t before = head_of(on);
    token of = {.on = on};
    assert_int_equal(jd_batch_run(&on->accounts, revoke_token, &of, NULL), JETON_OK);
    assert_false(of.held);
    assert_int_equal(of.entry.n, before + 1);
    of = (token){.on = on};
    world_reopen(on);
    on->accounts.commits = (jd_commit_queue){run_in_batch, &on->accounts};
    assert_int_equal(jd_batch_run(&on->accounts, revoke_token, &of, NULL), JETON_OK);
    assert_int_equal(of.entry.n, before + 2);
    assert_true(is_revoked(on, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tokens_of_a_batch_are_refused_from_its_end_on, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(each_has_its_row_in_the_audit_log, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(without_a_batch_it_is_done_at_once, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(other_kinds_are_not_put_off, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(one_that_is_wrong_is_nothing_to_the_others, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(without_a_queue_a_work_is_done_at_once, world_setup,
                                        world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
