/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_master.c - where the master key comes from, and which one is refused. */
#include "signer/master.h"

#include "folder.h"

#include <sys/stat.h>

#define KEY_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_B "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"

static int clean_environment(void **state)
{
    (void)unsetenv("JETON_MASTER_KEY");
    (void)unsetenv("JETON_MASTER_KEY_FILE");
    return folder_make(state);
}

/* Opens and closes; what came of it. */
static jeton_status try_master(folder *data, jeton_err *err)
{
    jd_sealer *sealer = BOGUS;
    const jeton_status status = jd_master_open(NULL, data->path, data->store, &sealer, err);
    if (status != JETON_OK)
        assert_null(sealer);
    else
        assert_non_null(sealer);
    jd_sealer_free(&sealer);
    return status;
}

static bool has_file(const folder *data, const char *name)
{
    jd_path path;
    assert_int_equal(jd_path_join(data->path, name, &path, NULL), JETON_OK);
    return access(path.chars, F_OK) == 0;
}

static void first_start_makes_a_key_for_its_owner_alone(void **state)
{
    folder *data = *state;
    jd_path path;
    struct stat found;
    assert_int_equal(try_master(data, NULL), JETON_OK);
    assert_int_equal(jd_path_join(data->path, "master.key", &path, NULL), JETON_OK);
    assert_int_equal(stat(path.chars, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(found.st_size, 44); /* 43 characters and a line end */
}

static void same_key_opens_the_store_again(void **state)
{
    folder *data = *state;
    jd_sealer *sealer = NULL;
    jt_buf sealed = jt_buf_init(NULL);
    jt_secret plain;
    const jd_place where = {"sessions.sealed_key", jeton_str("row")};
    assert_int_equal(jd_master_open(NULL, data->path, data->store, &sealer, NULL), JETON_OK);
    assert_int_equal(jd_sealer_seal(sealer, where, jeton_str("text"), &sealed, NULL), JETON_OK);
    jd_sealer_free(&sealer);
    jd_store_close(&data->store);
    folder_open(data);
    assert_int_equal(jd_master_open(NULL, data->path, data->store, &sealer, NULL), JETON_OK);
    assert_int_equal(jd_sealer_open(sealer, where, jt_buf_span(&sealed), &plain, NULL), JETON_OK);
    unit_assert_span(jt_secret_span(&plain), "text");
    jt_secret_done(&plain);
    jt_buf_done(&sealed);
    jd_sealer_free(&sealer);
}

static void missing_key_of_a_sealed_store_is_not_made_anew(void **state)
{
    folder *data = *state;
    jd_path path;
    jeton_err err = {0};
    assert_int_equal(try_master(data, NULL), JETON_OK);
    assert_int_equal(jd_path_join(data->path, "master.key", &path, NULL), JETON_OK);
    assert_int_equal(unlink(path.chars), 0);
    assert_int_equal(try_master(data, &err), JETON_E_KEY);
    assert_non_null(strstr(err.text, "is missing"));
    assert_false(has_file(data, "master.key"));
}

static void another_key_is_refused_and_says_so(void **state)
{
    folder *data = *state;
    jeton_err err = {0};
    folder_write(data, "master.key", KEY_A "\n");
    assert_int_equal(try_master(data, NULL), JETON_OK);
    folder_write(data, "master.key", KEY_B);
    assert_int_equal(try_master(data, &err), JETON_E_KEY);
    assert_non_null(strstr(err.text, "not the one this store was sealed with"));
    assert_null(strstr(err.text, "AQEB"));
    folder_write(data, "master.key", KEY_A);
    assert_int_equal(try_master(data, NULL), JETON_OK);
}

static void texts_that_are_no_master_key_are_refused(void **state)
{
    folder *data = *state;
    static const struct {
        const char *why, *text;
        jeton_status want;
    } rows[] = {
        {"empty", "", JETON_E_KEY},
        {"white space", " \n", JETON_E_KEY},
        {"one character short", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", JETON_E_KEY},
        {"one character long", KEY_A "A", JETON_E_KEY},
        {"padded", KEY_A "=", JETON_E_KEY},
        {"unused bits set", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", JETON_E_KEY},
        {"a space before it", " " KEY_A, JETON_E_KEY},
        {"two lines", KEY_A "\n" KEY_A, JETON_E_KEY},
        {"a line end of another system behind it", KEY_A "\r\n", JETON_OK},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        folder_write(data, "master.key", rows[i].text);
        assert_int_equal(try_master(data, &err), rows[i].want);
        assert_int_equal(err.status, rows[i].want);
        assert_null(strstr(err.text, "AAAA"));
    }
}

static void environment_goes_before_the_folder(void **state)
{
    folder *data = *state;
    assert_int_equal(setenv("JETON_MASTER_KEY", KEY_B, 1), 0);
    assert_int_equal(try_master(data, NULL), JETON_OK);
    assert_false(has_file(data, "master.key")); /* none was needed */

    jd_path path;
    folder_write(data, "other.key", KEY_B "\n");
    assert_int_equal(jd_path_join(data->path, "other.key", &path, NULL), JETON_OK);
    assert_int_equal(setenv("JETON_MASTER_KEY", KEY_A, 1), 0);
    assert_int_equal(try_master(data, NULL), JETON_E_KEY);
    assert_int_equal(setenv("JETON_MASTER_KEY_FILE", path.chars, 1), 0);
    assert_int_equal(try_master(data, NULL), JETON_OK); /* a file goes before a text */
}

static void file_named_by_the_environment_must_be_there(void **state)
{
    folder *data = *state;
    jeton_err err = {0};
    assert_int_equal(setenv("JETON_MASTER_KEY_FILE", "/no/such/file", 1), 0);
    assert_int_equal(try_master(data, &err), JETON_E_KEY);
    assert_non_null(strstr(err.text, "/no/such/file"));
    assert_false(has_file(data, "master.key"));
}

#define CLEAN(test) cmocka_unit_test_setup_teardown(test, clean_environment, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN(first_start_makes_a_key_for_its_owner_alone),
        CLEAN(same_key_opens_the_store_again),
        CLEAN(missing_key_of_a_sealed_store_is_not_made_anew),
        CLEAN(another_key_is_refused_and_says_so),
        CLEAN(texts_that_are_no_master_key_are_refused),
        CLEAN(environment_goes_before_the_folder),
        CLEAN(file_named_by_the_environment_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
