/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/reload.h - SIGHUP: takes what has changed into a server that works.
 *
 * Each part that can take something new is a row of the table in reload.c: three functions, of
 * which `prepare` does everything that can fail and changes nothing, and `commit` cannot fail.
 * First all rows prepare, then all commit; when one cannot prepare, those that had drop what they
 * have, and nothing has changed. To add one: its functions and a row.
 */
#ifndef JD_DAEMON_RELOAD_H
#define JD_DAEMON_RELOAD_H

#include "daemon/server_inside.h"

typedef struct jd_reload_part {
    const char *name; /* the log tells by it whose refusal it was */

    /* Makes ready what the new settings, or new files behind the same settings, ask for.
     *
     * *ready  handed to one of the two below; NULL before, and may stay so */
    jeton_status (*prepare)(jd_server *of, const jd_config *next, void **ready, jeton_err *err);

    /* Takes it. Loops, lanes and the control socket work meanwhile. */
    void (*commit)(jd_server *of, const jd_config *next, void *ready);

    /* Frees it: another part could not prepare. NULL when there is nothing to free. Never called
     * with a NULL. */
    void (*drop)(void *ready);
} jd_reload_part;

/* Reloads, and logs what came of it. For the thread that waits for signals. */
void jd_reload(jd_server *of);

#endif
