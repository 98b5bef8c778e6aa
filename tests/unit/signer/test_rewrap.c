/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_rewrap.c - another master key, and what is left when that is cut short. */
#include "core/base64url.h"
#include "folder.h"
#include "signer/master.h"
#include "store/keys.h"
#include "store/meta.h"

#define KEY_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_B "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"

static const jd_place place = {"meta.value", {(const uint8_t *)"token", 5}};

static jeton_status try_open(folder *data, jd_sealer **sealer)
{
    return jd_master_open(NULL, data->path, data->store, sealer, NULL);
}

/* A store that has something sealed, and the key for it in the folder. */
static int make_sealed(void **state)
{
    char chars[128];
    jd_sealer *sealer;
    jt_buf sealed = jt_buf_init(NULL);
    (void)unsetenv(JD_MASTER_ENV);
    (void)unsetenv(JD_MASTER_FILE_ENV);
    (void)unsetenv(JD_NEW_MASTER_ENV);
    (void)unsetenv(JD_NEW_MASTER_FILE_ENV);
    assert_int_equal(folder_make(state), 0);
    folder *data = *state;
    folder_write(data, "master.key", KEY_A "\n");
    assert_int_equal(try_open(data, &sealer), JETON_OK);
    assert_int_equal(jd_sealer_seal(sealer, place, jeton_str("plain"), &sealed, NULL), JETON_OK);
    const size_t len = jt_base64url_chars(sealed.len);
    assert_true(len < sizeof chars);
    jt_base64url_print(jt_buf_span(&sealed), chars);
    assert_int_equal(jd_store_meta_set(data->store, "token", jeton_bytes(chars, len), NULL),
                     JETON_OK);
    assert_int_equal(jd_store_meta_set(data->store, "issuer", jeton_str("not sealed"), NULL),
                     JETON_OK);
    jt_buf_done(&sealed);
    jd_sealer_free(&sealer);
    return 0;
}

/* Everything opens with the key that is found, and nothing of the change is left over. */
static void assert_whole(folder *data)
{
    jd_sealer *sealer;
    jeton_span text;
    jt_secret plain;
    uint8_t sealed[128];
    jd_path path;
    jt_arena arena = jt_arena_init(NULL);
    assert_int_equal(try_open(data, &sealer), JETON_OK);
    assert_int_equal(jd_store_meta_get(data->store, "token", &arena, &text, NULL), JETON_OK);
    assert_true(jt_base64url_parse(text, sealed));
    assert_int_equal(jd_sealer_open(sealer, place,
                                    jeton_bytes(sealed, jt_base64url_bytes(text.len)), &plain,
                                    NULL),
                     JETON_OK);
    unit_assert_span(jt_secret_span(&plain), "plain");
    assert_int_equal(jd_store_meta_get(data->store, "issuer", &arena, &text, NULL), JETON_OK);
    unit_assert_span(text, "not sealed");
    assert_int_equal(jd_path_join(data->path, "master.key.next", &path, NULL), JETON_OK);
    assert_int_not_equal(access(path.chars, F_OK), 0);
    jt_secret_done(&plain);
    jt_arena_done(&arena);
    jd_sealer_free(&sealer);
}

static void new_key_replaces_the_one_of_the_folder(void **state)
{
    folder *data = *state;
    bool in_folder = false;
    jd_sealer *sealer = BOGUS;
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, NULL), JETON_OK);
    assert_true(in_folder);
    assert_whole(data);
    jt_secret text = folder_read(data, "master.key");
    assert_int_equal(text.len, 44);
    assert_int_not_equal(memcmp(text.ptr, KEY_A, 43), 0);
    jt_secret_done(&text);
    folder_write(data, "master.key", KEY_A); /* which opens nothing any more */
    assert_int_equal(try_open(data, &sealer), JETON_E_KEY);
    assert_null(sealer);
}

static void key_of_the_environment_is_changed_to_a_named_one(void **state)
{
    folder *data = *state;
    bool in_folder = true;
    jd_sealer *sealer = BOGUS;
    assert_int_equal(setenv(JD_MASTER_ENV, KEY_A, 1), 0);
    jeton_err err = {0};
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, &err),
                     JETON_E_ARGUMENT); /* no new one is named */
    assert_non_null(strstr(err.text, "JETON_NEW_MASTER_KEY"));
    assert_int_equal(setenv(JD_NEW_MASTER_ENV, "short", 1), 0);
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, NULL),
                     JETON_E_KEY);
    assert_whole(data);
    assert_int_equal(setenv(JD_NEW_MASTER_ENV, KEY_B, 1), 0);
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, NULL), JETON_OK);
    assert_false(in_folder);
    assert_int_equal(try_open(data, &sealer), JETON_E_KEY); /* the old one */
    assert_int_equal(setenv(JD_MASTER_ENV, KEY_B, 1), 0);
    assert_whole(data);
}

static void change_cut_short_before_it_took_effect_is_forgotten(void **state)
{
    folder *data = *state;
    folder_write(data, "master.key.next", KEY_B "\n");
    assert_whole(data);
}

static void change_cut_short_after_it_took_effect_is_finished(void **state)
{
    folder *data = *state;
    bool in_folder;
    assert_int_equal(setenv(JD_NEW_MASTER_ENV, KEY_B, 1), 0);
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, NULL), JETON_OK);
    folder_write(data, "master.key.next", KEY_B "\n"); /* as if it had been made here */
    assert_whole(data);
    jt_secret text = folder_read(data, "master.key");
    assert_int_equal(memcmp(text.ptr, KEY_B, 43), 0);
    jt_secret_done(&text);
}

static void new_file_that_does_not_fit_helps_nobody(void **state)
{
    folder *data = *state;
    jd_sealer *sealer = BOGUS;
    jd_path path;
    folder_write(data, "master.key", KEY_B);
    folder_write(data, "master.key.next", KEY_B);
    assert_int_equal(try_open(data, &sealer), JETON_E_KEY);
    assert_null(sealer);
    assert_int_equal(jd_path_join(data->path, "master.key.next", &path, NULL), JETON_OK);
    assert_int_equal(unlink(path.chars), 0);
}

static void row_that_does_not_open_stops_everything(void **state)
{
    folder *data = *state;
    bool in_folder = true;
    const jd_stored_key row = {.kid = jeton_str("a"),
                               .alg = jeton_str("ES256"),
                               .state = jeton_str("retiring"),
                               .sealed = jeton_str("rubbish")};
    assert_int_equal(jd_store_key_add(data->store, &row, NULL), JETON_OK);
    assert_int_equal(jd_master_rewrap(NULL, data->path, data->store, &in_folder, NULL),
                     JETON_E_KEY);
    assert_false(in_folder);
    assert_whole(data);
}

#define SEALED(test) cmocka_unit_test_setup_teardown(test, make_sealed, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEALED(new_key_replaces_the_one_of_the_folder),
        SEALED(key_of_the_environment_is_changed_to_a_named_one),
        SEALED(change_cut_short_before_it_took_effect_is_forgotten),
        SEALED(change_cut_short_after_it_took_effect_is_finished),
        SEALED(new_file_that_does_not_fit_helps_nobody),
        SEALED(row_that_does_not_open_stops_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
