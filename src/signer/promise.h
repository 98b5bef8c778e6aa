/* SPDX-License-Identifier: Apache-2.0 */
/* signer/promise.h - what earlier runs of the server have promised about the published keys.
 *
 * Who was told under an earlier setting to keep them for an hour does not know that it is a minute
 * now: a new key must not sign before that hour is over.
 */
#ifndef JD_SIGNER_PROMISE_H
#define JD_SIGNER_PROMISE_H

#include "store/store.h"

/* Remembers `max_age` (seconds) as what is promised from `now` on.
 *
 * until  when the last one who was told something longer has forgotten it; may be in the past */
JETON_MUST jeton_status jd_promise_settle(const jeton_ctx *ctx, jd_store *store, int64_t max_age,
                                          jeton_time now, jeton_time *until, jeton_err *err);

#endif
