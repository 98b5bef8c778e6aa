/* SPDX-License-Identifier: Apache-2.0 */
/* sys/typo.h - whether a name that is none was meant to be one that is. */
#ifndef JD_SYS_TYPO_H
#define JD_SYS_TYPO_H

#include <jeton/span.h>

#define JD_TYPO_LEN 40U /* of what is compared; longer texts are nobody's slip */

/* How many letters were left out, put in, changed or swapped with their neighbour between the two;
 * upper case is lower case here, and "_" is "-". JD_TYPO_LEN for what is longer than that. */
unsigned jd_typo_distance(jeton_span a, jeton_span b);

/* Whether `given` is as near to `name` as a slip of the hand: a letter, and one more for every four
 * of the name. */
bool jd_typo_of(jeton_span given, jeton_span name, unsigned *distance);

#endif
