/* SPDX-License-Identifier: Apache-2.0 */
/* api/body.h - the fields of a request's body: a JSON object or a form, read alike. */
#ifndef JD_API_BODY_H
#define JD_API_BODY_H

#include "api/call.h"

/* One field that an endpoint understands. */
typedef struct jd_want {
    const char *name;
    jeton_span *to; /* the text, in the call's arena; empty when it is absent */
    bool required;  /* absent or empty is JETON_E_REQUEST */
} jd_want;

/* Whether the body is a form, which a body without bytes is, too. */
bool jd_body_is_form(const jd_call *call);

/* Whether the body says that it is JSON. */
bool jd_body_is_json(const jd_call *call);

/* Reads a body that has to be a JSON object. *doc is the caller's: jt_json_free().
 * JETON_E_REQUEST. */
JETON_MUST jeton_status jd_body_parse(jeton_span body, jt_json **doc, jeton_err *err);

/* Reads the fields of a body that is a JSON object (Content-Type application/json) or a form
 * (application/x-www-form-urlencoded). No body at all has no fields. Others than those wanted are
 * ignored, as clients send more than one server understands.
 *
 * JETON_E_REQUEST  neither of the two, malformed, a field missing, given twice or not a text
 */
JETON_MUST jeton_status jd_body_read(jd_call *call, const jd_want *wants, size_t count,
                                     jeton_err *err);

/* Reads a field that is true or false: JSON's own, or one of the two words in a form. Absent it is
 * false. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_body_switch(jd_call *call, const char *name, bool *is, jeton_err *err);

#endif
