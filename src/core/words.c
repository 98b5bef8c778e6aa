/* SPDX-License-Identifier: Apache-2.0 */
/* core/words.c - finds a word. */
#include "core/words.h"

bool jt_words_have(jeton_span words, jeton_span word)
{
    if (word.len == 0)
        return false;
    while (words.len > 0) {
        const uint8_t *space = memchr(words.ptr, ' ', words.len);
        const size_t len = space != NULL ? (size_t)(space - words.ptr) : words.len;
        if (jeton_span_equal(jeton_bytes(words.ptr, len), word))
            return true;
        if (space == NULL)
            return false;
        words = jeton_bytes(space + 1, words.len - len - 1);
    }
    return false;
}
