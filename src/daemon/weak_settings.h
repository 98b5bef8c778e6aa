/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/weak_settings.h - settings that may be, and should not be without a reason. */
#ifndef JD_DAEMON_WEAK_SETTINGS_H
#define JD_DAEMON_WEAK_SETTINGS_H

#include "sys/config.h"

typedef enum jd_weakness_degree {
    JD_WEAK_NOTE,    /* worth knowing */
    JD_WEAK_WARNING, /* wants a reason */
    JD_WEAK_PROBLEM, /* lets somebody in, sooner or later */
} jd_weakness_degree;

typedef struct jd_weakness {
    const char *setting;
    jd_weakness_degree degree;
    bool loud; /* a server that starts with it logs a warning */
    bool (*is_weak)(const jd_config *config);
    const char *why;  /* a sentence without a full stop */
    const char *next; /* what to do about it */
} jd_weakness;

/* All of them. Static. */
const jd_weakness *jd_weaknesses(size_t *count);

/* Logs those that are loud and were not there before; `before` may be NULL. */
void jd_weaknesses_log(const jd_config *before, const jd_config *config);

#endif
