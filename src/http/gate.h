/* SPDX-License-Identifier: Apache-2.0 */
/* http/gate.h - where clients come into a loop: its listening sockets.
 *
 * We accept ourselves and hand each connection to the libmicrohttpd that speaks as it does: one
 * listens on one socket only, and speaks TLS on all of its connections or on none. Loop thread
 * only, but for open and release. */
#ifndef JD_HTTP_GATE_H
#define JD_HTTP_GATE_H

#include "http/listener.h"
#include "http/traffic.h"

#include <stdint.h>

typedef struct jd_loop jd_loop;

typedef struct jd_gate {
    size_t count; /* 0: shut */
    struct {
        int fd; /* our duplicate */
        bool is_unix, is_inherited;
    } doors[JD_LISTENERS];
    unsigned entered; /* accepted, and not yet reported by libmicrohttpd */
    int64_t pause;    /* no descriptor was left: nobody is let in before this moment; 0: open */
} jd_gate;

/* Duplicates the sockets and watches them. False when there are no descriptors left; release is
 * due all the same. */
JETON_MUST bool jd_gate_open(jd_loop *loop, const jd_listeners *listeners);

/* Whether a descriptor is one of the doors. */
bool jd_gate_has(const jd_gate *gate, int fd);

/* Lets in those who wait at a door, some at a time: other loops wait for them, too. */
void jd_gate_admit(jd_loop *loop, int fd);

/* libmicrohttpd has reported a connection. */
void jd_gate_passed(jd_loop *loop);

/* After each round: forgets those that libmicrohttpd had no memory for, and opens again after a
 * pause. */
void jd_gate_tend(jd_loop *loop);

/* Lets in those who wait already, since they may have sent their request, and closes the sockets.
 * Who waits at an inherited one is left to our successor. */
void jd_gate_shut(jd_loop *loop);

/* Closes the duplicates. */
void jd_gate_release(jd_gate *gate);

#endif
