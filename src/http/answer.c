/* SPDX-License-Identifier: Apache-2.0 */
/* http/answer.c - keeps an answer, and sends it. */
#include "http/answer.h"

#include "core/auto.h"
#include "core/mem.h"
#include "http/connection.h"
#include "http/loop.h"

#include <assert.h>
#include <strings.h>
#include <sys/socket.h>

/* ---- keeping: any thread ---- */

/* Line breaks in a header would begin another header, or another answer. */
static bool is_sendable(const jd_header *header)
{
    return jd_is_token(jeton_str(header->name)) && jd_is_field_text(jeton_str(header->value));
}

static bool keep_header(jt_arena *arena, const jd_header *given, jd_header *kept)
{
    kept->name = jt_arena_text(arena, jeton_str(given->name));
    kept->value = jt_arena_text(arena, jeton_str(given->value));
    return kept->name != NULL && kept->value != NULL;
}

static bool keep_headers(jd_request *request, const jd_header *headers, size_t count)
{
    size_t size;
    jd_answer *answer = &request->answer;
    if (count == 0)
        return true;
    if (!jt_mul(count, sizeof *headers, &size))
        return false;
    answer->headers = jt_arena_alloc(&request->arena, size);
    if (answer->headers == NULL)
        return false;
    for (; answer->count < count; answer->count++)
        if (!keep_header(&request->arena, &headers[answer->count], &answer->headers[answer->count]))
            return false;
    return true;
}

static bool keep_body(jd_request *request, jeton_span body)
{
    const char *copy = jt_arena_text(&request->arena, body);
    request->answer.body = jeton_bytes(copy, copy != NULL ? body.len : 0);
    return copy != NULL;
}

void jd_request_answer(jd_request *request, unsigned status, const jd_header *headers, size_t count,
                       jeton_span body)
{
    assert(!request->answer.made);
    assert(status >= 200 && status <= 599);
    request->answer = (jd_answer){.made = true, .status = status};
    for (size_t i = 0; i < count; i++)
        if (!is_sendable(&headers[i])) {
            request->answer.status = 500;
            count = 0;
            body = (jeton_span){0};
        }
    request->answer.lost = !keep_headers(request, headers, count) || !keep_body(request, body);
    if (request->suspended) /* set before any other thread saw the request, so safe to read */
        jd_loop_post(request->connection->loop, request);
}

/* ---- sending: loop thread ---- */

static bool is_named_connection(const jd_header *header)
{
    return strcasecmp(header->name, "Connection") == 0;
}

/* Connection is ours to write, once. */
static bool wants_close(const jd_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        if (is_named_connection(&answer->headers[i]) &&
            strcasecmp(answer->headers[i].value, "close") == 0)
            return true;
    return false;
}

static bool must_close(const jd_request *request)
{
    return request->closing || wants_close(&request->answer) ||
           atomic_load(&request->connection->loop->traffic->tide) != JD_FLOWING;
}

/* libmicrohttpd takes no empty value; a blank means the same on the wire. */
static const char *value_of(const jd_header *header)
{
    return header->value[0] != '\0' ? header->value : " ";
}

static bool add_headers(struct MHD_Response *response, const jd_request *request)
{
    const jd_answer *answer = &request->answer;
    for (size_t i = 0; i < answer->count; i++) {
        const jd_header *header = &answer->headers[i];
        if (!is_named_connection(header) &&
            MHD_add_response_header(response, header->name, value_of(header)) != MHD_YES)
            return false;
    }
    return !request->connection->lingers ||
           MHD_add_response_header(response, "Connection", "close") == MHD_YES;
}

enum MHD_Result jd_answer_queue(jd_request *request)
{
    const jd_answer *answer = &request->answer;
    if (answer->lost)
        return MHD_NO;
    /* Not copied: the arena outlives the sending. libmicrohttpd does not write to it, whatever the
     * type of its parameter says. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.len, (void *)(uintptr_t)answer->body.ptr, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    request->connection->lingers = must_close(request);
    enum MHD_Result result = MHD_NO;
    if (add_headers(response, request))
        result = MHD_queue_response(request->mhd, answer->status, response);
    MHD_destroy_response(response);
    jd_connection_enter(request->connection, JD_ANSWERING);
    return result;
}

static jeton_status print_answer(const jd_request *request, jt_buf *text)
{
    const jd_answer *answer = &request->answer;
    JT_TRY(jt_buf_addf(text, NULL, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: %zu\r\n",
                       answer->status, MHD_get_reason_phrase_for(answer->status),
                       answer->body.len));
    for (size_t i = 0; i < answer->count; i++)
        if (!is_named_connection(&answer->headers[i]))
            JT_TRY(jt_buf_addf(text, NULL, "%s: %s\r\n", answer->headers[i].name,
                               answer->headers[i].value));
    JT_TRY(jt_buf_add(text, jeton_str("\r\n"), NULL));
    if (jeton_span_equal(request->head.method, jeton_str("HEAD")))
        return JETON_OK;
    return jt_buf_add(text, answer->body, NULL);
}

static ssize_t send_now(const jd_connection *connection, jeton_span text)
{
    if (connection->session != NULL)
        return gnutls_record_send(connection->session, text.ptr, text.len);
    return send(connection->fd, text.ptr, text.len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void jd_answer_write(jd_request *request)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    if (request->answer.lost || print_answer(request, &text) != JETON_OK)
        return;
    /* The earlier answers of this connection have left, so a short one always finds room. */
    const ssize_t sent = send_now(request->connection, jt_buf_span(&text));
    request->sent = sent == (ssize_t)text.len;
    request->connection->lingers = request->sent;
}
