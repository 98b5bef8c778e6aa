/* SPDX-License-Identifier: Apache-2.0 */
/* agent/lease.h - whether what this node knows is known to be complete enough to accept tokens by.
 *
 * A node of several holds a lease: it is fresh for Δ from the moment at which it sent a request
 * whose answer it has applied in full. Δ counts on the boot-time clock, which nobody sets and which
 * goes on while the machine sleeps. The only node of a store needs none: nothing is revoked
 * without it.
 */
#ifndef JD_AGENT_LEASE_H
#define JD_AGENT_LEASE_H

#include "segment/layout.h"

typedef struct jd_lease {
    uint64_t ms;            /* Δ; 0: no lease is needed */
    _Atomic uint64_t since; /* jt_boot_now() of that request; 0: there was none */
} jd_lease;

/* Whether it holds at this moment. To be asked before what is revoked is looked at: what comes in
 * after that may renew the lease, but was not seen. */
static inline bool jd_lease_holds(const jd_lease *lease)
{
    if (lease->ms == 0)
        return true;
    const uint64_t since = atomic_load_explicit(&lease->since, memory_order_acquire);
    return since != 0 && jt_boot_now() - since < lease->ms * 1000000U;
}

/* All that was known at `since` has been applied; 0: it is not known any more what is missing. */
static inline void jd_lease_renew(jd_lease *lease, uint64_t since)
{
    atomic_store_explicit(&lease->since, since, memory_order_release);
}

#endif
