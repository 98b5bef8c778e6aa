/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/audit.h - the key of the audit log. */
#ifndef JD_ACCOUNTS_AUDIT_H
#define JD_ACCOUNTS_AUDIT_H

#include "crypto/hmac.h"
#include "signer/seal.h"
#include "store/store.h"

/* Gives the store the key that its audit log is linked with, making one at a first start. It is
 * kept sealed, so who can only write to the store cannot link a row. To be called before anything
 * that is audited.
 *
 * aliases  gets the key for names that nobody has (alias.h); may be NULL */
JETON_MUST jeton_status jd_audit_open(jd_store *store, const jd_sealer *sealer,
                                      jt_hmac_key *aliases, jeton_err *err);

#endif
