/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_listen.c - a listen address that is read is either a path or a host and a port,
 * and is read as the same when it is written down again. */
#include "fuzz.h"
#include "http/listen_place.h"

static void look_at(const jd_listen_place *place)
{
    char text[JD_HOST_CHARS + JD_UNIX_CHARS];
    jd_listen_place again;
    const int is_unix = place->path[0] != '\0';
    FUZZ_HOLDS(is_unix == (place->host[0] == '\0') && is_unix == (place->port[0] == '\0'));
    if (is_unix)
        snprintf(text, sizeof text, "unix:%s", place->path);
    else
        snprintf(text, sizeof text, strchr(place->host, ':') != NULL ? "[%s]:%s" : "%s:%s",
                 place->host, place->port);
    FUZZ_HOLDS(jd_listen_place_parse(jeton_str(text), &again, NULL) == JETON_OK);
    FUZZ_HOLDS(memcmp(&again, place, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const jd_listen_place empty;
    jd_listen_place place;
    if (jd_listen_place_parse(jeton_bytes(bytes, len), &place, NULL) == JETON_OK)
        look_at(&place);
    else
        FUZZ_HOLDS(memcmp(&place, &empty, sizeof place) == 0);
    return 0;
}
