/* SPDX-License-Identifier: Apache-2.0 */
/* json/line.h - a value as one line of text, for headers, variables and people. */
#ifndef JT_JSON_LINE_H
#define JT_JSON_LINE_H

#include "core/buf.h"
#include "json/json.h"

/* Adds a text as it is, the texts, numbers and truth values of an array with commas between them,
 * anything else as JSON. NULL and null add nothing.
 *
 * Whoever puts such a line into an HTTP header must be able to rely on it:
 * JETON_E_CLAIM  a text with a control character (below U+0020, or U+007F) in it, or with a comma
 *                in an array: it would look like two elements
 * JETON_E_NOMEM */
JETON_MUST jeton_status jt_line_add(const jt_val *val, jt_buf *to, jeton_err *err);

#endif
