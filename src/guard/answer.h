/* SPDX-License-Identifier: Apache-2.0 */
/* guard/answer.h - what a refused request is answered with. */
#ifndef JT_GUARD_ANSWER_H
#define JT_GUARD_ANSWER_H

#include "guard/guard.h"

/* Fills *decision with the refusal, and returns its status, which is never JETON_OK. Status and
 * reason stand even where there is no memory for challenge and body. */
JETON_MUST jeton_status jt_answer(const jeton_guard *guard, const jeton_route *route,
                                  jeton_visit *visit, jt_fault fault, jeton_decision *decision);

#endif
