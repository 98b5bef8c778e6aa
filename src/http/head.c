/* SPDX-License-Identifier: Apache-2.0 */
/* http/head.c - reads the fields of a request and refuses what has two readings. */
#include "http/head.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/scan.h"

#include <microhttpd.h>
#include <strings.h>

/* ---- reading ---- */

static enum MHD_Result add_field(void *user, enum MHD_ValueKind kind, const char *name,
                                 size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    jd_head *head = user;
    head->fields[head->count++] = (jd_head_field){
        jeton_bytes(name, name_len), jeton_bytes(value, value != NULL ? value_len : 0)};
    return MHD_YES;
}

bool jd_head_read(struct MHD_Connection *mhd, jt_arena *arena, jd_head *head)
{
    head->size = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    const int count = MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, NULL, NULL);
    if (count <= 0)
        return true;
    head->fields = jt_arena_alloc(arena, (size_t)count * sizeof *head->fields);
    if (head->fields == NULL)
        return false;
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, add_field, head);
    return true;
}

static bool is_named(const jd_head_field *field, jeton_span name)
{
    return field->name.len == name.len &&
           strncasecmp((const char *)field->name.ptr, (const char *)name.ptr, name.len) == 0;
}

size_t jd_head_find(const jd_head *head, const char *name, jeton_span *value)
{
    size_t count = 0;
    const jeton_span wanted = jeton_str(name);
    *value = (jeton_span){0};
    for (size_t i = 0; i < head->count; i++) {
        if (!is_named(&head->fields[i], wanted))
            continue;
        if (count++ == 0)
            *value = jt_trim(head->fields[i].value, jt_is_blank);
    }
    return count;
}

/* ---- characters ---- */

/* Which sets each character is in: a lookup for each, since every byte of a head is asked. */
enum { TOKEN = 1, HOST = 2 };

#define ALNUM (TOKEN | HOST)

/* Ranges are of gcc and clang, not of ISO C. */
__extension__ static const uint8_t sets[256] = {
    ['0' ... '9'] = ALNUM, ['A' ... 'Z'] = ALNUM, ['a' ... 'z'] = ALNUM, ['!'] = TOKEN | HOST,
    ['#'] = TOKEN,         ['$'] = TOKEN | HOST,  ['%'] = TOKEN | HOST,  ['&'] = TOKEN | HOST,
    ['\''] = TOKEN | HOST, ['*'] = TOKEN | HOST,  ['+'] = TOKEN | HOST,  ['-'] = TOKEN | HOST,
    ['.'] = TOKEN | HOST,  ['^'] = TOKEN,         ['_'] = TOKEN | HOST,  ['`'] = TOKEN,
    ['|'] = TOKEN,         ['~'] = TOKEN | HOST,  ['('] = HOST,          [')'] = HOST,
    [';'] = HOST,          ['='] = HOST,          [':'] = HOST,          ['['] = HOST,
    [']'] = HOST,
};

static bool consists_of(jeton_span text, uint8_t set)
{
    uint8_t common = set;
    for (size_t i = 0; i < text.len; i++)
        common &= sets[text.ptr[i]];
    return common != 0;
}

bool jd_is_token(jeton_span text)
{
    return text.len > 0 && consists_of(text, TOKEN);
}

static bool is_field_byte(uint8_t c)
{
    return (c >= ' ' && c != 0x7f) || c == '\t';
}

/* Almost no value has a tab, so eight bytes at a time say enough. */
bool jd_is_field_text(jeton_span text)
{
    if (text.len == 0 || (!jt_has_below(text, ' ') && memchr(text.ptr, 0x7f, text.len) == NULL))
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (!is_field_byte(text.ptr[i]))
            return false;
    return true;
}

/* ---- rules ---- */

static bool is_version(const jd_head *head, const char *version)
{
    return jeton_span_equal(head->version, jeton_str(version));
}

static bool has_other_version(const jd_head *head)
{
    return !is_version(head, "HTTP/1.1") && !is_version(head, "HTTP/1.0");
}

static bool has_odd_method(const jd_head *head)
{
    return !jd_is_token(head->method);
}

/* The origin form of RFC 9112 §3.2.1 only. An absolute target ("GET http://host/") would name the
 * host a second time, and nobody sends it to a server that is no proxy. */
static bool has_odd_target(const jd_head *head)
{
    if (head->target.len == 0 || head->target.ptr[0] != '/')
        return true;
    for (size_t i = 0; i < head->target.len; i++)
        if (head->target.ptr[i] <= ' ' || head->target.ptr[i] >= 0x7f || head->target.ptr[i] == '#')
            return true;
    return false;
}

/* Also catches "Content-Length : 5": the blank belongs to the name then. */
static bool has_odd_name(const jd_head *head)
{
    for (size_t i = 0; i < head->count; i++)
        if (!jd_is_token(head->fields[i].name))
            return true;
    return false;
}

static bool has_odd_value(const jd_head *head)
{
    for (size_t i = 0; i < head->count; i++)
        if (!jd_is_field_text(head->fields[i].value))
            return true;
    return false;
}

/* libmicrohttpd splits the head where it lies: it puts NULs over what stands between the parts and
 * moves nothing. So in an ordinary head each part begins right behind the one before.
 *
 * Before 1.0 it joins a folded line (obs-fold, RFC 9112 §5.2) to the *name* before it, which may
 * hide a Content-Length, and moves that name elsewhere. A folded line of blanks only, a bare LF and
 * a NUL in or behind a part leave another distance. From 1.0 on it refuses all of these itself.
 *
 * What stays unseen before 1.0: a line that ends in NUL LF looks like one that ends in CR LF. */
static bool follows(const void *next, const void *end, size_t distance)
{
    return (uintptr_t)next == (uintptr_t)end + distance;
}

/* Where the next line begins when the text of this one ends at `end`: NUL NUL over CR LF before
 * 1.0, then NUL over the first byte of what was blanks, CR, LF. NULL when it is neither. */
static const uint8_t *next_line(const uint8_t *end)
{
    if (end == NULL || *end++ != 0)
        return NULL;
    if (jt_is_blank(*end) || *end == '\r') {
        while (jt_is_blank(*end))
            end++;
        if (*end++ != '\r')
            return NULL;
    }
    return *end == 0 || *end == '\n' ? end + 1 : NULL;
}

static const uint8_t *end_of(jeton_span text)
{
    return text.ptr + text.len;
}

static bool has_broken_request_line(const jd_head *head)
{
    const uint8_t *target_end = (const uint8_t *)head->target_at + head->target.len;
    return !follows(head->target_at, end_of(head->method), 1) ||
           !follows(head->version.ptr, target_end, 1);
}

static bool is_in_one_piece(const jd_head_field *field)
{
    const uint8_t *at = end_of(field->name) + 1; /* behind the colon */
    if ((uintptr_t)field->value.ptr < (uintptr_t)at)
        return false;
    while (at < field->value.ptr && jt_is_blank(*at))
        at++;
    return at == field->value.ptr;
}

/* Nothing is read here that the parser has not read before. */
static bool has_broken_line(const jd_head *head)
{
    const uint8_t *line = next_line(end_of(head->version));
    for (size_t i = 0; i < head->count; i++) {
        const jd_head_field *field = &head->fields[i];
        if (line != field->name.ptr || !is_in_one_piece(field))
            return true;
        line = next_line(end_of(field->value));
    }
    /* Nothing but the blank line is left. */
    return line == NULL || !follows(head->method.ptr + head->size, line, 2);
}

/* RFC 9112 §3.2: exactly one, and of a host's characters. */
static bool has_odd_host(const jd_head *head)
{
    jeton_span host;
    const size_t count = jd_head_find(head, "Host", &host);
    const bool may_lack = is_version(head, "HTTP/1.0");
    return count > 1 || (count == 0 && !may_lack) || !consists_of(host, HOST);
}

static bool has_odd_length(const jd_head *head)
{
    jeton_span length;
    const size_t count = jd_head_find(head, "Content-Length", &length);
    if (count == 0)
        return false;
    if (count > 1 || length.len == 0 || length.len > 18)
        return true;
    for (size_t i = 0; i < length.len; i++)
        if (length.ptr[i] < '0' || length.ptr[i] > '9')
            return true;
    return false;
}

/* RFC 9112 §6.1: "chunked" is the one coding we undo, HTTP/1.0 does not know it, and next to a
 * Content-Length it is an attack. */
static bool has_odd_coding(const jd_head *head)
{
    jeton_span coding, length;
    const size_t count = jd_head_find(head, "Transfer-Encoding", &coding);
    if (count == 0)
        return false;
    return count > 1 || jd_head_find(head, "Content-Length", &length) > 0 ||
           is_version(head, "HTTP/1.0") || coding.len != 7 ||
           strncasecmp((const char *)coding.ptr, "chunked", 7) != 0;
}

static const struct {
    bool (*applies)(const jd_head *head);
    jd_refusal refusal;
} rules[] = {
    {has_broken_request_line, {400, "the request line is not METHOD, TARGET and VERSION"}},
    {has_odd_method, {400, "the method is not a token"}},
    {has_odd_target, {400, "the request target is not a path of printable characters"}},
    {has_other_version, {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"}},
    {has_odd_name, {400, "a header name is not a token"}},
    {has_odd_value, {400, "a header value holds a control character"}},
    {has_broken_line, {400, "a header line is folded, or does not end in CR LF"}},
    {has_odd_host, {400, "the Host header is missing, repeated or malformed"}},
    {has_odd_length, {400, "the Content-Length header is repeated or malformed"}},
    {has_odd_coding, {400, "the Transfer-Encoding header is not the one word chunked"}},
};

jd_refusal jd_head_check(const jd_head *head, size_t header_limit)
{
    for (size_t i = 0; i < JT_COUNT(rules); i++)
        if (rules[i].applies(head))
            return rules[i].refusal;
    if (head->size > header_limit)
        return (jd_refusal){431, "the headers are larger than the limit"};
    return (jd_refusal){0};
}

bool jd_head_announces_more(const jd_head *head, size_t limit)
{
    jeton_span length;
    uint64_t bytes = 0; /* 18 digits fit */
    jd_head_find(head, "Content-Length", &length);
    for (size_t i = 0; i < length.len; i++)
        bytes = bytes * 10 + (length.ptr[i] - '0');
    return bytes > limit;
}
