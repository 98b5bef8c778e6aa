/* SPDX-License-Identifier: Apache-2.0 */
/* guard/query.h - one value of a query or form (application/x-www-form-urlencoded). */
#ifndef JT_GUARD_QUERY_H
#define JT_GUARD_QUERY_H

#include "core/buf.h"

/* Looks for a name in "name=value&name=value" and decodes what it finds: "+" means a space, "%"
 * and two hex digits a byte.
 *
 * count  how often the name occurs
 * value  the first one, in *to, whose content is lost; the empty span when there is none
 *
 * JETON_E_REQUEST  "%" without two hex digits, a NUL or another raw control character, in the name
 *                  or value of any pair: two readers might part it in two ways
 * JETON_E_NOMEM */
JETON_MUST jeton_status jt_query_find(jeton_span text, const char *name, jt_buf *to, size_t *count,
                                      jeton_span *value, jeton_err *err);

/* The byte that text stands for at *at, which moves on; -1 when it stands for none. NUL is none: C
 * code further in would see a shorter text than was checked. */
int jt_query_byte(jeton_span text, size_t *at);

#endif
