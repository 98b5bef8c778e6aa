/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/each.c - a list of bodies, each sent once, over a few connections. */
#include "load.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the input and of what is kept */
static atomic_ulong failures;

static bool next_body(char body[LOAD_TOKEN])
{
    (void)pthread_mutex_lock(&lock);
    const bool found = fgets(body, LOAD_TOKEN, stdin) != NULL;
    (void)pthread_mutex_unlock(&lock);
    if (found)
        body[strcspn(body, "\n")] = '\0';
    return found;
}

static bool keep(const load_options *options, const char *answer)
{
    char text[LOAD_TOKEN];
    if (options->member == NULL)
        return true;
    if (!load_member(answer, options->member, text))
        return false;
    (void)pthread_mutex_lock(&lock);
    const bool written = fprintf(options->kept, "%s\n", text) > 0;
    (void)pthread_mutex_unlock(&lock);
    return written;
}

static void *run(void *argument)
{
    const load_options *options = argument;
    char body[LOAD_TOKEN];
    char answer[LOAD_ANSWER];
    const int fd = load_dial(options->port);
    while (next_body(body)) {
        const int64_t start = load_now();
        const bool good = load_ask(fd, options, options->authorization, body, answer);
        load_time(load_now() - start);
        if (good && keep(options, answer))
            continue;
        atomic_fetch_add(&failures, 1);
        break;
    }
    (void)close(fd);
    return NULL;
}

unsigned long load_each(load_options *options)
{
    pthread_t threads[LOAD_CONNECTIONS];
    for (unsigned i = 0; i < options->connections; i++)
        if (pthread_create(&threads[i], NULL, run, options) != 0)
            return 1;
    for (unsigned i = 0; i < options->connections; i++)
        (void)pthread_join(threads[i], NULL);
    return atomic_load(&failures);
}
