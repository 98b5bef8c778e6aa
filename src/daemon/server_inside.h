/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/server_inside.h - the parts of a server, for the files that boot and reload them. */
#ifndef JD_DAEMON_SERVER_INSIDE_H
#define JD_DAEMON_SERVER_INSIDE_H

#include "api/app.h"
#include "daemon/control.h"
#include "daemon/key_schedule.h"
#include "daemon/notify.h"
#include "sys/config_sources.h"
#include "sys/disk.h"

typedef struct jd_server {
    jd_config config; /* of this moment; for the thread that waits for signals */
    const jd_config_sources *sources;
    jd_lock lock;
    jd_accounts accounts;
    bool accounts_open;
    jd_app app;
    bool app_open;
    jd_http *http;
    jd_control *control;
    jd_key_schedule *keys;
    jd_tls *tls; /* NULL: none */
    jd_notify notify;
    char address[JD_CONFIG_TEXT]; /* all that is listened on, with real ports */
    char origin[300];             /* a URL of the first of them; empty: only Unix sockets */
} jd_server;

#endif
