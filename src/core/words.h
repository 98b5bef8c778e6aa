/* SPDX-License-Identifier: Apache-2.0 */
/* core/words.h - texts of words parted by single spaces: "scope" (RFC 6749 §3.3). */
#ifndef JT_CORE_WORDS_H
#define JT_CORE_WORDS_H

#include <jeton/span.h>

/* Whether `word` is one of them. The empty word never is. */
bool jt_words_have(jeton_span words, jeton_span word);

#endif
