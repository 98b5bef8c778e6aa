/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_unix_socket.c - what a Unix socket replaces, and what it leaves alone. */
#include "unit.h"

#include "http/unix_socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/jeton-unit-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a.sock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static jeton_status listen_at(int *fd, jd_unix_file *file, jeton_err *err)
{
    *fd = 12345;
    memset(file, 0x5a, sizeof *file);
    return jd_unix_listen(path, 0640, fd, file, err);
}

static bool can_connect(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    const bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

static void it_has_the_mode_that_was_asked_for_and_goes_with_its_end(void **state)
{
    (void)state;
    int fd;
    jd_unix_file file;
    struct stat found;
    const mode_t before = umask(0);
    assert_int_equal(listen_at(&fd, &file, NULL), JETON_OK);
    assert_int_equal(umask(before), 0);
    assert_int_equal(lstat(path, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 0777, 0640);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(can_connect());
    close(fd);
    jd_unix_remove(&file);
    assert_int_equal(lstat(path, &found), -1);
    assert_int_equal(file.path[0], '\0');
}

static void one_that_nobody_listens_on_is_replaced_and_one_in_use_is_not(void **state)
{
    (void)state;
    int fd;
    int second;
    jd_unix_file file;
    jd_unix_file of_second;
    jeton_err err = {0};
    assert_int_equal(listen_at(&fd, &file, NULL), JETON_OK);
    assert_int_equal(listen_at(&second, &of_second, &err), JETON_E_SYSTEM);
    assert_int_equal(second, -1);
    assert_non_null(strstr(err.text, "Address already in use"));
    assert_int_equal(of_second.path[0], '\0');
    jd_unix_remove(&of_second); /* nothing is its own */
    assert_true(can_connect());
    close(fd); /* killed: the file stays */
    assert_false(can_connect());
    assert_int_equal(listen_at(&second, &of_second, NULL), JETON_OK);
    assert_true(can_connect());
    jd_unix_remove(&file); /* whose file is another's by now */
    assert_true(can_connect());
    close(second);
    jd_unix_remove(&of_second);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_is_no_socket_is_left_alone(void **state)
{
    (void)state;
    int fd;
    jd_unix_file file;
    struct stat found;
    jeton_err err = {0};
    const int letter = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(letter, "dear", 4), 4);
    close(letter);
    assert_int_equal(listen_at(&fd, &file, &err), JETON_E_SYSTEM);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(err.text, "File exists"));
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_size, 4);
    unlink(path);

    assert_int_equal(symlink("nowhere", path), 0);
    assert_int_equal(listen_at(&fd, &file, NULL), JETON_E_SYSTEM);
    assert_int_equal(lstat(path, &found), 0);
    assert_true(S_ISLNK(found.st_mode));
    unlink(path);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    int fd = 12345;
    jd_unix_file file;
    jeton_err err = {0};
    assert_int_equal(jd_unix_listen("/nix/nowhere.sock", 0600, &fd, &file, &err), JETON_E_SYSTEM);
    assert_int_equal(fd, -1);
    assert_string_equal(err.text,
                        "cannot listen on unix:/nix/nowhere.sock: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_the_mode_that_was_asked_for_and_goes_with_its_end),
        cmocka_unit_test(one_that_nobody_listens_on_is_replaced_and_one_in_use_is_not),
        cmocka_unit_test(what_is_no_socket_is_left_alone),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests_name("http/unix_socket", tests, make_folder, remove_folder);
}
