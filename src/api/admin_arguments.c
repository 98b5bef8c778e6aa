/* SPDX-License-Identifier: Apache-2.0 */
/* api/admin_arguments.c - puts path, query and body together. */
#include "api/admin_arguments.h"

#include "api/body.h"
#include "core/auto.h"
#include "core/err.h"
#include "http/form.h"

#define DIGITS_MOST 18U /* they fit an int64_t */

/* What the pieces go into. */
typedef struct gathering {
    const jd_operation *operation;
    jt_arena *arena;
    jt_tree *tree;
    jt_node *to;
} gathering;

static bool in_body(const jd_operation *operation)
{
    return operation->body == NULL && strcmp(operation->method, "GET") != 0 &&
           strcmp(operation->method, "DELETE") != 0;
}

static jeton_status twice(const char *name, jeton_err *err)
{
    return jt_fail(err, JETON_E_REQUEST, "%s is given twice", name);
}

/* ---- path ----------------------------------------------------------------------------------- */

/* The name in the next pair of braces of *path, which moves behind them. False: no more. */
static bool next_name(const char **path, char name[32])
{
    const char *open = strchr(*path, '{');
    const char *close = open != NULL ? strchr(open, '}') : NULL;
    if (close == NULL || close - open > 31)
        return false;
    memcpy(name, open + 1, (size_t)(close - open - 1));
    name[close - open - 1] = '\0';
    *path = close;
    return true;
}

static jeton_status take_path(const gathering *on, const jeton_span *params, jeton_err *err)
{
    char name[32];
    const char *path = on->operation->path;
    for (size_t i = 0; next_name(&path, name); i++) {
        jeton_span text;
        JT_TRY(jd_form_segment(params[i], on->arena, &text, err));
        jt_put_text(on->tree, on->to, name, text);
    }
    return JETON_OK;
}

/* ---- query ---------------------------------------------------------------------------------- */

static bool read_digits(jeton_span text, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *number = *number * 10 + (text.ptr[i] - '0');
    }
    return text.len > 0 && text.len <= DIGITS_MOST;
}

static jeton_status put_parameter(const gathering *on, const jd_argument *argument, jeton_span text,
                                  jeton_err *err)
{
    int64_t number;
    const bool is_true = jeton_span_equal(text, jeton_str("true"));
    if (jt_node_has(on->to, argument->name))
        return twice(argument->name, err);
    if (argument->kind == JT_TEXT) {
        jt_put_text(on->tree, on->to, argument->name, text);
    } else if (argument->kind == JT_NUMBER && text.len <= DIGITS_MOST &&
               read_digits(text, &number)) {
        jt_put_int(on->tree, on->to, argument->name, number);
    } else if (argument->kind == JT_BOOL &&
               (is_true || jeton_span_equal(text, jeton_str("false")))) {
        jt_put_bool(on->tree, on->to, argument->name, is_true);
    } else {
        return jt_fail(err, JETON_E_REQUEST, "%s is not %s", argument->name,
                       argument->kind == JT_NUMBER ? "a number" : "true or false");
    }
    return JETON_OK;
}

static bool is_from_query(const gathering *on, const jd_argument *argument)
{
    if (on->operation->body != NULL && strcmp(on->operation->body, argument->name) == 0)
        return false;
    return argument->kind != JT_ARRAY && !in_body(on->operation);
}

static jeton_status take_query(const gathering *on, jeton_span query, jeton_err *err)
{
    jd_form *form;
    size_t found = 0;
    JT_TRY(jd_form_parse(query, on->arena, &form, err));
    for (const jd_argument *row = on->operation->arguments; row->name != NULL; row++) {
        jeton_span text;
        const size_t count = jd_form_find(form, row->name, &text);
        if (count == 0 || !is_from_query(on, row))
            continue;
        if (count > 1)
            return twice(row->name, err);
        JT_TRY(put_parameter(on, row, text, err));
        found++;
    }
    if (found != jd_form_count(form))
        return jt_fail(err, JETON_E_REQUEST,
                       "there is something in the query that %s does not take",
                       on->operation->name);
    return JETON_OK;
}

/* ---- body ----------------------------------------------------------------------------------- */

static jeton_status take_members(const gathering *on, const jt_val *object, jeton_err *err)
{
    for (jt_iter it = jt_iter_of(object); jt_iter_next(&it);) {
        const char *name = jt_arena_text(on->arena, it.name);
        if (name == NULL)
            return jt_fail(err, JETON_E_NOMEM, "request body");
        if (jt_node_has(on->to, name))
            return jt_fail(err, JETON_E_REQUEST, "%s stands in the path", name);
        jt_put_node(on->tree, on->to, name, jt_tree_copy(on->tree, it.val));
    }
    return JETON_OK;
}

static jeton_status take_body(const gathering *on, const jd_admin_request *request, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    if (on->operation->body != NULL) {
        jt_put_text(on->tree, on->to, on->operation->body, request->body);
        return JETON_OK;
    }
    if (!in_body(on->operation) || request->body.len == 0)
        return JETON_OK;
    if (!request->json)
        return jt_fail(err, JETON_E_REQUEST,
                       "send a JSON object as Content-Type: application/json");
    JT_TRY(jd_body_parse(request->body, &doc, err));
    return take_members(on, jt_json_root(doc), err);
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* The pieces as one object; what is not UTF-8 is found here. */
static jeton_status print(const gathering *on, jt_json **arguments, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    jeton_err why = {0};
    jeton_status status = jt_tree_print(on->tree, on->to, JT_COMPACT, &text, &why);
    if (status == JETON_OK)
        status = jt_json_parse(NULL, jt_buf_span(&text), arguments, &why);
    if (status == JETON_OK || status == JETON_E_NOMEM)
        return status == JETON_OK ? status : jt_fail(err, status, "arguments");
    return jt_fail(err, JETON_E_REQUEST, "the request is too long, or not UTF-8");
}

jeton_status jd_admin_parse(const jd_admin_request *request, const jd_operation *operation,
                            jt_arena *arena, jt_json **arguments, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    *arguments = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    const gathering on = {operation, arena, tree, jt_tree_object(tree)};
    JT_TRY(take_path(&on, request->params, err));
    JT_TRY(take_query(&on, request->query, err));
    JT_TRY(take_body(&on, request, err));
    JT_TRY(print(&on, arguments, err));
    const jeton_status status = jd_operation_check(operation, jt_json_root(*arguments), err);
    if (status != JETON_OK)
        jt_json_free(arguments);
    return status;
}

jeton_status jd_admin_read(const jd_call *call, const jd_operation *operation, jt_json **arguments,
                           jeton_err *err)
{
    const jd_admin_request request = {.params = call->params,
                                      .query = jd_request_query_text(call->request),
                                      .body = jd_request_body(call->request),
                                      .json = jd_body_is_json(call)};
    return jd_admin_parse(&request, operation, call->arena, arguments, err);
}
