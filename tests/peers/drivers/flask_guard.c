/* SPDX-License-Identifier: Apache-2.0 */
/* flask_guard.c - a server with the preset flask, for test_flask_guard.py to hold against a Flask
 * application with the same routes, settings and secret: flask_guard NAME=VALUE...
 *
 * A name is a member of jeton_guard_settings; lists have commas; switches are 1 and 0; locations
 * are letters: h(eader), c(ookie), q(uery), j(son). And: decode_issuer, decode_audience, leeway of
 * the policy; answers=1 replaces the answer to each refusal. */
#include <jeton_mhd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static jeton_guard *guard;
static jeton_issuer *issuer;

/* ---- settings ------------------------------------------------------------------------------- */

static jeton_guard_settings settings = {
    .preset = JETON_GUARD_FLASK,
    .locations = {JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON},
};
static jeton_policy policy = {.preset = JETON_PRESET_PYJWT, .allow = JETON_ALLOW_ANY_AUD};

static void set_text(void *member, char *value)
{
    *(const char **)member = value;
}

static void set_switch(void *member, char *value)
{
    *(jeton_switch *)member = value[0] == '1' ? JETON_ON : JETON_OFF;
}

static void set_seconds(void *member, char *value)
{
    *(uint32_t *)member =
        strcmp(value, "ever") == 0 ? JETON_FOREVER : (uint32_t)strtoul(value, NULL, 10);
}

static void set_list(void *member, char *value)
{
    const char **list = member;
    for (char *at = strtok(value, ","); at != NULL; at = strtok(NULL, ","))
        *list++ = at;
}

static void set_locations(void *member, char *value)
{
    static const char letters[] = " hcqj";
    jeton_location *list = member;
    memset(list, 0, sizeof settings.locations);
    for (; *value != '\0'; value++)
        *list++ = (jeton_location)(strchr(letters, *value) - letters);
}

/* Flask-JWT-Extended has one word for several of ours; the test knows both. */
static void answer_with_own(void *user, jeton_decision *decision)
{
    static char texts[JETON_REFUSALS][32];
    char *text = texts[decision->refusal];
    (void)user;
    (void)snprintf(text, sizeof texts[0], "{\"own\":%d}", decision->refusal);
    decision->http = 299;
    decision->body = jeton_str(text);
}

static void set_answers(void *member, char *value)
{
    jeton_guard_answer *answers = member;
    for (size_t i = 0; value[0] == '1' && i < JETON_REFUSALS; i++)
        answers[i] = answer_with_own;
}

static const struct {
    const char *name;
    void *at;
    void (*set)(void *member, char *value);
} members[] = {
#define MEMBER(name, set)                                                                          \
    {                                                                                              \
#name, &settings.name, set                                                                 \
    }
    MEMBER(locations, set_locations),
    MEMBER(header, set_text),
    MEMBER(scheme, set_text),
    MEMBER(query, set_text),
    MEMBER(query_prefix, set_text),
    MEMBER(access_member, set_text),
    MEMBER(refresh_member, set_text),
    MEMBER(access_cookie, set_text),
    MEMBER(refresh_cookie, set_text),
    MEMBER(access_csrf_cookie, set_text),
    MEMBER(refresh_csrf_cookie, set_text),
    MEMBER(access_path, set_text),
    MEMBER(refresh_path, set_text),
    MEMBER(access_csrf_path, set_text),
    MEMBER(refresh_csrf_path, set_text),
    MEMBER(cookie_domain, set_text),
    MEMBER(same_site, set_text),
    MEMBER(secure, set_switch),
    MEMBER(session_cookies, set_switch),
    MEMBER(csrf, set_switch),
    MEMBER(csrf_methods, set_list),
    MEMBER(access_csrf_header, set_text),
    MEMBER(refresh_csrf_header, set_text),
    MEMBER(access_csrf_field, set_text),
    MEMBER(refresh_csrf_field, set_text),
    MEMBER(csrf_form, set_switch),
    MEMBER(csrf_in_cookies, set_switch),
    MEMBER(identity_claim, set_text),
    MEMBER(error_member, set_text),
    MEMBER(access_life, set_seconds),
    MEMBER(refresh_life, set_seconds),
    MEMBER(issuer, set_text),
    MEMBER(audiences, set_list),
    MEMBER(not_before, set_switch),
    MEMBER(answers, set_answers),
    {"decode_issuer", &policy.issuers[0], set_text},
    {"decode_audience", policy.audiences, set_list},
    {"leeway", &policy.leeway, set_seconds},
};

static bool set(char *pair)
{
    char *value = strchr(pair, '=');
    if (value == NULL)
        return false;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(members[i].name, pair) == 0) {
            members[i].set(members[i].at, value);
            return true;
        }
    return false;
}

/* ---- callbacks ------------------------------------------------------------------------------ */

static bool is_called(const jeton_verdict *token, const char *name)
{
    return jeton_verdict_has(
        token, settings.identity_claim != NULL ? settings.identity_claim : "sub", jeton_str(name));
}

static jeton_status revoked(void *user, const jeton_verdict *token, const jeton_stale_rule *stale)
{
    (void)user, (void)stale;
    return is_called(token, "revoked") ? JETON_E_REVOKED : JETON_OK;
}

static jeton_status checked(void *user, const jeton_verdict *token, jeton_err *err)
{
    (void)user, (void)err;
    return is_called(token, "rejected") ? JETON_E_REFUSED : JETON_OK;
}

static void *known(void *user, const jeton_verdict *token, jeton_span identity)
{
    (void)user, (void)token;
    return jeton_span_equal(identity, jeton_str("unknown")) ? NULL : &guard;
}

/* ---- what makes tokens ---------------------------------------------------------------------- */

static const jeton_grant grants[] = {
    {.identity = {(const uint8_t *)"alice", 5}},
    {.identity = {(const uint8_t *)"alice", 5}, .fresh = true},
    {.identity = {(const uint8_t *)"alice", 5}, .fresh_for = 300},
    {.identity = {(const uint8_t *)"alice", 5}, .life = 60},
    {.identity = {(const uint8_t *)"alice", 5}, .life = JETON_FOREVER},
    {.identity = {(const uint8_t *)"alice", 5},
     .claims = "{\"roles\":[\"a\"],\"aud\":\"own\",\"sub\":\"bob\"}",
     .header = "{\"x\":1,\"typ\":\"T\"}"},
};

/* One token on a line: an access and a refresh token of each grant. */
static enum MHD_Result answer_tokens(jeton_mhd *request)
{
    char text[16384] = "";
    for (size_t i = 0; i < 2 * sizeof grants / sizeof *grants; i++) {
        jeton_issued made;
        if ((i % 2 == 0 ? jeton_issuer_access : jeton_issuer_refresh)(issuer, &grants[i / 2], &made,
                                                                      NULL) != JETON_OK)
            return jeton_mhd_answer(request, 500, NULL, "{}");
        strncat(text, jeton_text_chars(made.token), sizeof text - strlen(text) - 2);
        strcat(text, "\n");
        jeton_text_free(&made.token);
    }
    return jeton_mhd_answer(request, 200, "text/plain", text);
}

static enum MHD_Result answer_cookies(jeton_mhd *request)
{
    const jeton_grant *grant = &grants[0];
    jeton_issued access = {0};
    jeton_issued refresh = {0};
    const bool good = jeton_issuer_access(issuer, grant, &access, NULL) == JETON_OK &&
                      jeton_issuer_refresh(issuer, grant, &refresh, NULL) == JETON_OK &&
                      jeton_issuer_set_cookies(issuer, &access, -1, jeton_mhd_set_cookie, request,
                                               NULL) == JETON_OK &&
                      jeton_issuer_set_cookies(issuer, &refresh, -1, jeton_mhd_set_cookie, request,
                                               NULL) == JETON_OK;
    jeton_text_free(&access.token);
    jeton_text_free(&refresh.token);
    return jeton_mhd_answer(request, good ? 200 : 500, NULL, "{}");
}

static enum MHD_Result answer_unset(jeton_mhd *request)
{
    const jeton_status status =
        jeton_issuer_unset_cookies(issuer, JETON_EITHER, jeton_mhd_set_cookie, request, NULL);
    return jeton_mhd_answer(request, status == JETON_OK ? 200 : 500, NULL, "{}");
}

/* ---- routes --------------------------------------------------------------------------------- */

static const struct {
    const char *path;
    jeton_route route;
    enum MHD_Result (*answer)(jeton_mhd *request); /* NULL: who it is */
} routes[] = {
    {"/protected", {0}, NULL},
    {"/fresh", {.fresh = true}, NULL},
    {"/refresh", {.type = JETON_REFRESH}, NULL},
    {"/either", {.type = JETON_EITHER}, NULL},
    {"/optional", {.optional = true}, NULL},
    {"/headers", {.locations = {JETON_IN_HEADER}}, NULL},
    {"/cookies", {.locations = {JETON_IN_COOKIE}}, NULL},
    {"/json", {.locations = {JETON_IN_JSON}}, NULL},
    {"/query", {.locations = {JETON_IN_QUERY}}, NULL},
    {"/tokens", {0}, answer_tokens},
    {"/login", {0}, answer_cookies},
    {"/unset", {0}, answer_unset},
};

static enum MHD_Result tell(jeton_mhd *request, const jeton_decision *who)
{
    static const char *const places[] = {"", "headers", "cookies", "query_string", "json"};
    char text[256];
    (void)snprintf(text, sizeof text, "{\"who\":\"%.*s\",\"in\":\"%s\"}", (int)who->identity.len,
                   (const char *)who->identity.ptr, places[who->location]);
    return jeton_mhd_answer(request, 200, NULL, text);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    enum MHD_Result more;
    jeton_decision who;
    (void)cls, (void)version;
    if (!jeton_mhd_ready(connection, method, data, size, state, &more))
        return more;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(url, routes[i].path) != 0)
            continue;
        if (routes[i].answer != NULL)
            return routes[i].answer(*state);
        if (!jeton_mhd_guard(*state, guard, &routes[i].route, &who))
            return jeton_mhd_refuse(*state, &who);
        return tell(*state, &who);
    }
    return jeton_mhd_answer(*state, 404, NULL, "{}");
}

static int fail(const char *why)
{
    (void)fprintf(stderr, "flask_guard: %s\n", why);
    return 1;
}

static int serve(void)
{
    sigset_t stop;
    int signal;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL,
                         MHD_OPTION_NOTIFY_COMPLETED, jeton_mhd_done, NULL, MHD_OPTION_END);
    if (daemon == NULL)
        return fail("no server");
    printf("http://127.0.0.1:%u\n",
           (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    (void)fflush(stdout);
    (void)sigwait(&stop, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}

int main(int argc, char **argv)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    jeton_err err = {0};
    settings.revoked = revoked;
    settings.accept = checked;
    settings.lookup = known;
    for (int i = 1; i < argc; i++)
        if (!set(argv[i]))
            return fail(argv[i]);
    if (jeton_key_from_secret(NULL, JETON_HS256, jeton_str(getenv("JWT_SECRET_KEY")),
                              jeton_str(NULL), &key, &err) != JETON_OK ||
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) != JETON_OK ||
        jeton_verifier_new(NULL, &policy, keys, &verifier, &err) != JETON_OK ||
        jeton_guard_new(NULL, &settings, verifier, &guard, &err) != JETON_OK ||
        jeton_issuer_new(NULL, key, JETON_HS256, &settings, NULL, &issuer, &err) != JETON_OK)
        return fail(err.text);
    const int result = serve();
    jeton_issuer_free(&issuer);
    jeton_guard_free(&guard);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return result;
}
