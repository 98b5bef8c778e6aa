/* SPDX-License-Identifier: Apache-2.0 */
/* guard/media.h - what a Content-Type says (RFC 9110 §8.3), without its parameters. */
#ifndef JT_GUARD_MEDIA_H
#define JT_GUARD_MEDIA_H

#include <jeton/span.h>

/* Whether it is that media type, in any case. */
bool jt_media_is(jeton_span content_type, const char *type);

/* Whether it is JSON: application/json, or application/…+json (RFC 6839 §3.1). */
bool jt_media_is_json(jeton_span content_type);

#endif
