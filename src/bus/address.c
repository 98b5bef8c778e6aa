/* SPDX-License-Identifier: Apache-2.0 */
/* bus/address.c - takes the address of the bus apart from left to right. */
#include "bus/address.h"

#include "core/auto.h"
#include "core/err.h"

#define PORT_MOST 65535U
#define DB_MOST   65535U

static jeton_status refuse(jeton_err *err)
{
    return jt_fail(err, JETON_E_ARGUMENT,
                   "bus is none of redis://HOST:PORT/DB, rediss://HOST:PORT/DB, unix:PATH");
}

static jeton_span from(jeton_span text, size_t at)
{
    return jeton_bytes(text.ptr + at, text.len - at);
}

static bool begins(jeton_span text, const char *with)
{
    const size_t len = strlen(with);
    return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

/* Splits at the first, or the last, `sign`. False when there is none. */
static bool split(jeton_span text, char sign, bool last, jeton_span *left, jeton_span *right)
{
    const uint8_t *at = text.len == 0 ? NULL
                                      : (last ? memrchr(text.ptr, sign, text.len)
                                              : memchr(text.ptr, sign, text.len));
    if (at == NULL)
        return false;
    *left = jeton_bytes(text.ptr, (size_t)(at - text.ptr));
    *right = from(text, left->len + 1);
    return true;
}

static bool read_number(jeton_span text, unsigned most, unsigned *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *number = *number * 10 + (unsigned)(text.ptr[i] - '0');
        if (*number > most)
            return false;
    }
    return text.len > 0;
}

/* What stands in a name is printed in logs and sent in commands: visible characters only. */
static bool copy(jeton_span text, char *to, size_t size)
{
    if (text.len == 0 || text.len >= size)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
    return true;
}

static bool read_host(jeton_span text, jd_bus_address *to)
{
    jeton_span host = text;
    jeton_span port;
    to->port = JD_BUS_PORT;
    if (begins(text, "[")) { /* an IPv6 address, which has colons of its own */
        if (!split(from(text, 1), ']', false, &host, &port))
            return false;
        if (port.len > 0 &&
            (port.ptr[0] != ':' || !read_number(from(port, 1), PORT_MOST, &to->port)))
            return false;
    } else if (split(text, ':', false, &host, &port) && !read_number(port, PORT_MOST, &to->port)) {
        return false;
    }
    return to->port > 0 && copy(host, to->host, sizeof to->host);
}

static jeton_status read_server(jeton_span text, jd_bus_address *to, jeton_err *err)
{
    jeton_span place = text;
    jeton_span user;
    jeton_span db;
    jeton_span secret;
    if (split(text, '@', true, &user, &place)) {
        if (split(user, ':', false, &user, &secret))
            return jt_fail(err, JETON_E_ARGUMENT,
                           "bus: a password is none of an address, which everybody can see: give "
                           "it by JETON_BUS_PASSWORD_FILE or JETON_BUS_PASSWORD");
        if (!copy(user, to->user, sizeof to->user))
            return refuse(err);
    }
    if (split(place, '/', false, &place, &db) && db.len > 0 && !read_number(db, DB_MOST, &to->db))
        return refuse(err);
    return read_host(place, to) ? JETON_OK : refuse(err);
}

static jeton_status read_socket(jeton_span text, jd_bus_address *to, jeton_err *err)
{
    jeton_span path = begins(text, "//") ? from(text, 2) : text;
    jeton_span query;
    if (split(path, '?', false, &path, &query) &&
        (!begins(query, "db=") || !read_number(from(query, 3), DB_MOST, &to->db)))
        return refuse(err);
    return copy(path, to->path, sizeof to->path) ? JETON_OK : refuse(err);
}

static jeton_status read_any(jeton_span text, jd_bus_address *to, jeton_err *err)
{
    to->tls = begins(text, "rediss://");
    if (to->tls)
        return read_server(from(text, 9), to, err);
    if (begins(text, "redis://"))
        return read_server(from(text, 8), to, err);
    return begins(text, "unix:") ? read_socket(from(text, 5), to, err) : refuse(err);
}

jeton_status jd_bus_address_parse(jeton_span text, jd_bus_address *address, jeton_err *err)
{
    jd_bus_address read = {0};
    *address = (jd_bus_address){0};
    JT_TRY(read_any(text, &read, err));
    *address = read;
    return JETON_OK;
}
