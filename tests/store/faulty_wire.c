/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/faulty_wire.c - one thread that carries messages between two sockets. */
#include "faulty_wire.h"

#include "../unit/unit.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAIRS   ((size_t)8)
#define ROOM    65536U /* no message of these tests is as long */
#define PATIENT 60000  /* milliseconds */
#define SOCKET  "/.s.PGSQL.5432"

/* What has come one way and is no whole message yet. The first message up has no type. */
typedef struct way {
    uint8_t at[ROOM];
    size_t len;
    bool typed;
} way;

typedef struct pair {
    int fds[2]; /* the client's, the server's; -1: free */
    way ways[2];
} pair;

struct faulty_wire {
    char folder[64], target[100];
    int listener;
    int wake[2];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t settled;
    pair pairs[PAIRS];
    /* under the lock */
    bool armed, fired, cutting;
    faulty_way way;
    unsigned left, syncs;
    unsigned live; /* connections */
};

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t done = send(fd, bytes, len, MSG_NOSIGNAL);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            bytes += done;
            len -= (size_t)done;
        }
    }
    return true;
}

static void clear(pair *of)
{
    for (size_t i = 0; i < 2; i++) {
        if (of->fds[i] >= 0)
            (void)close(of->fds[i]);
        of->fds[i] = -1;
        of->ways[i].len = 0;
        of->ways[i].typed = i > 0;
    }
}

static void count_live(faulty_wire *wire, int change)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->live += (unsigned)change;
    (void)pthread_cond_broadcast(&wire->settled);
    (void)pthread_mutex_unlock(&wire->lock);
}

static void forget(faulty_wire *wire, pair *of)
{
    clear(of);
    count_live(wire, -1);
}

/* The client learns at once; the server hears nothing more, and has done when it closes. */
static void cut(faulty_wire *wire, pair *of)
{
    uint8_t bytes[4096];
    (void)close(of->fds[0]);
    of->fds[0] = -1;
    (void)shutdown(of->fds[1], SHUT_WR);
    struct pollfd one = {.fd = of->fds[1], .events = POLLIN};
    while (poll(&one, 1, PATIENT) > 0 && read(of->fds[1], bytes, sizeof bytes) > 0)
        continue;
    forget(wire, of);
}

static bool counts(size_t side, uint8_t type)
{
    static const char *const types[] = {"ES", "CZ"};
    return type != 0 && strchr(types[side], type) != NULL;
}

/* Whether the connection is to be cut at this message. */
static bool is_due(faulty_wire *wire, size_t side, uint8_t type)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->syncs += side == 0 && type == 'S';
    const bool here = wire->armed && (size_t)wire->way == side && counts(side, type);
    const bool due = here && wire->left == 0;
    wire->left -= here && !due;
    if (due) {
        wire->armed = false;
        wire->fired = wire->cutting = true;
    }
    (void)pthread_mutex_unlock(&wire->lock);
    return due;
}

static void settle(faulty_wire *wire)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->cutting = false;
    (void)pthread_cond_broadcast(&wire->settled);
    (void)pthread_mutex_unlock(&wire->lock);
}

/* The bytes of the first message, 0: it is not whole. */
static size_t first_message(const way *of)
{
    const size_t skip = of->typed ? 1 : 0;
    if (of->len < skip + 4)
        return 0;
    size_t len = 0;
    for (size_t i = 0; i < 4; i++)
        len = len << 8 | of->at[skip + i];
    return of->len >= skip + len ? skip + len : 0;
}

/* Passes on the whole messages. False: the pair is no more. */
static bool pass(faulty_wire *wire, pair *of, size_t side)
{
    way *from = &of->ways[side];
    size_t len;
    while ((len = first_message(from)) > 0) {
        const uint8_t type = from->typed ? from->at[0] : 0;
        if (is_due(wire, side, type)) {
            cut(wire, of);
            settle(wire);
            return false;
        }
        if (!write_all(of->fds[1 - side], from->at, len)) {
            forget(wire, of);
            return false;
        }
        from->typed = true;
        from->len -= len;
        memmove(from->at, from->at + len, from->len);
    }
    return true;
}

static void carry(faulty_wire *wire, pair *of, size_t side)
{
    way *to = &of->ways[side];
    const ssize_t got = read(of->fds[side], to->at + to->len, sizeof to->at - to->len);
    if (got <= 0) {
        forget(wire, of);
        return;
    }
    to->len += (size_t)got;
    (void)pass(wire, of, side);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static void let_in(faulty_wire *wire)
{
    const int client = accept(wire->listener, NULL, NULL);
    for (size_t i = 0; i < PAIRS; i++)
        if (client >= 0 && wire->pairs[i].fds[0] < 0) {
            const int server = connect_to(wire->target);
            if (server < 0)
                break;
            wire->pairs[i].fds[0] = client;
            wire->pairs[i].fds[1] = server;
            count_live(wire, 1);
            return;
        }
    (void)close(client);
}

/* The pairs' sockets are behind the first two, the client's before the server's. */
static size_t watch(const faulty_wire *wire, struct pollfd all[2 + 2 * PAIRS])
{
    all[0] = (struct pollfd){.fd = wire->wake[0], .events = POLLIN};
    all[1] = (struct pollfd){.fd = wire->listener, .events = POLLIN};
    for (size_t i = 0; i < 2 * PAIRS; i++) /* a negative one is passed over */
        all[2 + i] = (struct pollfd){.fd = wire->pairs[i / 2].fds[i % 2], .events = POLLIN};
    return 2 + 2 * PAIRS;
}

static void *serve(void *argument)
{
    faulty_wire *wire = argument;
    struct pollfd all[2 + 2 * PAIRS];
    for (;;) {
        if (poll(all, watch(wire, all), -1) < 0)
            continue;
        if (all[0].revents != 0)
            return NULL;
        for (size_t i = 0; i < 2 * PAIRS; i++)
            if (all[2 + i].revents != 0 && wire->pairs[i / 2].fds[i % 2] == all[2 + i].fd)
                carry(wire, &wire->pairs[i / 2], i % 2);
        if (all[1].revents != 0)
            let_in(wire);
    }
}

/* --- opened and closed ----------------------------------------------------------------------- */

static void find_target(const char *url, char *target, size_t size)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    assert_non_null(options);
    for (PQconninfoOption *one = options; one->keyword != NULL; one++)
        if (strcmp(one->keyword, "host") == 0)
            (void)snprintf(target, size, "%s" SOCKET, one->val);
    PQconninfoFree(options);
    assert_true(target[0] == '/');
}

/* The address with another host. */
static void lead_via(const char *url, const char *folder, char *via, size_t size)
{
    const char *host = strstr(url, "host=");
    assert_non_null(host);
    const size_t until = (size_t)(host - url) + strlen("host=");
    const char *rest = url + until + strcspn(url + until, "&");
    (void)snprintf(via, size, "%.*s%s%s", (int)until, url, folder, rest);
}

static void listen_at(faulty_wire *wire)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s" SOCKET, wire->folder);
    wire->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(wire->listener >= 0);
    assert_int_equal(bind(wire->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(wire->listener, 16), 0);
}

faulty_wire *faulty_wire_open(const char *url, char *via, size_t size)
{
    faulty_wire *wire = calloc(1, sizeof *wire);
    assert_non_null(wire);
    (void)snprintf(wire->folder, sizeof wire->folder, "/tmp/jeton-wire-XXXXXX");
    assert_non_null(mkdtemp(wire->folder));
    for (size_t i = 0; i < PAIRS; i++)
        wire->pairs[i].fds[0] = wire->pairs[i].fds[1] = -1;
    for (size_t i = 0; i < PAIRS; i++)
        wire->pairs[i].ways[1].typed = true;
    find_target(url, wire->target, sizeof wire->target);
    lead_via(url, wire->folder, via, size);
    listen_at(wire);
    assert_int_equal(pipe(wire->wake), 0);
    (void)pthread_mutex_init(&wire->lock, NULL);
    (void)pthread_cond_init(&wire->settled, NULL);
    assert_int_equal(pthread_create(&wire->thread, NULL, serve, wire), 0);
    return wire;
}

void faulty_wire_close(faulty_wire **wire)
{
    faulty_wire *of = *wire;
    char path[128];
    assert_int_equal(write(of->wake[1], "x", 1), 1);
    (void)pthread_join(of->thread, NULL);
    for (size_t i = 0; i < PAIRS; i++)
        clear(&of->pairs[i]);
    (void)close(of->wake[0]);
    (void)close(of->wake[1]);
    (void)close(of->listener);
    (void)snprintf(path, sizeof path, "%s" SOCKET, of->folder);
    (void)unlink(path);
    (void)rmdir(of->folder);
    (void)pthread_cond_destroy(&of->settled);
    (void)pthread_mutex_destroy(&of->lock);
    free(of);
    *wire = NULL;
}

/* --- faults ---------------------------------------------------------------------------------- */

void faulty_wire_arm(faulty_wire *wire, faulty_way at, unsigned after)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->armed = true;
    wire->fired = false;
    wire->way = at;
    wire->left = after;
    (void)pthread_mutex_unlock(&wire->lock);
}

bool faulty_wire_disarm(faulty_wire *wire)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->armed = false;
    while (wire->cutting)
        (void)pthread_cond_wait(&wire->settled, &wire->lock);
    const bool fired = wire->fired;
    (void)pthread_mutex_unlock(&wire->lock);
    return fired;
}

unsigned faulty_wire_syncs(faulty_wire *wire)
{
    (void)pthread_mutex_lock(&wire->lock);
    while (wire->live > 0)
        (void)pthread_cond_wait(&wire->settled, &wire->lock);
    const unsigned syncs = wire->syncs;
    wire->syncs = 0;
    (void)pthread_mutex_unlock(&wire->lock);
    return syncs;
}
