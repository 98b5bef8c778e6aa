/* SPDX-License-Identifier: Apache-2.0 */
/* guard/locate.h - where in a request is the token? */
#ifndef JT_GUARD_LOCATE_H
#define JT_GUARD_LOCATE_H

#include "guard/visit.h"

/* Looks for a token in the locations of the visit, whose type and `bare` are set, too. With the
 * strict preset all of them are looked through, and two different tokens are a fault; with flask
 * the first that has one ends the search. In both only "nothing there" moves on.
 *
 * Sets visit->found, or visit->missed for each location. A fault of the kind MISSING: no token. */
jt_fault jt_locate(const jt_settings *settings, jeton_visit *visit);

/* Takes what one location has into what the ones before it had: the same token again changes
 * nothing, another one is a fault. Which of two is meant nobody knows, and whoever looks at the
 * request on its way may see the other. */
jt_fault jt_found_take(jt_found *found, jeton_location location, jeton_span token);

#endif
