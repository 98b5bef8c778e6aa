/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/words.c - walks lists of words. */
#include "accounts/words.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"
#include "core/words.h"

#include <string.h>

bool jd_words_next(jeton_span *rest, jeton_span *word)
{
    if (rest->len == 0)
        return false;
    *word = jt_cut_before(rest, ' ');
    return true;
}

static bool is_word(jeton_span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] <= ' ' || word.ptr[i] >= 0x7f || word.ptr[i] == '"' || word.ptr[i] == '\\')
            return false;
    return word.len > 0;
}

bool jd_words_are_good(jeton_span words)
{
    jeton_span word;
    if (words.len > 0 && words.ptr[words.len - 1] == ' ')
        return false;
    while (jd_words_next(&words, &word))
        if (!is_word(word))
            return false;
    return true;
}

jeton_status jd_words_join(const jeton_span *texts, size_t count, jt_arena *arena,
                           jeton_span *words, jeton_err *err)
{
    *words = jeton_str(NULL);
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += texts[i].len + 1;
    char *to = jt_arena_alloc(arena, size);
    if (to == NULL)
        return jt_fail(err, JETON_E_NOMEM, "words");
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (len > 0)
            to[len++] = ' ';
        memcpy(to + len, texts[i].ptr, texts[i].len);
        len += texts[i].len;
    }
    to[len] = '\0';
    *words = jeton_bytes(to, len);
    return JETON_OK;
}

jeton_status jd_words_narrow(jeton_span asked, jeton_span allowed, jt_arena *arena,
                             jeton_span *narrowed, jeton_err *err)
{
    *narrowed = jeton_str(NULL);
    char *to = jt_arena_alloc(arena, asked.len + 1);
    if (to == NULL)
        return jt_fail(err, JETON_E_NOMEM, "scope");
    size_t len = 0;
    jeton_span word;
    while (jd_words_next(&asked, &word)) {
        if (!jt_words_have(allowed, word) || jt_words_have(jeton_bytes(to, len), word))
            continue;
        if (len > 0)
            to[len++] = ' ';
        memcpy(to + len, word.ptr, word.len);
        len += word.len;
    }
    to[len] = '\0';
    *narrowed = jeton_bytes(to, len);
    return JETON_OK;
}
