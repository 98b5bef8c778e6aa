/* SPDX-License-Identifier: Apache-2.0 */
/* http/complaints.c - passes on a few complaints a second. */
#include "http/complaints.h"

#include "core/auto.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PER_SECOND 4U

static unsigned count_in_this_second(jd_complaints *complaints)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_sec != complaints->second) {
        complaints->second = now.tv_sec;
        complaints->count = 0;
    }
    return ++complaints->count;
}

/* One line: control characters become blanks, those at the end go. */
static void flatten(char *text)
{
    char *end = text;
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
        if (*c != ' ')
            end = c + 1;
    }
    *end = '\0';
}

/* Whether one more may pass. */
static bool may_pass(jd_complaints *complaints)
{
    const unsigned count = count_in_this_second(complaints);
    if (count == PER_SECOND + 1)
        complaints->log(complaints->user, "more complaints in this second are left out");
    return count <= PER_SECOND;
}

void jd_complain(jd_complaints *complaints, const char *text)
{
    if (complaints->log != NULL && may_pass(complaints))
        complaints->log(complaints->user, text);
}

/* What says nothing: a Unix socket has no options of TCP, but every answer tries to set them;
 * failed handshakes are counted, since any stranger can make them; and the "internal error" is how
 * we end a connection whose answer is written already (answer.c). */
static const char *const idle_talk[] = {
    "Setting TCP_NODELAY option to ",
    "Setting TCP_CORK option to ",
    "Failed to push the data from buffers",
    "Error: received handshake message out of context",
    "Application reported internal error, closing connection",
};

static bool is_idle_talk(const char *text)
{
    for (size_t i = 0; i < JT_COUNT(idle_talk); i++)
        if (strncmp(text, idle_talk[i], strlen(idle_talk[i])) == 0)
            return true;
    return false;
}

void jd_complaints_take(void *complaints, const char *format, va_list args)
{
    jd_complaints *own = complaints;
    char text[256];
    if (own->log == NULL)
        return;
    (void)vsnprintf(text, sizeof text, format, args);
    if (is_idle_talk(text) || !may_pass(own))
        return;
    flatten(text);
    own->log(own->user, text);
}
