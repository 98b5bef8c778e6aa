/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/load.h - one request after another over a connection of its own, in many threads.
 *
 * What the load programs for GET cannot do: send what the answer before gave (refresh tokens), send
 * each of a list once (revocations), and ask at a pace that is not the server's (tail latencies).
 * Everything waits for nothing but its answer; failures of the machine end the program. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LOAD_CONNECTIONS 1024U
#define LOAD_TOKEN       4096U /* bytes of a token or a body */
#define LOAD_ANSWER      16384U

typedef struct load_options {
    uint16_t port; /* of 127.0.0.1 */
    const char *path;
    unsigned connections;
    unsigned seconds;
    unsigned rate;             /* pace: requests a second, of all connections together */
    const char *authorization; /* the value of that header; NULL for none */
    const char *member;        /* the text of the answer that is kept; NULL for none */
    FILE *kept;                /* where it goes, a line for each */
} load_options;

/* ---- times.c: how long things took ---- */

/* Any thread. */
void load_time(int64_t nanoseconds);

/* {"connections","requests","failed","per_second","p50_ms","p99_ms","max_ms"}, in one line. */
void load_report(unsigned connections, unsigned long failed, int64_t nanoseconds);

int64_t load_now(void);
void load_wait_until(int64_t moment);

/* ---- connection.c: HTTP as far as it is needed ---- */

int load_dial(uint16_t port);

/* Sends a request and takes the answer, as text. `body` NULL: GET, otherwise POST; one that begins
 * with "{" is JSON, any other a form. Whether the answer was 200. */
bool load_ask(int fd, const load_options *options, const char *authorization, const char *body,
              char answer[LOAD_ANSWER]);

/* Takes the text of a member, as JSON has it, out of an answer. */
bool load_member(const char *answer, const char *member, char text[LOAD_TOKEN]);

/* ---- what is done; each returns how many requests failed ---- */

/* chain.c: each line of the input is a refresh token; its successor comes from the answer. */
unsigned long load_chain(load_options *options);

/* each.c: each line of the input is a body, sent once. */
unsigned long load_each(load_options *options);

/* pace.c: GET at options->rate. The time of an answer that was late because of the answer before
 * it begins when the request was due. */
unsigned long load_pace(load_options *options);

#endif
