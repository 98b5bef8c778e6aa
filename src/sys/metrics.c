/* SPDX-License-Identifier: Apache-2.0 */
/* sys/metrics.c - numbers in stripes, and their text. */
#include "sys/metrics.h"

#include "core/auto.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

/* Upper bounds of the buckets, in nanoseconds and in works. */
static const int64_t time_bounds[] = {
    100000,   250000,   500000,    1000000,   2500000,    5000000,    10000000,
    25000000, 50000000, 100000000, 250000000, 1000000000, 2500000000, 10000000000,
};
static const int64_t size_bounds[] = {1, 2, 4, 8, 16, 32, 64};

/* What one series takes: a value; or the buckets, one for all above them, and the sum. */
#define WIDTH_COUNTER 1
#define WIDTH_GAUGE   1
#define WIDTH_TIMES   (JT_COUNT(time_bounds) + 2)
#define WIDTH_SIZES   (JT_COUNT(size_bounds) + 2)

enum {
#define MOST(name, label, most, sparse) MOST_##name = (most),
    JD_DIMENSION_LIST(MOST)
#undef MOST
};

/* Where each metric begins among the slots. */
enum {
#define PLACE(name, kind, text, first, second, help)                                               \
    AT_##name, LAST_##name = AT_##name + (size_t)MOST_##first * MOST_##second * WIDTH_##kind - 1,
    JD_METRIC_LIST(PLACE)
#undef PLACE
        SLOTS
};

/* Threads take turns with the stripes: two of them meet only when there are more threads. */
#define STRIPES 8U

static struct {
    _Alignas(64) _Atomic uint64_t at[SLOTS];
} stripes[STRIPES];

/* ---- the tables ----------------------------------------------------------------------------- */

typedef enum kind {
    COUNTER,
    GAUGE,
    TIMES,
    SIZES,
} kind;

static const struct {
    const char *type;
    size_t width;
    const int64_t *bounds;
    size_t bound_count;
    double unit; /* what one of what is printed is, in what is counted */
} kinds[] = {
    [COUNTER] = {"counter", WIDTH_COUNTER, NULL, 0, 1},
    [GAUGE] = {"gauge", WIDTH_GAUGE, NULL, 0, 1},
    [TIMES] = {"histogram", WIDTH_TIMES, time_bounds, JT_COUNT(time_bounds), 1e9},
    [SIZES] = {"histogram", WIDTH_SIZES, size_bounds, JT_COUNT(size_bounds), 1},
};

static const struct {
    const char *label;
    size_t most;
    bool sparse;
} dimensions[] = {
#define DIMENSION(name, label, most, sparse) {label, most, sparse},
    JD_DIMENSION_LIST(DIMENSION)
#undef DIMENSION
};

typedef struct metric {
    const char *name, *help;
    kind kind;
    jd_dimension first, second;
    size_t at;
} metric;

static const metric metrics[] = {
#define METRIC(name, kind, text, first, second, help)                                              \
    {text, help, kind, JD_BY_##first, JD_BY_##second, AT_##name},
    JD_METRIC_LIST(METRIC)
#undef METRIC
};

#define TEXT(name, text) text,
static const char *const login_names[] = {JD_LOGIN_LIST(TEXT)};
static const char *const refresh_names[] = {JD_REFRESH_LIST(TEXT)};
static const char *const race_names[] = {JD_RACE_LIST(TEXT)};
static const char *const lane_names[] = {JD_LANE_LIST(TEXT)};
static const char *const commit_names[] = {JD_COMMIT_LIST(TEXT)};
static const char *const handshake_names[] = {JD_HANDSHAKE_LIST(TEXT)};
static const char *const key_names[] = {JD_KEY_STATE_LIST(TEXT)};
#undef TEXT
/* By jd_metric_name(): "GET /verify", "1.2.3". */
static char route_names[MOST_ROUTE][JD_METRIC_NAME];
static char version_names[MOST_VERSION][JD_METRIC_NAME];

/* Statuses that are answered; any other is the last, "other". */
static const struct {
    unsigned status;
    const char *text;
} statuses[] = {
    {200, "200"}, {201, "201"}, {202, "202"}, {204, "204"}, {302, "302"}, {303, "303"},
    {304, "304"}, {400, "400"}, {401, "401"}, {403, "403"}, {404, "404"}, {405, "405"},
    {406, "406"}, {409, "409"}, {412, "412"}, {413, "413"}, {415, "415"}, {422, "422"},
    {429, "429"}, {431, "431"}, {500, "500"}, {503, "503"}, {505, "505"}, {0, "other"},
};
_Static_assert(JT_COUNT(statuses) == MOST_STATUS, "each status has its place");

size_t jd_metric_status(unsigned status)
{
    size_t i = 0;
    while (i < JT_COUNT(statuses) - 1 && statuses[i].status != status)
        i++;
    return i;
}

void jd_metric_name(jd_dimension dimension, size_t value, const char *method, const char *text)
{
    char *to = NULL;
    if (dimension == JD_BY_ROUTE && value < JT_COUNT(route_names))
        to = route_names[value];
    if (dimension == JD_BY_VERSION && value < JT_COUNT(version_names))
        to = version_names[value];
    if (to != NULL)
        (void)snprintf(to, JD_METRIC_NAME, "%s%s%s", method != NULL ? method : "",
                       method != NULL ? " " : "", text);
}

static const char *given(const char *name)
{
    return name[0] != '\0' ? name : NULL;
}

#define NAMES(list) list, JT_COUNT(list)

/* What a value is called; NULL: it has no name, and nothing is counted for it. */
static const char *name_of(jd_dimension dimension, size_t value)
{
    static const struct {
        const char *const *names;
        size_t count;
    } named[] = {
        [JD_BY_LOGIN] = {NAMES(login_names)},   [JD_BY_REFRESH] = {NAMES(refresh_names)},
        [JD_BY_RACE] = {NAMES(race_names)},     [JD_BY_LANE] = {NAMES(lane_names)},
        [JD_BY_COMMIT] = {NAMES(commit_names)}, [JD_BY_HANDSHAKE] = {NAMES(handshake_names)},
        [JD_BY_KEY] = {NAMES(key_names)},
    };
    if (dimension == JD_BY_NONE)
        return "";
    if (dimension == JD_BY_ROUTE)
        return given(route_names[value]);
    if (dimension == JD_BY_VERSION)
        return given(version_names[value]);
    if (dimension == JD_BY_STATUS)
        return statuses[value].text;
    if (dimension == JD_BY_VERDICT)
        return jeton_status_name((jeton_status)value);
    return value < named[dimension].count ? named[dimension].names[value] : NULL;
}

/* ---- counting ------------------------------------------------------------------------------- */

int64_t jd_nanoseconds(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static _Atomic uint64_t *stripe_of_thread(void)
{
    static atomic_uint next;
    static _Thread_local _Atomic uint64_t *mine;
    if (mine == NULL)
        mine = stripes[atomic_fetch_add_explicit(&next, 1, memory_order_relaxed) % STRIPES].at;
    return mine;
}

static void add(size_t slot, uint64_t value)
{
    atomic_fetch_add_explicit(&stripe_of_thread()[slot], value, memory_order_relaxed);
}

static uint64_t sum(size_t slot)
{
    uint64_t all = 0;
    for (size_t i = 0; i < STRIPES; i++)
        all += atomic_load_explicit(&stripes[i].at[slot], memory_order_relaxed);
    return all;
}

static size_t bounded(size_t value, jd_dimension dimension)
{
    const size_t most = dimensions[dimension].most;
    return value < most ? value : most - 1;
}

static size_t slot_of(const metric *of, size_t first, size_t second)
{
    const size_t series =
        bounded(first, of->first) * dimensions[of->second].most + bounded(second, of->second);
    return of->at + series * kinds[of->kind].width;
}

void jd_metric_add(jd_metric of, size_t first, size_t second)
{
    add(slot_of(&metrics[of], first, second), 1);
}

static void observe(const metric *of, size_t first, int64_t value)
{
    const size_t slot = slot_of(of, first, 0);
    const size_t count = kinds[of->kind].bound_count;
    size_t bucket = 0;
    while (bucket < count && value > kinds[of->kind].bounds[bucket])
        bucket++;
    add(slot + bucket, 1);
    add(slot + count + 1, (uint64_t)value);
}

void jd_metric_time(jd_metric of, size_t first, int64_t nanoseconds)
{
    observe(&metrics[of], first, nanoseconds < 0 ? 0 : nanoseconds);
}

void jd_metric_size(jd_metric of, size_t first, uint64_t size)
{
    observe(&metrics[of], first, size > INT32_MAX ? INT32_MAX : (int64_t)size);
}

void jd_metric_set(jd_metric of, size_t first, uint64_t value)
{
    atomic_store_explicit(&stripes[0].at[slot_of(&metrics[of], first, 0)], value,
                          memory_order_relaxed);
}

uint64_t jd_metric_get(jd_metric of, size_t first, size_t second)
{
    return sum(slot_of(&metrics[of], first, second));
}

/* ---- printing ------------------------------------------------------------------------------- */

/* One series: a metric at one value of each dimension. */
typedef struct series {
    const metric *of;
    const char *first, *second; /* names of the values */
    size_t slot;
} series;

/* A route is a method and a path, parted by a space. */
static jeton_status print_label(jt_buf *text, const char *label, const char *value, bool *any,
                                jeton_err *err)
{
    const char *space = strchr(value, ' ');
    if (label[0] == '\0')
        return JETON_OK;
    if (space != NULL)
        JT_TRY(jt_buf_addf(text, err, "%smethod=\"%.*s\"", *any ? "," : "", (int)(space - value),
                           value));
    *any = *any || space != NULL;
    JT_TRY(jt_buf_addf(text, err, "%s%s=\"%s\"", *any ? "," : "", label,
                       space != NULL ? space + 1 : value));
    *any = true;
    return JETON_OK;
}

/* name{labels} and a space; `suffix` goes behind the name, `bound` is the label "le" or NULL. */
static jeton_status print_name(jt_buf *text, const series *of, const char *suffix,
                               const char *bound, jeton_err *err)
{
    bool any = false;
    JT_TRY(jt_buf_addf(text, err, "%s%s{", of->of->name, suffix));
    JT_TRY(print_label(text, dimensions[of->of->first].label, of->first, &any, err));
    JT_TRY(print_label(text, dimensions[of->of->second].label, of->second, &any, err));
    if (bound != NULL)
        JT_TRY(print_label(text, "le", bound, &any, err));
    if (any)
        return jt_buf_add(text, jeton_str("} "), err);
    text->ptr[text->len - 1] = ' '; /* no labels: no braces */
    return JETON_OK;
}

static jeton_status print_number(jt_buf *text, const series *of, const char *suffix,
                                 const char *bound, uint64_t number, jeton_err *err)
{
    JT_TRY(print_name(text, of, suffix, bound, err));
    return jt_buf_addf(text, err, "%" PRIu64 "\n", number);
}

static jeton_status print_histogram(jt_buf *text, const series *of, jeton_err *err)
{
    const kind k = of->of->kind;
    const size_t count = kinds[k].bound_count;
    uint64_t so_far = 0;
    for (size_t i = 0; i < count; i++) {
        char bound[32];
        (void)snprintf(bound, sizeof bound, "%g", (double)kinds[k].bounds[i] / kinds[k].unit);
        so_far += sum(of->slot + i);
        JT_TRY(print_number(text, of, "_bucket", bound, so_far, err));
    }
    so_far += sum(of->slot + count);
    JT_TRY(print_number(text, of, "_bucket", "+Inf", so_far, err));
    JT_TRY(print_name(text, of, "_sum", NULL, err));
    JT_TRY(jt_buf_addf(text, err, "%.9g\n", (double)sum(of->slot + count + 1) / kinds[k].unit));
    return print_number(text, of, "_count", NULL, so_far, err);
}

static bool was_counted(const series *of)
{
    for (size_t i = 0; i < kinds[of->of->kind].width; i++)
        if (sum(of->slot + i) != 0)
            return true;
    return false;
}

static jeton_status print_series(jt_buf *text, const metric *of, size_t first, size_t second,
                                 jeton_err *err)
{
    const series at = {of, name_of(of->first, first), name_of(of->second, second),
                       slot_of(of, first, second)};
    const bool sparse = dimensions[of->first].sparse || dimensions[of->second].sparse;
    if (at.first == NULL || at.second == NULL || (sparse && !was_counted(&at)))
        return JETON_OK;
    if (kinds[of->kind].bounds != NULL)
        return print_histogram(text, &at, err);
    return print_number(text, &at, "", NULL, sum(at.slot), err);
}

static jeton_status print_metric(jt_buf *text, const metric *of, jeton_err *err)
{
    JT_TRY(jt_buf_addf(text, err, "# HELP %s %s\n# TYPE %s %s\n", of->name, of->help, of->name,
                       kinds[of->kind].type));
    for (size_t i = 0; i < dimensions[of->first].most; i++)
        for (size_t k = 0; k < dimensions[of->second].most; k++)
            JT_TRY(print_series(text, of, i, k, err));
    return JETON_OK;
}

static bool is_shown(const jd_metric *shown, size_t count, size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (shown[i] == number)
            return true;
    return shown == NULL;
}

jeton_status jd_metrics_print(const jd_metric *shown, size_t count, jt_buf *text, jeton_err *err)
{
    for (size_t m = 0; m < JT_COUNT(metrics); m++)
        if (is_shown(shown, count, m))
            JT_TRY(print_metric(text, &metrics[m], err));
    return JETON_OK;
}
