/* SPDX-License-Identifier: Apache-2.0 */
/* download.c - a link to a file, good for a minute and for that file only: browsers send no header
 * with a link, so the token stands in the query. ./download PORT */
#include "serve.h"

static jeton_guard *guard;
static jeton_issuer *issuer;

static const jeton_guard_settings settings = {0};

static const jeton_route users = {.claims = {{"file", JETON_RULE_ABSENT, NULL}}};
static const jeton_route report = {.locations = {JETON_IN_QUERY},
                                   .claims = {{"file", JETON_RULE_EQUALS, "\"report.txt\""}}};

static enum MHD_Result answer_with(jeton_mhd *request, const jeton_grant *grant, const char *format)
{
    char text[2048];
    jeton_issued issued;
    if (jeton_issuer_access(issuer, grant, &issued, NULL) != JETON_OK)
        return jeton_mhd_answer(request, 500, NULL, "{}");
    snprintf(text, sizeof text, "%s%s\n", format, jeton_text_chars(issued.token));
    jeton_text_free(&issued.token);
    return jeton_mhd_answer(request, 200, "text/plain", text);
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
    if (strcmp(url, "/login") == 0) /* anybody may be guest here; tutorial.c has passwords */
        return answer_with(*state, &(jeton_grant){.identity = jeton_str("guest")}, "");
    if (strcmp(url, "/report.txt") == 0) {
        if (!jeton_mhd_guard(*state, guard, &report, &who))
            return jeton_mhd_refuse(*state, &who);
        return jeton_mhd_answer(*state, 200, "text/plain", "all is well\n");
    }
    if (!jeton_mhd_guard(*state, guard, &users, &who))
        return jeton_mhd_refuse(*state, &who);
    const jeton_grant link = {
        .identity = who.identity, .life = 60, .claims = "{\"file\":\"report.txt\"}"};
    return answer_with(*state, &link, "/report.txt?jwt=");
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
