/* SPDX-License-Identifier: Apache-2.0 */
/* guard/flask.h - what Flask-JWT-Extended 4 says to people about a fault, for the preset that
 * answers as it does: front ends compare these texts. */
#ifndef JT_GUARD_FLASK_H
#define JT_GUARD_FLASK_H

#include "guard/visit.h"

/* Adds the message. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_flask_say(const jt_settings *settings, const jeton_visit *visit,
                                     jt_fault fault, const jeton_decision *decision, jt_buf *to);

#endif
