/* SPDX-License-Identifier: Apache-2.0 */
/* core/words.c - finds a word. */
#include "core/words.h"

#include "core/cut.h"

bool jt_words_have(jeton_span words, jeton_span word)
{
    if (word.len == 0)
        return false;
    while (words.len > 0)
        if (jeton_span_equal(jt_cut_before(&words, ' '), word))
            return true;
    return false;
}
