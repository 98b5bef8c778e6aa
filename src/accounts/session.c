/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/session.c - begins, refreshes and ends sessions. */
#include "accounts/session.h"

#include "accounts/access_token.h"
#include "accounts/device.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"

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

/* The pair for the session in `view`; its key is open in `key`. An access token does not outlive
 * its session. */
static jeton_status make_tokens(const jd_accounts *accounts, const jd_session_view *view,
                                jeton_span key, jd_tokens *tokens, jeton_err *err)
{
    const jd_session *session = &view->session;
    const jeton_time now = jt_now(NULL);
    const jd_access access = {
        .session = session,
        .user = &view->user,
        .rev = view->rev,
        .issued = now,
        .expires = sooner(now + accounts->config.access_ttl * 1000, session->expires),
    };
    JT_TRY(jd_access_token_sign(accounts, &access, &tokens->access, err));
    jd_refresh_token_print(&session->id, session->counter, key, tokens->refresh);
    tokens->expires_in = (access.expires - now) / 1000;
    tokens->session = session->id;
    return JETON_OK;
}

/* ---- begin ---------------------------------------------------------------------------------- */

static jd_session describe(const jd_accounts *accounts, const jd_user *user, const char *device,
                           const char *address)
{
    const jeton_time now = jt_now(NULL);
    const jeton_time expires = now + accounts->config.session_ttl * 1000;
    return (jd_session){
        .user = user->id,
        .password_n = user->password_n,
        .client = jeton_str(JD_CLIENT),
        .created = now,
        .rotated = now,
        .idle_expires = sooner(now + accounts->config.refresh_ttl * 1000, expires),
        .expires = expires,
        .auth_time = now,
        .device = jeton_str(device),
        .address = jeton_str(address),
    };
}

jeton_status jd_session_begin(jd_accounts *accounts, const jd_user *user, jeton_span device,
                              const char *address, jd_tokens *tokens, jeton_err *err)
{
    *tokens = (jd_tokens){0};
    char summary[JD_DEVICE_TEXT];
    jd_device_describe(device, summary);
    jd_session_view view = {.session = describe(accounts, user, summary, address), .user = *user};
    jd_session *session = &view.session;
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(NULL);
    JT_TRY(jd_id_new(NULL, &session->id, err));
    JT_TRY(jt_secret_new(NULL, JD_REFRESH_KEY, &key, err));
    JT_TRY(jt_random(NULL, key.ptr, key.len, err));
    JT_TRY(jd_sealer_seal(accounts->sealer, place_of_key(&session->id), jt_secret_span(&key),
                          &sealed, err));
    session->sealed_key = jt_buf_span(&sealed);
    JT_TRY(jd_store_session_add(accounts->store, session, &view.rev, err));
    /* The roles of now, not those from before the password was hashed. */
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_TRY(jd_store_user_get(accounts->store, &user->id, &arena, &view.user, err));
    return make_tokens(accounts, &view, jt_secret_span(&key), tokens, err);
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
    const jeton_time grace = accounts->config.refresh_grace * 1000;
    const bool in_grace = since >= -grace && since <= grace;
    return one_behind && in_grace ? AGAIN : REPLAY;
}

static jeton_status rotate(jd_accounts *accounts, jd_session_view *view, jeton_time now,
                           jeton_err *err)
{
    const jd_rotation rotation = {
        .session = view->session.id,
        .counter = view->session.counter,
        .now = now,
        .idle_expires = sooner(now + accounts->config.refresh_ttl * 1000, view->session.expires),
    };
    JT_TRY(jd_store_session_rotate(accounts->store, &rotation, &view->rev, err));
    view->session.counter++;
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

/* Reads the session behind a token and opens its key. The token is authentic afterwards. */
static jeton_status look_up(jd_accounts *accounts, const jd_refresh_token *token, jt_arena *arena,
                            jd_session_view *view, jt_secret *key, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status =
        jd_store_session_get(accounts->store, &token->session, arena, view, &why);
    if (status == JETON_E_NOT_FOUND)
        return over(err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    JT_TRY(jd_sealer_open(accounts->sealer, place_of_key(&token->session), view->session.sealed_key,
                          key, err));
    return jd_refresh_token_is_authentic(token, jt_secret_span(key)) ? JETON_OK : over(err);
}

/* One attempt. JETON_E_BUSY: somebody else rotated in between, judge anew. */
static jeton_status attempt(jd_accounts *accounts, const jd_refresh_token *token, jd_tokens *tokens,
                            jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    jd_session_view view;
    const jeton_time now = jt_now(NULL);
    JT_TRY(look_up(accounts, token, &arena, &view, &key, err));
    if (!is_live(&view, now))
        return over(err);
    switch (judge(accounts, &view.session, token->counter, now)) {
    case REPLAY: return end_replayed(accounts, &view.session, now, err);
    case STRANGE: return over(err);
    case AGAIN: break;
    case CURRENT: {
        jeton_err why = {0};
        const jeton_status status = rotate(accounts, &view, now, &why);
        if (status == JETON_E_SESSION)
            return JETON_E_BUSY;
        if (status != JETON_OK)
            return jt_fail(err, status, "%s", why.text);
        break;
    }
    }
    return make_tokens(accounts, &view, jt_secret_span(&key), tokens, err);
}

jeton_status jd_session_refresh(jd_accounts *accounts, jeton_span text, jd_tokens *tokens,
                                jeton_err *err)
{
    *tokens = (jd_tokens){0};
    jd_refresh_token token;
    if (!jd_refresh_token_parse(text, &token))
        return over(err);
    jeton_status status = JETON_E_BUSY;
    for (unsigned i = 0; i < ROTATE_TRIES && status == JETON_E_BUSY; i++)
        status = attempt(accounts, &token, tokens, err);
    jt_wipe(&token, sizeof token);
    if (status == JETON_E_BUSY)
        return jt_fail(err, JETON_E_BUSY, "too many refreshes of one session at once");
    return status;
}

/* ---- end ------------------------------------------------------------------------------------ */

static jeton_status end_this(jd_accounts *accounts, const jd_id *session, jeton_err *err)
{
    jt_revocation entry;
    const jeton_time now = jt_now(NULL);
    JT_TRY(
        jd_store_session_end(accounts->store, session, now, jd_accounts_horizon(now), &entry, err));
    jd_accounts_revoke(accounts, &entry);
    return JETON_OK;
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
    const jeton_time now = jt_now(NULL);
    JT_TRY(jd_store_session_end_all(accounts->store, user,
                                    which == JD_SESSIONS_OTHERS ? session : NULL, now,
                                    jd_accounts_horizon(now), &arena, &entries, err));
    for (size_t i = 0; i < entries.count; i++)
        jd_accounts_revoke(accounts, &entries.at[i]);
    return JETON_OK;
}
