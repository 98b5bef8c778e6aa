/* SPDX-License-Identifier: Apache-2.0 */
/* http/form.h - application/x-www-form-urlencoded text, as in form bodies and queries.
 *
 * Stricter than browsers' parsers: what one reader could take otherwise than the next is refused.
 */
#ifndef JD_HTTP_FORM_H
#define JD_HTTP_FORM_H

#include "core/arena.h"
#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_form jd_form;

/* Reads "name=value&name=value". "+" means a space; empty pieces ("a=1&&b=2") are skipped; a name
 * without "=" has the empty value. Values are bytes: whether they are UTF-8 is not looked at.
 *
 * text   borrowed for the call only
 * form   set to NULL first; lives in the arena
 *
 * JETON_E_REQUEST  "%" without two hex digits behind it, a NUL (raw or %00), another raw control
 *                  character, more pairs than JD_FORM_PAIRS
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_form_parse(jeton_span text, jt_arena *arena, jd_form **form,
                                      jeton_err *err);

/* A segment of a path, decoded: "+" means itself there. The same failures. */
JETON_MUST jeton_status jd_form_segment(jeton_span text, jt_arena *arena, jeton_span *decoded,
                                        jeton_err *err);

/* How often the name occurs; `value` gets the first one, or the empty span. */
size_t jd_form_find(const jd_form *form, const char *name, jeton_span *value);

/* How many pairs there are. */
size_t jd_form_count(const jd_form *form);

/* More pairs than any form of ours has. */
#define JD_FORM_PAIRS 64U

#endif
