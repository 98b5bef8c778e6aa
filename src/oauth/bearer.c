/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/bearer.c - the Bearer scheme. */
#include "oauth/bearer.h"

#include "core/scan.h"

#include <stdio.h>
#include <strings.h>

#define SCHEME     "Bearer "
#define SCHEME_LEN (sizeof SCHEME - 1)

bool jd_bearer_token(jeton_span authorization, jeton_span *token)
{
    *token = jeton_str(NULL);
    if (authorization.len <= SCHEME_LEN ||
        strncasecmp((const char *)authorization.ptr, SCHEME, SCHEME_LEN) != 0)
        return false;
    const jeton_span rest =
        jeton_bytes(authorization.ptr + SCHEME_LEN, authorization.len - SCHEME_LEN);
    if (jt_has_below(rest, ' ' + 1))
        return false;
    *token = rest;
    return true;
}

void jd_bearer_challenge(const char *error, const char *why, char to[JD_CHALLENGE_MAX])
{
    if (error == NULL)
        (void)snprintf(to, JD_CHALLENGE_MAX, "Bearer realm=\"jeton\"");
    else if (why == NULL)
        (void)snprintf(to, JD_CHALLENGE_MAX, "Bearer realm=\"jeton\", error=\"%s\"", error);
    else
        (void)snprintf(to, JD_CHALLENGE_MAX,
                       "Bearer realm=\"jeton\", error=\"%s\", error_description=\"%.150s\"", error,
                       why);
}
