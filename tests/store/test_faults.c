/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_faults.c - the disk fails at the first, the second, the third … access of an
 * operation: an operation that says it failed has done nothing, one that says it worked is there
 * when the store is opened again, and the store goes on when the disk does. */
#include "faulty_disk.h"
#include "store/audit.h"
#include "store/log.h"
#include "suite.h"

#include <sqlite3.h>
#include <stdio.h>

#define MOST 200U /* accesses of one operation */

/* An operation on thing number `byte`, and whether it has been done. */
typedef struct operation {
    const char *name;
    void (*prepare)(suite *s, uint8_t byte);
    jeton_status (*run)(suite *s, uint8_t byte, jeton_err *err);
    bool (*is_done)(suite *s, uint8_t byte);
} operation;

static uint64_t head_of(suite *s)
{
    uint64_t head;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    return head;
}

/* --- the operations ------------------------------------------------------------------------- */

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

static const operation operations[] = {
    {"a user is added", prepare_nothing, add_user, has_user},
    {"a user is added in a batch", prepare_nothing, add_user_in_batch, has_user},
    {"a session is rotated", prepare_session, rotate, is_rotated},
    {"a session is ended", prepare_session, end, is_ended},
};

/* --- the faults ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    faulty_access access;
    int rc;
    bool lasting;
} faults[] = {
    {"a write fails", FAULTY_WRITE, SQLITE_IOERR_WRITE, false},
    {"no write works any more", FAULTY_WRITE, SQLITE_IOERR_WRITE, true},
    {"the disk is full", FAULTY_WRITE, SQLITE_FULL, true},
    {"a sync fails", FAULTY_SYNC, SQLITE_IOERR_FSYNC, false},
    {"no sync works any more", FAULTY_SYNC, SQLITE_IOERR_FSYNC, true},
    {"a read fails", FAULTY_READ, SQLITE_IOERR_READ, false},
};

/* The numbers of the log and the chain of the audit log, as they have to be after any fault. */
static void assert_sound(suite *s)
{
    jd_entries entries;
    jd_audit_head audit;
    jt_arena arena = jt_arena_init(NULL);
    assert_ok(jd_store_log_after(s->store, 0, 1000, &arena, &entries, NULL));
    assert_int_equal(entries.count, head_of(s));
    for (size_t i = 0; i < entries.count; i++)
        assert_int_equal(entries.at[i].n, i + 1);
    assert_ok(jd_store_audit_check(s->store, &audit, NULL));
    jt_arena_done(&arena);
}

/* One try with the fault at access `after`; whether it came to that. `reopen`: with nothing in
 * memory, as after a restart. */
static bool try_once(suite *s, const operation *of, size_t fault, unsigned after, uint8_t byte,
                     bool reopen)
{
    jeton_err err = {0};
    of->prepare(s, byte);
    if (reopen)
        suite_reopen(s);
    const uint64_t before = head_of(s);
    faulty_disk_arm(faults[fault].access, after, faults[fault].rc, faults[fault].lasting);
    const jeton_status status = of->run(s, byte, &err);
    const bool fired = faulty_disk_disarm();

    assert_true(status == JETON_OK || status == JETON_E_STORE);
    assert_int_equal(of->is_done(s, byte), status == JETON_OK);
    if (!fired)
        assert_int_equal(status, JETON_OK);
    if (status != JETON_OK) {
        assert_int_equal(head_of(s), before);
        assert_true(err.text[0] != '\0');
    }
    suite_reopen(s);
    assert_int_equal(of->is_done(s, byte), status == JETON_OK);
    if (status != JETON_OK)
        assert_ok(of->run(s, byte, NULL)); /* the disk works again, and so does the store */
    assert_true(of->is_done(s, byte));
    return fired;
}

static unsigned try_all(suite *s, const operation *of, size_t fault, bool reopen)
{
    for (unsigned after = 0; after < MOST; after++)
        if (!try_once(s, of, fault, after, (uint8_t)(after + 1),
                      reopen)) /* another thing each time */
            return after;
    fail_msg("the fault never stops to come");
    return MOST;
}

static void run_operation(suite *s, const operation *of)
{
    for (size_t i = 0; i < COUNT(faults); i++) {
        const bool reopen = faults[i].access == FAULTY_READ; /* else nothing is read */
        jd_store_close(&s->store);
        s->back_end->remove(s->address);
        s->back_end->make(s->address, sizeof s->address);
        suite_reopen(s);
        const unsigned places = try_all(s, of, i, reopen);
        print_message("  %s, %s: at %u places\n", of->name, faults[i].name, places);
        assert_true(places > 0);
        assert_sound(s);
    }
}

static void an_operation_is_whole_or_not_there_when_the_disk_fails(void **state)
{
    suite *s = *state;
    for (size_t i = 0; i < COUNT(operations); i++)
        run_operation(s, &operations[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_is_whole_or_not_there_when_the_disk_fails),
    };
    faulty_disk_install();
    return suite_run("faults", tests, COUNT(tests));
}
