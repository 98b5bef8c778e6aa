/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/words.h - lists of words parted by single spaces, as OAuth writes scopes (RFC 6749
 * §3.3). Pure functions. Whether a list has a word is asked in core/words.h. */
#ifndef JD_ACCOUNTS_WORDS_H
#define JD_ACCOUNTS_WORDS_H

#include "core/arena.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Takes the first word off *rest. False when there is none. */
bool jd_words_next(jeton_span *rest, jeton_span *word);

/* Whether it is such a list: each word of printable ASCII without quote and backslash, single
 * spaces between them and none around. The empty list is one. */
bool jd_words_are_good(jeton_span words);

/* One list of many texts. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_words_join(const jeton_span *texts, size_t count, jt_arena *arena,
                                      jeton_span *words, jeton_err *err);

/* The words of `asked` that are among `allowed`, each once, in the order of `asked`. JETON_E_NOMEM.
 */
JETON_MUST jeton_status jd_words_narrow(jeton_span asked, jeton_span allowed, jt_arena *arena,
                                        jeton_span *narrowed, jeton_err *err);

#endif
