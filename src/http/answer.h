/* SPDX-License-Identifier: Apache-2.0 */
/* http/answer.h - from what jd_request_answer() was given to bytes on the wire. Loop thread. */
#ifndef JD_HTTP_ANSWER_H
#define JD_HTTP_ANSWER_H

#include "http/exchange.h"

#include <microhttpd.h>

/* Hands the answer to libmicrohttpd. MHD_NO when there is none to hand over; libmicrohttpd cuts
 * the connection then. */
enum MHD_Result jd_answer_queue(jd_request *request);

/* Writes the answer to the socket past libmicrohttpd, which takes no answer while a body is coming
 * in. Good for one short answer, before the connection is closed. */
void jd_answer_write(jd_request *request);

#endif
