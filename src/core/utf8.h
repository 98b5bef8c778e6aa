/* SPDX-License-Identifier: Apache-2.0 */
/* core/utf8.h - whether bytes are UTF-8 (RFC 3629). */
#ifndef JT_CORE_UTF8_H
#define JT_CORE_UTF8_H

#include <jeton/span.h>

/* False for overlong forms, surrogates, and what lies beyond U+10FFFF. The empty span is. */
bool jt_is_utf8(jeton_span bytes);

#endif
