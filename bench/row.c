/* SPDX-License-Identifier: Apache-2.0 */
/* bench/row.c - libjeton, the bare primitive and libjwt against each other. */
#include "row.h"

#include "bare.h"
#include "libjwt.h"
#include "race.h"
#include "threads.h"

#define COUNTED 100U /* operations over which allocations are counted */

const char *const bench_direction_names[BENCH_DIRECTIONS] = {
    [BENCH_VERIFY] = "verify",
    [BENCH_SIGN] = "sign",
};

typedef struct contest {
    bench_fixture fixture;
    bench_bare bare;
    bench_libjwt libjwt;
    bool has_bare, has_libjwt;
} contest;

static double count_allocations(bool (*run)(void *self), bench_fixture *fixture)
{
    const size_t before = fixture->allocations;
    for (unsigned i = 0; i < COUNTED; i++)
        (void)run(fixture);
    return (double)(fixture->allocations - before) / COUNTED;
}

static bool measure(contest *c, bench_direction direction, bench_row *row)
{
    const bool verify = direction == BENCH_VERIFY;
    bool (*const ours)(void *) = verify ? bench_verify : bench_sign;
    bool (*const bare)(void *) = verify ? c->bare.verify : c->bare.sign;
    bool (*const libjwt)(void *) = verify ? bench_libjwt_verify : bench_libjwt_sign;
    bench_runner runners[] = {
        {.run = ours, .self = &c->fixture},
        {.run = c->has_bare ? bare : NULL, .self = &c->bare},
        {.run = c->has_libjwt ? libjwt : NULL, .self = &c->libjwt},
    };
    const bool good = bench_race(runners, sizeof runners / sizeof runners[0]);
    *row = (bench_row){.alg = jeton_alg_name(c->fixture.alg),
                       .ns = runners[0].ns,
                       .bare_ns = runners[1].ns,
                       .libjwt_ns = runners[2].ns,
                       .own_allocations = count_allocations(ours, &c->fixture)};
    return good;
}

bool bench_measure(jeton_alg alg, bench_row rows[BENCH_DIRECTIONS])
{
    contest c = {0};
    bool good = bench_fixture_init(&c.fixture, alg);
    if (good) {
        c.has_bare = bench_bare_init(&c.bare, &c.fixture);
        c.has_libjwt = bench_libjwt_init(&c.libjwt, &c.fixture);
    }
    for (bench_direction d = 0; good && d < BENCH_DIRECTIONS; d++)
        good = measure(&c, d, &rows[d]);
    if (good)
        rows[BENCH_VERIFY].two_threads = bench_two_threads(&c.fixture);
    bench_libjwt_done(&c.libjwt);
    bench_bare_done(&c.bare);
    bench_fixture_done(&c.fixture);
    return good;
}
