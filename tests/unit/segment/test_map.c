/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/segment/test_map.c - jt_map_open and jt_map_over: which files are segments. */
#include "image.h"

#include <jeton/segment.h>

#include <sys/mman.h>

#define EMPTY_SET "{\"keys\":[]}"

static char folder[] = "/tmp/jeton-map-XXXXXX";
static char path[64];

static jeton_status open_map(const image *of, jt_map **map, jeton_err *err)
{
    jeton_keyset *keys = BOGUS;
    *map = BOGUS;
    const jeton_status status = jt_map_over(NULL, of->bytes, of->size, IMAGE_BOOT, map, &keys, err);
    assert_int_equal(status == JETON_OK, keys != NULL);
    assert_int_equal(status == JETON_OK, *map != NULL);
    jeton_keyset_free(&keys);
    return status;
}

/* What is in a list is read with each look, so it may be anything. */
static void a_list_reaches_no_further_than_the_bits(void **state)
{
    (void)state;
    static const uint64_t beyond[] = {1,
                                      8,
                                      JT_SEGMENT_HEAD,
                                      IMAGE_BITS_AT - 8,
                                      IMAGE_BITS_AT + 4,
                                      IMAGE_BITS_AT + (IMAGE_CHUNKS - 1) * JT_BITS_CHUNK + 8,
                                      UINT64_MAX - 7};
    image of = image_new(EMPTY_SET);
    jt_map *map;
    assert_int_equal(open_map(&of, &map, NULL), JETON_OK);
    const jt_revoked_state asked = jt_map_state(map);
    const uint64_t index = jt_index_of(3, 7);
    jt_bits_list *list = &of.bits.rows[0][3];
    assert_int_equal(jt_bits_check(asked.bits(asked.of), index), JETON_E_REVOKED);
    atomic_store(&list->announced, 8);
    atomic_store(&list->number, 3);
    assert_int_equal(jt_bits_check(asked.bits(asked.of), index), JETON_OK);
    for (size_t i = 0; i < COUNT(beyond); i++) {
        atomic_store(&list->chunks[0], beyond[i]);
        assert_int_equal(jt_bits_check(asked.bits(asked.of), index), JETON_E_REVOKED);
    }
    atomic_store(&list->chunks[0], IMAGE_BITS_AT + (IMAGE_CHUNKS - 1) * JT_BITS_CHUNK);
    assert_int_equal(jt_bits_check(asked.bits(asked.of), index), JETON_OK);
    of.bytes[of.size - JT_BITS_CHUNK] |= 0x80; /* the eighth bit, on a machine of that order */
    assert_int_equal(jt_bits_check(asked.bits(asked.of), index), JETON_E_REVOKED);
    jt_map_unref(map);
    image_done(&of);
}

/* Numbers that are a multiple of the slots apart have one slot, and the list says which it is. */
static void a_slot_is_that_of_one_list_at_a_time(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    jt_map *map;
    assert_int_equal(open_map(&of, &map, NULL), JETON_OK);
    const jt_revoked_state asked = jt_map_state(map);
    const uint64_t slots = map->bits.mask + 1;
    jt_bits_list *list = &of.bits.rows[0][3];
    atomic_store(&list->announced, 8);
    for (uint64_t number = 3; number < 3 * JT_BITS_SLOTS; number += slots) {
        atomic_store(&list->number, number);
        assert_int_equal(jt_bits_check(asked.bits(asked.of), jt_index_of(number, 7)), JETON_OK);
        assert_int_equal(jt_bits_check(asked.bits(asked.of), jt_index_of(number + slots, 7)),
                         JETON_E_REVOKED);
        assert_int_equal(jt_bits_check(asked.bits(asked.of), jt_index_of(number + 1, 7)),
                         JETON_E_REVOKED);
    }
    jt_map_unref(map);
    image_done(&of);
}

static void an_image_is_taken(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    jt_map *map;
    assert_int_equal(open_map(&of, &map, NULL), JETON_OK);
    assert_true(map->of_this_boot);
    assert_int_equal(map->table.count, JT_TABLE_SLOTS_LEAST);
    assert_ptr_equal(map->table.slots, of.table.slots);
    assert_in_range(jt_map_age_ms(map), 0, 60000);
    jt_map_unref(map);
    image_done(&of);
}

static void magic(image *of)
{
    of->head->magic[7]++;
}

static void version(image *of)
{
    of->head->version++;
}

static void size_more(image *of)
{
    of->head->size++;
}

static void size_less(image *of)
{
    of->head->size--;
}

static void boot_open(image *of)
{
    memset(of->head->boot, 'x', sizeof of->head->boot);
}

static void no_keys(image *of)
{
    of->head->parts[0].kind = 99;
}

static void two_keys(image *of)
{
    of->head->parts[5] = of->head->parts[0];
}

static void keys_in_head(image *of)
{
    of->head->parts[0].at = 64;
}

static void keys_behind_end(image *of)
{
    of->head->parts[0].len = of->size;
}

static void keys_wrap(image *of)
{
    of->head->parts[0].at = UINT64_MAX - 8;
    of->head->parts[0].len = 4096;
}

static void keys_too_long(image *of)
{
    of->head->parts[0].len = of->size - JT_SEGMENT_HEAD; /* within it, but more than 256 KiB? */
}

static void no_table(image *of)
{
    of->head->parts[1].kind = 0;
}

static void table_behind_end(image *of)
{
    of->head->parts[1].at = of->size - 4096;
}

static void table_crooked(image *of)
{
    of->head->parts[1].at -= 8;
}

static void table_short(image *of)
{
    of->head->parts[1].len = 512 * 32;
}

static void table_odd(image *of)
{
    of->head->parts[1].len -= 32;
}

static void table_between_slots(image *of)
{
    of->head->parts[1].at -= 8;
    of->head->parts[1].len -= 4096 - 8; /* it ends in the file */
}

static void table_of_half_a_slot(image *of)
{
    of->head->parts[1].len -= 8;
}

static void table_not_a_power(image *of)
{
    of->head->parts[1].at -= 32; /* one slot more; the keys are shorter than what is taken here */
    of->head->parts[1].len += 32;
}

static void table_starts_behind_end(image *of)
{
    of->head->parts[1].at = of->size + 32;
    of->head->parts[1].len = 0;
}

static void empty(image *of)
{
    of->size = JT_SEGMENT_HEAD - 1;
}

static void no_tokens(image *of)
{
    of->head->parts[2].kind = 0;
}

static void tokens_crooked(image *of)
{
    of->head->parts[2].at += 8;
}

static void tokens_behind_end(image *of)
{
    of->head->parts[2].len = of->size;
}

static void tokens_half(image *of)
{
    of->head->parts[2].len -= 4;
}

static void lists_half(image *of)
{
    of->head->parts[3].len -= 8;
}

static void no_lists(image *of)
{
    of->head->parts[3].kind = 0;
}

static void lists_odd(image *of)
{
    of->head->parts[3].len -= sizeof(jt_bits_list);
}

static void lists_few(image *of)
{
    of->head->parts[3].len /= 2;
}

static void lists_many(image *of)
{
    of->head->parts[3].len = 2 * JT_BITS_SLOTS * sizeof(jt_bits_list);
}

static void lists_crooked(image *of)
{
    of->head->parts[3].at += 4;
}

static void no_bits(image *of)
{
    of->head->parts[4].kind = 0;
}

static void bits_crooked(image *of)
{
    of->head->parts[4].at -= 8;
}

static void bits_odd(image *of)
{
    of->head->parts[4].len -= 8;
}

static void bits_behind_end(image *of)
{
    of->head->parts[4].len += JT_BITS_CHUNK;
}

static void bad_key_text(image *of)
{
    of->bytes[JT_SEGMENT_HEAD] = '[';
}

static const struct {
    const char *why;
    void (*spoil)(image *of);
    bool seal; /* as somebody would who can compute a digest */
    jeton_status want;
} refused[] = {
    {"another magic", magic, true, JETON_E_SYNTAX},
    {"another version", version, true, JETON_E_UNSUPPORTED},
    {"larger than the file", size_more, true, JETON_E_SYNTAX},
    {"smaller than the file", size_less, true, JETON_E_SYNTAX},
    {"the name of the boot does not end", boot_open, true, JETON_E_SYNTAX},
    {"no keys", no_keys, true, JETON_E_SYNTAX},
    {"no tokens", no_tokens, true, JETON_E_SYNTAX},
    {"tokens across slots", tokens_crooked, true, JETON_E_SYNTAX},
    {"tokens that do not end in the file", tokens_behind_end, true, JETON_E_SYNTAX},
    {"tokens with half a slot", tokens_half, true, JETON_E_SYNTAX},
    {"lists with half a list", lists_half, true, JETON_E_SYNTAX},
    {"no lists", no_lists, true, JETON_E_SYNTAX},
    {"lists whose number is no power of two", lists_odd, true, JETON_E_SYNTAX},
    {"fewer lists than a row", lists_few, true, JETON_E_SYNTAX},
    {"more lists than there can be", lists_many, true, JETON_E_SYNTAX},
    {"lists across words", lists_crooked, true, JETON_E_SYNTAX},
    {"no bits", no_bits, true, JETON_E_SYNTAX},
    {"bits across pages", bits_crooked, true, JETON_E_SYNTAX},
    {"half a chunk of bits", bits_odd, true, JETON_E_SYNTAX},
    {"bits that do not end in the file", bits_behind_end, true, JETON_E_SYNTAX},
    {"keys twice", two_keys, true, JETON_E_SYNTAX},
    {"keys within the head", keys_in_head, true, JETON_E_SYNTAX},
    {"keys that do not end in the file", keys_behind_end, false, JETON_E_SYNTAX},
    {"keys whose end is before their beginning", keys_wrap, false, JETON_E_SYNTAX},
    {"keys that are no JSON any more", keys_too_long, true, JETON_E_SYNTAX},
    {"no table", no_table, true, JETON_E_SYNTAX},
    {"a table that does not end in the file", table_behind_end, true, JETON_E_SYNTAX},
    {"a table between two slots", table_crooked, true, JETON_E_SYNTAX},
    {"a table that is too small", table_short, true, JETON_E_SYNTAX},
    {"a table of an odd number", table_odd, true, JETON_E_SYNTAX},
    {"a table that begins between two slots", table_between_slots, true, JETON_E_SYNTAX},
    {"a table with half a slot", table_of_half_a_slot, true, JETON_E_SYNTAX},
    {"a table of one more than a power of two", table_not_a_power, true, JETON_E_SYNTAX},
    {"a table that begins behind the end", table_starts_behind_end, true, JETON_E_SYNTAX},
    {"less than a head", empty, false, JETON_E_SYNTAX},
    {"keys that were changed", bad_key_text, false, JETON_E_SYNTAX},
    {"keys that are no set", bad_key_text, true, JETON_E_SYNTAX},
    {"a head that was changed", keys_in_head, false, JETON_E_SYNTAX},
};

static void what_is_no_segment_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        image of = image_new(EMPTY_SET);
        jt_map *map;
        jeton_err err = {0};
        refused[i].spoil(&of);
        if (refused[i].seal)
            image_seal(&of);
        assert_int_equal(open_map(&of, &map, &err), refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        image_done(&of);
    }
}

static void a_segment_may_have_no_bits_yet(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    jt_map *map;
    of.head->parts[4].len = 0;
    image_seal(&of);
    assert_int_equal(open_map(&of, &map, NULL), JETON_OK);
    jt_map_unref(map);
    image_done(&of);
}

static jeton_status open_file(void)
{
    jeton_segment *segment = BOGUS;
    const jeton_status status = jeton_segment_open(NULL, path, NULL, &segment, NULL);
    assert_int_equal(status == JETON_OK, segment != NULL);
    jeton_segment_free(&segment);
    return status;
}

static void what_the_system_says_of_a_file_counts(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    (void)snprintf(path, sizeof path, "%s/segment", folder);
    assert_int_equal(open_file(), JETON_E_NOT_FOUND);
    jeton_segment_free(NULL);
    jt_map_unref(NULL);
    image_write(&of, of.size, path, 0640);
    assert_int_equal(open_file(), JETON_OK);
    image_write(&of, of.size, path, 0644);
    assert_int_equal(open_file(), JETON_OK);
    image_write(&of, of.size, path, 0660);
    assert_int_equal(open_file(), JETON_E_SYSTEM);
    image_write(&of, of.size, path, 0602);
    assert_int_equal(open_file(), JETON_E_SYSTEM);
    image_write(&of, 0, path, 0600);
    assert_int_equal(open_file(), JETON_E_SYNTAX);
    image_write(&of, 100, path, 0600);
    assert_int_equal(open_file(), JETON_E_SYNTAX);
    image_write(&of, of.size - 4096, path, 0600);
    assert_int_equal(open_file(), JETON_E_SYNTAX);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(open_file(), JETON_E_SYSTEM); /* and does not wait for somebody to write */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(open_file(), JETON_E_SYSTEM);
    assert_int_equal(rmdir(path), 0);
    image_done(&of);
}

/* A file of a size that no address space has room for, in a file system that knows such sizes. */
static void a_file_that_cannot_be_mapped_is_told(void **state)
{
    (void)state;
    char name[32];
    jeton_err err = {0};
    jt_map *map = BOGUS;
    const int fd = memfd_create("segment", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0600), 0);
    assert_int_equal(ftruncate(fd, (off_t)1 << 50), 0);
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    assert_int_equal(jt_map_open(NULL, name, IMAGE_BOOT, &map, NULL, &err), JETON_E_SYSTEM);
    assert_null(map);
    assert_non_null(strstr(err.text, "map"));
    (void)close(fd);
}

static void a_path_through_a_file_is_told(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    jt_map *map = BOGUS;
    jeton_err err = {0};
    char beyond[80];
    (void)snprintf(path, sizeof path, "%s/segment", folder);
    (void)snprintf(beyond, sizeof beyond, "%s/x", path);
    image_write(&of, of.size, path, 0600);
    assert_int_equal(jt_map_open(NULL, beyond, IMAGE_BOOT, &map, NULL, &err), JETON_E_SYSTEM);
    assert_null(map);
    assert_int_equal(unlink(path), 0);
    image_done(&of);
}

static void keys_longer_than_any_json_are_refused(void **state)
{
    (void)state;
    jeton_ctx *ctx = NULL;
    jt_map *map = BOGUS;
    image of = image_new(EMPTY_SET);
    const size_t len = strlen(EMPTY_SET);
    for (size_t less = 0; less < 2; less++) {
        const jeton_ctx_options options = {.limits = {.json = len - less}};
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        assert_int_equal(jt_map_over(ctx, of.bytes, of.size, IMAGE_BOOT, &map, NULL, NULL),
                         less == 0 ? JETON_OK : JETON_E_SYNTAX);
        jt_map_unref(map);
        jeton_ctx_free(&ctx);
    }
    image_done(&of);
}

static void a_map_without_memory_is_none(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    image of = image_new(EMPTY_SET);
    size_t left = 0;
    for (bool made = false; !made; left++) {
        jt_map *map = BOGUS;
        jeton_keyset *keys = BOGUS;
        heap.left = left;
        const jeton_status status =
            jt_map_over(ctx, of.bytes, of.size, IMAGE_BOOT, &map, &keys, NULL);
        made = status == JETON_OK;
        assert_true(made || status == JETON_E_NOMEM);
        assert_true(made == (map != NULL) && made == (keys != NULL));
        jt_map_unref(map);
        jeton_keyset_free(&keys);
    }
    assert_true(left > 2);
    unit_ctx_done(&ctx, &heap);
    image_done(&of);
}

static void a_file_of_another_boot_is_not_fresh(void **state)
{
    (void)state;
    image of = image_new(EMPTY_SET);
    jt_map *map = NULL;
    assert_int_equal(jt_map_over(NULL, of.bytes, of.size, "another", &map, NULL, NULL), JETON_OK);
    assert_true(jt_map_age_ms(map) == INT64_MAX);
    jt_map_unref(map);
    assert_int_equal(jt_map_over(NULL, of.bytes, of.size, "", &map, NULL, NULL), JETON_OK);
    assert_true(jt_map_age_ms(map) == INT64_MAX); /* the system does not say which boot this is */
    jt_map_unref(map);
    image_done(&of);
}

static void age_is_what_the_clock_says(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        int64_t ago; /* milliseconds */
        int64_t least, most;
    } cases[] = {
        {"now", 0, 0, 60000},
        {"three seconds ago", 3000, 3000, 63000},
        {"a little ahead: another processor's clock", -500, 0, 60000},
        {"far ahead: another clock", -3600000, INT64_MAX, INT64_MAX},
    };
    image of = image_new(EMPTY_SET);
    jt_map *map = NULL;
    assert_int_equal(jt_map_over(NULL, of.bytes, of.size, IMAGE_BOOT, &map, NULL, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        atomic_store(&of.live->fresh, jt_boot_now() - (uint64_t)(cases[i].ago * 1000000));
        const int64_t age = jt_map_age_ms(map);
        assert_true(age >= cases[i].least && age <= cases[i].most);
    }
    atomic_store(&of.live->fresh, 0);
    assert_true(jt_map_age_ms(map) == INT64_MAX);
    jt_map_unref(map);
    image_done(&of);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_is_taken),
        cmocka_unit_test(a_list_reaches_no_further_than_the_bits),
        cmocka_unit_test(a_slot_is_that_of_one_list_at_a_time),
        cmocka_unit_test(what_is_no_segment_is_refused),
        cmocka_unit_test(a_segment_may_have_no_bits_yet),
        cmocka_unit_test(what_the_system_says_of_a_file_counts),
        cmocka_unit_test(a_file_that_cannot_be_mapped_is_told),
        cmocka_unit_test(a_path_through_a_file_is_told),
        cmocka_unit_test(keys_longer_than_any_json_are_refused),
        cmocka_unit_test(a_map_without_memory_is_none),
        cmocka_unit_test(a_file_of_another_boot_is_not_fresh),
        cmocka_unit_test(age_is_what_the_clock_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
