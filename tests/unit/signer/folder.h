/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/folder.h - a data folder with an empty, migrated store. */
#ifndef JD_SIGNER_FOLDER_H
#define JD_SIGNER_FOLDER_H

#include "../unit.h"
#include "core/secret.h"
#include "store/schema.h"
#include "store/store.h"
#include "sys/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

typedef struct folder {
    char path[40];
    jd_store *store;
} folder;

static inline void folder_open(folder *data)
{
    jd_path path;
    unsigned applied;
    assert_int_equal(jd_path_join(data->path, "jeton.db", &path, NULL), JETON_OK);
    assert_int_equal(jd_store_open(NULL, path.chars, &data->store, NULL), JETON_OK);
    assert_int_equal(jd_store_migrate(data->store, &applied, NULL), JETON_OK);
}

static inline int folder_make(void **state)
{
    folder *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -1;
    (void)snprintf(made->path, sizeof made->path, "/tmp/jeton-signer-XXXXXX");
    assert_non_null(mkdtemp(made->path));
    folder_open(made);
    *state = made;
    return 0;
}

static inline int folder_remove(void **state)
{
    static const char *const names[] = {"jeton.db", "master.key", "other.key"};
    folder *data = *state;
    jd_store_close(&data->store);
    for (size_t i = 0; i < COUNT(names); i++) {
        jd_path path;
        assert_int_equal(jd_path_join(data->path, names[i], &path, NULL), JETON_OK);
        (void)unlink(path.chars);
    }
    assert_int_equal(rmdir(data->path), 0); /* nothing else was left there */
    free(data);
    return 0;
}

/* The bytes of a file of the folder. The caller's: jt_secret_done(). */
static inline jt_secret folder_read(const folder *data, const char *name)
{
    jd_path path;
    jt_secret bytes;
    assert_int_equal(jd_path_join(data->path, name, &path, NULL), JETON_OK);
    assert_int_equal(jd_file_load(NULL, path.chars, (size_t)1 << 20, &bytes, NULL), JETON_OK);
    return bytes;
}

static inline void folder_write(const folder *data, const char *name, const char *text)
{
    jd_path path;
    assert_int_equal(jd_path_join(data->path, name, &path, NULL), JETON_OK);
    assert_int_equal(jd_file_save(path.chars, jeton_str(text), NULL), JETON_OK);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

#endif
