/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/refresh_load.c - sessions that refresh without a pause, over HTTP.
 *
 * usage: refresh_load PORT SECONDS < TOKENS
 *
 * Each line of standard input is the refresh token of one session. Each session has a thread and a
 * connection of its own to 127.0.0.1:PORT, sends POST /refresh, takes the successor out of the
 * answer and sends that. Prints one line of JSON: refreshes per second, the median and the 99th
 * percentile in milliseconds, and how many answers were not 200. tests/bench/refresh.py runs it.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SESSIONS_MAX 1024
#define TOKEN_MAX    256
#define BUCKETS      100000 /* of 10 microseconds: up to a second */
#define MEMBER       "\"refresh_token\":\""

typedef struct session {
    pthread_t thread;
    char token[TOKEN_MAX];
    unsigned long done, failed;
} session;

static session sessions[SESSIONS_MAX];
static unsigned buckets[BUCKETS];
static uint16_t port;
static int64_t end;

static int64_t microseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int dial(void)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        perror("connect");
        exit(1);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static int ask(int fd, const char *token)
{
    char body[TOKEN_MAX + 32];
    char text[TOKEN_MAX + 200];
    const int len = snprintf(body, sizeof body, "{\"refresh_token\":\"%s\"}", token);
    const int all = snprintf(text, sizeof text,
                             "POST /refresh HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                             len, body);
    return send(fd, text, (size_t)all, MSG_NOSIGNAL) == all;
}

/* One answer of ours is one write of the server's; its length is told by Content-Length. */
static int receive(int fd, char *text, size_t size)
{
    size_t len = 0;
    for (;;) {
        const ssize_t got = recv(fd, text + len, size - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        text[len] = '\0';
        const char *head_end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "content-length:");
        if (head_end != NULL && length != NULL &&
            len >= (size_t)(head_end + 4 - text) + strtoul(length + 15, NULL, 10))
            return 1;
    }
}

static int take_token(const char *answer, char *token)
{
    const char *at = strstr(answer, MEMBER);
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || at == NULL)
        return 0;
    at += strlen(MEMBER);
    const size_t len = strcspn(at, "\"");
    if (len >= TOKEN_MAX)
        return 0;
    memcpy(token, at, len);
    token[len] = '\0';
    return 1;
}

static void *run(void *argument)
{
    session *of = argument;
    char answer[4096];
    const int fd = dial();
    while (microseconds() < end) {
        const int64_t start = microseconds();
        if (!ask(fd, of->token) || !receive(fd, answer, sizeof answer) ||
            !take_token(answer, of->token)) {
            of->failed++;
            break;
        }
        const int64_t bucket = (microseconds() - start) / 10;
        __atomic_fetch_add(&buckets[bucket < BUCKETS ? bucket : BUCKETS - 1], 1, __ATOMIC_RELAXED);
        of->done++;
    }
    (void)close(fd);
    return NULL;
}

static double percentile(unsigned long done, double part)
{
    unsigned long seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += buckets[i];
        if ((double)seen >= (double)done * part)
            return (i + 1) / 100.0;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    port = (uint16_t)strtoul(argv[1], NULL, 10);
    const long seconds = strtol(argv[2], NULL, 10);
    unsigned count = 0;
    while (count < SESSIONS_MAX && fgets(sessions[count].token, TOKEN_MAX, stdin) != NULL) {
        sessions[count].token[strcspn(sessions[count].token, "\n")] = '\0';
        count++;
    }
    end = microseconds() + (int64_t)seconds * 1000000;
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&sessions[i].thread, NULL, run, &sessions[i]) != 0)
            return 1;
    unsigned long done = 0;
    unsigned long failed = 0;
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(sessions[i].thread, NULL);
        done += sessions[i].done;
        failed += sessions[i].failed;
    }
    printf("{\"sessions\":%u,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"failed\":%lu}\n",
           count, (double)done / (double)seconds, percentile(done, 0.5), percentile(done, 0.99),
           failed);
    return failed == 0 ? 0 : 1;
}
