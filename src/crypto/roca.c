/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/roca.c - the fingerprint of ROCA moduli.
 *
 * Their primes are k · M + (65537^a mod M), where M is the product of the first small primes
 * (Nemec and others, "The Return of Coppersmith's Attack", CCS 2017). So modulo each of these small
 * primes the modulus is a power of 65537. An honest one is that by chance only.
 */
#include "crypto/roca.h"

#include "core/auto.h"

/* Of the primes up to 167, which go into M for keys of every length, those modulo which not every
 * residue is a power of 65537; and how many powers there are. */
static const struct {
    uint8_t prime, order;
} rows[] = {
    {11, 2},  {13, 6}, {17, 8},   {19, 9},   {37, 3},   {53, 26},  {61, 20},  {71, 35},  {73, 24},
    {79, 13}, {97, 6}, {103, 51}, {107, 53}, {109, 54}, {127, 42}, {151, 50}, {157, 78},
};

/* The powers of a generator are those residues that give 1 when raised to their number: a cyclic
 * group has one subgroup of each size. */
static bool is_power(unsigned residue, unsigned order, unsigned prime)
{
    unsigned raised = 1;
    for (unsigned i = 0; i < order; i++)
        raised = raised * residue % prime;
    return raised == 1;
}

bool jt_roca_has_fingerprint(const BIGNUM *n)
{
    for (size_t i = 0; i < JT_COUNT(rows); i++)
        if (!is_power((unsigned)BN_mod_word(n, rows[i].prime), rows[i].order, rows[i].prime))
            return false;
    return true;
}
