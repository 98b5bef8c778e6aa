/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/entry_mac.h - proof that an entry of the log was written by somebody who has the cluster
 * key: the store that numbered it, and not whoever can write to the bus.
 *
 * A MAC covers the number, the kind, the id and the expiry of one entry. It says nothing about the
 * entries around it: that none is missing shows by the numbers, and whether a number is the last
 * one only the store can tell.
 */
#ifndef JT_REVOKE_ENTRY_MAC_H
#define JT_REVOKE_ENTRY_MAC_H

#include "crypto/hmac.h"
#include "revoke/revocations.h"

/* Makes the key of the MACs from the cluster key. To be wiped: jt_hmac_done(). Nothing else may be
 * authenticated with it; what else wants to be has to make a key of its own in the same way. */
void jt_entry_key(jeton_span cluster, jt_hmac_key *key);

/* Fills in entry->mac from the rest of the entry. */
void jt_entry_sign(const jt_hmac_key *key, jt_revocation *entry);

/* Whether entry->mac is that of the rest. Not a matter of time: nobody learns from it. */
JETON_MUST bool jt_entry_genuine(const jt_hmac_key *key, const jt_revocation *entry);

#endif
