/* SPDX-License-Identifier: Apache-2.0 */
/* sys/log.c - makes one line on the stack. */
#include "sys/log.h"

#include "core/auto.h"
#include "core/utf8.h"
#include "sys/clock.h"
#include "sys/log_writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES 4096U /* up to PIPE_BUF, so that lines to a pipe do not mix either */
#define TEXT_BYTES 600U  /* of one text field, before escaping */
#define TAIL_BYTES 4U    /* kept free for what closes a line */

static const char *const level_names[JD_LEVELS] = {
    [JD_DEBUG] = "debug",
    [JD_INFO] = "info",
    [JD_WARN] = "warn",
    [JD_ERROR] = "error",
};

static const struct {
    const char *text;
    unsigned lines; /* a second; 0: all */
} events[] = {
#define EVENT(name, text, lines) [EV_##name] = {text, lines},
    JD_EVENT_LIST(EVENT)
#undef EVENT
};

/* How many lines of an event went out in the current second, and how many did not. Threads that
 * meet at the turn of a second may let a line too many pass: it is a brake, not a count. */
static struct {
    _Atomic int64_t second;
    atomic_uint written, suppressed;
} pace[JT_COUNT(events)];

static atomic_int log_least = JD_INFO;

const char *jd_level_name(jd_level level)
{
    return level_names[level];
}

bool jd_level_find(jeton_span name, jd_level *level)
{
    for (unsigned i = 0; i < JD_LEVELS; i++) {
        if (jeton_span_equal(name, jeton_str(level_names[i]))) {
            *level = (jd_level)i;
            return true;
        }
    }
    return false;
}

void jd_log_start(int fd, jd_level least)
{
    jd_log_writer_use(fd);
    atomic_store(&log_least, (int)least);
}

/* --- the line ------------------------------------------------------------------------------- */

typedef struct line {
    char chars[LINE_BYTES];
    size_t len;
} line;

/* Adds all of it or nothing, so that a full line stays well-formed. */
static bool add(line *to, const char *chars, size_t len)
{
    if (to->len + len > LINE_BYTES - TAIL_BYTES) /* no overflow: fields are cut, names are ours */
        return false;
    memcpy(to->chars + to->len, chars, len);
    to->len += len;
    return true;
}

/* How many bytes the UTF-8 character at `at` takes; 0 when it is none. */
static size_t char_len(const uint8_t *at, size_t left)
{
    for (size_t len = 1; len <= 4 && len <= left; len++)
        if (jt_is_utf8(jeton_bytes(at, len)))
            return len;
    return 0;
}

/* Adds what JSON wants for one ASCII character. Control characters, DEL included, never reach a
 * terminal as such. */
static bool add_ascii(line *to, uint8_t c)
{
    char escape[8];
    if (c == '"' || c == '\\') {
        escape[0] = '\\';
        escape[1] = (char)c;
        return add(to, escape, 2);
    }
    if (c >= 0x20 && c != 0x7f) {
        escape[0] = (char)c;
        return add(to, escape, 1);
    }
    (void)snprintf(escape, sizeof escape, "\\u%04x", c);
    return add(to, escape, 6);
}

/* Adds one character and says how many bytes it took; 0 when the line is full. */
static size_t add_char(line *to, const uint8_t *at, size_t left)
{
    const size_t len = char_len(at, left);
    if (len == 0)
        return add(to, "\\ufffd", 6) ? 1 : 0;
    if (len == 1)
        return add_ascii(to, *at) ? 1 : 0;
    return add(to, (const char *)at, len) ? len : 0;
}

static void add_chars(line *to, jeton_span text)
{
    const bool cut = text.len > TEXT_BYTES;
    size_t left = cut ? TEXT_BYTES : text.len;
    const uint8_t *at = text.ptr;
    while (left > 0) {
        /* The real end, not the cut: half a character there is no bad one. */
        const size_t len = add_char(to, at, (size_t)(text.ptr + text.len - at));
        if (len == 0)
            break;
        at += len;
        left -= len < left ? len : left;
    }
    if (cut)
        (void)add(to, "…", strlen("…"));
}

static bool add_name(line *to, const char *name)
{
    const size_t before = to->len;
    if (add(to, ",\"", 2) && add(to, name, strlen(name)) && add(to, "\":", 2))
        return true;
    to->len = before;
    return false;
}

static void add_text(line *to, const char *name, jeton_span text)
{
    const size_t before = to->len;
    if (text.len == 0 || !add_name(to, name))
        return;
    if (!add(to, "\"", 1)) {
        to->len = before;
        return;
    }
    add_chars(to, text);
    to->chars[to->len++] = '"'; /* into the tail when the line is full, and then nothing follows */
}

static void add_word(line *to, const char *name, const char *word)
{
    const size_t before = to->len;
    if (!add_name(to, name) || !add(to, word, strlen(word)))
        to->len = before;
}

static void add_int(line *to, const char *name, int64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRId64, number);
    add_word(to, name, digits);
}

static void add_field(line *to, const jd_field *field)
{
    switch (field->kind) {
    case JD_FIELD_TEXT: add_text(to, field->name, field->text); break;
    case JD_FIELD_INT: add_int(to, field->name, field->number); break;
    case JD_FIELD_BOOL: add_word(to, field->name, field->number != 0 ? "true" : "false"); break;
    }
}

/* RFC 3339, UTC, milliseconds. */
static void add_time(line *to)
{
    struct timespec now = {0};
    struct tm parts = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &parts);
    const size_t len = strftime(to->chars, LINE_BYTES, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
    to->len = len + (size_t)snprintf(to->chars + len, LINE_BYTES - len, ".%03ldZ\"",
                                     now.tv_nsec / 1000000);
}

/* --- what is written ------------------------------------------------------------------------ */

/* Whether a line of this event may go out now; *missed is how many did not before it. */
static bool may_pass(jd_event event, unsigned *missed)
{
    *missed = 0;
    if (events[event].lines == 0)
        return true;
    const int64_t second = jd_monotonic() / 1000;
    if (atomic_exchange(&pace[event].second, second) != second) {
        atomic_store(&pace[event].written, 0);
        *missed = atomic_exchange(&pace[event].suppressed, 0);
    }
    if (atomic_fetch_add(&pace[event].written, 1) < events[event].lines)
        return true;
    atomic_fetch_add(&pace[event].suppressed, 1);
    return false;
}

static _Thread_local const char *log_trace;

void jd_log_within(const char *trace)
{
    log_trace = trace;
}

void jd_log_line(jd_level level, jd_event event, ...)
{
    unsigned missed;
    if ((int)level < atomic_load(&log_least) || !may_pass(event, &missed))
        return;
    line made;
    add_time(&made);
    add_text(&made, "level", jeton_str(level_names[level]));
    add_text(&made, "event", jeton_str(events[event].text));

    va_list fields;
    va_start(fields, event);
    const jd_field *field = va_arg(fields, const jd_field *);
    for (; field != NULL; field = va_arg(fields, const jd_field *))
        add_field(&made, field);
    va_end(fields);
    add_text(&made, "trace", jeton_str(log_trace));
    if (missed > 0)
        add_int(&made, "suppressed", missed);

    memcpy(made.chars + made.len, "}\n", 2); /* the tail was kept free for it */
    const unsigned dropped = jd_log_writer_put(made.chars, made.len + 2);
    if (dropped > 0)
        jd_log(JD_WARN, EV_LOG_DROPPED, JD_INT("lines", dropped));
}
