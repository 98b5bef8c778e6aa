/* SPDX-License-Identifier: Apache-2.0 */
/* http/complaints.h - libmicrohttpd's error messages, thinned out: a stranger can cause one with
 * each connection, and a log is not free. Loop thread only. */
#ifndef JD_HTTP_COMPLAINTS_H
#define JD_HTTP_COMPLAINTS_H

#include <stdarg.h>
#include <stdint.h>
#include <time.h>

typedef struct jd_complaints {
    void (*log)(void *user, const char *text); /* may be NULL */
    void *user;
    time_t second;
    unsigned count; /* in this second */
} jd_complaints;

/* One of our own. */
void jd_complain(jd_complaints *complaints, const char *text);

/* MHD_OPTION_EXTERNAL_LOGGER; `complaints` is a jd_complaints. */
void jd_complaints_take(void *complaints, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
