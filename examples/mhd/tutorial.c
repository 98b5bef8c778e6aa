/* SPDX-License-Identifier: Apache-2.0 */
/* tutorial.c - login, protected routes, refresh and logout in one program with users of its own,
 * without jeton serve. JWT_SECRET_KEY=(32 characters or more) ./tutorial PORT */
#include "serve.h"
#include "users.h"

static jeton_guard *guard;
static jeton_issuer *issuer;

/* Tokens that were logged out, by their "jti". One thread serves all; a program that is to know
 * them after a restart keeps them in its database. */
static char ended[1000][24];
static size_t ended_count;

static jeton_status is_ended(void *cls, const jeton_verdict *token, const jeton_stale_rule *stale)
{
    jeton_span jti;
    (void)cls, (void)stale;
    if (!jeton_verdict_text(token, "jti", &jti))
        return JETON_E_REVOKED; /* what cannot be ended is not taken */
    for (size_t i = 0; i < ended_count && i < 1000; i++)
        if (jeton_span_equal(jti, jeton_str(ended[i])))
            return JETON_E_REVOKED;
    return JETON_OK;
}

static enum MHD_Result logout(jeton_mhd *request, const jeton_decision *who)
{
    jeton_span jti;
    (void)jeton_verdict_text(who->verdict, "jti", &jti);
    snprintf(ended[ended_count++ % 1000], sizeof ended[0], "%.*s", (int)jti.len, jti.ptr);
    return jeton_mhd_answer(request, 200, NULL, "{\"logged_out\":true}");
}

/* What a token says of its user: asked at each login and each refresh. */
static jeton_status add_roles(void *cls, jeton_span name, jeton_claims *claims, jeton_err *err)
{
    const bool is_admin = jeton_span_equal(name, jeton_str(users[0].name));
    const jeton_span role = jeton_str(is_admin ? "admin" : "user");
    (void)cls, (void)err;
    jeton_claims_set_list(claims, "roles", &role, 1);
    return JETON_OK;
}

static enum MHD_Result answer_tokens(jeton_mhd *request, const jeton_grant *grant)
{
    char text[4096];
    jeton_issued access, later;
    if (jeton_issuer_access(issuer, grant, &access, NULL) != JETON_OK)
        return jeton_mhd_answer(request, 500, NULL, "{\"error\":\"server_error\"}");
    if (jeton_issuer_refresh(issuer, grant, &later, NULL) == JETON_OK)
        snprintf(text, sizeof text, "{\"access_token\":\"%s\",\"refresh_token\":\"%s\"}",
                 jeton_text_chars(access.token), jeton_text_chars(later.token));
    jeton_text_free(&access.token);
    jeton_text_free(&later.token);
    return jeton_mhd_answer(request, 200, NULL, text);
}

static enum MHD_Result login(jeton_mhd *request, const jeton_decision *who)
{
    jeton_span name, password;
    (void)who;
    if (!jeton_mhd_field(request, "username", &name) ||
        !jeton_mhd_field(request, "password", &password) || !is_password(name, password))
        return jeton_mhd_answer(request, 401, NULL, "{\"error\":\"invalid_grant\"}");
    return answer_tokens(request, &(jeton_grant){.identity = name, .fresh = true});
}

static enum MHD_Result renew(jeton_mhd *request, const jeton_decision *who)
{
    return answer_tokens(request, &(jeton_grant){.identity = who->identity});
}

static enum MHD_Result whoami(jeton_mhd *request, const jeton_decision *who)
{
    char text[256];
    snprintf(text, sizeof text, "{\"logged_in_as\":\"%.*s\"}", (int)who->identity.len,
             who->identity.ptr);
    return jeton_mhd_answer(request, 200, NULL, text);
}

static const served routes[] = {
    {"/login", true, {0}, login},
    {"/refresh", false, {.type = JETON_REFRESH}, renew},
    {"/logout", false, {.type = JETON_EITHER, .skip_revocation = true}, logout},
    {"/whoami", false, {0}, whoami},
    {"/admin", false, {.roles_all = {"admin"}}, whoami},
    {"/password", false, {.fresh = true}, whoami}, /* wants a login behind it, not a refresh */
    {0},
};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    enum MHD_Result more;
    (void)cls, (void)version;
    if (!jeton_mhd_ready(connection, method, data, size, state, &more))
        return more;
    return answer_row(routes, guard, *state, url);
}

int main(int argc, char **argv)
{
    static const jeton_guard_settings settings = {.revoked = is_ended};
    static const jeton_issuer_options options = {.claims = add_roles};
    const jeton_span secret = jeton_str(getenv("JWT_SECRET_KEY"));
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    jeton_err err = {0};
    if (jeton_key_from_secret(NULL, JETON_HS256, secret, jeton_str(NULL), &key, &err) != JETON_OK ||
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) != JETON_OK ||
        jeton_verifier_new(NULL, NULL, keys, &verifier, &err) != JETON_OK ||
        jeton_guard_new(NULL, &settings, verifier, &guard, &err) != JETON_OK ||
        jeton_issuer_new(NULL, key, JETON_HS256, &settings, &options, &issuer, &err) != JETON_OK)
        return fprintf(stderr, "JWT_SECRET_KEY: %s\n", err.text), 1;
    return serve(answer, argc > 1 ? argv[1] : "0");
}
