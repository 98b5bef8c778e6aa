/* SPDX-License-Identifier: Apache-2.0 */
/* core/err.c - outcomes: their names, their texts, and how a failure is noted. */
#include "core/err.h"

#include "core/auto.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    jeton_status status;
    unsigned http;
    const char *name, *oauth, *text;
} outcomes[] = {
#define OUTCOME(name, number, http, oauth, text) {JETON_##name, http, #name, oauth, text},
    JETON_STATUS_LIST(OUTCOME)
#undef OUTCOME
};

const char *jeton_status_name(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(outcomes); i++)
        if (outcomes[i].status == status)
            return outcomes[i].name;
    return "E_UNKNOWN";
}

const char *jeton_status_text(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(outcomes); i++)
        if (outcomes[i].status == status)
            return outcomes[i].text;
    return "unknown outcome";
}

unsigned jeton_status_http(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(outcomes); i++)
        if (outcomes[i].status == status)
            return outcomes[i].http;
    return 500;
}

const char *jeton_status_oauth(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(outcomes); i++)
        if (outcomes[i].status == status)
            return outcomes[i].oauth;
    return "server_error";
}

jeton_status(jt_fail)(jeton_err *err, jeton_status status, const char *format, ...)
{
    if (err == NULL || err->status != JETON_OK)
        return status;
    err->status = status;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}
