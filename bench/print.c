/* SPDX-License-Identifier: Apache-2.0 */
/* bench/print.c - the answer, for people and for machines. */
#include "row.h"

#include <stdio.h>

/* ---- for people ----------------------------------------------------------------------------- */

static void print_cell(double value, int decimals)
{
    if (value > 0)
        (void)printf("%12.*f", decimals, value);
    else
        (void)printf("%12s", "-");
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static void print_line(const bench_row *row)
{
    (void)printf("  %-12s", row->alg);
    print_cell(row->ns, 0);
    print_cell(row->bare_ns, 0);
    print_cell(ratio(row->ns, row->bare_ns), 3);
    print_cell(ratio(row->libjwt_ns, row->ns), 1);
    (void)printf("%12.0f", row->own_allocations);
    if (row->two_threads > 0)
        print_cell(row->two_threads, 2);
    (void)printf("\n");
}

void bench_print_table(const bench_row *rows, size_t count, const bench_once *once)
{
    for (size_t d = 0; d < BENCH_DIRECTIONS; d++) {
        (void)printf("%-14s%12s%12s%12s%12s%12s%12s\n", bench_direction_names[d], "ns", "bare ns",
                     "x bare", "libjwt is", "own allocs", d == BENCH_VERIFY ? "2 threads" : "");
        for (size_t i = 0; i < count; i++)
            print_line(&rows[i * BENCH_DIRECTIONS + d]);
    }
    if (once->hit_ns > 0)
        (void)printf("verdict-cache hit over 1000 tokens: %.0f ns\n", once->hit_ns);
    if (once->guard_ns > 0)
        (void)printf("a guard beyond such a hit: %.0f ns\n", once->guard_ns);
    if (once->segment.check_ns > 0)
        (void)printf("segment with 10000 revocations: %.0f ns a look, %.0f ns a token\n",
                     once->segment.lookup_ns, once->segment.check_ns);
    (void)printf("\"x bare\": ours / the bare primitive. \"libjwt is\": so many times slower.\n"
                 "\"2 threads\": tokens verified by two at once, as a multiple of one.\n");
}

/* ---- for machines --------------------------------------------------------------------------- */

static void print_object(const bench_row *row)
{
    (void)printf("\"%s\":{\"ns\":%.1f", row->alg, row->ns);
    if (row->bare_ns > 0)
        (void)printf(",\"bare_ns\":%.1f,\"ratio_bare\":%.3f", row->bare_ns, row->ns / row->bare_ns);
    if (row->libjwt_ns > 0)
        (void)printf(",\"ratio_libjwt\":%.2f", row->libjwt_ns / row->ns);
    (void)printf(",\"own_allocations\":%g}", row->own_allocations);
}

static void print_direction(const bench_row *rows, size_t count, bench_direction d,
                            const bench_once *once)
{
    (void)printf("\"%s\":{", bench_direction_names[d]);
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s", i > 0 ? "," : "");
        print_object(&rows[i * BENCH_DIRECTIONS + d]);
    }
    if (d == BENCH_VERIFY && once->hit_ns > 0)
        (void)printf("%s\"cache_hit_ns\":%.1f,\"guard_ns\":%.1f", count > 0 ? "," : "",
                     once->hit_ns, once->guard_ns);
    (void)printf("},");
}

void bench_print_json(const bench_row *rows, size_t count, const bench_once *once)
{
    (void)printf("{");
    for (size_t d = 0; d < BENCH_DIRECTIONS; d++)
        print_direction(rows, count, d, once);
    (void)printf("\"threads\":{");
    for (size_t i = 0; i < count; i++) {
        const bench_row *row = &rows[i * BENCH_DIRECTIONS + BENCH_VERIFY];
        (void)printf("%s\"%s\":%.2f", i > 0 ? "," : "", row->alg, row->two_threads);
    }
    (void)printf("},\"segment\":{\"lookup_ns\":%.1f,\"check_ns\":%.1f}}\n", once->segment.lookup_ns,
                 once->segment.check_ns);
}
