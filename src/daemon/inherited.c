/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/inherited.c - reads LISTEN_PID and LISTEN_FDS. */
#include "daemon/inherited.h"

#include "core/err.h"
#include "daemon/number.h"

#include <stdlib.h>
#include <unistd.h>

#define FIRST 3 /* behind standard error: fixed by the protocol */

static jeton_status read_count(size_t *count, jeton_err *err)
{
    int64_t pid;
    int64_t number;
    const char *text = getenv("LISTEN_FDS");
    if (text == NULL || !jd_number_read(getenv("LISTEN_PID"), &pid) || pid != getpid())
        return JETON_OK;
    if (!jd_number_read(text, &number) || number > JD_LISTENERS)
        return jt_fail(err, JETON_E_ARGUMENT, "LISTEN_FDS is no number up to %u", JD_LISTENERS);
    *count = (size_t)number;
    return JETON_OK;
}

jeton_status jd_inherited_take(int fds[JD_LISTENERS], size_t *count, jeton_err *err)
{
    *count = 0;
    for (int i = 0; i < (int)JD_LISTENERS; i++)
        fds[i] = FIRST + i;
    const jeton_status status = read_count(count, err);
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
    return status;
}
