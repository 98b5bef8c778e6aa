/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_output.c - writes keys. */
#include "cli/key_output.h"

#include "cli/passphrase.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* JWKs end without a newline, PEM blocks with one. */
static bool lacks_newline(jeton_span text)
{
    return text.len > 0 && text.ptr[text.len - 1] != '\n';
}

static bool write_whole(int fd, jeton_span bytes)
{
    while (bytes.len > 0) {
        const ssize_t done = write(fd, bytes.ptr, bytes.len);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0)
            bytes = jeton_bytes(bytes.ptr + done, bytes.len - (size_t)done);
    }
    return true;
}

/* O_EXCL: a key that was there may be the only copy. */
static jeton_status write_file(const char *path, jeton_span text, bool with_newline, jeton_err *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot make %.90s: %s", path, strerror(errno));
    const bool written = write_whole(fd, text) &&
                         (!with_newline || write_whole(fd, jeton_str("\n"))) && fsync(fd) == 0;
    const int why = errno;
    const bool closed = close(fd) == 0;
    if (written && closed)
        return JETON_OK;
    (void)unlink(path); /* half a key helps nobody */
    return jt_fail(err, JETON_E_SYSTEM, "cannot write %.90s: %s", path, strerror(why));
}

static int output(const jd_args *args, jeton_span text, bool with_newline)
{
    const char *path = jd_args_get(args, "--out");
    if (path == NULL)
        return with_newline ? jd_report_line(args, text) : jd_report_bytes(args, text);
    jeton_err err = {0};
    const jeton_status status = write_file(path, text, with_newline, &err);
    return status == JETON_OK ? JD_EXIT_DONE : jd_report_failure(args, status, &err);
}

int jd_key_output(const jd_args *args, const jeton_text *text)
{
    const jeton_span span = jeton_text_span(text);
    return output(args, span, lacks_newline(span));
}

int jd_key_output_der(const jd_args *args, const jeton_text *bytes)
{
    return output(args, jeton_text_span(bytes), false);
}

jeton_status jd_key_print_encrypted(const jeton_key *key, const char *file, const char *variable,
                                    jeton_text **text, jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_secret_done) jt_secret passphrase = {0};
    JT_TRY(jd_passphrase_input(file, variable, true, &passphrase, err));
    return jeton_key_print_pem_encrypted(key, jt_secret_span(&passphrase), text, err);
}
