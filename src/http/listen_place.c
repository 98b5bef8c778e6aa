/* SPDX-License-Identifier: Apache-2.0 */
/* http/listen_place.c - reads a listen address. */
#include "http/listen_place.h"

#include "core/cut.h"
#include "core/err.h"

#include <stdbool.h>

static const char unix_prefix[] = "unix:";

static jeton_status not_an_address(jeton_err *err)
{
    return jt_fail(err, JETON_E_ARGUMENT,
                   "the listen address must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, "
                   "or unix:PATH");
}

static jeton_span behind(jeton_span text, size_t len)
{
    return jeton_bytes(text.ptr + len, text.len - len);
}

static bool has(jeton_span text, char c)
{
    return text.len > 0 && memchr(text.ptr, c, text.len) != NULL;
}

static bool copy(jeton_span text, char *to, size_t size)
{
    if (text.len == 0 || text.len >= size || has(text, '\0'))
        return false;
    memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
    return true;
}

static bool is_port(jeton_span text)
{
    unsigned number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.len > 5 || text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return text.len > 0 && number <= 65535;
}

/* A name, an IPv4 address, or an IPv6 address in brackets, which are taken off. */
static bool take_host(jeton_span *host)
{
    const bool in_brackets =
        host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']';
    if (in_brackets)
        *host = jeton_bytes(host->ptr + 1, host->len - 2);
    if (in_brackets != has(*host, ':'))
        return false;
    return !has(*host, '[') && !has(*host, ']') && !has(*host, ' ');
}

static bool read_tcp(jeton_span text, jd_listen_place *place)
{
    const uint8_t *colon = text.len > 0 ? memrchr(text.ptr, ':', text.len) : NULL;
    if (colon == NULL)
        return false;
    const size_t len = (size_t)(colon - text.ptr);
    const jeton_span port = behind(text, len + 1);
    jeton_span host = jeton_bytes(text.ptr, len);
    return take_host(&host) && is_port(port) && copy(host, place->host, sizeof place->host) &&
           copy(port, place->port, sizeof place->port);
}

jeton_status jd_listen_place_parse(jeton_span text, jd_listen_place *place, jeton_err *err)
{
    *place = (jd_listen_place){0};
    jd_listen_place read = {0};
    const size_t prefix = sizeof unix_prefix - 1;
    text = jt_trim(text, jt_is_blank);
    const bool is_unix = text.len >= prefix && memcmp(text.ptr, unix_prefix, prefix) == 0;
    if (is_unix && text.len - prefix >= JD_UNIX_CHARS)
        return jt_fail(err, JETON_E_ARGUMENT, "the path of a Unix socket has at most %u bytes",
                       JD_UNIX_CHARS - 1);
    if (is_unix ? !copy(behind(text, prefix), read.path, sizeof read.path) : !read_tcp(text, &read))
        return not_an_address(err);
    *place = read;
    return JETON_OK;
}
