/* SPDX-License-Identifier: Apache-2.0 */
/* json/names.h - the names of an object's members: many looked for at once, and repeats.
 *
 * jt_get() goes through the object for each name. A verifier asks for a dozen, of every token.
 */
#ifndef JT_JSON_NAMES_H
#define JT_JSON_NAMES_H

#include "json/json.h"

/* Names to be looked for together, made ready once. {0} is none of them. */
#define JT_NAMES_MAX 32U
typedef struct jt_names {
    size_t count;
    struct {
        jeton_span text;
        uint64_t head; /* its first eight bytes, as a number */
    } at[JT_NAMES_MAX];
    uint8_t slots[2 * JT_NAMES_MAX]; /* by hash: 1 + a place in `at`, or 0 */
} jt_names;

/* The place of `text`, which is added, borrowed, when it is not among them yet. No more than
 * JT_NAMES_MAX may be added. */
size_t jt_names_add(jt_names *names, jeton_span text);

/* Looks for all of them in one pass: vals[i] is what jt_get() says about the name at place i. */
void jt_names_find(const jt_names *names, const jt_val *object, const jt_val **vals);

/* Whether an object gives a name twice. For json.c: `room` has a place for each member. */
bool jt_names_repeat(const jt_val *object, const jt_val **room);

#endif
