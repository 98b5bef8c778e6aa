/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/span.h - borrowed bytes: a pointer and a length, passed by value.
 *
 * A span owns nothing and need not end in NUL. Who owns the bytes is said where a span is taken
 * or given. An absent text is the empty span {NULL, 0}.
 *
 * Threads: a span is a value; the bytes may be read by as many threads as like while nobody writes.
 */
#ifndef JETON_SPAN_H
#define JETON_SPAN_H

#include <jeton/export.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct jeton_span {
    const uint8_t *ptr;
    size_t len;
} jeton_span;

/* The bytes of a NUL-terminated text, without the NUL. NULL gives the empty span. */
static inline jeton_span jeton_str(const char *text)
{
    jeton_span span = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    return span;
}

/* `len` bytes at `ptr`. */
static inline jeton_span jeton_bytes(const void *ptr, size_t len)
{
    jeton_span span = {(const uint8_t *)ptr, len};
    return span;
}

/* Same length and bytes. Not constant-time: never for secrets. */
static inline bool jeton_span_equal(jeton_span a, jeton_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

#endif
