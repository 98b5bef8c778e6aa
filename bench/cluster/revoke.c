/* SPDX-License-Identifier: Apache-2.0 */
/* bench/cluster/revoke.c - how many revocations a second a store takes, committed in batches as
 * jeton serve commits them (api/app.c), each with its row in the audit log. For ./dev bench
 * cluster.
 *
 *     jeton-revoke ADDRESS BATCHES      prints revocations per second
 */
#include "store/revoke.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/schema.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH   64U                         /* BATCH_MOST of api/app.c */
#define EXPIRES ((jeton_time)4102444800000) /* 2100 */

static double now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* Another token each time. */
static jeton_status revoke_batch(jd_store *store, unsigned long batch, jeton_err *err)
{
    jd_revoke_one ones[BATCH];
    for (unsigned i = 0; i < BATCH; i++) {
        const unsigned long number = batch * BATCH + i;
        ones[i] = (jd_revoke_one){
            .asked = {.kind = JT_REVOKED_TOKEN, .now = jt_now(NULL), .expires = EXPIRES}};
        memcpy(ones[i].asked.id, &number, sizeof number);
    }
    return jd_store_revoke_many(store, ones, BATCH, err);
}

static jeton_status measure(const char *address, unsigned long batches, jeton_err *err)
{
    unsigned applied;
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    JT_TRY(jd_store_open(NULL, address, &store, err));
    JT_TRY(jd_store_migrate(store, &applied, err));
    const double begun = now();
    for (unsigned long i = 0; i < batches; i++)
        JT_TRY(revoke_batch(store, i, err));
    printf("%.0f\n", (double)(batches * BATCH) / (now() - begun));
    return JETON_OK;
}

int main(int argc, char **argv)
{
    jeton_err err = {0};
    if (argc != 3 || strtoul(argv[2], NULL, 10) == 0) {
        (void)fputs("usage: jeton-revoke ADDRESS BATCHES\n", stderr);
        return 2;
    }
    if (measure(argv[1], strtoul(argv[2], NULL, 10), &err) == JETON_OK)
        return 0;
    (void)fprintf(stderr, "jeton-revoke: %s\n", err.text);
    return 1;
}
