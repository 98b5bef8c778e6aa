/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/notify.h - tells a service manager how we are (systemd's sd_notify): one datagram to the
 * socket that NOTIFY_SOCKET names. Without one nothing is told. One thread. */
#ifndef JD_DAEMON_NOTIFY_H
#define JD_DAEMON_NOTIFY_H

#include <stdint.h>

typedef struct jd_notify {
    int fd;           /* -1: nobody wants to know */
    int64_t pulse_ms; /* how often to say that we live; 0: never */
} jd_notify;

/* Reads the environment and takes the variables away. Before a second thread is started. */
void jd_notify_open(jd_notify *notify);

/* Sends assignments, a line each: "READY=1\nSTATUS=…". A manager that does not take them within a
 * second misses them. */
void jd_notify_send(const jd_notify *notify, const char *text);

/* RELOADING=1 with the moment, which is how the manager knows which READY=1 belongs to it. */
void jd_notify_reloading(const jd_notify *notify);

void jd_notify_close(jd_notify *notify);

#endif
