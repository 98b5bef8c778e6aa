/* SPDX-License-Identifier: Apache-2.0 */
/* api/body.c - JSON and form bodies. */
#include "api/body.h"

#include "core/auto.h"
#include "core/err.h"
#include "http/form.h"

#include <strings.h>

/* A text of its own, for whoever reads the fields later. */
static jeton_status keep(jd_call *call, jeton_span text, jeton_span *to, jeton_err *err)
{
    const char *copy = jt_arena_text(call->arena, text);
    if (copy == NULL)
        return jt_fail(err, JETON_E_NOMEM, "request body");
    *to = jeton_bytes(copy, text.len);
    return JETON_OK;
}

jeton_status jd_body_parse(jeton_span body, jt_json **doc, jeton_err *err)
{
    *doc = NULL;
    jeton_err why = {0};
    const jeton_status status = jt_json_parse(NULL, body, doc, &why);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "request body");
    if (status != JETON_OK)
        return jt_fail(err, JETON_E_REQUEST, "the body is %s", why.text);
    if (jt_kind_of(jt_json_root(*doc)) == JT_OBJECT)
        return JETON_OK;
    jt_json_free(doc);
    return jt_fail(err, JETON_E_REQUEST, "the body is not a JSON object");
}

static jeton_status read_json(jd_call *call, jeton_span body, const jd_want *wants, size_t count,
                              jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jd_body_parse(body, &doc, err));
    for (size_t i = 0; i < count; i++) {
        const jt_val *val = jt_get(jt_json_root(doc), wants[i].name);
        jeton_span text;
        if (!jt_val_text(val, &text) && val != NULL)
            return jt_fail(err, JETON_E_REQUEST, "%s is not a text", wants[i].name);
        JT_TRY(keep(call, text, wants[i].to, err));
    }
    return JETON_OK;
}

static jeton_status read_form(jd_call *call, jeton_span body, const jd_want *wants, size_t count,
                              jeton_err *err)
{
    jd_form *form;
    JT_TRY(jd_form_parse(body, call->arena, &form, err));
    for (size_t i = 0; i < count; i++)
        if (jd_form_find(form, wants[i].name, wants[i].to) > 1)
            return jt_fail(err, JETON_E_REQUEST, "%s is given twice", wants[i].name);
    return JETON_OK;
}

/* The readers, by media type. */
static const struct {
    const char *type;
    jeton_status (*read)(jd_call *call, jeton_span body, const jd_want *wants, size_t count,
                         jeton_err *err);
} readers[] = {
    {"application/json", read_json},
    {"application/x-www-form-urlencoded", read_form},
};

/* Whether a Content-Type names `type`, parameters aside. */
static bool is_type(jeton_span header, const char *type)
{
    const size_t len = strlen(type);
    return header.len >= len && strncasecmp((const char *)header.ptr, type, len) == 0 &&
           (header.len == len || header.ptr[len] == ';' || header.ptr[len] == ' ');
}

bool jd_body_is_form(const jd_call *call)
{
    jeton_span type;
    const size_t types = jd_request_header(call->request, "Content-Type", &type);
    return jd_request_body(call->request).len == 0 ||
           (types == 1 && is_type(type, "application/x-www-form-urlencoded"));
}

bool jd_body_is_json(const jd_call *call)
{
    jeton_span type;
    return jd_request_header(call->request, "Content-Type", &type) == 1 &&
           is_type(type, "application/json");
}

static jeton_status read_fields(jd_call *call, const jd_want *wants, size_t count, jeton_err *err)
{
    jeton_span type;
    const jeton_span body = jd_request_body(call->request);
    if (body.len == 0)
        return JETON_OK;
    const size_t types = jd_request_header(call->request, "Content-Type", &type);
    for (size_t i = 0; types == 1 && i < JT_COUNT(readers); i++)
        if (is_type(type, readers[i].type))
            return readers[i].read(call, body, wants, count, err);
    return jt_fail(err, JETON_E_REQUEST,
                   "send a JSON object as Content-Type: application/json, or a form");
}

jeton_status jd_body_read(jd_call *call, const jd_want *wants, size_t count, jeton_err *err)
{
    for (size_t i = 0; i < count; i++)
        *wants[i].to = jeton_str(NULL);
    JT_TRY(read_fields(call, wants, count, err));
    for (size_t i = 0; i < count; i++)
        if (wants[i].required && wants[i].to->len == 0)
            return jt_fail(err, JETON_E_REQUEST,
                           "%s is missing: send a JSON object as Content-Type: application/json, "
                           "or a form",
                           wants[i].name);
    return JETON_OK;
}

static jeton_status not_a_switch(const char *name, jeton_err *err)
{
    return jt_fail(err, JETON_E_REQUEST, "%s is true or false", name);
}

static jeton_status read_form_switch(jd_call *call, const char *name, bool *is, jeton_err *err)
{
    jeton_span word;
    const jd_want want = {name, &word, false};
    JT_TRY(jd_body_read(call, &want, 1, err));
    *is = jeton_span_equal(word, jeton_str("true"));
    return *is || word.len == 0 || jeton_span_equal(word, jeton_str("false"))
               ? JETON_OK
               : not_a_switch(name, err);
}

jeton_status jd_body_switch(jd_call *call, const char *name, bool *is, jeton_err *err)
{
    *is = false;
    if (jd_body_is_form(call))
        return read_form_switch(call, name, is, err);
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jd_body_parse(jd_request_body(call->request), &doc, err));
    const jt_val *val = jt_get(jt_json_root(doc), name);
    return val == NULL || jt_val_bool(val, is) ? JETON_OK : not_a_switch(name, err);
}
