/* SPDX-License-Identifier: Apache-2.0 */
/* json/compare.h - whether two values are the same, and which of two numbers is larger. */
#ifndef JT_JSON_COMPARE_H
#define JT_JSON_COMPARE_H

#include "json/json.h"

/* Whether both are the same value: texts byte for byte, numbers by what they are worth (1, 1.0 and
 * 10e-1 are the same), arrays in order, objects in any order. Values nest no deeper than they were
 * read with. NULL is the same as nothing. */
bool jt_val_equal(const jt_val *a, const jt_val *b);

/* Below, equal or above zero as the number `a` is less than, equal to or more than the number `b`.
 * Exact, also between integers and fractions beyond 2^53. Both must be JT_NUMBER. */
int jt_val_order(const jt_val *a, const jt_val *b);

#endif
