/* SPDX-License-Identifier: Apache-2.0 */
/* sys/repeat.h - a failure that is met again and again, as whoever tries without end meets it, and
 * that the log has to hear of when it is news: the first time, when it is another one than before,
 * and every now and then while it lasts.
 *
 *     if (jd_repeat_is_due(&of->failing, jd_monotonic(), err.text, &times))
 *         jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", err.text), JD_INT("times", times));
 *
 * One thread at a time. {0}: nothing has failed so far.
 */
#ifndef JD_SYS_REPEAT_H
#define JD_SYS_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

#define JD_REPEAT_MS      10000 /* between two times that the same one is told */
#define JD_REPEAT_NEWS_MS 1000  /* between two times that anything is */
#define JD_REPEAT_TEXT    160U  /* bytes by which failures are told apart */

typedef struct jd_repeat {
    char why[JD_REPEAT_TEXT];
    bool is_told;
    int64_t told; /* jd_monotonic() */
    int64_t times;
} jd_repeat;

/* It has failed, for this reason. Whether to tell it.
 *
 * now    jd_monotonic()
 * times  when it is: how often it was met since it was told last, this time included */
bool jd_repeat_is_due(jd_repeat *repeat, int64_t now, const char *why, int64_t *times);

/* It has worked: whatever fails next is news. */
void jd_repeat_end(jd_repeat *repeat);

#endif
