/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/bearer.c - the Bearer scheme, as the guard of libjeton has it. */
#include "oauth/bearer.h"

#include "core/auto.h"
#include "guard/bearer.h"

#include <stdio.h>

bool jd_bearer_token(jeton_span authorization, jeton_span *token)
{
    return jt_bearer_find(authorization, "Bearer", token) == JT_BEARER_GOOD;
}

void jd_bearer_challenge(const char *error, const char *why, char to[JD_CHALLENGE_MAX])
{
    const jt_challenge says = {.realm = "jeton", .error = error, .description = why};
    JT_AUTO(jt_buf_done) jt_buf made = jt_buf_init(NULL);
    const bool done = jt_challenge_print(&says, &made, NULL) == JETON_OK;
    (void)snprintf(to, JD_CHALLENGE_MAX, "%.*s", done ? (int)made.len : 0,
                   done ? (const char *)made.ptr : "");
    if (!done) /* what is said without memory */
        (void)snprintf(to, JD_CHALLENGE_MAX, "Bearer");
}
