/* SPDX-License-Identifier: Apache-2.0 */
/* http/head.h - request line and headers of one request, and the rules they must keep.
 *
 * libmicrohttpd lets requests through that two servers in a row can read as two different things
 * (both lengths given, folded lines, white space before the colon): the stuff of request smuggling.
 * We stand behind proxies, so whatever has two readings is refused here (RFC 9112 §11.2).
 */
#ifndef JD_HTTP_HEAD_H
#define JD_HTTP_HEAD_H

#include "core/arena.h"
#include <jeton/span.h>

struct MHD_Connection;

typedef struct jd_head_field {
    jeton_span name, value;
} jd_head_field;

/* The spans lie in libmicrohttpd's read buffer, where they came in. It decodes the target in
 * place, so that is a copy, and `target_at` is only where it was. */
typedef struct jd_head {
    jeton_span method, target, version;
    const void *target_at;
    size_t size; /* from the method to the end of the blank line */
    jd_head_field *fields;
    size_t count;
} jd_head;

/* Collects the header fields and the size. False when there is no memory. */
bool jd_head_read(struct MHD_Connection *mhd, jt_arena *arena, jd_head *head);

/* How often a field occurs; `value` gets the first one without white space around it. */
size_t jd_head_find(const jd_head *head, const char *name, jeton_span *value);

/* What is wrong with a head: an HTTP status and a sentence; status 0 when nothing is. */
typedef struct jd_refusal {
    unsigned status;
    const char *why;
} jd_refusal;

jd_refusal jd_head_check(const jd_head *head, size_t header_limit);

/* Whether Content-Length announces more than `limit`. The head has passed the check. */
bool jd_head_announces_more(const jd_head *head, size_t limit);

/* RFC 9110 §5.6.2: the characters of methods and field names. */
bool jd_is_token(jeton_span text);

/* Visible characters, spaces and tabs, and bytes of other encodings (RFC 9110 §5.5). */
bool jd_is_field_text(jeton_span text);

#endif
