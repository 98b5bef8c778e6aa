/* SPDX-License-Identifier: Apache-2.0 */
/* cli/password_input.c - reads a password without showing it. */
#include "cli/password_input.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#define LINE_MAX_BYTES 1024U

static void close_file(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

static jeton_status read_line(FILE *from, jt_secret *line, jeton_err *err)
{
    char text[LINE_MAX_BYTES];
    size_t len = 0;
    int c = 0;
    /* Byte by byte: fgets() would hide what stands behind a NUL, and a shorter password than the
     * one that was typed would be taken. */
    while (len < sizeof text && (c = getc(from)) != EOF && c != '\n')
        text[len++] = (char)c;
    if (len == 0 && c == EOF)
        return jt_fail(err, JETON_E_REQUEST, "no password was given");
    if (len > 0 && text[len - 1] == '\r')
        len--;
    jeton_status status = len >= sizeof text - 1
                              ? jt_fail(err, JETON_E_REQUEST, "the password is too long")
                              : jt_secret_copy(NULL, jeton_bytes(text, len), line, err);
    jt_wipe(text, sizeof text);
    return status;
}

static jeton_status ask(FILE *terminal, const char *prompt, jt_secret *line, jeton_err *err)
{
    struct termios shown;
    if (tcgetattr(fileno(terminal), &shown) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "the terminal: %s", strerror(errno));
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)fputs(prompt, terminal);
    (void)fflush(terminal);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
    const jeton_status status = read_line(terminal, line, err);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
    (void)fputs("\n", terminal);
    return status;
}

static jeton_status ask_again(FILE *terminal, const char *prompt, const jt_secret *password,
                              jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret again = {0};
    JT_TRY(ask(terminal, prompt, &again, err));
    if (!jt_equal_ct(jt_secret_span(password), jt_secret_span(&again)))
        return jt_fail(err, JETON_E_REQUEST, "the two differ");
    return JETON_OK;
}

jeton_status jd_password_ask(const char *prompt, const char *again, const char *otherwise,
                             jt_secret *password, jeton_err *err)
{
    *password = (jt_secret){0};
    JT_AUTO(jt_secret_done) jt_secret read = {0};
    JT_AUTO(close_file) FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no terminal to ask at: %s", otherwise);
    JT_TRY(ask(terminal, prompt, &read, err));
    if (again != NULL)
        JT_TRY(ask_again(terminal, again, &read, err));
    *password = read;
    read = (jt_secret){0}; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jd_password_input(bool from_stdin, jt_secret *password, jeton_err *err)
{
    *password = (jt_secret){0};
    JT_AUTO(jt_secret_done) jt_secret read = {0};
    if (from_stdin)
        JT_TRY(read_line(stdin, &read, err));
    else
        JT_TRY(jd_password_ask("Password: ", "Once more: ", "give the password by --password-stdin",
                               &read, err));
    *password = read;
    read = (jt_secret){0}; /* ownership has moved to the caller */
    return JETON_OK;
}
