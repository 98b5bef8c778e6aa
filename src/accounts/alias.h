/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/alias.h - what stands in the log, and in the audit log, for a user name that nobody has.
 *
 * Such a name is often a password that was typed into the wrong field, followed by a login that
 * says whose it is. So it is written nowhere: an alias takes its place, the same for the same name
 * on every server of the store, by which repeated tries can be told. It is made under a key of the
 * store, so whoever has the log alone cannot find out which name it was by guessing.
 */
#ifndef JD_ACCOUNTS_ALIAS_H
#define JD_ACCOUNTS_ALIAS_H

#include "core/arena.h"
#include "crypto/hmac.h"

#include <jeton/span.h>

/* secret  of the store; what is made of it serves no other purpose */
void jd_alias_init(jt_hmac_key *key, jeton_span secret);

/* "(unknown 9f3c01d2e4b5)", in the arena; without memory "(unknown)". */
jeton_span jd_alias_of(const jt_hmac_key *key, jeton_span name, jt_arena *arena);

#endif
