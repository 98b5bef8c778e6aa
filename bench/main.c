/* SPDX-License-Identifier: Apache-2.0 */
/* bench/main.c - jeton-bench: how fast tokens are verified and made. */
#include "guard.h"
#include "row.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: jeton-bench [--json] [ALG...]\n"
    "\n"
    "One thread verifies and makes tokens with 220 bytes of claims, all checks on: nanoseconds "
    "per\n"
    "token, against the bare primitive and libjwt in the same run, and allocations by libjeton;\n"
    "what two threads verify as a multiple of one; a hit in the verdict cache over 1000 tokens,\n"
    "and what a guard of a route takes beyond it;\n"
    "one look into the segment's table, and all that it is asked about a token.\n"
    "Without ALG, every algorithm. Takes about half a second for each.\n"
    "\n"
    "  --json  one object: {\"verify\":{ALG:{\"ns\",\"bare_ns\",\"ratio_bare\",\"ratio_libjwt\",\n"
    "          "
    "\"own_allocations\"},...,\"cache_hit_ns\",\"guard_ns\"},\"sign\":{...},\"threads\":{ALG:ratio}"
    ","
    "\"segment\":{\"lookup_ns\",\"check_ns\"}}\n";

static const jeton_alg algs[] = {
#define ALG(name, number, text) JETON_##name,
    JETON_ALG_LIST(ALG)
#undef ALG
};

#define ALGS (sizeof algs / sizeof algs[0])

typedef struct request {
    bool json, help;
    uint32_t chosen; /* JETON_ALG_BIT(…) | … */
} request;

/* False when an argument is not understood. */
static bool read_options(int argc, char **argv, request *to)
{
    *to = (request){0};
    for (int i = 1; i < argc; i++) {
        const jeton_alg alg = jeton_alg_find(jeton_str(argv[i]));
        if (strcmp(argv[i], "--json") == 0)
            to->json = true;
        else if (strcmp(argv[i], "--help") == 0)
            to->help = true;
        else if (alg != JETON_ALG_UNSET)
            to->chosen |= JETON_ALG_BIT(alg);
        else
            return false;
    }
    if (to->chosen == 0)
        to->chosen = ~JETON_ALG_BIT(JETON_EDDSA); /* another name for one that is measured */
    return true;
}

static size_t measure_all(uint32_t chosen, bench_row *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < ALGS; i++)
        if ((chosen & JETON_ALG_BIT(algs[i])) != 0 &&
            bench_measure(algs[i], &rows[count * BENCH_DIRECTIONS]))
            count++;
    return count;
}

int main(int argc, char **argv)
{
    request asked;
    if (!read_options(argc, argv, &asked)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    if (asked.help) {
        (void)fputs(usage, stdout);
        return 0;
    }
    bench_row rows[ALGS * BENCH_DIRECTIONS];
    const size_t count = measure_all(asked.chosen, rows);
    const bench_once once = {
        .hit_ns = bench_hit_ns(), .guard_ns = bench_guard_ns(), .segment = bench_segment()};
    (asked.json ? bench_print_json : bench_print_table)(rows, count, &once);
    return count > 0 ? 0 : 1;
}
