/* SPDX-License-Identifier: Apache-2.0 */
/* bus/bus.c - the stream: adding to it, reading on in it, and connecting again. */
#include "bus/bus.h"

#include "bus/ask.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"
#include "sys/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PAUSE_LEAST   50U
#define PAUSE_MOST    5000U
#define KEY_CHARS     300U
#define NUMBER_CHARS  32U
#define CURSOR_CHARS  48U
#define PASSWORD_MOST 4096U
#define READ_ITEMS    "64"
#define LOOK_EVERY    16U /* items that come too late between two looks at the stream's end */
#define FAR_AHEAD     ((uint64_t)1 << 20) /* numbers: no two publishers are that far apart */

struct jd_bus {
    jd_bus_address address;
    jd_link_place place;
    jd_link link;
    jt_secret password;
    void *tls;
    int stop; /* eventfd */
    char key[KEY_CHARS];
    char cursor[CURSOR_CHARS]; /* id of the last item that was read; empty: begin anew */
    unsigned pause_ms;         /* before the next attempt to connect; 0: at once */
    int64_t not_before;        /* jd_monotonic() */
    unsigned overtaken;        /* items that came too late */
    jd_bus_item item;          /* room for reading one */
};

/* ---- open and close ------------------------------------------------------------------------- */

/* A file ends with a line break, which no password does. */
static void trim_end(jt_secret *text)
{
    while (text->len > 0 && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
        text->len--;
}

static jeton_status read_password(jd_bus *of, jeton_err *err)
{
    const char *file = getenv(JD_BUS_PASSWORD_FILE_ENV);
    const char *text = getenv(JD_BUS_PASSWORD_ENV);
    if (file != NULL && file[0] != '\0') {
        JT_TRY(jd_file_check_private(file, err));
        JT_TRY(jd_file_load(NULL, file, PASSWORD_MOST, &of->password, err));
        trim_end(&of->password);
        return JETON_OK;
    }
    if (text != NULL && text[0] != '\0')
        return jt_secret_copy(NULL, jeton_str(text), &of->password, err);
    return JETON_OK;
}

static jeton_status open_tls(jd_bus *of, const char *ca_file, jeton_err *err)
{
    if (!of->address.tls)
        return JETON_OK;
    if (ca_file[0] == '\0')
        return jt_fail(err, JETON_E_ARGUMENT,
                       "bus-ca-file must be set: it says whose certificate a rediss server has");
    return jd_link_tls(ca_file, &of->tls, err);
}

static jeton_status set_up(jd_bus *of, const jd_bus_options *options, jeton_err *err)
{
    JT_TRY(jd_bus_address_parse(jeton_str(options->address), &of->address, err));
    const int len = snprintf(of->key, sizeof of->key, "%s:log", options->prefix);
    if (len < 0 || (size_t)len >= sizeof of->key)
        return jt_fail(err, JETON_E_ARGUMENT, "bus-prefix is too long");
    JT_TRY(open_tls(of, options->ca_file, err));
    JT_TRY(read_password(of, err));
    of->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (of->stop < 0)
        return jt_fail(err, JETON_E_SYSTEM, "no file descriptor for the bus");
    of->place = (jd_link_place){.address = &of->address,
                                .password = jt_secret_span(&of->password),
                                .tls = of->tls,
                                .stop = of->stop,
                                .timeout_ms = options->timeout_ms != 0 ? options->timeout_ms
                                                                       : JD_BUS_TIMEOUT_MS};
    return JETON_OK;
}

jeton_status jd_bus_open(const jd_bus_options *options, jd_bus **bus, jeton_err *err)
{
    *bus = NULL;
    JT_AUTO(jd_bus_close) jd_bus *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "bus");
    made->stop = -1;
    JT_TRY(set_up(made, options, err));
    *bus = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_bus_close(jd_bus **bus)
{
    if (bus == NULL || *bus == NULL)
        return;
    jd_bus *of = *bus;
    *bus = NULL;
    jd_link_close(&of->link);
    jd_link_tls_free(&of->tls);
    jt_secret_done(&of->password);
    if (of->stop >= 0)
        (void)close(of->stop);
    jt_release(NULL, of);
}

void jd_bus_stop(jd_bus *bus)
{
    const uint64_t one = 1;
    const ssize_t written = write(bus->stop, &one, sizeof one); /* full: it is readable already */
    (void)written;
}

/* ---- connecting ----------------------------------------------------------------------------- */

static jeton_status wait_out(const jd_bus *of, jeton_err *err)
{
    struct pollfd stop = {.fd = of->stop, .events = POLLIN};
    int64_t left = of->not_before - jd_monotonic();
    do {
        if (poll(&stop, 1, left > 0 ? (int)left : 0) > 0)
            return jt_fail(err, JETON_E_BUSY, "the bus is being closed");
        left = of->not_before - jd_monotonic();
    } while (left > 0);
    return JETON_OK;
}

/* Twice as long each time, and between half and all of it: nodes that lost one bus together do not
 * come back together. */
static void pause_next(jd_bus *of)
{
    uint32_t random = 0;
    of->pause_ms = of->pause_ms == 0 ? PAUSE_LEAST : of->pause_ms * 2;
    if (of->pause_ms > PAUSE_MOST)
        of->pause_ms = PAUSE_MOST;
    const jeton_status drawn = jt_random(NULL, &random, sizeof random, NULL);
    const uint32_t less = drawn == JETON_OK ? random % (of->pause_ms / 2) : 0;
    of->not_before = jd_monotonic() + of->pause_ms - less;
}

jeton_status jd_bus_connect(jd_bus *bus, jeton_err *err)
{
    if (bus->link.context != NULL)
        return JETON_OK;
    JT_TRY(wait_out(bus, err));
    bus->cursor[0] = '\0';
    const jeton_status status = jd_link_open(&bus->link, &bus->place, err);
    if (status != JETON_OK)
        pause_next(bus);
    return status;
}

/* A connection is a good one when it has done what it is for, and not before: one whose answers can
 * never be read would otherwise be made again and again without a pause. */
static jeton_status judge(jd_bus *of, jeton_status status)
{
    if (status == JETON_OK)
        of->pause_ms = 0;
    else if (status != JETON_E_BUSY && of->not_before <= jd_monotonic())
        pause_next(of);
    return status;
}

/* An error may mean that this is not the server any more that it was (READONLY after a failover):
 * the next one is found by connecting anew. */
static jeton_status give_up(jd_bus *of, const redisReply *reply, jeton_err *err)
{
    jd_link_close(&of->link);
    pause_next(of);
    return jd_reply_fail(reply, err);
}

static jeton_status ask(jd_bus *bus, const jeton_span *words, size_t count, redisReply **reply,
                        jeton_err *err)
{
    JT_AUTO(jd_reply_free) redisReply *got = NULL;
    JT_TRY(jd_link_ask(&bus->link, words, count, 0, &got, err));
    if (got->type == REDIS_REPLY_ERROR)
        return give_up(bus, got, err);
    *reply = got;
    got = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jd_bus_ask(jd_bus *bus, const jeton_span *words, size_t count, redisReply **reply,
                        jeton_err *err)
{
    *reply = NULL;
    return judge(bus, ask(bus, words, count, reply, err));
}

/* ---- adding --------------------------------------------------------------------------------- */

static bool is_late(const redisReply *reply)
{
    static const char text[] = "ERR The ID specified in XADD is equal or smaller";
    return reply->type == REDIS_REPLY_ERROR && reply->len >= sizeof text - 1 &&
           memcmp(reply->str, text, sizeof text - 1) == 0;
}

static bool last_number(const redisReply *reply, uint64_t *n)
{
    *n = 0;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1)
        return false;
    const redisReply *item = reply->element[0];
    if (item->type != REDIS_REPLY_ARRAY || item->elements != 2 ||
        item->element[0]->type != REDIS_REPLY_STRING)
        return false;
    if (!jd_bus_number(jd_reply_text(item->element[0]), n))
        *n = UINT64_MAX; /* no number of ours, and it stands behind all that are */
    return true;
}

/* Somebody was faster, which is fine, unless nobody can have come so far. */
static jeton_status look_at_end(jd_bus *of, uint64_t n, jeton_err *err)
{
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    uint64_t last;
    const jeton_span words[] = {jeton_str("XREVRANGE"), jeton_str(of->key), jeton_str("+"),
                                jeton_str("-"),         jeton_str("COUNT"), jeton_str("1")};
    if (of->overtaken++ % LOOK_EVERY != 0)
        return JETON_OK;
    JT_TRY(jd_link_ask(&of->link, words, JT_COUNT(words), 0, &reply, err));
    if (!last_number(reply, &last) || last < n + FAR_AHEAD)
        return JETON_OK;
    return jt_fail(err, JETON_E_LIMIT,
                   "the stream %.100s has numbers that are none of this log: delete it", of->key);
}

static jeton_status publish(jd_bus *bus, const jd_bus_item *item, bool *late, jeton_err *err)
{
    uint8_t packed[JD_BUS_ITEM];
    char id[NUMBER_CHARS];
    char kept[NUMBER_CHARS];
    const uint64_t n = item->at[item->count - 1].n;
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", n);
    (void)snprintf(kept, sizeof kept, "%u", JD_BUS_KEPT);
    const jeton_span words[] = {
        jeton_str("XADD"),   jeton_str(bus->key),
        jeton_str("MAXLEN"), jeton_str("~"),
        jeton_str(kept),     jeton_str(id),
        jeton_str("e"),      jeton_bytes(packed, jd_bus_item_pack(item, packed))};
    JT_TRY(jd_link_ask(&bus->link, words, JT_COUNT(words), 0, &reply, err));
    if (reply->type == REDIS_REPLY_STRING)
        return JETON_OK;
    if (!is_late(reply))
        return give_up(bus, reply, err);
    *late = true;
    return look_at_end(bus, n, err);
}

jeton_status jd_bus_publish(jd_bus *bus, const jd_bus_item *item, bool *late, jeton_err *err)
{
    bool was_late = false;
    bool *told = late != NULL ? late : &was_late;
    *told = false;
    JT_TRY(jd_bus_connect(bus, err));
    const jeton_status status = publish(bus, item, told, err);
    return status == JETON_E_LIMIT ? status : judge(bus, status);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* An item that is none of ours, whatever its id, is passed over, too, or it would come again and
 * again. Where a forged one with a number of its own choice has led us is left again as soon as
 * nothing comes any more. */
static void move_on(jd_bus *of, jeton_span id)
{
    for (size_t i = 0; i < id.len; i++)
        if ((id.ptr[i] < '0' || id.ptr[i] > '9') && id.ptr[i] != '-')
            return;
    if (id.len < sizeof of->cursor)
        (void)snprintf(of->cursor, sizeof of->cursor, "%.*s", (int)id.len, (const char *)id.ptr);
}

/* Its id, and its fields by name and value. */
static bool take_item(jd_bus *of, const redisReply *reply, const jd_bus_reading *reading)
{
    uint64_t n;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        reply->element[0]->type != REDIS_REPLY_STRING)
        return false;
    move_on(of, jd_reply_text(reply->element[0]));
    const redisReply *fields = reply->element[1];
    if (fields->type != REDIS_REPLY_ARRAY || fields->elements != 2 ||
        fields->element[0]->type != REDIS_REPLY_STRING ||
        fields->element[1]->type != REDIS_REPLY_STRING ||
        !jeton_span_equal(jd_reply_text(fields->element[0]), jeton_str("e")) ||
        !jd_bus_number(jd_reply_text(reply->element[0]), &n) ||
        jd_bus_item_parse(jd_reply_text(fields->element[1]), n, &of->item, NULL) != JETON_OK)
        return false;
    reading->take(reading->user, &of->item);
    return true;
}

/* The answer is a list of streams, of which there is one, with its name and its items. */
static bool take_stream(jd_bus *of, const redisReply *reply, jd_bus_reading *reading)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1)
        return false;
    const redisReply *stream = reply->element[0];
    if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2 ||
        stream->element[1]->type != REDIS_REPLY_ARRAY)
        return false;
    const redisReply *items = stream->element[1];
    for (size_t i = 0; i < items->elements; i++) {
        if (take_item(of, items->element[i], reading))
            reading->taken++;
        else
            reading->bad++;
    }
    return true;
}

static jeton_status ask_for_items(jd_bus *of, const jd_bus_reading *reading, redisReply **reply,
                                  jeton_err *err)
{
    char wait[NUMBER_CHARS];
    const unsigned wait_ms = reading->wait_ms != 0 ? reading->wait_ms : 1; /* 0 would be for ever */
    if (of->cursor[0] == '\0')
        (void)snprintf(of->cursor, sizeof of->cursor, "%" PRIu64 "-0", reading->after);
    (void)snprintf(wait, sizeof wait, "%u", wait_ms);
    const jeton_span words[] = {jeton_str("XREAD"), jeton_str("COUNT"),   jeton_str(READ_ITEMS),
                                jeton_str("BLOCK"), jeton_str(wait),      jeton_str("STREAMS"),
                                jeton_str(of->key), jeton_str(of->cursor)};
    return jd_link_ask(&of->link, words, JT_COUNT(words), wait_ms, reply, err);
}

static jeton_status read_on(jd_bus *bus, jd_bus_reading *reading, jeton_err *err)
{
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    JT_TRY(ask_for_items(bus, reading, &reply, err));
    if (reply->type != REDIS_REPLY_NIL)
        return take_stream(bus, reply, reading) ? JETON_OK : give_up(bus, reply, err);
    bus->cursor[0] = '\0';
    return JETON_OK;
}

jeton_status jd_bus_read(jd_bus *bus, jd_bus_reading *reading, jeton_err *err)
{
    JT_TRY(jd_bus_connect(bus, err));
    return judge(bus, read_on(bus, reading, err));
}

/* ---- deleting ------------------------------------------------------------------------------- */

jeton_status jd_bus_delete(jd_bus *bus, jeton_err *err)
{
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    const jeton_span words[] = {jeton_str("DEL"), jeton_str(bus->key)};
    JT_TRY(jd_bus_connect(bus, err));
    return jd_bus_ask(bus, words, JT_COUNT(words), &reply, err);
}
