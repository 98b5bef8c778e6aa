/* SPDX-License-Identifier: Apache-2.0 */
/* trust_serve.c - takes the access tokens of a jeton serve on this host. Its keys, and what it has
 * revoked, are in its segment; when that is silent, a jeton serve that listens at SERVER-PORT is
 * asked about the tokens that want to order: ./trust_serve PORT ISSUER SEGMENT SERVER-PORT */
#include "ask_serve.h"
#include "serve.h"

static jeton_guard *guard;

static const jeton_route anybody = {0};
static const jeton_route admins = {.roles_all = {"admin"}, .fresh_within = 300};
static const jeton_route reports = {.stale = {.then = JETON_STALE_ALLOW_UNTIL, .until = 60}};
static const jeton_route orders = {
    .stale = {.then = JETON_STALE_INTROSPECT, .introspect = ask_serve, .deadline_ms = 500}};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    enum MHD_Result more;
    jeton_decision who;
    (void)cls, (void)version;
    if (!jeton_mhd_ready(connection, method, data, size, state, &more))
        return more;
    const jeton_route *route = strcmp(url, "/admin") == 0     ? &admins
                               : strcmp(url, "/reports") == 0 ? &reports
                               : strcmp(url, "/orders") == 0  ? &orders
                                                              : &anybody;
    if (!jeton_mhd_guard(*state, guard, route, &who))
        return jeton_mhd_refuse(*state, &who);
    char text[256];
    snprintf(text, sizeof text, "Hello %.*s\n", (int)who.identity.len, who.identity.ptr);
    return jeton_mhd_answer(*state, 200, "text/plain", text);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return fprintf(stderr, "usage: trust_serve PORT ISSUER SEGMENT SERVER-PORT\n"), 2;
    const jeton_policy policy = {.preset = JETON_PRESET_JETON, .issuers = {argv[2]}};
    jeton_segment *segment = NULL;
    jeton_cache *cache = NULL;
    jeton_verifier *verifier = NULL;
    jeton_err err = {0};
    if (jeton_segment_open(NULL, argv[3], NULL, &segment, &err) != JETON_OK ||
        jeton_segment_verifier_new(NULL, &policy, segment, NULL, &verifier, &err) != JETON_OK ||
        jeton_cache_new(NULL, NULL, &cache, &err) != JETON_OK)
        return fprintf(stderr, "%s\n", err.text), 1;
    /* Keys come from the segment at each verification. Revocation is asked by the guard instead, so
     * that each route has a say in what happens while jeton serve is down. */
    jeton_verifier_on_revocation(verifier, NULL, NULL);
    jeton_verifier_use_cache(verifier, cache);
    const jeton_guard_settings settings = {.segment = segment, .user = argv[4], .realm = "example"};
    if (jeton_guard_new(NULL, &settings, verifier, &guard, &err) != JETON_OK)
        return fprintf(stderr, "%s\n", err.text), 1;
    return serve(answer, argv[1]);
}
