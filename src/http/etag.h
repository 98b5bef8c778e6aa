/* SPDX-License-Identifier: Apache-2.0 */
/* http/etag.h - If-None-Match: whether a client has what we would send. */
#ifndef JD_HTTP_ETAG_H
#define JD_HTTP_ETAG_H

#include <jeton/span.h>

/* Whether `*` or the tag, with its quotes and without a comma in it, is in the list, weak or not
 * (RFC 9110 §13.1.2). */
bool jd_etag_is_listed(jeton_span list, jeton_span tag);

#endif
