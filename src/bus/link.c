/* SPDX-License-Identifier: Apache-2.0 */
/* bus/link.c - hiredis without its waiting: that is done here, for all of an exchange has one limit
 * and can be stopped. */
#include "bus/link.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#ifdef JD_HIREDIS_SSL
#include <hiredis/hiredis_ssl.h>
#endif

#define ANSWER_MOST ((size_t)4 << 20) /* bytes: more is no answer to anything we ask */
#define READS_MOST  4096U             /* of at most 16 KiB each */
#define WORDS_MOST  12U

void jd_reply_free(redisReply **reply)
{
    if (*reply != NULL)
        freeReplyObject(*reply);
    *reply = NULL;
}

/* What operators meet, and what to do about it. */
static const struct {
    const char *code, *meaning;
} errors[] = {
    {"NOAUTH", ": it wants a password, from JETON_BUS_PASSWORD_FILE or JETON_BUS_PASSWORD"},
    {"WRONGPASS", ": the user or the password is wrong"},
    {"NOPERM", ": its user is not permitted to do what we need"},
    {"OOM", ": its memory is full (maxmemory)"},
    {"READONLY", ": it is a replica, and we need the primary"},
    {"LOADING", ": it is starting"},
};

static const char *meaning_of(jeton_span code)
{
    for (size_t i = 0; i < JT_COUNT(errors); i++)
        if (jeton_span_equal(code, jeton_str(errors[i].code)))
            return errors[i].meaning;
    return "";
}

jeton_status jd_reply_fail(const redisReply *reply, jeton_err *err)
{
    size_t len = 0;
    if (reply->type != REDIS_REPLY_ERROR)
        return jt_fail(err, JETON_E_SYSTEM, "the bus gave an answer that none of ours is");
    while (len < reply->len && len < 24 && reply->str[len] >= 'A' && reply->str[len] <= 'Z')
        len++;
    const jeton_span code = jeton_bytes(reply->str, len);
    return jt_fail(err, JETON_E_SYSTEM, "the bus answered with the error %.*s%s", (int)len,
                   reply->str, meaning_of(code));
}

/* ---- TLS ------------------------------------------------------------------------------------ */

#ifdef JD_HIREDIS_SSL

jeton_status jd_link_tls(const char *ca_file, void **tls, jeton_err *err)
{
    redisSSLContextError why = REDIS_SSL_CTX_NONE;
    *tls = redisCreateSSLContext(ca_file, NULL, NULL, NULL, NULL, &why);
    if (*tls == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "bus-ca-file %.80s: %s", ca_file,
                       redisSSLContextGetError(why));
    return JETON_OK;
}

void jd_link_tls_free(void **tls)
{
    if (*tls != NULL)
        redisFreeSSLContext(*tls);
    *tls = NULL;
}

static jeton_status shake_hands(jd_link *link, jeton_err *err)
{
    if (redisInitiateSSLWithContext(link->context, link->place.tls) == REDIS_OK)
        return JETON_OK;
    return jt_fail(err, JETON_E_SYSTEM, "the bus: TLS failed: %.120s", link->context->errstr);
}

#else

jeton_status jd_link_tls(const char *ca_file, void **tls, jeton_err *err)
{
    (void)ca_file;
    *tls = NULL;
    return jt_fail(err, JETON_E_UNSUPPORTED,
                   "bus: this jeton was built without TLS to the bus, which needs hiredis 1.0; go "
                   "by redis:// or unix: through a tunnel");
}

void jd_link_tls_free(void **tls)
{
    *tls = NULL;
}

static jeton_status shake_hands(jd_link *link, jeton_err *err)
{
    (void)link;
    return jt_fail(err, JETON_E_UNSUPPORTED, "the bus: no TLS in this build");
}

#endif

/* ---- one exchange --------------------------------------------------------------------------- */

static jeton_status broken(const jd_link *link, jeton_err *err)
{
    const redisContext *of = link->context;
    return jt_fail(err, JETON_E_SYSTEM, "the connection to the bus broke: %.120s",
                   of->err == REDIS_ERR_EOF ? "closed by the other side" : of->errstr);
}

static jeton_status wait_for(const jd_link *link, short events, int64_t until, jeton_err *err)
{
    struct pollfd fds[] = {{.fd = link->context->fd, .events = events},
                           {.fd = link->place.stop, .events = POLLIN}};
    const int64_t left = until - jd_monotonic();
    const int ready = poll(fds, JT_COUNT(fds), left > 0 ? (int)left : 0);
    if (ready < 0 && errno != EINTR)
        return jt_fail(err, JETON_E_SYSTEM, "the bus cannot be waited for");
    if (fds[1].revents != 0)
        return jt_fail(err, JETON_E_BUSY, "the bus is being closed");
    if (ready == 0)
        return jt_fail(err, JETON_E_SYSTEM, "the bus does not answer in time");
    return JETON_OK;
}

static jeton_status send_all(jd_link *link, int64_t until, jeton_err *err)
{
    int done = 0;
    for (;;) {
        if (redisBufferWrite(link->context, &done) != REDIS_OK)
            return broken(link, err);
        if (done)
            return JETON_OK;
        JT_TRY(wait_for(link, POLLOUT, until, err));
    }
}

static jeton_status receive(jd_link *link, int64_t until, redisReply **reply, jeton_err *err)
{
    for (unsigned reads = 0; reads < READS_MOST; reads++) {
        void *got = NULL;
        if (redisReaderGetReply(link->context->reader, &got) != REDIS_OK)
            return jt_fail(err, JETON_E_SYSTEM, "the bus does not speak the protocol of Redis");
        *reply = got;
        if (got != NULL)
            return JETON_OK;
        if (link->context->reader->len > ANSWER_MOST)
            break;
        JT_TRY(wait_for(link, POLLIN, until, err));
        if (redisBufferRead(link->context) != REDIS_OK)
            return broken(link, err);
    }
    return jt_fail(err, JETON_E_SYSTEM, "an answer of the bus is too long");
}

static jeton_status exchange(jd_link *link, const jeton_span *words, size_t count, unsigned wait_ms,
                             redisReply **reply, jeton_err *err)
{
    const char *starts[WORDS_MOST];
    size_t lengths[WORDS_MOST];
    const int64_t until = jd_monotonic() + link->place.timeout_ms + wait_ms;
    for (size_t i = 0; i < count; i++) {
        starts[i] = (const char *)words[i].ptr;
        lengths[i] = words[i].len;
    }
    if (redisAppendCommandArgv(link->context, (int)count, starts, lengths) != REDIS_OK)
        return jt_fail(err, JETON_E_NOMEM, "a command for the bus");
    JT_TRY(send_all(link, until, err));
    return receive(link, until, reply, err);
}

jeton_status jd_link_ask(jd_link *link, const jeton_span *words, size_t count, unsigned wait_ms,
                         redisReply **reply, jeton_err *err)
{
    *reply = NULL;
    if (link->context == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "the bus is not connected");
    const jeton_status status = exchange(link, words, count, wait_ms, reply, err);
    if (status != JETON_OK)
        jd_link_close(link); /* an answer that comes later would be taken for the next one's */
    return status;
}

/* ---- open and close ------------------------------------------------------------------------- */

/* Asks what is answered with +OK. */
static jeton_status demand(jd_link *link, const jeton_span *words, size_t count, jeton_err *err)
{
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    JT_TRY(jd_link_ask(link, words, count, 0, &reply, err));
    return reply->type == REDIS_REPLY_STATUS ? JETON_OK : jd_reply_fail(reply, err);
}

static jeton_status log_in(jd_link *link, jeton_err *err)
{
    const jd_link_place *place = &link->place;
    const bool named = place->address->user[0] != '\0';
    if (!named && place->password.len == 0)
        return JETON_OK;
    jeton_span words[] = {jeton_str("AUTH"), jeton_str(place->address->user), place->password};
    if (!named)
        words[1] = place->password;
    return demand(link, words, named ? 3 : 2, err);
}

static jeton_status select_db(jd_link *link, jeton_err *err)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%u", link->place.address->db);
    const jeton_span words[] = {jeton_str("SELECT"), jeton_str(number)};
    return link->place.address->db == 0 ? JETON_OK : demand(link, words, JT_COUNT(words), err);
}

/* From here on nothing waits but wait_for(). */
static jeton_status stop_blocking(redisContext *context, jeton_err *err)
{
    const int flags = fcntl(context->fd, F_GETFL);
    if (flags < 0 || fcntl(context->fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(context->fd, F_SETFD, FD_CLOEXEC) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "the connection to the bus cannot be set up");
    context->flags &= ~REDIS_BLOCK;
    return JETON_OK;
}

static jeton_status reach(jd_link *link, jeton_err *err)
{
    const jd_link_place *place = &link->place;
    const struct timeval limit = {.tv_sec = place->timeout_ms / 1000,
                                  .tv_usec = (suseconds_t)(place->timeout_ms % 1000) * 1000};
    link->context =
        place->address->path[0] != '\0'
            ? redisConnectUnixWithTimeout(place->address->path, limit)
            : redisConnectWithTimeout(place->address->host, (int)place->address->port, limit);
    if (link->context == NULL)
        return jt_fail(err, JETON_E_NOMEM, "a connection to the bus");
    if (link->context->err != 0)
        return jt_fail(err, JETON_E_SYSTEM, "the bus cannot be reached: %.120s",
                       link->context->errstr);
    if (place->tls != NULL) {
        (void)redisSetTimeout(link->context, limit);
        JT_TRY(shake_hands(link, err));
    }
    return stop_blocking(link->context, err);
}

static jeton_status enter(jd_link *link, jeton_err *err)
{
    const jeton_span ping[] = {jeton_str("PING")};
    JT_TRY(reach(link, err));
    JT_TRY(log_in(link, err));
    JT_TRY(select_db(link, err));
    return demand(link, ping, JT_COUNT(ping), err);
}

jeton_status jd_link_open(jd_link *link, const jd_link_place *place, jeton_err *err)
{
    *link = (jd_link){.place = *place};
    const jeton_status status = enter(link, err);
    if (status != JETON_OK)
        jd_link_close(link);
    return status;
}

void jd_link_close(jd_link *link)
{
    if (link->context != NULL)
        redisFree(link->context);
    link->context = NULL;
}
