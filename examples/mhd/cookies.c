/* SPDX-License-Identifier: Apache-2.0 */
/* cookies.c - tokens in cookies, for pages in a browser, which send the CSRF value with whatever
 * changes something. A page near its token's end gets a new one. ./cookies PORT */
#include "serve.h"

static jeton_guard *guard;
static jeton_issuer *issuer;

static const jeton_route anybody = {0};

/* Browsers take these from http://localhost, too; all others have to be https. */
static const jeton_guard_settings settings = {.locations = {JETON_IN_COOKIE, JETON_IN_HEADER}};

static void set_cookies(jeton_mhd *request, jeton_issued *issued)
{
    if (issued->token != NULL && jeton_issuer_set_cookies(issuer, issued, -1, jeton_mhd_set_cookie,
                                                          request, NULL) != JETON_OK)
        fprintf(stderr, "the token is too long for a cookie\n");
    jeton_text_free(&issued->token);
}

/* Anybody may be guest here; tutorial.c has passwords. A page of a stranger can call this, too: a
 * login that matters looks at the header Origin. */
static enum MHD_Result login(jeton_mhd *request)
{
    jeton_issued issued;
    const jeton_grant grant = {.identity = jeton_str("guest"), .fresh = true};
    if (jeton_issuer_access(issuer, &grant, &issued, NULL) != JETON_OK)
        return jeton_mhd_answer(request, 500, NULL, "{}");
    set_cookies(request, &issued);
    return jeton_mhd_answer(request, 200, NULL, "{\"login\":true}");
}

static enum MHD_Result logout(jeton_mhd *request)
{
    if (jeton_issuer_unset_cookies(issuer, JETON_EITHER, jeton_mhd_set_cookie, request, NULL) !=
        JETON_OK)
        return jeton_mhd_answer(request, 500, NULL, "{}");
    return jeton_mhd_answer(request, 200, NULL, "{\"logout\":true}");
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
    if (strcmp(url, "/login") == 0)
        return login(*state);
    if (!jeton_mhd_guard(*state, guard, &anybody, &who))
        return jeton_mhd_refuse(*state, &who);
    if (strcmp(url, "/logout") == 0)
        return logout(*state);
    jeton_issued next;
    if (who.location == JETON_IN_COOKIE &&
        jeton_issuer_renew(issuer, &who, 300, &next, NULL) == JETON_OK)
        set_cookies(*state, &next);
    return jeton_mhd_answer(*state, 200, NULL, "{\"done\":true}");
}

int main(int argc, char **argv)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    jeton_err err = {0};
    if (jeton_key_generate(NULL, JETON_HS256, jeton_str(NULL), &key, &err) != JETON_OK ||
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) != JETON_OK ||
        jeton_verifier_new(NULL, NULL, keys, &verifier, &err) != JETON_OK ||
        jeton_guard_new(NULL, &settings, verifier, &guard, &err) != JETON_OK ||
        jeton_issuer_new(NULL, key, JETON_HS256, &settings, NULL, &issuer, &err) != JETON_OK)
        return fprintf(stderr, "%s\n", err.text), 1;
    return serve(answer, argc > 1 ? argv[1] : "0");
}
