/* SPDX-License-Identifier: Apache-2.0 */
/* api/identity.c - claims as headers. */
#include "api/call.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"
#include "token/verdict.h"
#include "json/line.h"
#include "json/pointer.h"

#include <strings.h>

/* ---- the setting ---------------------------------------------------------------------------- */

/* A header of an answer that means something to HTTP, to proxies or to browsers is not ours to
 * fill with claims. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {
        "Age",          "Allow",      "Cache-Control",     "Connection", "Date",
        "ETag",         "Expires",    "Keep-Alive",        "Location",   "Refresh",
        "Server",       "Set-Cookie", "Transfer-Encoding", "Trailer",    "Upgrade",
        "Vary",         "Via",        "WWW-Authenticate",  "Link",       "Retry-After",
        "X-Request-Id",
    };
    static const char *const families[] = {"Content-", "Access-Control-", "Strict-", "Proxy-"};
    for (size_t i = 0; i < JT_COUNT(taken); i++)
        if (strcasecmp(name, taken[i]) == 0)
            return true;
    for (size_t i = 0; i < JT_COUNT(families); i++)
        if (strncasecmp(name, families[i], strlen(families[i])) == 0)
            return true;
    return false;
}

static bool is_header_name(const char *name)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return name[0] != '\0' && name[strspn(name, chars)] == '\0' && !is_taken(name);
}

static bool keep(jeton_span text, char to[64])
{
    text = jt_trim(text, jt_is_blank);
    if (text.len == 0 || text.len >= 64)
        return false;
    memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
    return true;
}

static bool is_known(const jd_identity *identity, const char *header)
{
    for (size_t i = 0; i < identity->count; i++)
        if (strcasecmp(identity->at[i].header, header) == 0)
            return true;
    return false;
}

static jeton_status add(jd_identity *identity, jeton_span pair, jeton_err *err)
{
    if (identity->count == JD_IDENTITY_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "more than %u identity headers", JD_IDENTITY_MAX);
    char *claim = identity->at[identity->count].claim;
    char *header = identity->at[identity->count].header;
    const uint8_t *equal = pair.len > 0 ? memrchr(pair.ptr, '=', pair.len) : NULL;
    const size_t len = equal != NULL ? (size_t)(equal - pair.ptr) : 0;
    if (equal == NULL || !keep(jeton_bytes(pair.ptr, len), claim) ||
        !keep(jeton_bytes(equal + 1, pair.len - len - 1), header) || !jt_path_is_good(claim))
        return jt_fail(err, JETON_E_ARGUMENT, "identity-headers: not CLAIM=NAME, parted by commas");
    if (!is_header_name(header))
        return jt_fail(err, JETON_E_ARGUMENT, "identity-headers: %s is not to be used", header);
    if (is_known(identity, header))
        return jt_fail(err, JETON_E_ARGUMENT, "identity-headers: %s is there twice", header);
    identity->count++;
    return JETON_OK;
}

jeton_status jd_identity_parse(const char *list, jd_identity *identity, jeton_err *err)
{
    jd_identity made = {.count = 0};
    *identity = made;
    while (*list != '\0') {
        const size_t len = strcspn(list, ",");
        JT_TRY(add(&made, jeton_bytes(list, len), err));
        list += len + (list[len] == ',');
    }
    *identity = made;
    return JETON_OK;
}

/* ---- the headers ---------------------------------------------------------------------------- */

static jeton_status put(jd_call *call, const char *header, const jt_val *val, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_line_add(val, &text, err));
    const char *kept = jt_arena_text(call->arena, jt_buf_span(&text));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "header");
    jd_call_header(call, header, kept);
    return JETON_OK;
}

jeton_status jd_identity_put(jd_call *call, const jd_identity *identity, jeton_err *err)
{
    const jt_val *claims = call->verdict != NULL ? call->verdict->claims : NULL;
    for (size_t i = 0; i < identity->count; i++)
        JT_TRY(put(call, identity->at[i].header, jt_path_find(claims, identity->at[i].claim), err));
    return JETON_OK;
}
