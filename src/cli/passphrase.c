/* SPDX-License-Identifier: Apache-2.0 */
/* cli/passphrase.c - where a passphrase comes from. */
#include "cli/passphrase.h"

#include "cli/input.h"
#include "cli/password_input.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"

#include <stdio.h>
#include <stdlib.h>

/* The first line: what openssl takes of a file as well. */
static jeton_status from_file(const char *file, jt_secret *passphrase, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jd_input_read(file, 2 * JT_LIMIT_PASSPHRASE, &text, err));
    size_t len = 0;
    while (len < text.len && text.ptr[len] != '\n')
        len++;
    if (len > 0 && text.ptr[len - 1] == '\r')
        len--;
    return jt_secret_copy(NULL, jeton_bytes(text.ptr, len), passphrase, err);
}

static jeton_status from_terminal(const char *variable, bool is_new, jt_secret *passphrase,
                                  jeton_err *err)
{
    char otherwise[80];
    (void)snprintf(otherwise, sizeof otherwise, "give the passphrase by a file or %s", variable);
    return jd_password_ask(is_new ? "New passphrase: " : "Passphrase: ",
                           is_new ? "Once more: " : NULL, otherwise, passphrase, err);
}

jeton_status jd_passphrase_input(const char *file, const char *variable, bool is_new,
                                 jt_secret *passphrase, jeton_err *err)
{
    *passphrase = (jt_secret){0};
    const char *set = getenv(variable);
    if (file != NULL)
        return from_file(file, passphrase, err);
    if (set != NULL)
        return jt_secret_copy(NULL, jeton_str(set), passphrase, err);
    return from_terminal(variable, is_new, passphrase, err);
}
