/* SPDX-License-Identifier: Apache-2.0 */
/* sys/log.h - the program's log: one JSON object per line and event.
 *
 *     jd_log(JD_WARN, EV_TOKEN_REFUSED, JD_REQUEST(id), JD_TEXT("client", client),
 *            JD_INT("age", age));
 *     {"time":"2031-05-04T09:08:07.123Z","level":"warn","event":"token_refused","request":"…",…}
 *
 * Events are the rows of log_events.h. Outside text is a field and never a format; fields are
 * escaped here, bad UTF-8 becomes U+FFFD, long texts are cut. Never logged: tokens, codes,
 * cookies, passwords, keys, whole requests.
 *
 * The log belongs to the process, so it is global: standard error and JD_INFO until jd_log_start()
 * says otherwise. Any thread may log. A line is one write(2), so lines of threads do not mix. In a
 * server, a reader of the log that is slow or stuck holds nobody up (log_writer.h); lines that are
 * dropped for it are told by the next one that is not, as "log_dropped".
 */
#ifndef JD_SYS_LOG_H
#define JD_SYS_LOG_H

#include "sys/log_events.h"

#include <jeton/span.h>

typedef enum jd_level {
    JD_DEBUG,
    JD_INFO,
    JD_WARN,
    JD_ERROR,
} jd_level;

#define JD_LEVELS 4U

/* "debug", "info", "warn", "error". Static. */
const char *jd_level_name(jd_level level);

/* The level of that name; false when there is none, and *level is left alone. */
JETON_MUST bool jd_level_find(jeton_span name, jd_level *level);

/* Where lines go from now on, and the lowest level that is written. `fd` is borrowed. */
void jd_log_start(int fd, jd_level least);

/* Every line of this thread has this trace id (W3C Trace Context) from now on; NULL or "": none.
 * Borrowed until the next call, so who sets it takes it back. */
void jd_log_within(const char *trace);

/* One field of a line: made by the macros below, used at once. */
typedef struct jd_field {
    const char *name; /* ours, so it is not escaped */
    enum {
        JD_FIELD_TEXT,
        JD_FIELD_INT,
        JD_FIELD_BOOL,
    } kind;
    jeton_span text; /* the empty span: the field is left out */
    int64_t number;
} jd_field;

#define JD_FIELD(...) (&(const jd_field){__VA_ARGS__})

/* JD_TEXT takes a NUL-terminated text, or NULL. */
#define JD_SPAN(field, span)   JD_FIELD(.name = (field), .kind = JD_FIELD_TEXT, .text = (span))
#define JD_TEXT(field, chars)  JD_SPAN(field, jeton_str(chars))
#define JD_INT(field, value)   JD_FIELD(.name = (field), .kind = JD_FIELD_INT, .number = (value))
#define JD_BOOL(field, value)  JD_FIELD(.name = (field), .kind = JD_FIELD_BOOL, .number = (value))
#define JD_REQUEST(request_id) JD_TEXT("request", request_id)

/* Writes one line: level, event, then any number of fields. */
#define jd_log(...) jd_log_line(__VA_ARGS__, (const jd_field *)NULL)

void jd_log_line(jd_level level, jd_event event, ...) __attribute__((sentinel));

#endif
