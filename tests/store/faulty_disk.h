/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/faulty_disk.h - a layer between SQLite and its files that lets one access fail, or
 * every one from it on, as a disk does that is full or breaks. */
#ifndef JD_STORE_FAULTY_DISK_H
#define JD_STORE_FAULTY_DISK_H

#include <stdbool.h>

typedef enum faulty_access {
    FAULTY_READ,
    FAULTY_WRITE,
    FAULTY_SYNC,
} faulty_access;

/* Puts the layer under every store that is opened from now on. Once, before the first. */
void faulty_disk_install(void);

/* The access of that kind before which there are `after` others fails with SQLite's code `rc`; with
 * `lasting`, all behind it as well. */
void faulty_disk_arm(faulty_access access, unsigned after, int rc, bool lasting);

/* All is well again. Whether anything has failed. */
bool faulty_disk_disarm(void);

#endif
