/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit_chain.h - the chain that the rows of the audit log are linked in. For audit.c. */
#ifndef JD_STORE_AUDIT_CHAIN_H
#define JD_STORE_AUDIT_CHAIN_H

#include "crypto/hmac.h"
#include "store/audit.h"

/* The mac of a row behind the one with the mac `before`; zeros for the first. */
void jd_audit_mac(const jt_hmac_key *key, const uint8_t before[JD_AUDIT_MAC],
                  const jd_audit_row *row, uint8_t mac[JD_AUDIT_MAC]);

/* The seal of a head. */
void jd_audit_seal(const jt_hmac_key *key, const jd_audit_head *head, uint8_t seal[JD_AUDIT_MAC]);

/* Checking: a value that starts as {.key = …}, is given each row in the order of their numbers,
 * and the head at the end. JETON_E_SIGNATURE: the sentence says from which row on. */
typedef struct jd_audit_checking {
    const jt_hmac_key *key;
    uint64_t n;
    uint8_t mac[JD_AUDIT_MAC];
} jd_audit_checking;

JETON_MUST jeton_status jd_audit_check_row(jd_audit_checking *checking, const jd_audit_row *row,
                                           jeton_err *err);
JETON_MUST jeton_status jd_audit_check_head(const jd_audit_checking *checking,
                                            const jd_audit_head *head, jeton_err *err);

#endif
