/* SPDX-License-Identifier: Apache-2.0 */
/* c_loop.c - reads questions, asks the peer, writes its answers. */
#include "c_loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char why[256];

long unb64(const char *text, unsigned char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned bits = 0, count = 0;
    long len = 0;
    for (; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL)
            return -1;
        bits = bits << 6 | (unsigned)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[len++] = (unsigned char)(bits >> count & 0xff);
        }
    }
    return len;
}

static const char *text_of(const json_t *ask, const char *name)
{
    const char *text = json_string_value(json_object_get(ask, name));
    return text != NULL ? text : "";
}

static json_t *hello(const peer *of)
{
    return json_pack("{s:s, s:s, s:o}", "peer", of->name, "version", of->version, "formats",
                     of->formats());
}

static json_t *answer(const peer *of, const json_t *ask)
{
    const char *verb = text_of(ask, "do"), *alg = text_of(ask, "alg");
    const json_t *key = json_object_get(ask, "key");
    const char *made = strcmp(verb, "sign") == 0 ? "token" : "claims";
    strcpy(why, "no reason given");
    if (strcmp(verb, "hello") == 0)
        return hello(of);
    json_t *got = strcmp(verb, "sign") == 0 ? of->sign(alg, key, json_object_get(ask, "claims"))
                                            : of->verify(alg, key, text_of(ask, "token"));
    return got != NULL ? json_pack("{s:b, s:o}", "ok", 1, made, got)
                       : json_pack("{s:b, s:s}", "ok", 0, "error", why);
}

int serve(const peer *of)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        json_t *ask = json_loads(line, 0, NULL);
        json_t *said = answer(of, ask);
        char *text = json_dumps(said, JSON_COMPACT);
        puts(text != NULL ? text : "{\"ok\":false,\"error\":\"no JSON\"}");
        fflush(stdout);
        free(text);
        json_decref(said);
        json_decref(ask);
    }
    free(line);
    return 0;
}
