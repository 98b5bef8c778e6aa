/* SPDX-License-Identifier: Apache-2.0 */
/* flask_guard.c - a server with the preset flask and every location, for test_flask_guard.py to
 * hold against a Flask application with the same routes and secret. */
#include <jeton_mhd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static jeton_guard *guard;

static const struct {
    const char *path;
    jeton_route route;
} routes[] = {
    {"/protected", {0}},
    {"/fresh", {.fresh = true}},
    {"/refresh", {.type = JETON_REFRESH}},
    {"/either", {.type = JETON_EITHER}},
    {"/optional", {.optional = true}},
    {"/headers", {.locations = {JETON_IN_HEADER}}},
    {"/cookies", {.locations = {JETON_IN_COOKIE}}},
    {"/json", {.locations = {JETON_IN_JSON}}},
    {"/query", {.locations = {JETON_IN_QUERY}}},
};

static jeton_status revoked(void *user, const jeton_verdict *token, const jeton_stale_rule *stale)
{
    (void)user, (void)stale;
    return jeton_verdict_has(token, "sub", jeton_str("revoked")) ? JETON_E_REVOKED : JETON_OK;
}

static jeton_status checked(void *user, const jeton_verdict *token, jeton_err *err)
{
    (void)user, (void)err;
    return jeton_verdict_has(token, "sub", jeton_str("rejected")) ? JETON_E_REFUSED : JETON_OK;
}

static void *known(void *user, const jeton_verdict *token, jeton_span identity)
{
    (void)user, (void)token;
    return jeton_span_equal(identity, jeton_str("unknown")) ? NULL : &guard;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    enum MHD_Result more;
    jeton_decision who;
    char text[256];
    (void)cls, (void)version;
    if (!jeton_mhd_ready(connection, method, data, size, state, &more))
        return more;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(url, routes[i].path) != 0)
            continue;
        if (!jeton_mhd_guard(*state, guard, &routes[i].route, &who))
            return jeton_mhd_refuse(*state, &who);
        (void)snprintf(text, sizeof text, "{\"who\":\"%.*s\"}", (int)who.identity.len,
                       (const char *)who.identity.ptr);
        return jeton_mhd_answer(*state, 200, NULL, text);
    }
    return jeton_mhd_answer(*state, 404, NULL, "{}");
}

int main(void)
{
    static const jeton_policy policy = {.preset = JETON_PRESET_PYJWT};
    static const jeton_guard_settings settings = {
        .preset = JETON_GUARD_FLASK,
        .locations = {JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON},
        .revoked = revoked,
        .accept = checked,
        .lookup = known,
    };
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    sigset_t stop;
    int signal;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    if (jeton_key_from_secret(NULL, JETON_HS256, jeton_str(getenv("JWT_SECRET_KEY")),
                              jeton_str(NULL), &key, NULL) != JETON_OK ||
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, NULL) != JETON_OK ||
        jeton_verifier_new(NULL, &policy, keys, &verifier, NULL) != JETON_OK ||
        jeton_guard_new(NULL, &settings, verifier, &guard, NULL) != JETON_OK)
        return 1;
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL,
                         MHD_OPTION_NOTIFY_COMPLETED, jeton_mhd_done, NULL, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    printf("http://127.0.0.1:%u\n",
           (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    (void)fflush(stdout);
    (void)sigwait(&stop, &signal);
    MHD_stop_daemon(daemon);
    jeton_guard_free(&guard);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return 0;
}
