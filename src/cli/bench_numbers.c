/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_numbers.c - the table of numbers: what each is, and what the documents say it must be.
 */
#include "cli/bench.h"
#include "cli/report.h"
#include "core/auto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Numbers a row does not have are 0. */
typedef struct row {
    const char *name, *what, *unit;
    double bound; /* 0: for information */
    bool at_least;
    bool by_tokens; /* the bound is stated for JD_BENCH_STATED and more … */
    bool grows;     /* … and grows with them */
    double scale;   /* units in one of those that are shown to people; 0: they are shown as is */
} row;

#define MB 1e6

static const row rows[JD_BENCH_NUMBERS] = {
    [JD_BENCH_STATE] = {"state_bytes", "state of them, 1 % revoked: memory", "MB", .bound = 15 * MB,
                        .grows = true, .by_tokens = true, .scale = MB},
    [JD_BENCH_SEGMENT] = {"segment_bytes", "… and the segment of the host", "MB", .bound = 15 * MB,
                          .grows = true, .by_tokens = true, .scale = MB},
    [JD_BENCH_PRINTS] = {"fingerprints_bytes", "fingerprints, one for ten tokens, 10 M at most",
                         "MB", .bound = 256 * MB, .by_tokens = true, .scale = MB},
    [JD_BENCH_WARM] = {"lookup_warm_ns", "look-up of a bit: among a thousand", "ns", .bound = 50},
    [JD_BENCH_ANY] = {"lookup_any_ns", "… among all", "ns", .bound = 0},
    [JD_BENCH_COLD] = {"lookup_cold_ns", "… cold: bit and list in no cache", "ns", .bound = 350},
    [JD_BENCH_EVICTED] = {"lookup_evicted_ns", "… page tables and all else evicted, too", "ns",
                          .bound = 0},
    [JD_BENCH_SNAPSHOT_SAVE] = {"snapshot_save_ms", "snapshot: written", "ms", .bound = 0},
    [JD_BENCH_SNAPSHOT_LOAD] = {"snapshot_load_ms", "… loaded, until the segment is there", "ms",
                                .bound = 2000, .grows = true, .by_tokens = true},
    [JD_BENCH_VERIFY] = {"verify_per_second", "verifications by the segment, idle", "/s",
                         .bound = 0},
    [JD_BENCH_VERIFY_SHARE] = {"verify_share_percent", "… left at 10,000 revocations a second", "%",
                               .bound = 95, .at_least = true},
    [JD_BENCH_SERVER] = {"server_verify_per_second", "verifications in a server, idle", "/s",
                         .bound = 0},
    [JD_BENCH_SERVER_SHARE] = {"server_verify_share_percent",
                               "… left at 10,000 revocations a second", "%", .bound = 95,
                               .at_least = true},
    [JD_BENCH_REVOCATIONS] = {"revocations_per_second", "revocations, committed 64 at a time", "/s",
                              .bound = 40000, .at_least = true},
    [JD_BENCH_BEATS] = {"beats_per_second", "requests of nodes, of which each makes four a second",
                        "/s", .bound = 0},
    [JD_BENCH_REACH_P50] = {"reach_p50_ms", "revoked → applied by the last of 8: p50", "ms",
                            .bound = 5},
    [JD_BENCH_REACH_P99] = {"reach_p99_ms", "… p99", "ms", .bound = 50},
    [JD_BENCH_REACH_MOST] = {"reach_most_ms", "… the longest", "ms", .bound = JD_BENCH_LEASE_MS},
};

/* 0: there is none. Of fewer tokens than the bound is stated for, what does not depend on their
 * number would weigh too much. */
static double bound_of(const jd_bench *of, const row *about)
{
    const double times = (double)of->tokens / JD_BENCH_STATED;
    if (!about->by_tokens)
        return about->bound;
    return times < 1 ? 0 : about->grows ? about->bound * times : about->bound;
}

static bool is_met(const jd_bench *of, jd_bench_number number)
{
    const double bound = bound_of(of, &rows[number]);
    const double value = of->numbers[number].value;
    return rows[number].at_least ? value >= bound : value <= bound;
}

/* ---- for people ----------------------------------------------------------------------------- */

#define CELL 16U

/* Three digits that count, thousands whole. */
static void print_value(char to[CELL], const row *about, double value)
{
    const double shown = about->scale != 0 ? value / about->scale : value;
    const int decimals = shown >= 100 ? 0 : shown >= 10 ? 1 : 2;
    (void)snprintf(to, CELL, "%.*f", decimals, shown);
}

/* printf() pads by bytes, and "…" has more of them than columns. */
static int columns(const char *text, int width)
{
    for (; *text != '\0'; text++)
        width += (*text & 0xC0) == 0x80;
    return width;
}

static void print_head(const jd_bench *of)
{
    double load = 0;
    const bool known = getloadavg(&load, 1) == 1;
    printf("%" PRIu64 " live tokens, %ld processors", of->tokens, sysconf(_SC_NPROCESSORS_ONLN));
    if (known)
        printf(", load %.2f", load);
    putchar('\n');
}

static void print_row(const jd_bench *of, jd_bench_number number)
{
    char value[CELL];
    char bound[CELL];
    const row *about = &rows[number];
    print_value(value, about, of->numbers[number].value);
    const double must = bound_of(of, about);
    print_value(bound, about, must);
    printf("%-*s %10s %-2s", columns(about->what, 52), about->what, value, about->unit);
    if (must != 0)
        printf(" %s %9s  %s", about->at_least ? "≥" : "≤", bound,
               is_met(of, number) ? "met" : "not met");
    putchar('\n');
    (void)fflush(stdout);
}

void jd_bench_note(jd_bench *of, jd_bench_number number, double value)
{
    of->numbers[number].known = true;
    of->numbers[number].value = value;
    if (!of->prints)
        return;
    if (!of->has_head)
        print_head(of);
    of->has_head = true;
    print_row(of, number);
}

/* ---- for programs --------------------------------------------------------------------------- */

/* No more than is known: three digits behind the point. */
static void put_number(jt_tree *tree, jt_node *to, const char *name, double value)
{
    jt_put_real(tree, to, name, (double)(int64_t)(value * 1000 + 0.5) / 1000);
}

static void put_row(const jd_bench *of, jd_bench_number number, jt_tree *tree, jt_node *all)
{
    const row *about = &rows[number];
    jt_node *one = jt_tree_object(tree);
    put_number(tree, one, "measured", of->numbers[number].value);
    jt_put_text(tree, one, "unit", jeton_str(about->scale != 0 ? "bytes" : about->unit));
    jt_put_text(tree, one, "what", jeton_str(about->what));
    const double must = bound_of(of, about);
    if (must != 0) {
        put_number(tree, one, about->at_least ? "at_least" : "at_most", must);
        jt_put_bool(tree, one, "met", is_met(of, number));
    }
    jt_put_node(tree, all, about->name, one);
}

int jd_bench_print_json(const jd_args *args, const jd_bench *of)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    jt_node *all = jt_tree_object(tree);
    jt_node *numbers = jt_tree_object(tree);
    jt_put_int(tree, all, "tokens", (int64_t)of->tokens);
    jt_put_int(tree, all, "processors", sysconf(_SC_NPROCESSORS_ONLN));
    for (jd_bench_number i = 0; i < JD_BENCH_NUMBERS; i++)
        if (of->numbers[i].known)
            put_row(of, i, tree, numbers);
    jt_put_node(tree, all, "numbers", numbers);
    return jd_report_tree(args, tree, all);
}

/* ---- statistics ----------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

void jd_bench_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

double jd_bench_cut(const double *sorted, size_t count, double share)
{
    const size_t at = (size_t)((double)count * share);
    return sorted[at < count ? at : count - 1];
}

double jd_bench_middle(double *values, size_t count)
{
    jd_bench_sort(values, count);
    return jd_bench_cut(values, count, 0.5);
}
