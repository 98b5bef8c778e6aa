/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/chance.h - everything that is random in a schedule, from its seed. */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct chance {
    uint64_t state;
} chance;

/* splitmix64 */
static inline uint64_t chance_next(chance *of)
{
    uint64_t mixed = of->state += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
    return mixed ^ mixed >> 31;
}

/* From least to most, both included. */
static inline int64_t chance_range(chance *of, int64_t least, int64_t most)
{
    return least + (int64_t)(chance_next(of) % (uint64_t)(most - least + 1));
}

/* True `part` times in 1000. */
static inline bool chance_of(chance *of, unsigned part)
{
    return chance_next(of) % 1000 < part;
}

#endif
