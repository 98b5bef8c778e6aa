/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_revoke.c - POST /revoke (RFC 7009): a client gives up a token of its own. An access token
 * is refused from then on; with a refresh token its session ends. A token we do not know is as good
 * as revoked: 200. */
#include "accounts/access_token.h"
#include "accounts/session.h"
#include "api/client_guard.h"
#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"

typedef struct revocation {
    jeton_span token;
    jd_token_name name; /* no jti: not an access token that is good */
    jd_client client;
} revocation;

static jeton_status not_yours(jeton_err *err)
{
    return jt_fail(err, JETON_E_UNAUTHORIZED, "the token was issued to another client");
}

/* What no node would accept needs no revocation, and a refresh token is looked at later. But it is
 * not this node alone that decides what is good: its clock may be wrong, it may not have heard of
 * the token's key, or refuse more than is revoked because its memory is full. So dates have a wide
 * leeway, what is revoked is not asked, and a key is unknown only while we are fresh. */
static jeton_status look_at(jd_call *call, revocation *on, jeton_err *err)
{
    jeton_span client;
    JT_TRY(jd_verdicts_take(&call->app->verdicts, &call->verdict, err));
    const jeton_status status =
        jd_app_verify(call->app, JD_TAKE_TO_REVOKE, on->token, call->verdict);
    if (status == JETON_E_NOMEM || status == JETON_E_STALE) /* not looked at: no false success */
        return jt_fail(err, status, "%s", jeton_status_text(status));
    if (status != JETON_OK)
        return JETON_OK;
    (void)jeton_verdict_text(call->verdict, "client_id", &client);
    if (!jeton_span_equal(client, on->client.id))
        return not_yours(err);
    jd_access_token_name(call->verdict, &on->name);
    return JETON_OK;
}

static jeton_status begin(jd_call *call, jeton_err *err)
{
    revocation *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "revocation");
    *on = (revocation){0};
    call->state = on;
    const jd_want wants[] = {{"token", &on->token, true}};
    JT_TRY(jd_client_guard(call, wants, JT_COUNT(wants), false, &on->client, err));
    return look_at(call, on, err);
}

/* An index that is not announced is nobody's, if we have heard of all there are. */
static jeton_status revoke_access(jd_accounts *accounts, const jd_token_name *name, jeton_err *err)
{
    jeton_err why = {0};
    const bool fresh = jd_lease_holds(&accounts->lease);
    const jeton_status status = jd_revoke_named(accounts, name, &why);
    if (status == JETON_E_NOT_FOUND)
        return fresh ? JETON_OK
                     : jt_fail(err, JETON_E_STALE, "%s", jeton_status_text(JETON_E_STALE));
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

static jeton_status revoke_refresh(jd_accounts *accounts, const revocation *on, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_session_revoke(accounts, &on->client, on->token, &why);
    return status == JETON_OK || status == JETON_E_SESSION ? JETON_OK
                                                           : jt_fail(err, status, "%s", why.text);
}

static jeton_status revoke(jd_call *call, jeton_err *err)
{
    const revocation *on = call->state;
    jd_accounts *accounts = call->app->accounts;
    JT_TRY(on->name.jti.len > 0 ? revoke_access(accounts, &on->name, err)
                                : revoke_refresh(accounts, on, err));
    jd_call_answer_empty(call, 200);
    return JETON_OK;
}

const jd_step jd_ep_revoke[] = {
    {JD_ON_LOOP, begin},
    {JD_ON_COMMIT, revoke},
    {.run = NULL},
};
