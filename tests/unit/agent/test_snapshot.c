/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_snapshot.c - a snapshot gives back what was there, and what is not a whole
 * one of this cluster gives nothing. */
#include "agent/snapshot.h"
#include "revoke/bitmaps.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES 2000U

static const uint8_t cluster[32] = {1, 2, 3};
static const uint8_t another[32] = {1, 2, 4};
static const jd_snapshot_end end = {.n = ENTRIES, .mac = {9, 8, 7}};
static char folder[64], path[96];

static jeton_span key(void)
{
    return jeton_bytes(cluster, sizeof cluster);
}

static jt_revocations *empty(void)
{
    jt_revocations *made = NULL;
    assert_int_equal(jt_revocations_new(NULL, &made, NULL), JETON_OK);
    return made;
}

static jt_revocation entry_of(uint64_t n)
{
    static const jt_revoked kinds[] = {JT_REVOKED_SESSION, JT_REVOKED_SUBJECT, JT_REVOKED_CLIENT,
                                       JT_REVOKED_KEY, JT_REVOKED_TOKEN};
    jt_revocation entry = {
        .n = n, .kind = kinds[n % COUNT(kinds)], .expires = 1790000000000 + (jeton_time)n};
    memset(entry.id, 0x11, sizeof entry.id);
    memcpy(entry.id, &n, sizeof n);
    return entry;
}

static jt_revocations *full(void)
{
    jt_revocations *made = empty();
    for (uint64_t n = 1; n <= ENTRIES; n++) {
        const jt_revocation entry = entry_of(n);
        assert_int_equal(jt_revocations_apply(made, &entry, NULL), JETON_OK);
    }
    return made;
}

static void save(void)
{
    jt_revocations *made = full();
    jeton_err err = {0};
    assert_int_equal(jd_snapshot_save(path, key(), &end, made, &err), JETON_OK);
    jt_revocations_free(&made);
}

static void what_was_saved_is_there_again(void **state)
{
    (void)state;
    struct stat found;
    jd_snapshot_end got;
    jt_revocations *back = empty();
    memset(&got, 0x5a, sizeof got);
    save();
    assert_int_equal(jd_snapshot_load(path, key(), back, &got, NULL), JETON_OK);
    assert_memory_equal(&got, &end, sizeof end);
    assert_int_equal(jt_revocations_count(back), ENTRIES);
    for (uint64_t n = 1; n <= ENTRIES; n++) {
        const jt_revocation entry = entry_of(n);
        assert_int_equal(jt_revocations_check(back, entry.kind, entry.id, n - 1), JETON_E_REVOKED);
    }
    const jt_revocation other = entry_of(ENTRIES + 1);
    assert_int_equal(jt_revocations_check(back, other.kind, other.id, 0), JETON_OK);
    jt_revocations_sweep(back, 1790000000000 + ENTRIES / 2); /* expiries came back, too */
    assert_in_range(jt_revocations_count(back), ENTRIES / 2 - 1, ENTRIES / 2 + 1);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    jt_revocations_free(&back);
}

static void refuses(jeton_span with, jeton_status want)
{
    static const jd_snapshot_end none;
    jd_snapshot_end got;
    jeton_err err = {0};
    jt_revocations *back = empty();
    memset(&got, 0x5a, sizeof got);
    assert_int_equal(jd_snapshot_load(path, with, back, &got, &err), want);
    assert_memory_equal(&got, &none, sizeof none);
    assert_int_equal(jt_revocations_count(back), 0);
    jt_revocations_free(&back);
}

/* A list with bits at both ends of a part, one that is only announced, and a bit of a list that was
 * not announced yet. */
static void bits_of_tokens_come_back(void **state)
{
    (void)state;
    static const uint64_t set[] = {(5ULL << JT_BITS_PLACE_BITS) | 0,
                                   (5ULL << JT_BITS_PLACE_BITS) | 40000,
                                   (9ULL << JT_BITS_PLACE_BITS) | 77};
    static const uint64_t good[] = {(5ULL << JT_BITS_PLACE_BITS) | 1,
                                    (6ULL << JT_BITS_PLACE_BITS) | 99};
    static const uint64_t unknown[] = {(5ULL << JT_BITS_PLACE_BITS) | 65536,
                                       (6ULL << JT_BITS_PLACE_BITS) | 100,
                                       (9ULL << JT_BITS_PLACE_BITS) | 78};
    const jeton_time expires = 1990000000000;
    jd_snapshot_end got;
    jt_revocations *made = empty();
    jt_revocations *back = empty();
    jt_bitmaps *bitmaps = jt_revocations_bitmaps(made);
    assert_int_equal(jt_bitmaps_announce(bitmaps, 5, 65536, expires, NULL), JETON_OK);
    assert_int_equal(jt_bitmaps_announce(bitmaps, 6, 100, expires, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(set); i++)
        assert_int_equal(jt_bitmaps_set(bitmaps, set[i], expires, NULL), JETON_OK);
    assert_int_equal(jd_snapshot_save(path, key(), &end, made, NULL), JETON_OK);
    assert_int_equal(jd_snapshot_load(path, key(), back, &got, NULL), JETON_OK);
    const jt_bits *bits = jt_bitmaps_bits(jt_revocations_bitmaps(back));
    for (size_t i = 0; i < COUNT(set); i++)
        assert_int_equal(jt_bits_check(bits, set[i]), JETON_E_REVOKED);
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(jt_bits_check(bits, good[i]), JETON_OK);
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_int_not_equal(jt_bits_check(bits, unknown[i]), JETON_OK);
    jt_revocations_free(&made);
    jt_revocations_free(&back);
}

static void no_other_cluster_takes_it(void **state)
{
    (void)state;
    save();
    refuses(jeton_bytes(another, sizeof another), JETON_E_SIGNATURE);
}

static void change(off_t at, uint8_t xor)
{
    uint8_t byte;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= xor;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static void every_changed_byte_is_seen(void **state)
{
    (void)state;
    struct stat found;
    save();
    assert_int_equal(stat(path, &found), 0);
    change(8, 2); /* the version, which is told first */
    refuses(key(), JETON_E_UNSUPPORTED);
    change(8, 2);
    for (off_t at = 0; at < found.st_size; at += at < 64 ? 1 : 977) {
        if (at >= 8 && at < 16)
            continue;
        change(at, 1);
        refuses(key(), JETON_E_SIGNATURE);
        change(at, 1);
    }
    change(found.st_size - 1, 0x80);
    refuses(key(), JETON_E_SIGNATURE);
    change(found.st_size - 1, 0x80);
    jd_snapshot_end got;
    jt_revocations *back = empty();
    assert_int_equal(jd_snapshot_load(path, key(), back, &got, NULL), JETON_OK);
    jt_revocations_free(&back);
}

static void one_that_is_cut_is_none(void **state)
{
    (void)state;
    static const off_t cuts[] = {1, 32, 40, 41, 80};
    struct stat found;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        save();
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(truncate(path, found.st_size - cuts[i]), 0);
        refuses(key(), JETON_E_SIGNATURE);
    }
    assert_int_equal(truncate(path, 0), 0);
    refuses(key(), JETON_E_SIGNATURE);
}

static void what_others_may_write_is_not_ours(void **state)
{
    (void)state;
    save();
    assert_int_equal(chmod(path, 0620), 0);
    refuses(key(), JETON_E_SIGNATURE);
}

static void none_is_told_to_be_none(void **state)
{
    (void)state;
    (void)unlink(path);
    refuses(key(), JETON_E_NOT_FOUND);
}

static void the_old_one_stays_when_a_new_one_cannot_be_made(void **state)
{
    (void)state;
    char in_the_way[112];
    jeton_err err = {0};
    jd_snapshot_end got;
    jt_revocations *none = empty();
    save();
    (void)snprintf(in_the_way, sizeof in_the_way, "%s.new", path);
    assert_int_equal(mkdir(in_the_way, 0700), 0);
    assert_int_equal(jd_snapshot_save(path, key(), &end, none, &err), JETON_E_SYSTEM);
    assert_int_equal(rmdir(in_the_way), 0);
    assert_int_equal(jd_snapshot_load(path, key(), none, &got, NULL), JETON_OK);
    assert_int_equal(jt_revocations_count(none), ENTRIES);
    jt_revocations_free(&none);
}

static int begin(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/jeton-unit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/snapshot", folder);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_there_again),
        cmocka_unit_test(bits_of_tokens_come_back),
        cmocka_unit_test(no_other_cluster_takes_it),
        cmocka_unit_test(every_changed_byte_is_seen),
        cmocka_unit_test(one_that_is_cut_is_none),
        cmocka_unit_test(what_others_may_write_is_not_ours),
        cmocka_unit_test(none_is_told_to_be_none),
        cmocka_unit_test(the_old_one_stays_when_a_new_one_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
