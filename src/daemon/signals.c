/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/signals.c - which signals there are. */
#include "daemon/signals.h"

#include <stddef.h>

sigset_t jd_signals_block(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a write past a limit fails like one on a full disk */
    return set;
}
