/* SPDX-License-Identifier: Apache-2.0 */
/* cli/password_input.c - reads a password without showing it. */
#include "cli/password_input.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
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

/* ---- signals while nothing is shown --------------------------------------------------------- */

/* Those that end or stop a program: the terminal has to be as it was before they do. */
static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

static volatile sig_atomic_t caught; /* which one came; 0: none */

static void note(int number)
{
    caught = number;
}

typedef struct held {
    sigset_t mask;
    struct sigaction actions[JT_COUNT(signals)];
} held;

/* From here on they are noted, and come only where the mask of before is put back. */
static void hold_signals(held *before)
{
    sigset_t all;
    (void)sigemptyset(&all);
    for (size_t i = 0; i < JT_COUNT(signals); i++)
        (void)sigaddset(&all, signals[i]);
    (void)sigprocmask(SIG_BLOCK, &all, &before->mask);
    caught = 0;
    for (size_t i = 0; i < JT_COUNT(signals); i++) {
        const struct sigaction noting = {.sa_handler = note};
        (void)sigaction(signals[i], NULL, &before->actions[i]);
        if (before->actions[i].sa_handler != SIG_IGN) /* as under nohup */
            (void)sigaction(signals[i], &noting, NULL);
    }
}

/* As before; and the one that came does now what it would have done. */
static void let_signals(const held *before)
{
    for (size_t i = 0; i < JT_COUNT(signals); i++)
        (void)sigaction(signals[i], &before->actions[i], NULL);
    (void)sigprocmask(SIG_SETMASK, &before->mask, NULL);
    if (caught != 0)
        (void)raise(caught);
}

/* A terminal gives whole lines, so that reading does not wait after this. */
static jeton_status wait_for_line(FILE *terminal, const sigset_t *mask, jeton_err *err)
{
    struct pollfd at = {.fd = fileno(terminal), .events = POLLIN};
    if (ppoll(&at, 1, NULL, mask) < 0)
        return jt_fail(err, JETON_E_SYSTEM, "the terminal: %s", strerror(errno));
    return JETON_OK;
}

/* ---- asking --------------------------------------------------------------------------------- */

static jeton_status read_hidden(FILE *terminal, const struct termios *shown, jt_secret *line,
                                jeton_err *err)
{
    held before;
    struct termios hidden = *shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    hold_signals(&before);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
    jeton_status status = wait_for_line(terminal, &before.mask, err);
    if (status == JETON_OK)
        status = read_line(terminal, line, err);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, shown);
    (void)fputs("\n", terminal);
    (void)fflush(terminal);
    let_signals(&before);
    return status;
}

static jeton_status ask(FILE *terminal, const char *prompt, jt_secret *line, jeton_err *err)
{
    struct termios shown;
    if (tcgetattr(fileno(terminal), &shown) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "the terminal: %s", strerror(errno));
    (void)fputs(prompt, terminal);
    (void)fflush(terminal);
    return read_hidden(terminal, &shown, line, err);
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
