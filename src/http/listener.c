/* SPDX-License-Identifier: Apache-2.0 */
/* http/listener.c - binds listen addresses, looks at sockets that are listening already. */
#include "http/listener.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

typedef union bound {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    struct sockaddr_un local;
} bound;

/* ---- binding ---- */

static jeton_status cannot_listen(const jd_listen_place *place, const char *why, jeton_err *err)
{
    const bool is_ipv6 = strchr(place->host, ':') != NULL;
    return jt_fail(err, JETON_E_SYSTEM, "cannot listen on %s%.80s%s:%s: %s", is_ipv6 ? "[" : "",
                   place->host, is_ipv6 ? "]" : "", place->port, why);
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

static jeton_status open_tcp(const jd_listen_place *place, jd_listener *made, jeton_err *err)
{
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int failure = getaddrinfo(place->host, place->port, &hints, &found);
    if (failure != 0)
        return cannot_listen(place, gai_strerror(failure), err);
    made->fd = bind_to(found);
    const int why = errno;
    freeaddrinfo(found);
    if (made->fd < 0)
        return cannot_listen(place, strerror(why), err);
    const bool is_ipv6 = strchr(place->host, ':') != NULL;
    (void)snprintf(made->name, sizeof made->name, is_ipv6 ? "[%s]:%u" : "%s:%u", place->host,
                   jd_listener_port(made->fd));
    return JETON_OK;
}

static jeton_status open_unix(const jd_listen_place *place, unsigned mode, jd_listener *made,
                              jeton_err *err)
{
    made->is_unix = true;
    (void)snprintf(made->name, sizeof made->name, "unix:%s", place->path);
    return jd_unix_listen(place->path, mode, &made->fd, &made->file, err);
}

static jeton_status open_one(jeton_span text, unsigned mode, jd_listeners *listeners,
                             jeton_err *err)
{
    jd_listen_place place;
    JT_TRY(jd_listen_place_parse(text, &place, err));
    if (listeners->count == JD_LISTENERS)
        return jt_fail(err, JETON_E_ARGUMENT, "more than %u listen addresses", JD_LISTENERS);
    jd_listener *made = &listeners->at[listeners->count++];
    *made = (jd_listener){.fd = -1};
    return place.path[0] != '\0' ? open_unix(&place, mode, made, err) : open_tcp(&place, made, err);
}

jeton_status jd_listeners_check(const char *text, jeton_err *err)
{
    jd_listen_place place;
    size_t count = 1;
    const char *comma;
    for (; (comma = strchr(text, ',')) != NULL; text = comma + 1, count++)
        JT_TRY(jd_listen_place_parse(jeton_bytes(text, (size_t)(comma - text)), &place, err));
    JT_TRY(jd_listen_place_parse(jeton_str(text), &place, err));
    return count <= JD_LISTENERS
               ? JETON_OK
               : jt_fail(err, JETON_E_ARGUMENT, "more than %u listen addresses", JD_LISTENERS);
}

jeton_status jd_listeners_open(const char *text, unsigned mode, jd_listeners *listeners,
                               jeton_err *err)
{
    *listeners = (jd_listeners){0};
    const char *comma;
    while (text != NULL && (comma = strchr(text, ',')) != NULL) {
        JT_TRY(open_one(jeton_bytes(text, (size_t)(comma - text)), mode, listeners, err));
        text = comma + 1;
    }
    return open_one(jeton_str(text), mode, listeners, err);
}

/* ---- taking over ---- */

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t len = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

static bool is_usable(int fd)
{
    const int family = option_of(fd, SO_DOMAIN);
    return option_of(fd, SO_TYPE) == SOCK_STREAM && option_of(fd, SO_ACCEPTCONN) == 1 &&
           (family == AF_INET || family == AF_INET6 || family == AF_UNIX);
}

/* "unix:/run/a.sock", and "unix:@a" for one that is in no file system. */
static void name_unix(const struct sockaddr_un *address, socklen_t len, jd_listener *taken)
{
    const size_t start = offsetof(struct sockaddr_un, sun_path);
    const size_t chars = len > start ? len - start : 0;
    const bool hidden = chars > 0 && address->sun_path[0] == '\0';
    (void)snprintf(taken->name, sizeof taken->name, "unix:%s%.*s", hidden ? "@" : "",
                   (int)(hidden ? chars - 1 : chars), address->sun_path + (hidden ? 1 : 0));
    taken->is_unix = true;
}

static void name_taken(jd_listener *taken)
{
    bound at = {.ipv6 = {0}};
    char host[NI_MAXHOST] = "?";
    socklen_t len = sizeof at;
    if (getsockname(taken->fd, &at.any, &len) != 0)
        return;
    if (at.any.sa_family == AF_UNIX) {
        name_unix(&at.local, len, taken);
        return;
    }
    (void)getnameinfo(&at.any, len, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    (void)snprintf(taken->name, sizeof taken->name,
                   at.any.sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
                   jd_listener_port(taken->fd));
}

static jeton_status take_one(int fd, jd_listeners *listeners, jeton_err *err)
{
    if (listeners->count == JD_LISTENERS || !is_usable(fd))
        return jt_fail(err, JETON_E_ARGUMENT,
                       "descriptor %d, handed over by the service manager, is no listening stream "
                       "socket",
                       fd);
    jd_listener *taken = &listeners->at[listeners->count++];
    *taken = (jd_listener){.fd = fd, .is_inherited = true};
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    name_taken(taken);
    return JETON_OK;
}

jeton_status jd_listeners_take(const int *fds, size_t count, jd_listeners *listeners,
                               jeton_err *err)
{
    *listeners = (jd_listeners){0};
    for (size_t i = 0; i < count; i++)
        JT_TRY(take_one(fds[i], listeners, err));
    return JETON_OK;
}

/* ---- the end, and questions ---- */

#define TCP_FLAGS_AT 13U /* RFC 9293 §3.1 */
#define TCP_SYN      0x02U
#define SETTLE_MS    30

/* Without it, whoever the kernel lets in between our last look and the close is reset, after he may
 * have sent a request. What belongs to a handshake that has begun still comes: its client takes the
 * connection for made before we can accept it. */
static void drop_beginnings(int fd)
{
    struct sock_filter beginnings[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS_AT),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TCP_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog program = {.len = JT_COUNT(beginnings), .filter = beginnings};
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void jd_listeners_freeze(jd_listeners *listeners)
{
    const struct timespec settle = {.tv_nsec = SETTLE_MS * 1000000L};
    bool has_handshakes = false;
    for (size_t i = 0; i < listeners->count; i++) {
        jd_listener *listener = &listeners->at[i];
        jd_unix_remove(&listener->file);
        if (listener->is_unix || listener->is_inherited || listener->fd < 0)
            continue;
        drop_beginnings(listener->fd);
        has_handshakes = true;
    }
    if (has_handshakes)
        (void)nanosleep(&settle, NULL);
}

void jd_listeners_close(jd_listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        jd_listener *listener = &listeners->at[i];
        jd_unix_remove(&listener->file);
        if (listener->fd >= 0)
            close(listener->fd);
    }
    *listeners = (jd_listeners){0};
}

unsigned jd_listener_port(int fd)
{
    bound at = {.ipv6 = {0}};
    socklen_t len = sizeof at;
    if (getsockname(fd, &at.any, &len) != 0)
        return 0;
    switch (at.any.sa_family) {
    case AF_INET: return ntohs(at.ipv4.sin_port);
    case AF_INET6: return ntohs(at.ipv6.sin6_port);
    default: return 0;
    }
}

void jd_listeners_print(const jd_listeners *listeners, char *to, size_t size)
{
    size_t len = 0;
    to[0] = '\0';
    for (size_t i = 0; i < listeners->count; i++) {
        const int more =
            snprintf(to + len, size - len, "%s%s", len > 0 ? ", " : "", listeners->at[i].name);
        if (more < 0 || len + (size_t)more >= size)
            return;
        len += (size_t)more;
    }
}
