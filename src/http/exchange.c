/* SPDX-License-Identifier: Apache-2.0 */
/* http/exchange.c - libmicrohttpd's callbacks for one request: target, head, body, answer, end. */
#include "http/exchange.h"

#include "core/auto.h"
#include "http/answer.h"
#include "http/connection.h"
#include "http/handshake.h"
#include "http/loop.h"

#include <assert.h>

static const jd_http_options *options_of(const jd_request *request)
{
    return request->connection->loop->options;
}

/* ---- giving the request away ---- */

/* The handler may have answered already, or its worker may: the answer is in the loop's hands only
 * when the loop took it from its inbox. */
static enum MHD_Result handle(jd_request *request)
{
    const jd_http_options *options = options_of(request);
    request->given = true;
    jd_connection_enter(request->connection, JD_HANDLING);
    options->handle(options->user, request);
    if (request->suspended) {
        request->connection->loop->suspended++;
        MHD_suspend_connection(request->mhd);
        return MHD_YES;
    }
    assert(request->answer.made);
    return jd_answer_queue(request);
}

static void refuse(jd_request *request, unsigned status, const char *why)
{
    const jd_http_options *options = options_of(request);
    request->given = true;
    request->closing = true;
    jd_connection_enter(request->connection, JD_HANDLING);
    options->refuse(options->user, request, status, why);
    assert(request->answer.made && !request->suspended);
}

/* ---- taking it in ---- */

/* MHD_OPTION_URI_LOG_CALLBACK: the request line is here, untouched. What is returned goes to the
 * other callbacks. Without memory the target stays empty, which no rule lets pass. */
static void *on_target(void *user, const char *target, struct MHD_Connection *mhd)
{
    (void)user;
    jd_connection *connection = jd_connection_of(mhd);
    if (connection == NULL)
        return NULL;
    jd_connection_clear(connection);
    jd_connection_enter(connection, JD_READING);
    jd_request *request = &connection->request;
    request->mhd = mhd;
    request->arena = jt_arena_start(NULL, &connection->loop->spares);
    const jeton_span text = jeton_str(target);
    const char *copy = jt_arena_text(&request->arena, text);
    request->head.target_at = target;
    request->head.target = jeton_bytes(copy, copy != NULL ? text.len : 0);
    return request;
}

static jd_refusal check(const jd_request *request)
{
    const jd_http_options *options = options_of(request);
    const jd_refusal refusal = jd_head_check(&request->head, options->header_limit);
    if (refusal.status == 0 && jd_head_announces_more(&request->head, options->body_limit))
        return (jd_refusal){413, "the body is larger than the limit"};
    return refusal;
}

/* The head is complete. Refused here, a client that waits for "100 Continue" is spared the body. */
static enum MHD_Result begin(jd_request *request, const char *method, const char *version)
{
    request->begun = true;
    request->head.method = jeton_str(method);
    request->head.version = jeton_str(version);
    jd_refusal refusal = {503, "there is no memory for the request"};
    if (jd_head_read(request->mhd, &request->arena, &request->head))
        refusal = check(request);
    if (refusal.status == 0)
        return MHD_YES;
    refuse(request, refusal.status, refusal.why);
    return jd_answer_queue(request);
}

static enum MHD_Result refuse_midway(jd_request *request, unsigned status, const char *why)
{
    jt_buf_done(&request->body);
    refuse(request, status, why);
    jd_answer_write(request);
    return MHD_NO;
}

static enum MHD_Result take_body(jd_request *request, const char *data, size_t *size)
{
    const jeton_span part = jeton_bytes(data, *size);
    const size_t room = options_of(request)->body_limit - request->body.len;
    if (part.len > room)
        return refuse_midway(request, 413, "the body is larger than the limit");
    if (jt_buf_add(&request->body, part, NULL) != JETON_OK)
        return refuse_midway(request, 503, "there is no memory for the request");
    *size = 0;
    return MHD_YES;
}

/* libmicrohttpd calls this when the head is complete, for each part of the body, when that is
 * complete, and after a suspended connection was resumed. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **slot)
{
    (void)user;
    (void)mhd;
    (void)url; /* decoded, without its query: two things to get wrong */
    jd_request *request = *slot;
    if (request == NULL || request->connection->phase == JD_CUT)
        return MHD_NO;
    if (!request->begun)
        return begin(request, method, version);
    if (*size > 0)
        return take_body(request, data, size);
    if (!request->given)
        return handle(request);
    return jd_answer_queue(request);
}

/* ---- the end ---- */

static void on_completed(void *user, struct MHD_Connection *mhd, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    (void)user;
    (void)mhd;
    jd_request *request = *slot;
    *slot = NULL;
    if (request == NULL)
        return;
    const jd_http_options *options = options_of(request);
    const bool sent = request->sent || code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    if (request->given && options->finish != NULL)
        options->finish(options->user, request, sent);
    jd_connection_clear(request->connection);
    jd_connection_enter(request->connection, JD_IDLE);
}

/* ---- the daemon ---- */

/* Room for what libmicrohttpd keeps beside the head: field records and the head of the answer. */
#define POOL_EXTRA ((size_t)8 * 1024)

#if MHD_VERSION >= 0x00097701
#define STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT
#endif
#define STRICTEST 3 /* to the older option, anything above 0 is strict */

struct MHD_Daemon *jd_exchange_start(jd_loop *loop, bool tls)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
                           MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET | (tls ? MHD_USE_TLS : 0U);
    const jd_http_options *options = loop->options;
    const size_t pool = options->header_limit + POOL_EXTRA;
    /* gate.c keeps the limit for all loops together; this one only has to be out of its way. */
    const unsigned no_limit = options->connections + options->threads + 1;
    struct MHD_OptionItem of_tls[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)JD_TLS_PRIORITIES},
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)jd_handshake_choose},
        {MHD_OPTION_END, 0, NULL}};
    /* clang-format off */
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, loop,
        MHD_OPTION_EXTERNAL_LOGGER, jd_complaints_take, &loop->complaints, /* must come first */
        MHD_OPTION_CONNECTION_LIMIT, no_limit,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool,
        MHD_OPTION_CONNECTION_TIMEOUT, 0U, /* the deadlines are ours: connection.h */
        STRICTNESS, STRICTEST,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, /* blocked in the loop's thread */
        MHD_OPTION_NOTIFY_CONNECTION, jd_connection_notify, loop,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, loop,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, loop,
        MHD_OPTION_ARRAY, tls ? of_tls : of_tls + JT_COUNT(of_tls) - 1,
        MHD_OPTION_END);
    /* clang-format on */
}
