/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/chain.c - sessions that refresh without a pause. */
#include "load.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

typedef struct session {
    pthread_t thread;
    const load_options *options;
    int64_t end;
    char token[LOAD_TOKEN];
    unsigned long failed;
} session;

static session sessions[LOAD_CONNECTIONS];

static bool refresh(int fd, session *of)
{
    char body[LOAD_TOKEN + 32];
    char answer[LOAD_ANSWER];
    (void)snprintf(body, sizeof body, "{\"refresh_token\":\"%s\"}", of->token);
    return load_ask(fd, of->options, of->options->authorization, body, answer) &&
           load_member(answer, "refresh_token", of->token);
}

static void *run(void *argument)
{
    session *of = argument;
    const int fd = load_dial(of->options->port);
    while (of->failed == 0) {
        const int64_t start = load_now();
        if (start >= of->end)
            break;
        of->failed += !refresh(fd, of);
        load_time(load_now() - start);
    }
    (void)close(fd);
    return NULL;
}

unsigned long load_chain(load_options *options)
{
    unsigned long failed = 0;
    const int64_t end = load_now() + (int64_t)options->seconds * 1000000000;
    options->connections = 0;
    for (session *of = sessions; options->connections < LOAD_CONNECTIONS; of++) {
        if (fgets(of->token, sizeof of->token, stdin) == NULL)
            break;
        of->token[strcspn(of->token, "\n")] = '\0';
        of->options = options;
        of->end = end;
        options->connections++;
    }
    const unsigned count = options->connections;
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&sessions[i].thread, NULL, run, &sessions[i]) != 0)
            return 1;
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(sessions[i].thread, NULL);
        failed += sessions[i].failed;
    }
    return failed;
}
