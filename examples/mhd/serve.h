/* SPDX-License-Identifier: Apache-2.0 */
/* serve.h - what the examples with libmicrohttpd have in common: one thread that serves until the
 * program is told to stop. */
#ifndef EXAMPLE_SERVE_H
#define EXAMPLE_SERVE_H

#include <arpa/inet.h>
#include <jeton_mhd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* Listens on 127.0.0.1 and says where; port 0 is any. Returns what main() does. */
static inline int serve(MHD_AccessHandlerCallback answer, const char *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)strtoul(port, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sigset_t stop;
    int signal;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &at,
        MHD_OPTION_NOTIFY_COMPLETED, jeton_mhd_done, NULL, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    printf("http://127.0.0.1:%u\n",
           (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&stop, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}

/* A path, whether it is for everybody, what else it demands, and what answers there. */
typedef struct served {
    const char *path;
    bool is_open;
    jeton_route route;
    enum MHD_Result (*answer)(jeton_mhd *request, const jeton_decision *who);
} served;

/* Guards a request by the row of its path, and has it answered; the last row has no path. */
static inline enum MHD_Result answer_row(const served *rows, const jeton_guard *guard,
                                         jeton_mhd *request, const char *url)
{
    jeton_decision who = {0};
    for (; rows->path != NULL; rows++) {
        if (strcmp(url, rows->path) != 0)
            continue;
        if (!rows->is_open && !jeton_mhd_guard(request, guard, &rows->route, &who))
            return jeton_mhd_refuse(request, &who);
        return rows->answer(request, &who);
    }
    return jeton_mhd_answer(request, 404, NULL, "{\"error\":\"not_found\"}");
}

#endif
