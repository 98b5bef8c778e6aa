/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/callers.c - lines that come in pieces, from several at a time. */
#include "daemon/callers.h"

#include "daemon/socket.h"

#include <unistd.h>

bool jd_callers_have_room(const jd_callers *callers)
{
    return callers->count < JD_CALLERS;
}

void jd_callers_add(jd_callers *callers, int fd, int64_t now)
{
    callers->at[callers->count++] =
        (jd_caller){.fd = fd, .line = jt_buf_init(NULL), .deadline = now + JD_CALLER_PATIENCE};
}

void jd_callers_ask(const jd_callers *callers, struct pollfd *asked)
{
    for (size_t i = 0; i < callers->count; i++)
        asked[i] = (struct pollfd){.fd = callers->at[i].fd, .events = POLLIN};
}

int jd_callers_wait(const jd_callers *callers, int64_t now)
{
    int64_t wait = -1;
    for (size_t i = 0; i < callers->count; i++) {
        const int64_t left = callers->at[i].deadline > now ? callers->at[i].deadline - now : 0;
        if (wait < 0 || left < wait)
            wait = left;
    }
    return (int)wait;
}

jeton_status jd_callers_hear(jd_callers *callers, size_t i, bool *complete, jeton_err *err)
{
    jd_caller *caller = &callers->at[i];
    return jd_socket_hear(caller->fd, &caller->line, complete, err);
}

void jd_callers_drop(jd_callers *callers, size_t i)
{
    (void)close(callers->at[i].fd);
    jt_buf_done(&callers->at[i].line);
    callers->at[i] = callers->at[--callers->count];
}
