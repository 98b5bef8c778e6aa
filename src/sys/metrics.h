/* SPDX-License-Identifier: Apache-2.0 */
/* sys/metrics.h - counting what happens, and writing it down for Prometheus.
 *
 *     jd_metric_add(JD_METRIC_LOGINS, JD_LOGIN_OK, 0);
 *     jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, jd_nanoseconds() - began);
 *
 * Metrics are the rows of metrics_list.h. Like the log they belong to the process, so they are
 * global and there is nothing to open. Any thread may count at any time: it takes no lock, no
 * memory and no branch on the name; each thread adds to numbers that few others touch, and who
 * reads adds these up. Values of gauges, and of counters that somebody else keeps, are set just
 * before they are printed.
 */
#ifndef JD_SYS_METRICS_H
#define JD_SYS_METRICS_H

#include "core/buf.h"
#include "sys/metrics_list.h"

#include <jeton/error.h>
#include <jeton/span.h>

typedef enum jd_metric {
#define JD_METRIC_ENUM(name, ...) JD_METRIC_##name,
    JD_METRIC_LIST(JD_METRIC_ENUM)
#undef JD_METRIC_ENUM
} jd_metric;

typedef enum jd_dimension {
#define JD_DIMENSION_ENUM(name, ...) JD_BY_##name,
    JD_DIMENSION_LIST(JD_DIMENSION_ENUM)
#undef JD_DIMENSION_ENUM
} jd_dimension;

enum {
#define JD_LOGIN_ENUM(name, text) JD_LOGIN_##name,
    JD_LOGIN_LIST(JD_LOGIN_ENUM)
#undef JD_LOGIN_ENUM
};
enum {
#define JD_REFRESH_ENUM(name, text) JD_REFRESH_##name,
    JD_REFRESH_LIST(JD_REFRESH_ENUM)
#undef JD_REFRESH_ENUM
};
enum {
#define JD_RACE_ENUM(name, text) JD_RACE_##name,
    JD_RACE_LIST(JD_RACE_ENUM)
#undef JD_RACE_ENUM
};
enum {
#define JD_LANE_ENUM(name, text) JD_LANE_##name,
    JD_LANE_LIST(JD_LANE_ENUM)
#undef JD_LANE_ENUM
};
enum {
#define JD_COMMIT_ENUM(name, text) JD_COMMIT_##name,
    JD_COMMIT_LIST(JD_COMMIT_ENUM)
#undef JD_COMMIT_ENUM
};
enum {
#define JD_HANDSHAKE_ENUM(name, text) JD_HANDSHAKE_##name,
    JD_HANDSHAKE_LIST(JD_HANDSHAKE_ENUM)
#undef JD_HANDSHAKE_ENUM
};
enum {
#define JD_KEY_STATE_ENUM(name, text) JD_KEY_STATE_##name,
    JD_KEY_STATE_LIST(JD_KEY_STATE_ENUM)
#undef JD_KEY_STATE_ENUM
};

/* Counts one. `first` and `second` are the values of the metric's dimensions, by number, 0 for
 * NONE; one that is too large is counted as the last there is. */
void jd_metric_add(jd_metric metric, size_t first, size_t second);

/* Takes a duration, or a number, into a histogram of one dimension. */
void jd_metric_time(jd_metric metric, size_t first, int64_t nanoseconds);
void jd_metric_size(jd_metric metric, size_t first, uint64_t size);

/* Sets a gauge, or a counter that is kept elsewhere. Never mixed with jd_metric_add(). */
void jd_metric_set(jd_metric metric, size_t first, uint64_t value);

/* The value of a counter or gauge. */
uint64_t jd_metric_get(jd_metric metric, size_t first, size_t second);

/* Nanoseconds since some moment before the program started. */
int64_t jd_nanoseconds(void);

#define JD_METRIC_NAME 64U

/* Names a value of a dimension that is only known at run time: a method and the path of a route, or
 * NULL and a version. Both texts are copied (JD_METRIC_NAME bytes of them), are ours, and hold no
 * space, quote, backslash or line break. Before a second thread is started. */
void jd_metric_name(jd_dimension dimension, size_t value, const char *method, const char *text);

/* The number of an HTTP status in the dimension STATUS. */
size_t jd_metric_status(unsigned status);

/* Adds metrics to `text` in the text format of Prometheus, version 0.0.4.
 *
 * shown  which ones; NULL: all there are. In the order of the list, whatever this one's is
 *
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_metrics_print(const jd_metric *shown, size_t count, jt_buf *text,
                                         jeton_err *err);

#endif
