/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/world.h - a server on a port of its own, and clients that speak to it in bytes.
 *
 * Clients block, but never longer than PATIENCE_MS: a test that waits for something that does not
 * come fails instead of hanging.
 */
#ifndef JD_UNIT_HTTP_WORLD_H
#define JD_UNIT_HTTP_WORLD_H

#include "unit.h"

#include "http/server.h"

#define PATIENCE_MS 15000

/* The handler and refuser most tests want: 200 with "METHOD path [body]", and STATUS with why. */
void world_handle(void *user, jd_request *request);
void world_refuse(void *user, jd_request *request, unsigned status, const char *why);

/* Fills in handle, refuse and "127.0.0.1:0" where they are missing; fails the test on failure. */
jd_http *world_start(const jd_http_options *options);

/* A connected client; closed with close(). */
int world_dial(const jd_http *http);

/* Whether a client can still connect. */
bool world_accepts(const jd_http *http);

/* Sends all of it, or as much as the other side takes before it hangs up. */
void world_say(int fd, const char *text);
void world_say_bytes(int fd, const void *bytes, size_t len);

typedef struct world_answer {
    unsigned status; /* 0: the connection ended first */
    char head[4096]; /* NUL-terminated */
    char body[4096];
} world_answer;

/* Reads one answer. `to` is the method it answers: HEAD has no body. */
void world_hear_to(const char *method, int fd, world_answer *answer);
void world_hear(int fd, world_answer *answer);

/* Reads on until the other side ends the connection; NUL-terminated. */
void world_hear_rest(int fd, char *text, size_t size);

/* Whether the other side ends the connection, with nothing more to read. */
bool world_is_ended(int fd);

/* One request on a connection of its own; the status. */
unsigned world_ask(const jd_http *http, const char *text, world_answer *answer);

int64_t world_now_ms(void);
void world_sleep_ms(unsigned ms);

#endif
