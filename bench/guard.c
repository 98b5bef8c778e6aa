/* SPDX-License-Identifier: Apache-2.0 */
/* bench/guard.c - requests with a thousand tokens, all of which the verdict cache has. */
#include "guard.h"

#include "race.h"

#include <stdlib.h>

static const char scheme[] = "Bearer ";

static bool make_headers(bench_guard *bench)
{
    const bench_hit *hit = &bench->hit;
    const size_t front = sizeof scheme - 1;
    bench->len = front + hit->len;
    bench->headers = calloc(BENCH_HIT_TOKENS, bench->len);
    for (size_t i = 0; bench->headers != NULL && i < BENCH_HIT_TOKENS; i++) {
        memcpy(bench->headers + i * bench->len, scheme, front);
        memcpy(bench->headers + i * bench->len + front, hit->tokens + i * hit->len, hit->len);
    }
    return bench->headers != NULL;
}

bool bench_guard_init(bench_guard *bench)
{
    const jeton_ctx *ctx = NULL;
    *bench = (bench_guard){0};
    if (!bench_hit_init(&bench->hit) || !make_headers(bench))
        return false;
    ctx = bench->hit.fixture.ctx;
    if (jeton_guard_new(ctx, NULL, bench->hit.fixture.verifier, &bench->guard, NULL) != JETON_OK ||
        jeton_visit_new(ctx, &bench->visit, NULL) != JETON_OK)
        return false;
    for (size_t i = 0; i < BENCH_HIT_TOKENS; i++)
        if (!bench_guard_check(bench))
            return false;
    return true;
}

void bench_guard_done(bench_guard *bench)
{
    jeton_visit_free(&bench->visit);
    jeton_guard_free(&bench->guard);
    free(bench->headers);
    bench_hit_done(&bench->hit);
}

/* The server has the header at hand: how it finds it is its own business. */
static size_t header(void *user, const char *name, jeton_span *value)
{
    const bench_guard *bench = user;
    (void)name;
    *value = jeton_bytes(bench->headers + bench->at * bench->len, bench->len);
    return 1;
}

bool bench_guard_check(void *self)
{
    static const jeton_route route = {.roles_any = {"admin", "editor"}, .scopes_all = {"read"}};
    bench_guard *bench = self;
    const jeton_request request = {.method = "GET", .user = bench, .header = header};
    jeton_decision decision;
    bench->at = (bench->at + 1) % BENCH_HIT_TOKENS;
    jeton_visit_begin(bench->visit, &request);
    return jeton_guard_check(bench->guard, &route, bench->visit, &decision) == JETON_OK;
}

double bench_guard_ns(void)
{
    bench_guard *bench = malloc(sizeof *bench);
    if (bench == NULL)
        return 0;
    const bool is_made = bench_guard_init(bench);
    bench_runner runners[] = {{.run = bench_guard_check, .self = bench},
                              {.run = bench_hit_verify, .self = &bench->hit}};
    const bool good = is_made && bench_race(runners, 2);
    bench_guard_done(bench);
    free(bench);
    return good ? runners[0].ns - runners[1].ns : 0;
}
