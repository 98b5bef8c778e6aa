/* SPDX-License-Identifier: Apache-2.0 */
/* http/forwarded.c - walks the hops from the last to the first. */
#include "http/forwarded.h"

#include "core/auto.h"
#include "core/cut.h"
#include "http/head.h"

#include <strings.h>

/* ":80" or nothing. The number itself is of no use to anybody here. */
static bool is_port(jeton_span text)
{
    if (text.len == 0)
        return true;
    if (text.ptr[0] != ':' || text.len < 2 || text.len > 6)
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

static jeton_span behind(jeton_span text, size_t len)
{
    return jeton_bytes(text.ptr + len, text.len - len);
}

/* Reads a hop: "192.0.2.7", "192.0.2.7:80", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:80". */
static bool read_hop(jeton_span text, jd_address *address)
{
    *address = (jd_address){{0}};
    if (text.len == 0)
        return false;
    if (text.ptr[0] == '[') {
        const uint8_t *end = memchr(text.ptr, ']', text.len);
        const size_t len = end != NULL ? (size_t)(end - text.ptr) : 0;
        return end != NULL && memchr(text.ptr, ':', len) != NULL &&
               is_port(behind(text, len + 1)) &&
               jd_address_parse(jeton_bytes(text.ptr + 1, len - 1), address);
    }
    const uint8_t *colon = memchr(text.ptr, ':', text.len);
    const size_t len = colon != NULL ? (size_t)(colon - text.ptr) : text.len;
    const bool one_colon = colon != NULL && memchr(colon + 1, ':', text.len - len - 1) == NULL;
    if (one_colon)
        return is_port(behind(text, len)) && jd_address_parse(jeton_bytes(text.ptr, len), address);
    return jd_address_parse(text, address);
}

/* One step away from us. True when the walk may go on. */
static bool step(jeton_span hop, const jd_cidrs *trusted, jd_address *client)
{
    jd_address address;
    if (!read_hop(hop, &address))
        return false;
    *client = address;
    return jd_cidrs_have(trusted, &address);
}

bool jd_forwarded_for(jeton_span value, const jd_cidrs *trusted, jd_address *client)
{
    for (;;) {
        const uint8_t *comma = value.len > 0 ? memrchr(value.ptr, ',', value.len) : NULL;
        const size_t start = comma != NULL ? (size_t)(comma - value.ptr) + 1 : 0;
        if (!step(jt_trim(behind(value, start), jt_is_blank), trusted, client))
            return false;
        if (comma == NULL)
            return true;
        value.len = start - 1;
    }
}

/* ---- Forwarded ------------------------------------------------------------------------------- */

/* Takes a token or a quoted string off the text. A backslash is refused: no address needs one. */
static bool take_value(jeton_span *text, jeton_span *value)
{
    size_t len = 0;
    *value = (jeton_span){0};
    if (text->len > 0 && text->ptr[0] == '"') {
        const uint8_t *end = memchr(text->ptr + 1, '"', text->len - 1);
        if (end == NULL)
            return false;
        len = (size_t)(end - text->ptr);
        *value = jeton_bytes(text->ptr + 1, len - 1);
        *text = behind(*text, len + 1);
        return value->len == 0 || memchr(value->ptr, '\\', value->len) == NULL;
    }
    while (len < text->len && jd_is_token(jeton_bytes(text->ptr + len, 1)))
        len++;
    *value = jeton_bytes(text->ptr, len);
    *text = behind(*text, len);
    return len > 0;
}

static bool take_char(jeton_span *text, char c)
{
    if (text->len == 0 || text->ptr[0] != (uint8_t)c)
        return false;
    *text = behind(*text, 1);
    return true;
}

/* name=value */
static bool take_pair(jeton_span *text, jeton_span *hop)
{
    jeton_span name;
    jeton_span value;
    if (text->len == 0 || text->ptr[0] == '"' || !take_value(text, &name) ||
        !take_char(text, '=') || !take_value(text, &value))
        return false;
    if (name.len != 3 || strncasecmp((const char *)name.ptr, "for", 3) != 0)
        return true;
    const bool first = hop->ptr == NULL; /* RFC 7239 §4: once in an element */
    *hop = value;
    return first;
}

/* name=value;name=value. An element without "for" is a hop that is no address. */
static bool take_element(jeton_span *text, jeton_span *hop)
{
    *hop = (jeton_span){0};
    *text = jt_trim(*text, jt_is_blank);
    do {
        if (!take_pair(text, hop))
            return false;
    } while (take_char(text, ';'));
    *text = jt_trim(*text, jt_is_blank);
    return true;
}

bool jd_forwarded(jeton_span value, const jd_cidrs *trusted, jd_address *client)
{
    jeton_span hops[JD_FORWARDED_HOPS];
    size_t count = 0;
    do {
        if (count == JD_FORWARDED_HOPS || !take_element(&value, &hops[count++]))
            return false;
    } while (take_char(&value, ','));
    if (value.len > 0)
        return false;
    while (count > 0)
        if (!step(hops[--count], trusted, client))
            return false;
    return true;
}
