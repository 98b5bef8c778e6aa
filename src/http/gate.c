/* SPDX-License-Identifier: Apache-2.0 */
/* http/gate.c - accepts connections. */
#include "http/gate.h"

#include "core/auto.h"
#include "http/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE  10U   /* connections of one door in one round */
#define AT_SHUT  4096U /* of one door at the end: what listen(2) lets wait */
#define PAUSE_MS 100

bool jd_gate_open(jd_loop *loop, const jd_listeners *listeners)
{
    jd_gate *gate = &loop->gate;
    for (size_t i = 0; i < listeners->count; i++) {
        const jd_listener *listener = &listeners->at[i];
        const int fd = fcntl(listener->fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0)
            return false;
        gate->doors[gate->count].fd = fd;
        gate->doors[gate->count].is_unix = listener->is_unix;
        gate->doors[gate->count].is_inherited = listener->is_inherited;
        gate->count++;
        if (!jd_loop_watch(loop, fd))
            return false;
    }
    return true;
}

static size_t door_of(const jd_gate *gate, int fd)
{
    size_t i = 0;
    while (i < gate->count && gate->doors[i].fd != fd)
        i++;
    return i;
}

bool jd_gate_has(const jd_gate *gate, int fd)
{
    return door_of(gate, fd) < gate->count;
}

/* ---- letting in ---- */

/* Waiting clients would wake us without end, and no descriptor comes free of that. */
static void pause_all(jd_loop *loop)
{
    jd_complain(&loop->complaints, "no descriptor is left: new connections wait");
    for (size_t i = 0; i < loop->gate.count; i++)
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->gate.doors[i].fd, NULL);
    loop->gate.pause = loop->now + PAUSE_MS;
}

static bool is_shortage(int why)
{
    return why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM;
}

/* One who came while there is no room is told so by the end of his connection. */
static void enter(jd_loop *loop, bool is_unix, int fd, const struct sockaddr *from, socklen_t len)
{
    if (atomic_load(&loop->traffic->connections) >= loop->options->connections) {
        close(fd);
        return;
    }
    const jd_wire wire = loop->options->tls != NULL && !is_unix ? JD_TLS : JD_PLAIN;
    jd_traffic_add(loop->traffic);
    loop->gate.entered++;
    if (MHD_add_connection(loop->mouths[wire].daemon, fd, from, len) == MHD_YES)
        return;
    loop->gate.entered--;
    jd_traffic_remove(loop->traffic);
}

/* False when nobody waits any more. */
static bool admit_one(jd_loop *loop, size_t door)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage room;
    } from = {.room = {0}};
    socklen_t len = sizeof from;
    const int fd =
        accept4(loop->gate.doors[door].fd, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        enter(loop, loop->gate.doors[door].is_unix, fd, &from.any, len);
        return true;
    }
    if (is_shortage(errno)) {
        pause_all(loop);
        return false;
    }
    return errno != EAGAIN && errno != EINVAL; /* a client that is gone already, a signal */
}

static void admit(jd_loop *loop, size_t door, unsigned most)
{
    for (unsigned i = 0; i < most && admit_one(loop, door); i++)
        ;
}

void jd_gate_admit(jd_loop *loop, int fd)
{
    const size_t door = door_of(&loop->gate, fd);
    if (door < loop->gate.count)
        admit(loop, door, AT_ONCE);
}

void jd_gate_passed(jd_loop *loop)
{
    if (loop->gate.entered > 0)
        loop->gate.entered--;
    else
        jd_traffic_add(loop->traffic);
}

void jd_gate_tend(jd_loop *loop)
{
    jd_gate *gate = &loop->gate;
    for (; gate->entered > 0; gate->entered--)
        jd_traffic_remove(loop->traffic);
    if (gate->pause == 0 || gate->pause > loop->now)
        return;
    gate->pause = 0;
    for (size_t i = 0; i < gate->count; i++)
        if (!jd_loop_watch(loop, gate->doors[i].fd)) /* not even for that: another pause */
            gate->pause = loop->now + PAUSE_MS;
}

/* ---- the end ---- */

void jd_gate_shut(jd_loop *loop)
{
    for (size_t i = 0; i < loop->gate.count; i++)
        if (!loop->gate.doors[i].is_inherited)
            admit(loop, i, AT_SHUT);
    jd_gate_release(&loop->gate);
}

void jd_gate_release(jd_gate *gate)
{
    for (size_t i = 0; i < gate->count; i++)
        close(gate->doors[i].fd);
    gate->count = 0;
    gate->pause = 0;
}
