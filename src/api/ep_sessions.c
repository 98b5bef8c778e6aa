/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_sessions.c - GET /sessions: where a user is logged in. DELETE /sessions/{id}: ends one of
 * his sessions, "this", the "others" or "all". */
#include "accounts/session.h"
#include "api/cookies.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/sessions.h"
#include "sys/clock.h"
#include "sys/log.h"

/* ---- list ----------------------------------------------------------------------------------- */

static void put_session(jt_tree *tree, jt_node *list, const jd_session *session, bool current)
{
    char id[JD_ID_CHARS + 1];
    jd_id_print(&session->id, id);
    jt_node *object = jt_tree_object(tree);
    jt_put_text(tree, object, "id", jeton_str(id));
    jt_put_text(tree, object, "client_id", session->client);
    jt_put_text(tree, object, "device", session->device);
    jt_put_text(tree, object, "address", session->address);
    jt_put_int(tree, object, "created_at", session->created / 1000);
    jt_put_int(tree, object, "last_used_at", session->rotated / 1000);
    jt_put_int(tree, object, "expires_at", session->idle_expires / 1000);
    jt_put_bool(tree, object, "current", current);
    jt_add_node(tree, list, object);
}

static jeton_status check_reader(jd_call *call, jeton_err *err)
{
    return jd_guard(call, err);
}

static jeton_status list(jd_call *call, jeton_err *err)
{
    jd_id user;
    jd_id current;
    jd_sessions sessions;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jd_guard_owner(call, &user, &current, err));
    JT_TRY(jd_store_session_list(call->app->accounts->store, &user, jd_now(), call->arena,
                                 &sessions, err));
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jt_node *all = jt_tree_array(tree);
    for (size_t i = 0; i < sessions.count; i++)
        put_session(tree, all, &sessions.at[i], jd_id_equal(&sessions.at[i].id, &current));
    jt_put_node(tree, answer, "sessions", all);
    return jd_call_answer(call, 200, tree, answer, err);
}

const jd_step jd_ep_sessions[] = {
    {JD_ON_LOOP, check_reader},
    {JD_ON_READ, list},
    {.run = NULL},
};

/* ---- end ------------------------------------------------------------------------------------ */

typedef struct ending {
    jd_id user, current;
    jd_id session; /* the one to end, when only one is */
    jd_sessions_which which;
} ending;

static const struct {
    const char *name;
    jd_sessions_which which;
} several[] = {
    {"others", JD_SESSIONS_OTHERS},
    {"all", JD_SESSIONS_ALL},
};

static jeton_status read_which(ending *on, jeton_span name, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(several); i++) {
        if (jeton_span_equal(name, jeton_str(several[i].name))) {
            on->which = several[i].which;
            return JETON_OK;
        }
    }
    on->which = JD_SESSIONS_THIS;
    on->session = on->current;
    if (jeton_span_equal(name, jeton_str("this")) || jd_id_parse(name, &on->session))
        return JETON_OK;
    return jt_fail(err, JETON_E_NOT_FOUND, "there is no such session");
}

static jeton_status check(jd_call *call, jeton_err *err)
{
    ending *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "sessions");
    call->state = on;
    JT_TRY(jd_guard(call, err));
    JT_TRY(jd_guard_owner(call, &on->user, &on->current, err));
    return read_which(on, call->params[0], err);
}

/* Whether the session of the request itself has ended. */
static bool is_over(const ending *on)
{
    return on->which == JD_SESSIONS_ALL ||
           (on->which == JD_SESSIONS_THIS && jd_id_equal(&on->session, &on->current));
}

static jeton_status end(jd_call *call, jeton_err *err)
{
    const ending *on = call->state;
    jd_accounts *accounts = call->app->accounts;
    if (on->which == JD_SESSIONS_THIS)
        JT_TRY(jd_session_end_own(accounts, &on->user, &on->session, err));
    else
        JT_TRY(jd_session_end(accounts, &on->user, &on->current, on->which, err));
    if (call->by_cookie && is_over(on))
        jd_cookies_clear(call);
    jd_log(JD_INFO, EV_SESSIONS_ENDED, JD_REQUEST(call->id), JD_SPAN("which", call->params[0]));
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

const jd_step jd_ep_session_end[] = {
    {JD_ON_LOOP, check},
    {JD_ON_COMMIT, end},
    {.run = NULL},
};
