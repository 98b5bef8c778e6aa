/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/faulty_wire.h - a way to PostgreSQL that knows its messages, and cuts a connection at
 * one of them: before a statement or a commit gets there, or when its answer is on the way back. */
#ifndef JD_STORE_FAULTY_WIRE_H
#define JD_STORE_FAULTY_WIRE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct faulty_wire faulty_wire;

typedef enum faulty_way {
    FAULTY_UP,   /* a statement that is to be run, or a sync, does not arrive */
    FAULTY_DOWN, /* that a statement is complete, or all are, does not arrive */
} faulty_way;

/* Opens a way to the server of `url`, which names the folder of its socket; `via` becomes the URL
 * that leads over it. Fails the test if that cannot be. */
faulty_wire *faulty_wire_open(const char *url, char *via, size_t size);
void faulty_wire_close(faulty_wire **wire);

/* Cuts the connection at the message of that way before which there are `after` others. */
void faulty_wire_arm(faulty_wire *wire, faulty_way way, unsigned after);

/* All is well again, and the server has done with the connection that was cut. Whether one was. */
bool faulty_wire_disarm(faulty_wire *wire);

/* How many syncs have gone up since it was asked last: the server answers each. Waits until all
 * connections are closed, so that none is still under way. */
unsigned faulty_wire_syncs(faulty_wire *wire);

#endif
