/* SPDX-License-Identifier: Apache-2.0 */
/* http/complaints.c - passes on a few complaints a second. */
#include "http/complaints.h"

#include <stdio.h>

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

void jd_complaints_take(void *complaints, const char *format, va_list args)
{
    jd_complaints *own = complaints;
    char text[256];
    if (own->log == NULL)
        return;
    const unsigned count = count_in_this_second(own);
    if (count > PER_SECOND + 1)
        return;
    if (count == PER_SECOND + 1) {
        own->log(own->user, "more complaints in this second are left out");
        return;
    }
    (void)vsnprintf(text, sizeof text, format, args);
    flatten(text);
    own->log(own->user, text);
}
