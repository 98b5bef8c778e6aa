/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/session.c - begins, refreshes and ends sessions. */
#include "accounts/session.h"

#include "accounts/access_token.h"
#include "accounts/device.h"
#include "accounts/words.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"
#include "core/words.h"
#include "store/log.h"
#include "sys/clock.h"
#include "sys/metrics.h"

#include <stdio.h>

#define ROTATE_TRIES 8U /* how often a lost race is judged anew */

static jd_place place_of_key(const jd_id *session)
{
    return (jd_place){.column = "sessions.sealed_key", .row = jd_id_span(session)};
}

void jd_tokens_done(jd_tokens *tokens)
{
    jeton_text_free(&tokens->access);
    jt_wipe(tokens, sizeof *tokens);
}

static jeton_time sooner(jeton_time a, jeton_time b)
{
    return a < b ? a : b;
}

static jeton_time life(int64_t of_client, int64_t of_settings)
{
    return (of_client > 0 ? of_client : of_settings) * 1000;
}

static void describe_tokens(jd_tokens *tokens, const jd_access *access)
{
    tokens->expires_in = (access->expires - access->issued) / 1000;
    if (access->scope.len < sizeof tokens->scope)
        (void)snprintf(tokens->scope, sizeof tokens->scope, "%.*s", (int)access->scope.len,
                       (const char *)access->scope.ptr);
}

/* The pair for the session in `view`; its key is open in `key`. An access token does not outlive
 * its session. */
static jeton_status make_tokens(const jd_accounts *accounts, const jd_session_view *view,
                                const jd_client *client, jeton_span scope, jeton_span key,
                                bool cookies, jd_tokens *tokens, jeton_err *err)
{
    const jd_session *session = &view->session;
    const jeton_time now = jd_now();
    if (cookies)
        jd_csrf_print(key, tokens->csrf);
    const jd_access access = {
        .session = session,
        .user = &view->user,
        .client = client,
        .scope = scope,
        .csrf = jeton_str(tokens->csrf),
        .rev = view->rev,
        .issued = now,
        .expires =
            sooner(now + life(client->access_ttl, accounts->config->access_ttl), session->expires),
    };
    JT_TRY(jd_access_token_sign(accounts, &access, &tokens->access, err));
    if (jt_words_have(client->grants, jeton_str("refresh_token")))
        jd_refresh_token_print(&session->id, session->counter, key, tokens->refresh);
    describe_tokens(tokens, &access);
    tokens->refresh_expires_in = (session->idle_expires - now) / 1000;
    tokens->session = session->id;
    return JETON_OK;
}

/* ---- scope ---------------------------------------------------------------------------------- */

/* Narrows *scope to what was asked for, if anything was. */
static jeton_status narrow_to(jeton_span asked, jt_arena *arena, jeton_span *scope, jeton_err *err)
{
    if (asked.len == 0)
        return JETON_OK;
    JT_TRY(jd_words_narrow(asked, *scope, arena, scope, err));
    return scope->len > 0 ? JETON_OK
                          : jt_fail(err, JETON_E_WIDER, "%s", jeton_status_text(JETON_E_WIDER));
}

/* What the roles permit now, as far as the client may have it and the session was begun for. */
static jeton_status scope_of(const jd_client *client, const jd_user *user, jeton_span begun_for,
                             jt_arena *arena, jeton_span *scope, jeton_err *err)
{
    JT_TRY(jd_words_join(user->permissions, user->permission_count, arena, scope, err));
    if (!jeton_span_equal(client->id, jeton_str(JD_CLIENT)))
        JT_TRY(jd_words_narrow(*scope, client->scopes, arena, scope, err));
    return begun_for.len > 0 ? jd_words_narrow(begun_for, *scope, arena, scope, err) : JETON_OK;
}

/* ---- begin ---------------------------------------------------------------------------------- */

static jd_session describe(const jd_accounts *accounts, const jd_beginning *beginning,
                           const char *device)
{
    const jeton_time now = jd_now();
    const jd_client *client = beginning->client;
    const jd_config *config = accounts->config;
    const jeton_time expires = now + life(client->session_ttl, config->session_ttl);
    const jeton_time idle = now + life(client->refresh_ttl, config->refresh_ttl);
    return (jd_session){
        .user = beginning->user->id,
        .password_n = beginning->user->password_n,
        .client = client->id,
        .created = now,
        .rotated = now,
        .idle_expires = sooner(idle, expires),
        .expires = expires,
        .auth_time = now,
        .device = jeton_str(device),
        .address = jeton_str(beginning->address),
    };
}

/* What the session is kept for: nothing in particular, or what is allowed of what was asked. */
static jeton_status grant(const jd_beginning *beginning, jt_arena *arena, jeton_span *scope,
                          jeton_err *err)
{
    *scope = jeton_str(NULL);
    if (beginning->scope.len == 0)
        return JETON_OK;
    JT_TRY(scope_of(beginning->client, beginning->user, jeton_str(NULL), arena, scope, err));
    return narrow_to(beginning->scope, arena, scope, err);
}

/* The key of its refresh tokens, open and sealed. */
static jeton_status make_key(const jd_accounts *accounts, jd_session *session, jt_secret *key,
                             jt_buf *sealed, jeton_err *err)
{
    JT_TRY(jt_secret_new(NULL, JD_REFRESH_KEY, key, err));
    JT_TRY(jt_random(NULL, key->ptr, key->len, err));
    JT_TRY(jd_sealer_seal(accounts->sealer, place_of_key(&session->id), jt_secret_span(key), sealed,
                          err));
    session->sealed_key = jt_buf_span(sealed);
    return JETON_OK;
}

jeton_status jd_session_begin(jd_accounts *accounts, const jd_beginning *beginning,
                              jd_tokens *tokens, jeton_err *err)
{
    *tokens = (jd_tokens){0};
    char device[JD_DEVICE_TEXT];
    jd_device_describe(beginning->device, device);
    jd_session_view view = {.session = describe(accounts, beginning, device),
                            .user = *beginning->user};
    jd_session *session = &view.session;
    const jd_client *client = beginning->client;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(NULL);
    jeton_span scope;
    JT_TRY(grant(beginning, &arena, &session->scope, err));
    JT_TRY(jd_id_new(NULL, &session->id, err));
    JT_TRY(make_key(accounts, session, &key, &sealed, err));
    JT_TRY(jd_store_session_add(accounts->store, session, &view.rev, err));
    /* The roles of now, not those from before the password was hashed. */
    JT_TRY(jd_store_user_get(accounts->store, &session->user, &arena, &view.user, err));
    JT_TRY(scope_of(client, &view.user, session->scope, &arena, &scope, err));
    return make_tokens(accounts, &view, client, scope, jt_secret_span(&key), beginning->cookies,
                       tokens, err);
}

jeton_status jd_session_none(jd_accounts *accounts, const jd_client *client, jeton_span scope,
                             jd_tokens *tokens, jeton_err *err)
{
    *tokens = (jd_tokens){0};
    const jeton_time now = jd_now();
    const jd_access access = {
        .client = client,
        .scope = scope,
        .rev = jt_revocations_head(accounts->revocations), /* what this process has applied */
        .issued = now,
        .expires = now + life(client->access_ttl, accounts->config->access_ttl),
    };
    JT_TRY(jd_access_token_sign_fresh(accounts, &access, &tokens->access, err));
    describe_tokens(tokens, &access);
    return JETON_OK;
}

/* ---- refresh -------------------------------------------------------------------------------- */

static jeton_status over(jeton_err *err)
{
    return jt_fail(err, JETON_E_SESSION, "%s", jeton_status_text(JETON_E_SESSION));
}

static bool is_live(const jd_session_view *view, jeton_time now)
{
    const jd_session *s = &view->session;
    return s->ended == 0 && now < s->idle_expires && now < s->expires && !view->user.disabled;
}

/* What the presented counter means: the table of DESIGN.md §5. */
typedef enum meaning {
    CURRENT, /* to be rotated */
    AGAIN,   /* a second tab, or a lost answer: the same successor once more */
    REPLAY,  /* theft: the session ends */
    STRANGE, /* ahead of us, with a good MAC: the store was put back; nothing changes */
} meaning;

static meaning judge(const jd_accounts *accounts, const jd_session *session, uint64_t presented,
                     jeton_time now)
{
    if (presented == session->counter)
        return CURRENT;
    if (presented > session->counter)
        return STRANGE;
    const bool one_behind = presented + 1 == session->counter;
    /* A clock that was set back makes it negative: that must not keep the window open until the
     * clock has caught up. */
    const jeton_time since = now - session->rotated;
    const jeton_time grace = accounts->config->refresh_grace * 1000;
    const bool in_grace = since >= -grace && since <= grace;
    return one_behind && in_grace ? AGAIN : REPLAY;
}

static jeton_status rotate(jd_accounts *accounts, const jd_client *client, jd_session_view *view,
                           jeton_time now, jeton_err *err)
{
    const jeton_time idle = now + life(client->refresh_ttl, accounts->config->refresh_ttl);
    const jd_rotation rotation = {
        .session = view->session.id,
        .counter = view->session.counter,
        .now = now,
        .idle_expires = sooner(idle, view->session.expires),
    };
    JT_TRY(jd_store_session_rotate(accounts->store, &rotation, &view->rev, err));
    view->session.counter++;
    view->session.idle_expires = rotation.idle_expires;
    return JETON_OK;
}

/* Ends a session whose refresh token came twice. If even that fails the store is at fault, and
 * the caller hears that instead: the next replay tries again. */
static jeton_status end_replayed(jd_accounts *accounts, const jd_session *session, jeton_time now,
                                 jeton_err *err)
{
    jt_revocation entry;
    JT_TRY(jd_store_session_end(accounts->store, &session->id, now, jd_accounts_horizon(now),
                                &entry, err));
    jd_accounts_revoke(accounts, &entry);
    return jt_fail(err, JETON_E_REPLAY, "%s", jeton_status_text(JETON_E_REPLAY));
}

/* Reads the session behind a token and opens its key. The token is authentic and the client's
 * afterwards; with no client, somebody's. */
static jeton_status look_up(jd_accounts *accounts, const jd_client *client,
                            const jd_refresh_token *token, jt_arena *arena, jd_session_view *view,
                            jt_secret *key, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status =
        jd_store_session_get(accounts->store, &token->session, arena, view, &why);
    if (status == JETON_E_NOT_FOUND)
        return over(err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    if (client != NULL && !jeton_span_equal(view->session.client, client->id)) /* RFC 6749 §6 */
        return over(err);
    JT_TRY(jd_sealer_open(accounts->sealer, place_of_key(&token->session), view->session.sealed_key,
                          key, err));
    return jd_refresh_token_is_authentic(token, jt_secret_span(key)) ? JETON_OK : over(err);
}

static jeton_status next_scope(const jd_refreshing *refreshing, const jd_session_view *view,
                               jt_arena *arena, jeton_span *scope, jeton_err *err)
{
    JT_TRY(scope_of(refreshing->client, &view->user, view->session.scope, arena, scope, err));
    return narrow_to(refreshing->scope, arena, scope, err);
}

/* Which row of REFRESHES a refresh belongs to. */
static void count_refresh(jeton_status status, bool again)
{
    size_t outcome = JD_REFRESH_FAILED;
    if (status == JETON_OK)
        outcome = again ? JD_REFRESH_REPEATED : JD_REFRESH_ROTATED;
    else if (status == JETON_E_REPLAY)
        outcome = JD_REFRESH_REPLAYED;
    else if (status == JETON_E_SESSION || status == JETON_E_WIDER || status == JETON_E_CSRF)
        outcome = JD_REFRESH_REFUSED;
    jd_metric_add(JD_METRIC_REFRESHES, outcome, 0);
    if (status == JETON_OK && again)
        jd_metric_add(JD_METRIC_RACES, JD_RACE_SAME_TOKEN, 0);
}

static jeton_status check_copy(jeton_span key, jeton_span given, jeton_err *err)
{
    char csrf[JD_CSRF_CHARS + 1];
    jd_csrf_print(key, csrf);
    return jd_csrf_check(jeton_str(csrf), given, err);
}

/* One attempt. JETON_E_BUSY: somebody else rotated in between, judge anew. */
static jeton_status attempt(jd_accounts *accounts, const jd_refreshing *refreshing,
                            const jd_refresh_token *token, jd_tokens *tokens, bool *again,
                            jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    jd_session_view view;
    jeton_span scope;
    const jd_client *client = refreshing->client;
    const jeton_time now = jd_now();
    JT_TRY(look_up(accounts, client, token, &arena, &view, &key, err));
    if (!is_live(&view, now))
        return over(err);
    /* Before the counter is judged: a forged request must not end a session by a replay. */
    if (refreshing->cookies)
        JT_TRY(check_copy(jt_secret_span(&key), refreshing->csrf, err));
    switch (judge(accounts, &view.session, token->counter, now)) {
    case REPLAY: return end_replayed(accounts, &view.session, now, err);
    case STRANGE: return over(err);
    case AGAIN:
        *again = true;
        JT_TRY(next_scope(refreshing, &view, &arena, &scope, err));
        break;
    case CURRENT: {
        jeton_err why = {0};
        JT_TRY(next_scope(refreshing, &view, &arena, &scope, err)); /* refusing changes nothing */
        const jeton_status status = rotate(accounts, client, &view, now, &why);
        if (status == JETON_E_SESSION) {
            jd_metric_add(JD_METRIC_RACES, JD_RACE_OVERTAKEN, 0);
            return JETON_E_BUSY;
        }
        if (status != JETON_OK)
            return jt_fail(err, status, "%s", why.text);
        break;
    }
    }
    return make_tokens(accounts, &view, client, scope, jt_secret_span(&key), refreshing->cookies,
                       tokens, err);
}

jeton_status jd_session_refresh(jd_accounts *accounts, const jd_refreshing *refreshing,
                                jd_tokens *tokens, jeton_err *err)
{
    *tokens = (jd_tokens){0};
    jd_refresh_token token;
    bool again = false;
    if (!jd_refresh_token_parse(refreshing->token, &token)) {
        count_refresh(JETON_E_SESSION, false);
        return over(err);
    }
    jeton_status status = JETON_E_BUSY;
    for (unsigned i = 0; i < ROTATE_TRIES && status == JETON_E_BUSY; i++)
        status = attempt(accounts, refreshing, &token, tokens, &again, err);
    jt_wipe(&token, sizeof token);
    count_refresh(status, again);
    if (status == JETON_E_BUSY)
        return jt_fail(err, JETON_E_BUSY, "too many refreshes of one session at once");
    return status;
}

/* A good token's session, its key open. */
static jeton_status peek(jd_accounts *accounts, const jd_client *client, jeton_span text,
                         jt_arena *arena, jd_session_view *view, jt_secret *key, jeton_err *err)
{
    jd_refresh_token token;
    const jeton_time now = jd_now();
    if (!jd_refresh_token_parse(text, &token))
        return over(err);
    const jeton_status status = look_up(accounts, client, &token, arena, view, key, err);
    const bool good = status == JETON_OK && is_live(view, now) &&
                      judge(accounts, &view->session, token.counter, now) <= AGAIN;
    jt_wipe(&token, sizeof token);
    if (status != JETON_OK)
        return status;
    return good ? JETON_OK : over(err);
}

jeton_status jd_session_peek(jd_accounts *accounts, const jd_client *client, jeton_span token,
                             jt_arena *arena, jd_session_view *view, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    return peek(accounts, client, token, arena, view, &key, err);
}

jeton_status jd_session_csrf(jd_accounts *accounts, const jd_client *client, jeton_span token,
                             jd_id *user, jd_id *session, char csrf[JD_CSRF_CHARS + 1],
                             jeton_err *err)
{
    *user = (jd_id){0};
    *session = (jd_id){0};
    csrf[0] = '\0';
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    jd_session_view view;
    JT_TRY(peek(accounts, client, token, &arena, &view, &key, err));
    *user = view.session.user;
    *session = view.session.id;
    jd_csrf_print(jt_secret_span(&key), csrf);
    return JETON_OK;
}

/* ---- end ------------------------------------------------------------------------------------ */

static jeton_status end_this(jd_accounts *accounts, const jd_id *session, jeton_err *err)
{
    jt_revocation entry;
    const jeton_time now = jd_now();
    JT_TRY(
        jd_store_session_end(accounts->store, session, now, jd_accounts_horizon(now), &entry, err));
    jd_accounts_revoke(accounts, &entry);
    return JETON_OK;
}

/* An old refresh token of the session will do: whoever has it wants an end of it all the same. */
jeton_status jd_session_revoke(jd_accounts *accounts, const jd_client *client, jeton_span text,
                               jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    jd_session_view view;
    jd_refresh_token token;
    if (!jd_refresh_token_parse(text, &token))
        return over(err);
    const jeton_status status = look_up(accounts, NULL, &token, &arena, &view, &key, err);
    jt_wipe(&token, sizeof token);
    JT_TRY(status);
    if (!jeton_span_equal(view.session.client, client->id))
        return jt_fail(err, JETON_E_UNAUTHORIZED, "the token was issued to another client");
    return end_this(accounts, &view.session.id, err);
}

/* Whose a session is never changes, so it may be looked at before. */
jeton_status jd_session_end_own(jd_accounts *accounts, const jd_id *user, const jd_id *session,
                                jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_session_view view;
    JT_TRY(jd_store_session_get(accounts->store, session, &arena, &view, err));
    if (!jd_id_equal(&view.session.user, user))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such session");
    return end_this(accounts, session, err);
}

jeton_status jd_session_end(jd_accounts *accounts, const jd_id *user, const jd_id *session,
                            jd_sessions_which which, jeton_err *err)
{
    if (which == JD_SESSIONS_THIS)
        return end_this(accounts, session, err);
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries entries;
    const jeton_time now = jd_now();
    JT_TRY(jd_store_session_end_all(accounts->store, user,
                                    which == JD_SESSIONS_OTHERS ? session : NULL, now,
                                    jd_accounts_horizon(now), &arena, &entries, err));
    for (size_t i = 0; i < entries.count; i++)
        jd_accounts_revoke(accounts, &entries.at[i]);
    return JETON_OK;
}
