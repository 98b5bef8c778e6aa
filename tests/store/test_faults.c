/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_faults.c - the disk fails at the first, the second, the third … access of an
 * operation: an operation that says it failed has done nothing, one that says it worked is there
 * when the store is opened again, and the store goes on when the disk does. */
#include "faulty_disk.h"
#include "operations.h"

#include <sqlite3.h>
#include <stdio.h>

#define MOST 200U /* accesses of one operation */

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

/* One try with the fault at access `after`; whether it came to that. `reopen`: with nothing in
 * memory, as after a restart. */
static bool try_once(suite *s, const operation *of, size_t fault, unsigned after, uint8_t byte,
                     bool reopen)
{
    jeton_err err = {0};
    of->prepare(s, byte);
    if (reopen)
        suite_reopen(s);
    const uint64_t before = operations_head(s);
    faulty_disk_arm(faults[fault].access, after, faults[fault].rc, faults[fault].lasting);
    const jeton_status status = of->run(s, byte, &err);
    const bool fired = faulty_disk_disarm();

    assert_true(status == JETON_OK || status == JETON_E_STORE);
    assert_int_equal(of->is_done(s, byte), status == JETON_OK);
    if (!fired)
        assert_int_equal(status, JETON_OK);
    if (status != JETON_OK) {
        assert_int_equal(operations_head(s), before);
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
        operations_assert_sound(s);
    }
}

static void an_operation_is_whole_or_not_there_when_the_disk_fails(void **state)
{
    suite *s = *state;
    for (size_t i = 0; i < operation_count; i++)
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
