/* SPDX-License-Identifier: Apache-2.0 */
/* api/original.c - the request that a proxy asks about, from its headers. */
#include "api/original.h"

#include "core/auto.h"
#include "core/err.h"

static const jd_proxy proxies[] = {
    {"", "X-Original-Method", "X-Original-URI", NULL, NULL, false},
    /* auth_request makes a 500 of everything but 2xx, 401 and 403. */
    {"nginx", "X-Original-Method", "X-Original-URI", NULL, NULL, false},
    {"traefik", "X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Proto", "X-Forwarded-Host",
     true},
    {"caddy", "X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Proto", "X-Forwarded-Host",
     true},
    {"haproxy", "X-Original-Method", "X-Original-URI", "X-Forwarded-Proto", "X-Forwarded-Host",
     true},
};

/* Method and target are those of the question itself. */
static const jd_proxy envoy = {"envoy", NULL, NULL, "X-Forwarded-Proto", "Host", true};

static const jd_proxy *find_proxy(jeton_span name)
{
    for (size_t i = 0; i < JT_COUNT(proxies); i++)
        if (jeton_span_equal(name, jeton_str(proxies[i].name)))
            return &proxies[i];
    return NULL;
}

static jeton_status read_header(const jd_call *call, const char *name, jeton_span *value,
                                jeton_err *err)
{
    *value = jeton_str(NULL);
    if (name == NULL || jd_request_header(call->request, name, value) <= 1)
        return JETON_OK;
    return jt_fail(err, JETON_E_REQUEST, "%s came twice", name);
}

/* Envoy puts the target behind the path that it is configured with, the query with it. */
static jeton_span envoy_target(const jd_call *call)
{
    const jeton_span path = jd_request_path(call->request);
    const jeton_span query = jd_request_query_text(call->request);
    const size_t prefix = sizeof JD_ENVOY_PATH - 1;
    const size_t more = query.len > 0 ? query.len + 1 : 0; /* both lie in one text */
    return jeton_bytes(path.ptr + prefix, path.len - prefix + more);
}

static bool is_envoy(const jd_call *call)
{
    const jeton_span path = jd_request_path(call->request);
    const size_t prefix = sizeof JD_ENVOY_PATH - 1;
    return path.len > prefix && memcmp(path.ptr, JD_ENVOY_PATH "/", prefix + 1) == 0;
}

static jeton_status read_what(const jd_call *call, bool demand, jd_original *of, jeton_err *err)
{
    if (of->proxy == &envoy) {
        of->method = jd_request_method(call->request);
        of->target = envoy_target(call);
        return JETON_OK;
    }
    JT_TRY(read_header(call, of->proxy->method, &of->method, err));
    JT_TRY(read_header(call, of->proxy->target, &of->target, err));
    if (demand && (of->method.len == 0 || of->target.len == 0))
        return jt_fail(err, JETON_E_REQUEST, "the proxy has to send %s and %s", of->proxy->method,
                       of->proxy->target);
    return JETON_OK;
}

jeton_status jd_original_read(const jd_call *call, jeton_span proxy, bool demand,
                              jd_original *original, jeton_err *err)
{
    *original = (jd_original){.proxy = is_envoy(call) ? &envoy : find_proxy(proxy)};
    if (original->proxy == NULL)
        return jt_fail(err, JETON_E_REQUEST, "proxy is nginx, traefik, caddy or haproxy");
    JT_TRY(read_what(call, demand || proxy.len > 0, original, err));
    JT_TRY(read_header(call, original->proxy->scheme, &original->scheme, err));
    return read_header(call, original->proxy->host, &original->host, err);
}

/* ---- where to log in ------------------------------------------------------------------------ */

bool jd_original_is_navigation(const jd_call *call, const jd_original *original)
{
    static const char page[] = "text/html";
    jeton_span value;
    if (!jeton_span_equal(original->method, jeton_str("GET")) &&
        !jeton_span_equal(original->method, jeton_str("HEAD")))
        return false;
    if (jd_request_header(call->request, "Sec-Fetch-Mode", &value) > 0)
        return jeton_span_equal(value, jeton_str("navigate"));
    return jd_request_header(call->request, "Accept", &value) > 0 && value.len > 0 &&
           memmem(value.ptr, value.len, page, sizeof page - 1) != NULL;
}

static bool is_unreserved(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~'; /* RFC 3986 §2.3 */
}

static jeton_status add_escaped(jt_buf *to, jeton_span text, jeton_err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i]))
            JT_TRY(jt_buf_add(to, jeton_bytes(text.ptr + i, 1), err));
        else
            JT_TRY(jt_buf_addf(to, err, "%%%02X", text.ptr[i]));
    }
    return JETON_OK;
}

/* The page at the other end judges whether it goes back there: it is the client's own word. */
static bool has_url(const jd_original *of)
{
    return of->host.len > 0 && of->target.len > 0 &&
           (jeton_span_equal(of->scheme, jeton_str("http")) ||
            jeton_span_equal(of->scheme, jeton_str("https")));
}

static jeton_status add_return(const jd_original *of, const char *login, jt_buf *to, jeton_err *err)
{
    JT_TRY(jt_buf_add(to, jeton_str(strchr(login, '?') != NULL ? "&" : "?"), err));
    JT_TRY(jt_buf_add(to, jeton_str("return_to="), err));
    JT_TRY(add_escaped(to, of->scheme, err));
    JT_TRY(add_escaped(to, jeton_str("://"), err));
    JT_TRY(add_escaped(to, of->host, err));
    return add_escaped(to, of->target, err);
}

const char *jd_original_login(const jd_original *original, const char *login, jt_arena *arena)
{
    JT_AUTO(jt_buf_done) jt_buf url = jt_buf_init(NULL);
    jeton_err err = {0};
    jeton_status status = jt_buf_add(&url, jeton_str(login), &err);
    if (status == JETON_OK && has_url(original))
        status = add_return(original, login, &url, &err);
    return status == JETON_OK ? jt_arena_text(arena, jt_buf_span(&url)) : NULL;
}
