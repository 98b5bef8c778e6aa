/* SPDX-License-Identifier: Apache-2.0 */
/* core/auto.h - the only two macros that affect control flow. */
#ifndef JT_CORE_AUTO_H
#define JT_CORE_AUTO_H

#include <jeton/error.h>

/* Runs fn(&variable) when the variable leaves its scope. */
#define JT_AUTO(fn) __attribute__((cleanup(fn)))

/* Passes a failure up. */
#define JT_TRY(call)                                                                               \
    do {                                                                                           \
        const jeton_status jt_try_status = (call);                                                 \
        if (jt_try_status != JETON_OK)                                                             \
            return jt_try_status;                                                                  \
    } while (0)

/* How many elements an array has. */
#define JT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
