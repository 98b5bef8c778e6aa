/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_csrf.c - GET /csrf: the CSRF value of the session in the refresh cookie.
 *
 * For pages of another host of the site, after a reload: they do not see our cookies, and the
 * access token may have expired. Only pages that may read our answers learn it. */
#include "accounts/client.h"
#include "accounts/session.h"
#include "api/cookies.h"
#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"

static jeton_status answer(jd_call *call, const char *csrf, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *root = jt_tree_object(tree);
    jt_put_text(tree, root, "csrf_token", jeton_str(csrf));
    return jd_call_answer(call, 200, tree, root, err);
}

static jeton_status tell(jd_call *call, jeton_err *err)
{
    jd_id user;
    jd_id session;
    jd_client client;
    jeton_span token;
    char csrf[JD_CSRF_CHARS + 1];
    const size_t count = jd_cookies_refresh(call, &token);
    if (count == 0)
        return jt_fail(err, JETON_E_MISSING, "no cookie with a refresh token was sent");
    if (count > 1)
        return jt_fail(err, JETON_E_REQUEST, "the refresh cookie came twice");
    JT_TRY(jd_client_find(call->app->accounts, jeton_str(JD_CLIENT), call->arena, &client, err));
    JT_TRY(jd_session_csrf(call->app->accounts, &client, token, &user, &session, csrf, err));
    return answer(call, csrf, err);
}

const jd_step jd_ep_csrf[] = {
    {JD_ON_LOOP, tell},
    {.run = NULL},
};
