/* SPDX-License-Identifier: Apache-2.0 */
/* api/verdicts.h - verdicts to borrow, one for each request that checks a token: their memory is
 * used again, so verifying allocates nothing once the server is warm. */
#ifndef JD_API_VERDICTS_H
#define JD_API_VERDICTS_H

#include <jeton/verdict.h>
#include <pthread.h>

#define JD_VERDICTS_KEPT 64U /* more than are ever borrowed at once by the loops */

typedef struct jd_verdicts {
    pthread_mutex_t mutex;
    size_t count;
    jeton_verdict *kept[JD_VERDICTS_KEPT];
} jd_verdicts;

void jd_verdicts_init(jd_verdicts *verdicts);
void jd_verdicts_done(jd_verdicts *verdicts);

/* A verdict for the caller to use; JETON_E_NOMEM. */
JETON_MUST jeton_status jd_verdicts_take(jd_verdicts *verdicts, jeton_verdict **verdict,
                                         jeton_err *err);

/* Takes it back and sets *verdict to NULL. NULL is fine. */
void jd_verdicts_give(jd_verdicts *verdicts, jeton_verdict **verdict);

#endif
