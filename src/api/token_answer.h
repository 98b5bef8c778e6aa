/* SPDX-License-Identifier: Apache-2.0 */
/* api/token_answer.h - the answer of a login and of a refresh (RFC 6749 §5.1). */
#ifndef JD_API_TOKEN_ANSWER_H
#define JD_API_TOKEN_ANSWER_H

#include "accounts/session.h"
#include "api/call.h"

/* Puts {"access_token","token_type":"Bearer","expires_in"}, "refresh_token" when there is one and
 * "scope" when it is not empty. */
JETON_MUST jeton_status jd_token_answer(jd_call *call, const jd_tokens *tokens, jeton_err *err);

#endif
