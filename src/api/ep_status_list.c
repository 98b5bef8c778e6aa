/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_status_list.c - GET /statuslists/{list}: which tokens of a list are revoked, for verifiers
 * that are not ours; and GET /statuslists: which lists there are (IETF Token Status List, "Status
 * List Request" and "Status List Aggregation"). */
#include "accounts/status_list.h"

#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "http/etag.h"

#include <inttypes.h>
#include <stdio.h>

#define DIGITS_MOST 10U /* of JT_BITS_LIST_MOST */

/* A number as it is printed: a list has one address. */
static bool parse_number(jeton_span text, uint64_t *number)
{
    *number = 0;
    if (text.len == 0 || text.len > DIGITS_MOST || text.ptr[0] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return true;
}

static bool is_known(const jd_call *call, const char *tag)
{
    jeton_span list;
    return jd_request_header(call->request, "If-None-Match", &list) == 1 &&
           jd_etag_is_listed(list, jeton_str(tag));
}

static jeton_status keep_for(jd_call *call, int64_t seconds, jeton_err *err)
{
    char text[48];
    (void)snprintf(text, sizeof text, "public, max-age=%" PRId64, seconds);
    const char *kept = jt_arena_text(call->arena, jeton_str(text));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "header");
    jd_call_header(call, "Cache-Control", kept);
    return JETON_OK;
}

static jeton_status answer(jd_call *call, const jd_status_list *list, jeton_err *err)
{
    const char *tag = jt_arena_text(call->arena, jeton_str(list->etag));
    if (tag == NULL)
        return jt_fail(err, JETON_E_NOMEM, "header");
    JT_TRY(keep_for(call, list->max_age, err));
    jd_call_header(call, "ETag", tag);
    if (is_known(call, tag))
        jd_call_answer_empty(call, 304);
    else
        jd_call_answer_bytes(call, 200, "application/statuslist+jwt", list->token);
    return JETON_OK;
}

/* What is kept is answered at once. */
static jeton_status find(jd_call *call, jeton_err *err)
{
    jd_status_list list;
    jeton_err why = {0};
    uint64_t *number = jt_arena_alloc(call->arena, sizeof *number);
    call->is_public = true; /* verifiers in browsers */
    if (number == NULL)
        return jt_fail(err, JETON_E_NOMEM, "status list");
    call->state = number;
    if (!parse_number(call->params[0], number))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such status list");
    const jeton_status status =
        jd_status_list_find(call->app->status_lists, *number, call->arena, &list, &why);
    if (status == JETON_E_BUSY)
        return JETON_OK; /* the next step makes it */
    return status == JETON_OK ? answer(call, &list, err) : jt_fail(err, status, "%s", why.text);
}

static jeton_status make(jd_call *call, jeton_err *err)
{
    jd_status_list list;
    const uint64_t *number = call->state;
    JT_TRY(jd_status_list_make(call->app->status_lists, *number, call->arena, &list, err));
    return answer(call, &list, err);
}

const jd_step jd_ep_status_list[] = {
    {JD_ON_LOOP, find},
    {JD_ON_HASH, make},
    {.run = NULL},
};

static jeton_status list_all(jd_call *call, jeton_err *err)
{
    const jd_accounts *accounts = call->app->accounts;
    call->is_public = true;
    uint64_t *numbers = jt_arena_alloc(call->arena, JT_BITS_SLOTS * sizeof *numbers);
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    if (numbers == NULL)
        return jt_fail(err, JETON_E_NOMEM, "status lists");
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *object = jt_tree_object(tree);
    jt_node *list = jt_tree_array(tree);
    const size_t count = call->app->status_lists == NULL
                             ? 0
                             : jt_bitmaps_list(jt_revocations_bitmaps(accounts->revocations),
                                               numbers, JT_BITS_SLOTS);
    for (size_t i = 0; i < count; i++) {
        char uri[JD_STATUS_URI];
        jd_status_uri(accounts, numbers[i], uri);
        jt_add_text(tree, list, jeton_str(uri));
    }
    jt_put_node(tree, object, "status_lists", list);
    JT_TRY(keep_for(call, accounts->config->status_ttl, err));
    return jd_call_answer(call, 200, tree, object, err);
}

const jd_step jd_ep_status_lists[] = {
    {JD_ON_LOOP, list_all},
    {.run = NULL},
};
