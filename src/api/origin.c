/* SPDX-License-Identifier: Apache-2.0 */
/* api/origin.c - judges origins. */
#include "api/origin.h"

#include "api/call.h"
#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"

#include <strings.h>

#define PORT_MAX 5U

/* ---- the setting ---------------------------------------------------------------------------- */

static jeton_span behind(jeton_span text, size_t len)
{
    return jeton_bytes(text.ptr + len, text.len - len);
}

static bool begins(jeton_span text, const char *with)
{
    const size_t len = strlen(with);
    return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

/* What stands behind "http://" or "https://"; the empty span for anything else. */
static jeton_span behind_scheme(jeton_span url)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < JT_COUNT(schemes); i++)
        if (begins(url, schemes[i]))
            return behind(url, strlen(schemes[i]));
    return jeton_str(NULL);
}

static bool is_host_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* The length of a name, an IPv4 address or "[…]" at the beginning. */
static size_t host_length(jeton_span text)
{
    size_t len = 0;
    if (begins(text, "[")) {
        const uint8_t *end = memchr(text.ptr, ']', text.len);
        return end != NULL ? (size_t)(end - text.ptr) + 1 : 0;
    }
    while (len < text.len && is_host_char(text.ptr[len]))
        len++;
    return len;
}

/* ":8443", or nothing. A port that the scheme has anyway is never in an Origin header. */
static bool is_port(jeton_span text, bool tls)
{
    if (text.len == 0)
        return true;
    if (!begins(text, ":"))
        return false;
    const jeton_span digits = behind(text, 1);
    if (digits.len == 0 || digits.len > PORT_MAX || begins(digits, "0"))
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    return !jeton_span_equal(digits, jeton_str(tls ? "443" : "80"));
}

static bool is_origin(jeton_span text)
{
    const jeton_span rest = behind_scheme(text);
    const size_t host = host_length(rest);
    return host > 0 && is_port(behind(rest, host), begins(text, "https:"));
}

jeton_status jd_origins_parse(const char *list, jd_origins *origins, jeton_err *err)
{
    *origins = (jd_origins){0};
    jd_origins read = {0};
    jeton_span rest = jeton_str(list);
    while (rest.len > 0) {
        const jeton_span piece = jt_trim(jt_cut_before(&rest, ','), jt_is_blank);
        if (!is_origin(piece) || read.count == JD_ORIGINS_MAX)
            return jt_fail(err, JETON_E_ARGUMENT,
                           "allowed-origins: at most %u origins such as https://app.example.com, "
                           "each in lower case and without a path, parted by commas",
                           JD_ORIGINS_MAX);
        read.at[read.count++] = piece;
    }
    *origins = read;
    return JETON_OK;
}

bool jd_origins_has(const jd_origins *origins, jeton_span origin)
{
    for (size_t i = 0; i < origins->count; i++)
        if (jeton_span_equal(origins->at[i], origin))
            return true;
    return false;
}

jeton_span jd_origin_of(jeton_span url)
{
    const jeton_span rest = behind_scheme(url);
    const uint8_t *slash = rest.len > 0 ? memchr(rest.ptr, '/', rest.len) : NULL;
    const size_t path = slash != NULL ? rest.len - (size_t)(slash - rest.ptr) : 0;
    return rest.len > path ? jeton_bytes(url.ptr, url.len - path) : jeton_str(NULL);
}

bool jd_origin_is_local(jeton_span host)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
    static const char below[] = ".localhost";
    const jeton_span name = jeton_bytes(host.ptr, host_length(host));
    if (name.len != host.len && host.ptr[name.len] != ':')
        return false;
    for (size_t i = 0; i < JT_COUNT(local); i++)
        if (jeton_span_equal(name, jeton_str(local[i])))
            return true;
    return name.len > strlen(below) &&
           jeton_span_equal(behind(name, name.len - strlen(below)), jeton_str(below));
}

/* ---- a request ------------------------------------------------------------------------------ */

/* Listed, or where the operator says that we are. */
static bool is_trusted(const jd_app *app, jeton_span origin)
{
    const jeton_span issuer = jd_origin_of(jeton_str(app->accounts->issuer));
    return jd_origins_has(app->origins, origin) ||
           (issuer.len > 0 && jeton_span_equal(issuer, origin));
}

/* Of the host that the request was sent to. Over http or https is not known here: a proxy may do
 * the TLS. A page of the host without TLS is told from one with it by Sec-Fetch-Site. */
static bool is_own_host(const jd_call *call, jeton_span origin)
{
    jeton_span host;
    const jeton_span page = behind_scheme(origin);
    return jd_request_header(call->request, "Host", &host) == 1 && page.len > 0 &&
           page.len == host.len &&
           strncasecmp((const char *)page.ptr, (const char *)host.ptr, host.len) == 0;
}

static jeton_status refuse(jeton_err *err)
{
    return jt_fail(err, JETON_E_CSRF,
                   "the request comes from a page whose origin is not in allowed-origins");
}

jeton_status jd_origin_check(const jd_call *call, jeton_err *err)
{
    jeton_span origin;
    jeton_span site;
    const size_t origins = jd_request_header(call->request, "Origin", &origin);
    const size_t sites = jd_request_header(call->request, "Sec-Fetch-Site", &site);
    if (origins > 1 || sites > 1)
        return jt_fail(err, JETON_E_REQUEST, "more than one Origin or Sec-Fetch-Site");
    if (origins == 1 && is_trusted(call->app, origin))
        return JETON_OK;
    if (origins == 1 && !is_own_host(call, origin))
        return refuse(err);
    if (sites == 0 || jeton_span_equal(site, jeton_str("same-origin")) ||
        jeton_span_equal(site, jeton_str("none"))) /* typed into the address bar */
        return JETON_OK;
    return refuse(err);
}
