/* SPDX-License-Identifier: Apache-2.0 */
/* http/exchange.h - what a request is inside, and its way from libmicrohttpd to the handler and
 * back. Belongs to the loop's thread, except that between jd_request_suspend() and
 * jd_request_answer() a worker owns the fields of the answer, the arena and the state. */
#ifndef JD_HTTP_EXCHANGE_H
#define JD_HTTP_EXCHANGE_H

#include "core/buf.h"
#include "http/form.h"
#include "http/forwarded.h"
#include "http/head.h"
#include "http/request.h"

struct MHD_Connection;
struct MHD_Daemon;
typedef struct jd_connection jd_connection;
typedef struct jd_loop jd_loop;

typedef struct jd_answer {
    bool made;
    bool lost; /* no memory for it: the connection is cut instead */
    unsigned status;
    jd_header *headers;
    size_t count;
    jeton_span body;
} jd_answer;

struct jd_request {
    struct MHD_Connection *mhd;
    jd_connection *connection;
    jt_arena arena;
    jd_head head;
    jd_form *query; /* parsed when first asked for */
    jt_buf body;
    void *state;

    bool begun;     /* the head has been looked at */
    bool given;     /* `handle` or `refuse` has had it */
    bool suspended; /* the answer comes later */
    bool closing;   /* the connection ends with the answer */
    bool sent;
    jd_answer answer;
    int64_t hold;          /* the answer is not sent before this moment */
    const jd_trust *trust; /* of the moment when it was first asked for the client */
    bool client_found;
    jd_address client;
    char client_text[JD_ADDRESS_CHARS];
    jd_request *next; /* among the answered, or the held ones, of a loop */
};

/* A libmicrohttpd without threads and sockets of its own, whose callbacks serve this loop. NULL
 * when it cannot be made. */
struct MHD_Daemon *jd_exchange_start(jd_loop *loop, bool tls);

#endif
