/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/pace.c - requests at moments that are set beforehand. */
#include "load.h"

#include <pthread.h>
#include <unistd.h>

typedef struct runner {
    pthread_t thread;
    const load_options *options;
    int64_t first, end, step;
    unsigned long failed;
} runner;

/* A timer that went off late is our machine's fault; a moment that passed while we waited for an
 * answer is the server's. */
static void *run(void *argument)
{
    runner *of = argument;
    char answer[LOAD_ANSWER];
    const int fd = load_dial(of->options->port);
    for (int64_t due = of->first; due < of->end; due += of->step) {
        const int64_t ready = load_now();
        load_wait_until(due);
        const int64_t start = ready < due ? load_now() : due;
        if (!load_ask(fd, of->options, of->options->authorization, NULL, answer)) {
            of->failed++;
            break;
        }
        load_time(load_now() - start);
    }
    (void)close(fd);
    return NULL;
}

unsigned long load_pace(load_options *options)
{
    static runner runners[LOAD_CONNECTIONS];
    const int64_t gap =
        1000000000 / options->rate; /* between two requests of whatever connection */
    const int64_t start = load_now() + 10000000;
    unsigned long failed = 0;
    for (unsigned i = 0; i < options->connections; i++) {
        runners[i] = (runner){.options = options,
                              .first = start + i * gap,
                              .end = start + (int64_t)options->seconds * 1000000000,
                              .step = gap * options->connections};
        if (pthread_create(&runners[i].thread, NULL, run, &runners[i]) != 0)
            return 1;
    }
    for (unsigned i = 0; i < options->connections; i++) {
        (void)pthread_join(runners[i].thread, NULL);
        failed += runners[i].failed;
    }
    return failed;
}
