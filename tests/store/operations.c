/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/operations.c - the table of operations. */
#include "operations.h"

#include "store/audit.h"
#include "store/log.h"

uint64_t operations_head(suite *s)
{
    uint64_t head;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    return head;
}

static void prepare_nothing(suite *s, uint8_t byte)
{
    (void)s;
    (void)byte;
}

static jeton_status add_user(suite *s, uint8_t byte, jeton_err *err)
{
    const jd_user user = suite_user(s, byte);
    return jd_store_user_add(s->store, &user, err);
}

static jeton_status add_user_in_batch(suite *s, uint8_t byte, jeton_err *err)
{
    const jeton_status begun = jd_store_batch_begin(s->store, err);
    if (begun != JETON_OK)
        return begun;
    const jeton_status added = add_user(s, byte, err);
    const jeton_status ended = jd_store_batch_end(s->store, err);
    return added != JETON_OK ? added : ended;
}

static bool has_user(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_user user;
    jt_arena arena = jt_arena_init(NULL);
    const jeton_status status = jd_store_user_get(s->store, &id, &arena, &user, NULL);
    assert_true(status == JETON_OK || status == JETON_E_NOT_FOUND);
    assert_true(status != JETON_OK || user.role_count == 2); /* all of him */
    jt_arena_done(&arena);
    return status == JETON_OK;
}

static void prepare_session(suite *s, uint8_t byte)
{
    if (!has_user(s, 250))
        suite_add_user(s, 250);
    (void)suite_add_session(s, byte, 250);
}

static jd_session session_of(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    return view.session;
}

static jeton_status rotate(suite *s, uint8_t byte, jeton_err *err)
{
    uint64_t rev;
    const jd_rotation rotation = {suite_id(byte), 0, NOW, NOW + DAY};
    return jd_store_session_rotate(s->store, &rotation, &rev, err);
}

static bool is_rotated(suite *s, uint8_t byte)
{
    return session_of(s, byte).counter == 1;
}

static jeton_status end(suite *s, uint8_t byte, jeton_err *err)
{
    jt_revocation entry;
    const jd_id id = suite_id(byte);
    return jd_store_session_end(s->store, &id, NOW, NOW + DAY, &entry, err);
}

static bool is_ended(suite *s, uint8_t byte)
{
    return session_of(s, byte).ended != 0;
}

static void prepare_owner(suite *s, uint8_t byte)
{
    (void)byte;
    if (!has_user(s, 250))
        suite_add_user(s, 250);
}

static jeton_status begin(suite *s, uint8_t byte, jeton_err *err)
{
    uint64_t rev;
    const jd_session session = suite_session(byte, 250);
    return jd_store_session_add(s->store, &session, &rev, err);
}

static bool is_begun(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_session_view view;
    const jeton_status status = jd_store_session_get(s->store, &id, &s->arena, &view, NULL);
    assert_true(status == JETON_OK || status == JETON_E_NOT_FOUND);
    return status == JETON_OK;
}

static void prepare_user(suite *s, uint8_t byte)
{
    suite_add_user(s, byte);
    (void)suite_add_session(s, byte, byte);
}

static jeton_status disable(suite *s, uint8_t byte, jeton_err *err)
{
    jt_revocation entry;
    const jd_id id = suite_id(byte);
    return jd_store_user_disable(s->store, &id, NOW, NOW + DAY, &entry, err);
}

/* The user with the session, or neither. */
static bool is_disabled(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    assert_int_equal(user.disabled, session_of(s, byte).ended != 0);
    return user.disabled;
}

const operation operations[] = {
    {"a user is added", prepare_nothing, add_user, has_user, JETON_E_EXISTS},
    {"a user is added in a batch", prepare_nothing, add_user_in_batch, has_user, JETON_E_EXISTS},
    {"a user is disabled", prepare_user, disable, is_disabled, JETON_OK},
    {"a session is begun", prepare_owner, begin, is_begun, JETON_E_EXISTS},
    {"a session is rotated", prepare_session, rotate, is_rotated, JETON_E_SESSION},
    {"a session is ended", prepare_session, end, is_ended, JETON_OK},
};

const size_t operation_count = COUNT(operations);

void operations_assert_sound(suite *s)
{
    jd_entries entries;
    jd_audit_head audit;
    jt_arena arena = jt_arena_init(NULL);
    assert_ok(jd_store_log_after(s->store, 0, 1000, &arena, &entries, NULL));
    assert_int_equal(entries.count, operations_head(s));
    for (size_t i = 0; i < entries.count; i++)
        assert_int_equal(entries.at[i].n, i + 1);
    assert_ok(jd_store_audit_check(s->store, &audit, NULL));
    jt_arena_done(&arena);
}
