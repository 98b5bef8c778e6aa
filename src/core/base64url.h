/* SPDX-License-Identifier: Apache-2.0 */
/* core/base64url.h - base64url without padding (RFC 7515 §2), in its one canonical form. */
#ifndef JT_CORE_BASE64URL_H
#define JT_CORE_BASE64URL_H

#include <jeton/error.h>
#include <jeton/span.h>

/* Characters that `len` bytes take, and bytes that `len` characters stand for at most. */
static inline size_t jt_base64url_chars(size_t len)
{
    return len / 3 * 4 + (len % 3 != 0 ? len % 3 + 1 : 0);
}

static inline size_t jt_base64url_bytes(size_t len)
{
    return len / 4 * 3 + len % 4 * 3 / 4;
}

/* Writes jt_base64url_chars(bytes.len) characters, no NUL. Not constant-time. */
void jt_base64url_print(jeton_span bytes, char *to);

/* Writes jt_base64url_bytes(chars.len) bytes. False, with nothing useful in `to`, unless `chars`
 * is the one canonical text of those bytes: no padding, no white space, no other alphabet, a
 * possible length, unused bits zero (two texts for one token would be two keys in a deny list). */
JETON_MUST bool jt_base64url_parse(jeton_span chars, uint8_t *to);

#endif
