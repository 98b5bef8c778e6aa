/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_disk.c - files whole or not at all, the folder, and its lock. */
#include "sys/disk.h"

#include "../unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The test's own folder; *state is its path. */
static int make_folder(void **state)
{
    char *dir = strdup("/tmp/jeton-disk-XXXXXX");
    *state = dir;
    return dir != NULL && mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"a", "a.new", "lock", "inner"};
    for (size_t i = 0; i < COUNT(names); i++) {
        jd_path path;
        assert_int_equal(jd_path_join(*state, names[i], &path, NULL), JETON_OK);
        if (unlink(path.chars) != 0)
            (void)rmdir(path.chars);
    }
    assert_int_equal(rmdir(*state), 0); /* nothing else was left there */
    free(*state);
    return 0;
}

static jd_path in(void **state, const char *name)
{
    jd_path path;
    assert_int_equal(jd_path_join(*state, name, &path, NULL), JETON_OK);
    return path;
}

static void path_join_refuses_what_is_too_long(void **state)
{
    (void)state;
    char dir[JD_PATH_MAX];
    jd_path path;
    memset(dir, 'x', sizeof dir);
    dir[JD_PATH_MAX - 3] = '\0';
    assert_int_equal(jd_path_join(dir, "a", &path, NULL), JETON_OK);
    assert_int_equal(strlen(path.chars), JD_PATH_MAX - 1);
    assert_int_equal(jd_path_join(dir, "ab", &path, NULL), JETON_E_LIMIT);
    assert_string_equal(path.chars, "");
}

static void file_is_loaded_as_it_was_saved(void **state)
{
    const jd_path path = in(state, "a");
    const mode_t before = umask(0);
    jt_secret bytes = {BOGUS, 7, NULL};
    assert_int_equal(jd_file_save(path.chars, jeton_bytes("one\0two", 7), NULL), JETON_OK);
    (void)umask(before);
    assert_int_equal(jd_file_load(NULL, path.chars, 7, &bytes, NULL), JETON_OK);
    assert_int_equal(bytes.len, 7);
    assert_memory_equal(bytes.ptr, "one\0two", 7);
    jt_secret_done(&bytes);

    struct stat found;
    assert_int_equal(stat(path.chars, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void file_save_replaces_and_empties(void **state)
{
    const jd_path path = in(state, "a");
    const jd_path left = in(state, "a.new");
    jt_secret bytes;
    assert_int_equal(jd_file_save(path.chars, jeton_str("a longer text"), NULL), JETON_OK);
    assert_int_equal(jd_file_save(left.chars, jeton_str("left by a crash"), NULL), JETON_OK);
    assert_int_equal(jd_file_save(path.chars, (jeton_span){0}, NULL), JETON_OK);
    assert_int_equal(jd_file_load(NULL, path.chars, 100, &bytes, NULL), JETON_OK);
    assert_int_equal(bytes.len, 0);
    jt_secret_done(&bytes);
    assert_int_not_equal(access(left.chars, F_OK), 0);
}

static void file_save_follows_no_link_and_leaves_nothing_behind(void **state)
{
    const jd_path target = in(state, "a");
    const jd_path inner = in(state, "inner");
    jeton_err err = {0};
    assert_int_equal(mkdir(inner.chars, 0700), 0);
    assert_int_equal(symlink("/dev/null", in(state, "a.new").chars), 0);
    assert_int_equal(jd_file_save(target.chars, jeton_str("text"), NULL), JETON_OK);
    struct stat found;
    assert_int_equal(lstat(target.chars, &found), 0);
    assert_true(S_ISREG(found.st_mode));

    /* a folder cannot be replaced by a file */
    assert_int_equal(jd_file_save(inner.chars, jeton_str("text"), &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "cannot write"));
    assert_int_not_equal(access(in(state, "inner.new").chars, F_OK), 0);
}

static void file_load_refuses_and_gives_nothing(void **state)
{
    assert_int_equal(jd_file_save(in(state, "a").chars, jeton_str("12345678"), NULL), JETON_OK);
    static const struct {
        const char *why, *name;
        size_t most;
        jeton_status want;
    } refused[] = {
        {"not there", "b", 100, JETON_E_NOT_FOUND},
        {"one byte too long", "a", 7, JETON_E_LIMIT},
        {"a folder", ".", 100, JETON_E_SYSTEM},
    };
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jt_secret bytes = {BOGUS, 7, NULL};
        jeton_err err = {0};
        assert_int_equal(
            jd_file_load(NULL, in(state, refused[i].name).chars, refused[i].most, &bytes, &err),
            refused[i].want);
        assert_null(bytes.ptr);
        assert_int_equal(err.status, refused[i].want);
        assert_null(strstr(err.text, "1234"));
    }
}

static void file_load_wipes_what_it_read(void **state)
{
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 2;
    heap.secret = "a secret of mine";
    assert_int_equal(jd_file_save(in(state, "a").chars, jeton_str(heap.secret), NULL), JETON_OK);
    jt_secret bytes;
    assert_int_equal(jd_file_load(ctx, in(state, "a").chars, 100, &bytes, NULL), JETON_OK);
    jt_secret_done(&bytes);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

static void dir_is_made_private_and_an_open_one_is_noticed(void **state)
{
    const jd_path path = in(state, "inner");
    bool open_to_others = true;
    assert_int_equal(jd_dir_make(path.chars, &open_to_others, NULL), JETON_OK);
    assert_false(open_to_others);
    struct stat found;
    assert_int_equal(stat(path.chars, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);

    assert_int_equal(jd_dir_make(path.chars, &open_to_others, NULL), JETON_OK);
    assert_false(open_to_others);
    assert_int_equal(chmod(path.chars, 0750), 0);
    assert_int_equal(jd_dir_make(path.chars, &open_to_others, NULL), JETON_OK);
    assert_true(open_to_others);
}

static void dir_make_refuses_a_file_and_a_missing_parent(void **state)
{
    bool open_to_others;
    jeton_err err = {0};
    assert_int_equal(jd_file_save(in(state, "a").chars, jeton_str("x"), NULL), JETON_OK);
    assert_int_equal(jd_dir_make(in(state, "a").chars, &open_to_others, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "is not a folder"));
    assert_int_equal(jd_dir_make(in(state, "b/c").chars, &open_to_others, NULL), JETON_E_SYSTEM);
}

static void lock_is_held_by_one(void **state)
{
    jd_lock first;
    jd_lock second = {77};
    jeton_err err = {0};
    assert_int_equal(jd_lock_take(*state, &first, NULL), JETON_OK);
    assert_int_equal(jd_lock_take(*state, &second, &err), JETON_E_BUSY);
    assert_int_equal(second.fd, -1);
    assert_non_null(strstr(err.text, "another jeton works on /tmp/jeton-disk-"));
    jd_lock_drop(&second);
    jd_lock_drop(&first);
    assert_int_equal(first.fd, -1);
    assert_int_equal(jd_lock_take(*state, &second, NULL), JETON_OK);
    jd_lock_drop(&second);
}

static void lock_ends_with_the_process(void **state)
{
    const pid_t child = fork();
    if (child == 0) {
        jd_lock held;
        _exit(jd_lock_take(*state, &held, NULL) == JETON_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    jd_lock lock;
    assert_int_equal(jd_lock_take(*state, &lock, NULL), JETON_OK);
    jd_lock_drop(&lock);
}

static void lock_needs_the_folder(void **state)
{
    jd_lock lock;
    assert_int_equal(jd_lock_take(in(state, "missing").chars, &lock, NULL), JETON_E_SYSTEM);
    assert_int_equal(lock.fd, -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_join_refuses_what_is_too_long),
        IN_FOLDER(file_is_loaded_as_it_was_saved),
        IN_FOLDER(file_save_replaces_and_empties),
        IN_FOLDER(file_save_follows_no_link_and_leaves_nothing_behind),
        IN_FOLDER(file_load_refuses_and_gives_nothing),
        IN_FOLDER(file_load_wipes_what_it_read),
        IN_FOLDER(dir_is_made_private_and_an_open_one_is_noticed),
        IN_FOLDER(dir_make_refuses_a_file_and_a_missing_parent),
        IN_FOLDER(lock_is_held_by_one),
        IN_FOLDER(lock_ends_with_the_process),
        IN_FOLDER(lock_needs_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
