/* SPDX-License-Identifier: Apache-2.0 */
/* core/err.h - the one way a failure is made. */
#ifndef JT_CORE_ERR_H
#define JT_CORE_ERR_H

#include <jeton/error.h>

/* Returns `status` and writes it with the text into *err, unless err is NULL or holds an earlier
 * failure. The text is ours, with numbers and names of ours in it: never bytes that came in. */
jeton_status jt_fail(jeton_err *err, jeton_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* clang's analyzer sees one file at a time, and would follow paths on which a failure is none. */
#ifdef __clang_analyzer__
#define jt_fail(err, status, ...) ((void)jt_fail(err, status, __VA_ARGS__), (status))
#endif

#endif
