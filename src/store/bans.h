/* SPDX-License-Identifier: Apache-2.0 */
/* store/bans.h - networks that may not log in. The rules of store/store.h hold. */
#ifndef JD_STORE_BANS_H
#define JD_STORE_BANS_H

#include "core/arena.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_BANS_MAX 500U /* they fit a line of the control socket */

typedef struct jd_ban {
    jeton_span network; /* as sys/cidr.h prints it */
    jeton_span why;     /* for people */
    jeton_time until;   /* 0: until it is lifted */
    jeton_time made;
} jd_ban;

typedef struct jd_ban_list {
    const jd_ban *at;
    size_t count;
} jd_ban_list;

/* Keeps a ban, in the place of another one of the same network; those that have ended by ban->made
 * go. JETON_E_LIMIT: there are JD_BANS_MAX. */
JETON_MUST jeton_status jd_store_ban_add(jd_store *store, const jd_ban *ban, jeton_err *err);

/* Those that have not ended. */
JETON_MUST jeton_status jd_store_ban_list(jd_store *store, jeton_time now, jt_arena *arena,
                                          jd_ban_list *bans, jeton_err *err);

/* JETON_E_NOT_FOUND */
JETON_MUST jeton_status jd_store_ban_lift(jd_store *store, jeton_span network, jeton_err *err);

#endif
