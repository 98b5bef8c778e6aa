/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/text.h - a text that libjeton made and the caller owns: a token, a printed key.
 *
 * It may hold a secret, so freeing it wipes it first.
 *
 * Threads: a text never changes once made, so any number may read it; one frees it, when no other
 * reads it any more.
 */
#ifndef JETON_TEXT_H
#define JETON_TEXT_H

#include <jeton/span.h>

typedef struct jeton_text jeton_text;

JETON_BEGIN

/* The bytes, and the same NUL-terminated. Borrowed: they live as long as the text.
 * NULL gives the empty span and "". */
JETON_API jeton_span jeton_text_span(const jeton_text *text);
JETON_API const char *jeton_text_chars(const jeton_text *text);

/* Wipes and frees *text and sets it to NULL. A NULL *text is fine. */
JETON_API void jeton_text_free(jeton_text **text);

JETON_END

#endif
