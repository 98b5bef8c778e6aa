/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/connection.c - dials, asks, takes answers apart. */
#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int load_dial(uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        perror("load: connect");
        exit(1);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static int print_request(const load_options *options, const char *authorization, const char *body,
                         char *text, size_t size)
{
    int len = snprintf(text, size, "%s %s HTTP/1.1\r\nHost: localhost\r\n",
                       body != NULL ? "POST" : "GET", options->path);
    if (authorization != NULL)
        len += snprintf(text + len, size - (size_t)len, "Authorization: %s\r\n", authorization);
    if (body != NULL)
        len += snprintf(text + len, size - (size_t)len,
                        "Content-Type: application/%s\r\nContent-Length: %zu\r\n",
                        body[0] == '{' ? "json" : "x-www-form-urlencoded", strlen(body));
    len += snprintf(text + len, size - (size_t)len, "\r\n%s", body != NULL ? body : "");
    return len;
}

/* Whether all of an answer is here: its length is told by Content-Length. */
static bool is_complete(const char *text, size_t len)
{
    const char *head_end = strstr(text, "\r\n\r\n");
    const char *length = strcasestr(text, "content-length:");
    if (head_end == NULL)
        return false;
    return length == NULL || len >= (size_t)(head_end + 4 - text) +
                                        strtoul(length + strlen("content-length:"), NULL, 10);
}

static bool receive(int fd, char text[LOAD_ANSWER])
{
    size_t len = 0;
    while (len < LOAD_ANSWER - 1) {
        const ssize_t got = recv(fd, text + len, LOAD_ANSWER - 1 - len, 0);
        if (got <= 0)
            return false;
        len += (size_t)got;
        text[len] = '\0';
        if (is_complete(text, len))
            return true;
    }
    return false;
}

bool load_ask(int fd, const load_options *options, const char *authorization, const char *body,
              char answer[LOAD_ANSWER])
{
    char text[3 * LOAD_TOKEN];
    const int len = print_request(options, authorization, body, text, sizeof text);
    answer[0] = '\0';
    return len < (int)sizeof text && send(fd, text, (size_t)len, MSG_NOSIGNAL) == len &&
           receive(fd, answer) && strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

bool load_member(const char *answer, const char *member, char text[LOAD_TOKEN])
{
    char name[64];
    const int name_len = snprintf(name, sizeof name, "\"%s\":\"", member);
    const char *at = strstr(answer, name);
    if (at == NULL)
        return false;
    at += name_len;
    const size_t len = strcspn(at, "\"");
    if (len >= LOAD_TOKEN)
        return false;
    memcpy(text, at, len);
    text[len] = '\0';
    return true;
}
