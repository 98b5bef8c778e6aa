/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/world.c - clients made of bytes. */
#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void world_handle(void *user, jd_request *request)
{
    (void)user;
    char text[4096];
    const jeton_span method = jd_request_method(request);
    const jeton_span path = jd_request_path(request);
    const jeton_span body = jd_request_body(request);
    const int len = snprintf(text, sizeof text, "%.*s %.*s [%.*s]", (int)method.len, method.ptr,
                             (int)path.len, path.ptr, body.len < 1000 ? (int)body.len : 1000,
                             body.len > 0 ? (const char *)body.ptr : "");
    jd_request_answer(request, 200, NULL, 0, jeton_bytes(text, (size_t)len));
}

void world_refuse(void *user, jd_request *request, unsigned status, const char *why)
{
    (void)user;
    const jd_header headers[] = {{"X-Refused", "yes"}};
    jd_request_answer(request, status, headers, 1, jeton_str(why));
}

jd_http *world_start(const jd_http_options *options)
{
    jd_http_options complete = *options;
    jeton_err err = {0};
    jd_http *http = BOGUS;
    if (complete.listen == NULL)
        complete.listen = "127.0.0.1:0";
    if (complete.handle == NULL)
        complete.handle = world_handle;
    if (complete.refuse == NULL)
        complete.refuse = world_refuse;
    if (jd_http_open(&complete, &http, &err) != JETON_OK || jd_http_start(http, &err) != JETON_OK)
        fail_msg("%s", err.text);
    assert_in_range(jd_http_port(http), 1, 65535);
    return http;
}

static int try_dial(const jd_http *http)
{
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    const struct sockaddr_in where = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)jd_http_port(http)),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&where, sizeof where) == 0)
        return fd;
    close(fd);
    return -1;
}

int world_dial(const jd_http *http)
{
    const int fd = try_dial(http);
    assert_true(fd >= 0);
    return fd;
}

bool world_accepts(const jd_http *http)
{
    const int fd = try_dial(http);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void world_say_bytes(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        const ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        len -= (size_t)sent;
    }
}

void world_say(int fd, const char *text)
{
    world_say_bytes(fd, text, strlen(text));
}

/* One byte; false at the end of the connection. */
static bool hear_byte(int fd, char *byte)
{
    const ssize_t len = recv(fd, byte, 1, 0);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("nothing came for %d ms", PATIENCE_MS);
    return len == 1;
}

static bool hear_head(int fd, world_answer *answer)
{
    size_t len = 0;
    while (len < sizeof answer->head - 1 && hear_byte(fd, &answer->head[len])) {
        answer->head[++len] = '\0';
        if (len >= 4 && memcmp(answer->head + len - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

static size_t announced_length(const world_answer *answer)
{
    const char *field = strcasestr(answer->head, "\r\nContent-Length:");
    return field != NULL ? strtoul(field + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

static void hear_one(const char *method, int fd, world_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    if (!hear_head(fd, answer))
        return;
    assert_int_equal(sscanf(answer->head, "HTTP/1.%*c %u ", &answer->status), 1);
    const size_t len = strcmp(method, "HEAD") == 0 ? 0 : announced_length(answer);
    assert_true(len < sizeof answer->body);
    for (size_t i = 0; i < len; i++)
        assert_true(hear_byte(fd, &answer->body[i]));
}

void world_hear_to(const char *method, int fd, world_answer *answer)
{
    do
        hear_one(method, fd, answer);
    while (answer->status == 100);
}

void world_hear(int fd, world_answer *answer)
{
    world_hear_to("GET", fd, answer);
}

void world_hear_rest(int fd, char *text, size_t size)
{
    size_t len = 0;
    while (len < size - 1 && hear_byte(fd, &text[len]))
        len++;
    text[len] = '\0';
}

bool world_is_ended(int fd)
{
    char byte;
    return !hear_byte(fd, &byte);
}

unsigned world_ask(const jd_http *http, const char *text, world_answer *answer)
{
    const int fd = world_dial(http);
    world_say(fd, text);
    world_hear(fd, answer);
    close(fd);
    return answer->status;
}

int64_t world_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void world_sleep_ms(unsigned ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}
