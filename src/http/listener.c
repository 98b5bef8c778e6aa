/* SPDX-License-Identifier: Apache-2.0 */
/* http/listener.c - reads a listen address, binds it. */
#include "http/listener.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct jd_address {
    char host[256]; /* RFC 1035 names have at most 253 characters */
    char port[6];
} jd_address;

static jeton_status not_an_address(jeton_err *err)
{
    return jt_fail(err, JETON_E_ARGUMENT,
                   "the listen address must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080");
}

static bool is_port(const char *text)
{
    const size_t len = strlen(text);
    return len >= 1 && len <= 5 && strspn(text, "0123456789") == len &&
           strtoul(text, NULL, 10) <= 65535;
}

/* Where the host ends and the ":" stands; NULL unless it is a name, an IPv4 address, or an IPv6
 * address in brackets. `*text` moves behind an opening bracket. */
static const char *end_of_host(const char **text, const char **colon)
{
    *colon = strrchr(*text, ':');
    if (*colon == NULL)
        return NULL;
    if (**text != '[')
        return strchr(*text, ':') == *colon ? *colon : NULL;
    (*text)++;
    return *colon > *text && (*colon)[-1] == ']' ? *colon - 1 : NULL;
}

static jeton_status parse_address(const char *text, jd_address *address, jeton_err *err)
{
    const char *colon;
    if (text == NULL)
        return not_an_address(err);
    const char *end = end_of_host(&text, &colon);
    if (end == NULL || end == text || !is_port(colon + 1))
        return not_an_address(err);
    const size_t len = (size_t)(end - text);
    if (len >= sizeof address->host || memchr(text, '[', len) || memchr(text, ']', len))
        return not_an_address(err);
    memcpy(address->host, text, len);
    address->host[len] = '\0';
    memcpy(address->port, colon + 1, strlen(colon + 1) + 1);
    return JETON_OK;
}

static jeton_status cannot_listen(const char *text, const char *why, jeton_err *err)
{
    return jt_fail(err, JETON_E_SYSTEM, "cannot listen on %.80s: %s", text, why);
}

static void set_options(int fd, int family)
{
    const int on = 1;
    const int off = 0;
    /* Connections of an earlier process in TIME_WAIT must not delay a restart. */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
}

/* The socket, or -1 and errno. */
static int bind_to(const struct addrinfo *where)
{
    const int fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    set_options(fd, where->ai_family);
    if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

jeton_status jd_listener_open(const char *text, int *fd, jeton_err *err)
{
    *fd = -1;
    jd_address address = {0};
    JT_TRY(parse_address(text, &address, err));

    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int failure = getaddrinfo(address.host, address.port, &hints, &found);
    if (failure != 0)
        return cannot_listen(text, gai_strerror(failure), err);
    *fd = bind_to(found);
    const int why = errno;
    freeaddrinfo(found);
    return *fd >= 0 ? JETON_OK : cannot_listen(text, strerror(why), err);
}

unsigned jd_listener_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } bound = {.ipv6 = {0}};
    socklen_t len = sizeof bound;
    if (getsockname(fd, &bound.any, &len) != 0)
        return 0;
    return ntohs(bound.any.sa_family == AF_INET6 ? bound.ipv6.sin6_port : bound.ipv4.sin_port);
}
