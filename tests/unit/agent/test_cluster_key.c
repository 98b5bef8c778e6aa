/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_cluster_key.c - the file of a cluster key: what is taken, what is not. */
#include "agent/cluster_key.h"

#include "../unit.h"
#include "core/auto.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHARS "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" /* the bytes 0 to 31 */

static char folder[] = "/tmp/jeton-unit-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/cluster.key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text, mode_t mode)
{
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static void a_key_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        mode_t mode;
    } rows[] = {{CHARS, 0600}, {CHARS "\n", 0400}, {CHARS " \r\n\n", 0640}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        jt_secret key = {.ptr = BOGUS, .len = 7};
        write_file(rows[i].text, rows[i].mode);
        assert_int_equal(jd_cluster_key_read(path, &key, NULL), JETON_OK);
        assert_int_equal(key.len, JD_CLUSTER_KEY_BYTES);
        for (uint8_t k = 0; k < JD_CLUSTER_KEY_BYTES; k++)
            assert_int_equal(key.ptr[k], k);
        jt_secret_done(&key);
    }
}

static void what_is_no_key_or_open_to_others_is_refused(void **state)
{
    (void)state;
    static char much[400];
    memset(much, 'A', sizeof much - 1);
    const struct {
        const char *why, *text;
        mode_t mode;
        jeton_status want;
    } rows[] = {
        {"others may read it", CHARS, 0604, JETON_E_SYSTEM},
        {"its group may write it", CHARS, 0620, JETON_E_SYSTEM},
        {"empty", "", 0600, JETON_E_KEY},
        {"one character less", &CHARS[1], 0600, JETON_E_KEY},
        {"one character more", CHARS "A", 0600, JETON_E_KEY},
        {"padding", CHARS "=", 0600, JETON_E_KEY},
        {"white space before it", " " CHARS, 0600, JETON_E_KEY},
        {"not base64url", "+AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 0600, JETON_E_KEY},
        {"not canonical", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", 0600, JETON_E_KEY},
        {"too much", much, 0600, JETON_E_KEY},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jt_secret key = {.ptr = BOGUS, .len = 7};
        jeton_err err = {0};
        write_file(rows[i].text, rows[i].mode);
        assert_int_equal(jd_cluster_key_read(path, &key, &err), rows[i].want);
        assert_null(key.ptr);
        assert_int_equal(err.status, rows[i].want);
        assert_null(strstr(err.text, "AAECAwQF")); /* nothing of a secret */
    }
}

static void a_file_that_is_not_there_is_refused(void **state)
{
    (void)state;
    jt_secret key = {.ptr = BOGUS, .len = 7};
    jeton_err err = {0};
    (void)unlink(path);
    assert_int_equal(jd_cluster_key_read(path, &key, &err), JETON_E_SYSTEM);
    assert_null(key.ptr);
    assert_int_equal(err.status, JETON_E_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_read),
        cmocka_unit_test(what_is_no_key_or_open_to_others_is_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
