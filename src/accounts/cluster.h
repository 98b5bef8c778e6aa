/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/cluster.h - the cluster key: under it the entries of the revocation log are
 * authenticated (revoke/entry_mac.h), so that whoever can write to the bus cannot make any.
 *
 * It is made at the first start and sealed in the store. Agents, which have no master key, get a
 * copy of it in a file (agent/cluster_key.h). It is no less secret than that: with it, everything
 * can be revoked, and with write access to the bus a revocation can be kept from agents until they
 * ask the store.
 */
#ifndef JD_ACCOUNTS_CLUSTER_H
#define JD_ACCOUNTS_CLUSTER_H

#include "core/buf.h"
#include "signer/seal.h"
#include "store/store.h"

/* Reads the cluster key, making it when there is none, and has the store use it.
 * JETON_E_CRYPTO, JETON_E_STORE: it does not open, or is damaged. */
JETON_MUST jeton_status jd_cluster_open(jd_store *store, const jd_sealer *sealer, jeton_err *err);

/* The key itself, for what else servers of one store have in common.
 * *key is emptied first; on JETON_OK the caller's: jt_secret_done(). */
JETON_MUST jeton_status jd_cluster_key(jd_store *store, const jd_sealer *sealer, jt_secret *key,
                                       jeton_err *err);

/* The same key as text (base64url, no line end), for a file of an agent.
 * *text is emptied first; on JETON_OK the caller's: jt_secret_done(). */
JETON_MUST jeton_status jd_cluster_key_text(jd_store *store, const jd_sealer *sealer,
                                            jt_secret *text, jeton_err *err);

#endif
