/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/main.c - runs schedules.
 *
 * Without arguments 10,000 of them, or JETON_SCHEDULES, from the seed 1 on, or JETON_SEED; with
 * JETON_SEED=random others each time. The seed is printed.
 *
 * With a seed that one, and tells what happens in it. With --file PATH those whose seeds begin the
 * lines of a file: failures of the past.
 */
#include "sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sim state;

static bool run(uint64_t seed, bool loud)
{
    sim_begin(&state, seed, loud);
    sim_run(&state);
    if (state.broken[0] == '\0')
        return true;
    (void)printf("schedule %llu: %s\n", (unsigned long long)seed, state.broken);
    (void)printf("to see it: %s %llu\n", program_invocation_name, (unsigned long long)seed);
    return false;
}

static int run_file(const char *path)
{
    char line[64];
    int failed = 0;
    unsigned count = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 2;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] < '0' || line[0] > '9')
            continue; /* a comment */
        count++;
        failed |= !run(strtoull(line, NULL, 10), false);
    }
    (void)fclose(file);
    (void)printf("%u schedules that have failed at some time\n", count);
    return count == 0 || failed;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

/* A run in which something never happens has not tried it. */
static int look_at(const uint64_t *seen, uint64_t steps, uint64_t count)
{
    static const char *const words[] = {"strict", "all",   "in time only", "checks", "lost",
                                        "anew",   "stale", "forged",       "jumps"};
    int missing = 0;
    (void)printf("%llu schedules, %llu steps", (unsigned long long)count,
                 (unsigned long long)steps);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        (void)printf(", %s %llu", words[i], (unsigned long long)seen[i]);
        missing |= count >= 1000 && seen[i] == 0;
    }
    (void)printf("\n");
    return missing;
}

/* The same ones each time, for a change of the program is not to be blamed for what it has not
 * done. Many others are run before a release. */
static uint64_t first_seed(void)
{
    const char *text = getenv("JETON_SEED");
    if (text != NULL && strcmp(text, "random") == 0)
        return (uint64_t)time(NULL) * 1000000;
    return number_of("JETON_SEED", 1);
}

static int run_many(void)
{
    const uint64_t first = first_seed();
    const uint64_t count = number_of("JETON_SCHEDULES", 10000);
    uint64_t seen[SEEN_KINDS] = {0};
    uint64_t steps = 0;
    (void)printf("JETON_SEED=%llu\n", (unsigned long long)first);
    for (uint64_t i = 0; i < count; i++) {
        if (!run(first + i, false))
            return 1;
        steps += state.steps;
        for (size_t j = 0; j < SEEN_KINDS; j++)
            seen[j] += state.seen[j];
    }
    return look_at(seen, steps, count);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--file") == 0)
        return run_file(argv[2]);
    if (argc == 2)
        return !run(strtoull(argv[1], NULL, 10), true);
    return run_many();
}
