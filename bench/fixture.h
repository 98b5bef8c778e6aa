/* SPDX-License-Identifier: Apache-2.0 */
/* bench/fixture.h - what is measured: for one algorithm a key, a token of 220 bytes of claims, and
 * a verifier with every check switched on. All of it lives on a heap that counts.
 */
#ifndef BENCH_FIXTURE_H
#define BENCH_FIXTURE_H

#include <jeton.h>

typedef struct bench_fixture {
    jeton_alg alg;
    size_t allocations; /* made by libjeton since the beginning */
    jeton_ctx *ctx;
    jeton_key *key;
    jeton_keyset *keys;
    jeton_claims *claims;
    jeton_signer *signer;
    jeton_verifier *verifier;
    jeton_verdict *verdict;
    jeton_text *token;
} bench_fixture;

/* The claims as they are signed: 220 bytes of JSON. */
extern const char bench_claims[];

/* The secret of the HMAC keys: 64 bytes, good for each of them. */
extern const char bench_secret[];

/* Fills *fixture, which has to stay where it is. False with a line on standard error, and then
 * bench_fixture_done() is due all the same. An algorithm that this build cannot do is skipped by
 * the caller: key stays NULL. */
bool bench_fixture_init(bench_fixture *fixture, jeton_alg alg);
void bench_fixture_done(bench_fixture *fixture);

/* One verification and one signature; false when it fails. `self` is the fixture. */
bool bench_verify(void *self);
bool bench_sign(void *self);

#endif
