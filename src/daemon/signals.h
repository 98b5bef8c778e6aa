/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/signals.h - signals are taken by the main thread, when it waits for them. */
#ifndef JD_DAEMON_SIGNALS_H
#define JD_DAEMON_SIGNALS_H

#include <signal.h>

/* Blocks those that stop or reload, and gives them for sigtimedwait(); has those ignored that would
 * end the program for a write that fails. Every other thread is started after this. */
sigset_t jd_signals_block(void);

#endif
