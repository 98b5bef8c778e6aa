/* SPDX-License-Identifier: Apache-2.0 */
/* optional.c - a route that greets whom it knows, and lets everybody in. A key set as a file, such
 * as `curl https://login.example.com/.well-known/jwks.json` writes: ./optional PORT JWKS */
#include "serve.h"

static jeton_guard *guard;

static const jeton_route partly = {.optional = true};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    enum MHD_Result more;
    jeton_decision who;
    (void)cls, (void)url, (void)version;
    if (!jeton_mhd_ready(connection, method, data, size, state, &more))
        return more;
    if (!jeton_mhd_guard(*state, guard, &partly, &who))
        return jeton_mhd_refuse(*state, &who); /* a token that is no good is still refused */
    if (who.verdict == NULL)
        return jeton_mhd_answer(*state, 200, "text/plain", "Hello stranger\n");
    char text[256];
    snprintf(text, sizeof text, "Hello %.*s\n", (int)who.identity.len, who.identity.ptr);
    return jeton_mhd_answer(*state, 200, "text/plain", text);
}

int main(int argc, char **argv)
{
    static char json[65536];
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (file == NULL)
        return fprintf(stderr, "usage: optional PORT JWKS\n"), 2;
    const size_t len = fread(json, 1, sizeof json, file);
    fclose(file);
    jeton_keyset *keys = NULL;
    jeton_verifier *verifier = NULL;
    jeton_err err = {0};
    if (jeton_keyset_parse_public(NULL, jeton_bytes(json, len), &keys, &err) != JETON_OK ||
        jeton_verifier_new(NULL, NULL, keys, &verifier, &err) != JETON_OK ||
        jeton_guard_new(NULL, NULL, verifier, &guard, &err) != JETON_OK)
        return fprintf(stderr, "%s\n", err.text), 1;
    return serve(answer, argv[1]);
}
