/* SPDX-License-Identifier: Apache-2.0 */
/* api/verdicts.c - a small stack of verdicts. */
#include "api/verdicts.h"

void jd_verdicts_init(jd_verdicts *verdicts)
{
    *verdicts = (jd_verdicts){0};
    pthread_mutex_init(&verdicts->mutex, NULL);
}

void jd_verdicts_done(jd_verdicts *verdicts)
{
    while (verdicts->count > 0)
        jeton_verdict_free(&verdicts->kept[--verdicts->count]);
    pthread_mutex_destroy(&verdicts->mutex);
}

jeton_status jd_verdicts_take(jd_verdicts *verdicts, jeton_verdict **verdict, jeton_err *err)
{
    *verdict = NULL;
    pthread_mutex_lock(&verdicts->mutex);
    if (verdicts->count > 0)
        *verdict = verdicts->kept[--verdicts->count];
    pthread_mutex_unlock(&verdicts->mutex);
    return *verdict != NULL ? JETON_OK : jeton_verdict_new(NULL, verdict, err);
}

void jd_verdicts_give(jd_verdicts *verdicts, jeton_verdict **verdict)
{
    if (*verdict == NULL)
        return;
    pthread_mutex_lock(&verdicts->mutex);
    if (verdicts->count < JD_VERDICTS_KEPT) {
        verdicts->kept[verdicts->count++] = *verdict;
        *verdict = NULL;
    }
    pthread_mutex_unlock(&verdicts->mutex);
    jeton_verdict_free(verdict);
}
