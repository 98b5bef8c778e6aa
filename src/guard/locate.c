/* SPDX-License-Identifier: Apache-2.0 */
/* guard/locate.c - one function and one row for each location. */
#include "guard/locate.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/cut.h"
#include "guard/bearer.h"
#include "guard/cookie.h"
#include "guard/csrf.h"
#include "guard/media.h"
#include "guard/query.h"

typedef struct search {
    const jt_settings *settings;
    jeton_visit *visit;
    jt_names_of_type names;
} search;

/* What the server knows by this name: how often it occurs. */
static size_t ask(const jeton_visit *visit,
                  size_t (*of)(void *user, const char *name, jeton_span *value), const char *name,
                  jeton_span *value)
{
    *value = jeton_str(NULL);
    return of != NULL ? of(visit->request.user, name, value) : 0;
}

static size_t ask_header(const jeton_visit *visit, const char *name, jeton_span *value)
{
    return ask(visit, visit->request.header, name, value);
}

/* ---- in the header -------------------------------------------------------------------------- */

static jt_bearer read_header(const search *of, jeton_span value, jeton_span *token)
{
    const char *scheme = of->settings->is.scheme;
    const jt_bearer is = of->settings->is_flask ? jt_bearer_find_lax(value, scheme, token)
                                                : jt_bearer_find(value, scheme, token);
    return is == JT_BEARER_OTHER && of->visit->bare ? jt_bearer_find(value, "", token) : is;
}

static bool is_comma(uint8_t c)
{
    return c == ',';
}

static jt_fault find_in_header(const search *of, jeton_span *token)
{
    jeton_span value;
    const size_t count = ask_header(of->visit, of->settings->is.header, &value);
    value = jt_trim(value, jt_is_blank);
    if (of->settings->is_flask)
        value = jt_trim(value, is_comma);
    if (count > 1) /* for flask, a list in which the scheme occurs twice */
        return of->settings->is_flask ? JT_FAULT_NO_SCHEME : JT_FAULT_REPEATED;
    if (value.len == 0)
        return JT_FAULT_NO_HEADER;
    switch (read_header(of, value, token)) {
    case JT_BEARER_OTHER: return JT_FAULT_NO_SCHEME;
    case JT_BEARER_BAD: return JT_FAULT_BAD_HEADER;
    case JT_BEARER_GOOD: break;
    }
    return JT_FAULT_NONE;
}

/* ---- in a cookie ---------------------------------------------------------------------------- */

static size_t ask_cookie(const jeton_visit *visit, const char *name, jeton_span *value)
{
    jeton_span header;
    if (visit->request.cookie != NULL)
        return ask(visit, visit->request.cookie, name, value);
    const size_t headers = ask_header(visit, "Cookie", &header);
    const size_t count = jt_cookie_find(header, name, value);
    return headers > 1 ? headers : count; /* HTTP/1.1 has one; we see only the first of more */
}

/* Which of two was meant nobody knows, and one with strange bytes in it is not absent. */
static jt_fault find_in_cookie(const search *of, jeton_span *token)
{
    const size_t count = ask_cookie(of->visit, of->names.cookie, token);
    if (count > 1 && !of->settings->is_flask)
        return JT_FAULT_REPEATED;
    if (count == 0 || (token->len == 0 && of->settings->is_flask))
        return JT_FAULT_NO_COOKIE;
    return JT_FAULT_NONE;
}

/* ---- in the query --------------------------------------------------------------------------- */

static jt_fault fault_of(jeton_status status)
{
    return status == JETON_E_NOMEM ? JT_FAULT_MEMORY : JT_FAULT_BAD_QUERY;
}

static jt_fault ask_query(const search *of, size_t *count, jeton_span *value)
{
    jeton_visit *visit = of->visit;
    const char *name = of->settings->is.query;
    if (visit->request.query != NULL) {
        *count = ask(visit, visit->request.query, name, value);
        return JT_FAULT_NONE;
    }
    const jeton_status status =
        jt_query_find(visit->request.query_text, name, &visit->query, count, value, NULL);
    return status == JETON_OK ? JT_FAULT_NONE : fault_of(status);
}

static jt_fault find_in_query(const search *of, jeton_span *token)
{
    size_t count;
    jeton_span value;
    const jeton_span prefix = jeton_str(of->settings->is.query_prefix);
    const jt_fault fault = ask_query(of, &count, &value);
    if (fault != JT_FAULT_NONE)
        return fault;
    if (count > 1 && !of->settings->is_flask)
        return JT_FAULT_REPEATED;
    if (value.len == 0)
        return JT_FAULT_NO_QUERY;
    if (value.len < prefix.len || !jeton_span_equal(jeton_bytes(value.ptr, prefix.len), prefix))
        return JT_FAULT_BAD_PREFIX;
    *token = jeton_bytes(value.ptr + prefix.len, value.len - prefix.len);
    return JT_FAULT_NONE;
}

/* ---- in a JSON body ------------------------------------------------------------------------- */

/* Reads the body once for each visit. What is no JSON has no members. */
static jt_fault read_json(jeton_visit *visit)
{
    const jeton_span body = visit->request.body;
    const jeton_limits *limits = jt_limits(visit->ctx);
    if (visit->json_read)
        return JT_FAULT_NONE;
    visit->json_read = true;
    visit->json = NULL;
    if (body.len > limits->json)
        return JT_FAULT_NONE;
    visit->json_text.len = 0;
    if (jt_buf_reserve(&visit->json_text, body.len + JT_JSON_PADDING, NULL) != JETON_OK ||
        jt_buf_add(&visit->json_text, body, NULL) != JETON_OK)
        return JT_FAULT_MEMORY;
    const jeton_status status =
        jt_json_parse_into(&visit->json_pool, limits->depth, visit->json_text.ptr,
                           visit->json_text.len, &visit->json, NULL);
    return status == JETON_E_NOMEM ? JT_FAULT_MEMORY : JT_FAULT_NONE;
}

/* A member that is there and no text is a token that is none. */
static jt_fault find_member(jeton_visit *visit, const char *name, jeton_span *token)
{
    const jt_fault fault = read_json(visit);
    if (fault != JT_FAULT_NONE)
        return fault;
    const jt_val *member = jt_get(visit->json, name);
    if (!jt_val_text(member, token))
        return member == NULL || jt_kind_of(member) == JT_NULL ? JT_FAULT_NO_MEMBER : JT_FAULT_NONE;
    return token->len > 0 ? JT_FAULT_NONE : JT_FAULT_NO_MEMBER;
}

static jt_fault find_in_json(const search *of, jeton_span *token)
{
    jeton_span type;
    if (of->visit->request.json == NULL) {
        (void)ask_header(of->visit, "Content-Type", &type);
        return jt_media_is_json(type) ? find_member(of->visit, of->names.member, token)
                                      : JT_FAULT_NO_JSON;
    }
    (void)ask(of->visit, of->visit->request.json, of->names.member, token);
    return token->len > 0 ? JT_FAULT_NONE : JT_FAULT_NO_MEMBER;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static jt_fault (*const places[])(const search *of, jeton_span *token) = {
    [JETON_IN_HEADER] = find_in_header,
    [JETON_IN_COOKIE] = find_in_cookie,
    [JETON_IN_QUERY] = find_in_query,
    [JETON_IN_JSON] = find_in_json,
};

jt_fault jt_found_take(jt_found *found, jeton_location location, jeton_span token)
{
    if (found->location != JETON_NOWHERE)
        return jeton_span_equal(token, found->token) ? JT_FAULT_NONE : JT_FAULT_TWO_TOKENS;
    found->token = token;
    found->location = location;
    return JT_FAULT_NONE;
}

/* What one location says, taken into the search. */
static jt_fault look_at(const search *of, size_t i, bool *any)
{
    jeton_visit *visit = of->visit;
    const jeton_location place = visit->locations[i];
    jeton_span token = {0};
    const jt_fault fault = places[place](of, &token);
    visit->missed[i] = fault;
    if (fault != JT_FAULT_NONE)
        return jt_fault_is_missing(fault) ? JT_FAULT_NONE : fault;
    *any = true;
    return jt_found_take(&visit->found, place, token);
}

static jt_fault look_through(const search *of)
{
    bool any = false;
    for (size_t i = 0; i < JETON_GUARD_PLACES && of->visit->locations[i] != JETON_NOWHERE; i++) {
        const jt_fault fault = look_at(of, i, &any);
        if (fault != JT_FAULT_NONE)
            return fault;
        if (any && of->settings->is_flask)
            break;
    }
    return any ? JT_FAULT_NONE : of->visit->missed[0];
}

/* ---- the CSRF value ------------------------------------------------------------------------- */

static bool is_guarded_method(const jeton_guard_settings *is, jeton_span method)
{
    if (is->csrf_methods[0] == NULL)
        return !jt_method_is_safe(method);
    for (size_t i = 0; i < JETON_GUARD_METHODS && is->csrf_methods[i] != NULL; i++)
        if (jeton_span_equal(method, jeton_str(is->csrf_methods[i])))
            return true;
    return false;
}

/* Whoever looks for several fields has all of them: each time the same bytes come to stand in the
 * same place. */
static jt_fault find_in_form(jeton_visit *visit, const char *name, jeton_span *value)
{
    size_t count;
    jeton_span type;
    if (visit->request.form != NULL) {
        (void)ask(visit, visit->request.form, name, value);
        return JT_FAULT_NONE;
    }
    (void)ask_header(visit, "Content-Type", &type);
    if (!jt_media_is(type, "application/x-www-form-urlencoded"))
        return JT_FAULT_NONE;
    const jeton_status status =
        jt_query_find(visit->request.body, name, &visit->form, &count, value, NULL);
    return status == JETON_OK ? JT_FAULT_NONE : fault_of(status);
}

/* Looked for before the token is verified: a stranger's page learns nothing about it. */
static jt_fault find_csrf(const search *of)
{
    const jeton_guard_settings *is = &of->settings->is;
    jeton_visit *visit = of->visit;
    jt_found *found = &visit->found;
    if (found->location != JETON_IN_COOKIE || is->csrf != JETON_ON ||
        !is_guarded_method(is, jeton_str(visit->request.method)))
        return JT_FAULT_NONE;
    found->needs_csrf = true;
    if (ask_header(visit, of->names.csrf_header, &found->csrf) > 1 && !of->settings->is_flask)
        return JT_FAULT_NO_CSRF;
    if (found->csrf.len == 0 && is->csrf_form == JETON_ON) {
        const jt_fault fault = find_in_form(visit, of->names.csrf_field, &found->csrf);
        if (fault != JT_FAULT_NONE)
            return fault;
    }
    return found->csrf.len > 0 ? JT_FAULT_NONE : JT_FAULT_NO_CSRF;
}

jt_fault jt_locate(const jt_settings *settings, jeton_visit *visit)
{
    const search of = {settings, visit, jt_settings_names(settings, visit->type)};
    visit->found = (jt_found){0};
    const jt_fault fault = look_through(&of);
    return fault == JT_FAULT_NONE ? find_csrf(&of) : fault;
}

bool jeton_visit_field(jeton_visit *visit, const char *name, jeton_span *value)
{
    jeton_span type;
    jeton_span found = {0};
    *value = found;
    (void)ask_header(visit, "Content-Type", &type);
    if (visit->request.json != NULL)
        (void)ask(visit, visit->request.json, name, &found);
    else if (jt_media_is_json(type) && find_member(visit, name, &found) != JT_FAULT_NONE)
        return false;
    if (found.len == 0 && find_in_form(visit, name, &found) != JT_FAULT_NONE)
        return false;
    *value = found;
    return found.len > 0;
}
