/* SPDX-License-Identifier: Apache-2.0 */
/* json/copy.h - values that were read, copied as they are into memory of another owner: no second
 * parse, nothing that could fail.
 */
#ifndef JT_JSON_COPY_H
#define JT_JSON_COPY_H

#include "json/json.h"

/* Bytes that the values of `root` and of all below it take, without their texts. A multiple of the
 * alignment that they need: JT_COPY_ALIGN. */
#define JT_COPY_ALIGN sizeof(uint64_t)
size_t jt_copy_size(const jt_val *root);

/* Copies them to `to`, which has that size and alignment.
 *
 * root  what jt_json_parse_into() gave
 * from  the text it was given, by now unescaped in place
 * text  a copy of it, JT_JSON_PADDING bytes behind it included: what the copied values point to
 */
const jt_val *jt_copy(const jt_val *root, const uint8_t *from, const uint8_t *text, void *to);

#endif
