/* SPDX-License-Identifier: Apache-2.0 */
/* bench/libjwt.h - the same work done by Debian's libjwt, where it is installed. It checks less:
 * the signature, and nothing of the claims.
 */
#ifndef BENCH_LIBJWT_H
#define BENCH_LIBJWT_H

#include "fixture.h"

typedef struct bench_libjwt {
    char *token;
    jeton_span public_key, private_key; /* what libjwt takes: PEM, or the secret */
    jeton_text *public_pem, *private_pem;
    void *claims; /* a jwt_t, ready to be signed */
} bench_libjwt;

/* False when there is no libjwt, or it does not know the algorithm. bench_libjwt_done() is due in
 * every case. */
bool bench_libjwt_init(bench_libjwt *peer, const bench_fixture *fixture);
void bench_libjwt_done(bench_libjwt *peer);

bool bench_libjwt_verify(void *self);
bool bench_libjwt_sign(void *self);

#endif
