/* SPDX-License-Identifier: Apache-2.0 */
/* api/token_answer.h - the answer of a login and of a refresh (RFC 6749 §5.1). */
#ifndef JD_API_TOKEN_ANSWER_H
#define JD_API_TOKEN_ANSWER_H

#include "accounts/session.h"
#include "api/call.h"

/* Puts {"access_token","token_type":"Bearer","expires_in"}, "refresh_token" when there is one and
 * "scope" when it is not empty. Tokens for cookies go into those, and what is put is
 * {"expires_in","csrf_token"} and "scope": a script of a page gets no token to lose. */
JETON_MUST jeton_status jd_token_answer(jd_call *call, const jd_tokens *tokens, jeton_err *err);

#endif
