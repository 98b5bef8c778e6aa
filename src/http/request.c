/* SPDX-License-Identifier: Apache-2.0 */
/* http/request.c - what handlers see of a request. */
#include "http/request.h"

#include "core/auto.h"
#include "guard/cookie.h"
#include "http/connection.h"
#include "http/forwarded.h"
#include "http/loop.h"

#include <assert.h>
#include <strings.h>

jeton_span jd_request_method(const jd_request *request)
{
    return request->head.method;
}

/* Where the path ends. */
static size_t path_length(jeton_span target)
{
    const uint8_t *mark = target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;
    return mark != NULL ? (size_t)(mark - target.ptr) : target.len;
}

jeton_span jd_request_path(const jd_request *request)
{
    const jeton_span target = request->head.target;
    return jeton_bytes(target.ptr, path_length(target));
}

jeton_span jd_request_query_text(const jd_request *request)
{
    const jeton_span target = request->head.target;
    const size_t len = path_length(target);
    if (len == target.len)
        return (jeton_span){0};
    return jeton_bytes(target.ptr + len + 1, target.len - len - 1);
}

jeton_status jd_request_query(jd_request *request, const char *name, jeton_span *value,
                              size_t *count, jeton_err *err)
{
    *value = (jeton_span){0};
    *count = 0;
    if (request->query == NULL)
        JT_TRY(
            jd_form_parse(jd_request_query_text(request), &request->arena, &request->query, err));
    *count = jd_form_find(request->query, name, value);
    return JETON_OK;
}

size_t jd_request_header(const jd_request *request, const char *name, jeton_span *value)
{
    return jd_head_find(&request->head, name, value);
}

static bool is_cookie_header(const jd_head_field *field)
{
    return field->name.len == strlen("Cookie") &&
           strncasecmp((const char *)field->name.ptr, "Cookie", field->name.len) == 0;
}

size_t jd_request_cookie(const jd_request *request, const char *name, jeton_span *value)
{
    size_t count = 0;
    *value = (jeton_span){0};
    for (size_t i = 0; i < request->head.count; i++) {
        jeton_span found;
        if (!is_cookie_header(&request->head.fields[i]))
            continue;
        const size_t here = jt_cookie_find(request->head.fields[i].value, name, &found);
        if (count == 0 && here > 0)
            *value = found;
        count += here;
    }
    return count;
}

jeton_span jd_request_body(const jd_request *request)
{
    return jt_buf_span(&request->body);
}

const char *jd_request_peer(const jd_request *request)
{
    return request->connection->peer;
}

/* The same for all of a request, whatever is set meanwhile. */
static const jd_trust *trust_of(jd_request *request)
{
    if (request->trust == NULL)
        request->trust = request->connection->loop->traffic->trust;
    return request->trust;
}

/* The field before the last one looked at, and so on to the first: they are one list (RFC 9110
 * §5.2). */
static void walk(jd_request *request, const jd_trust *trust)
{
    const char *name = trust->forwarded ? "Forwarded" : "X-Forwarded-For";
    bool more = jd_cidrs_have(&trust->proxies, &request->client);
    for (size_t i = request->head.count; more && i-- > 0;) {
        const jd_head_field *field = &request->head.fields[i];
        if (field->name.len != strlen(name) ||
            strncasecmp((const char *)field->name.ptr, name, field->name.len) != 0)
            continue;
        more = trust->forwarded ? jd_forwarded(field->value, &trust->proxies, &request->client)
                                : jd_forwarded_for(field->value, &trust->proxies, &request->client);
    }
}

static void find_client(jd_request *request)
{
    if (request->client_found)
        return;
    request->client_found = true;
    if (!jd_address_parse(jeton_str(request->connection->peer), &request->client))
        request->client = (jd_address){{0}};
    walk(request, trust_of(request));
    jd_address_print(&request->client, request->client_text);
}

/* Every request is asked for it, so the usual case costs nothing. */
const char *jd_request_client(jd_request *request)
{
    if (trust_of(request)->proxies.count == 0)
        return request->connection->peer;
    find_client(request);
    return request->client_text;
}

const jd_address *jd_request_client_address(jd_request *request)
{
    find_client(request);
    return &request->client;
}

jt_arena *jd_request_arena(jd_request *request)
{
    return &request->arena;
}

void jd_request_set_state(jd_request *request, void *state)
{
    request->state = state;
}

void *jd_request_state(const jd_request *request)
{
    return request->state;
}

void jd_request_suspend(jd_request *request)
{
    assert(request->given && !request->closing && !request->answer.made && !request->suspended);
    request->suspended = true;
}

void jd_request_hold(jd_request *request, int64_t moment)
{
    assert(request->suspended && !request->answer.made);
    request->hold = moment;
}
