/* SPDX-License-Identifier: Apache-2.0 */
/* bench/libjwt_absent.c - what stands in where libjwt is not installed: its column stays empty. */
#include "libjwt.h"

bool bench_libjwt_init(bench_libjwt *peer, const bench_fixture *fixture)
{
    (void)fixture;
    *peer = (bench_libjwt){0};
    return false;
}

void bench_libjwt_done(bench_libjwt *peer)
{
    (void)peer;
}

bool bench_libjwt_verify(void *self)
{
    (void)self;
    return false;
}

bool bench_libjwt_sign(void *self)
{
    (void)self;
    return false;
}
