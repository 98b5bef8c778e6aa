/* SPDX-License-Identifier: Apache-2.0 */
/* keys/x5c.h - the certificates of a key ("x5c", "x5t#S256": RFC 7517 §4.7, §4.9): for keys/ only.
 *
 * They describe a key that was given by its numbers; they vouch for nothing. No signature, date or
 * name of a certificate is looked at.
 */
#ifndef JT_KEYS_X5C_H
#define JT_KEYS_X5C_H

#include "keys/inside.h"

/* Reads both members, where there, into a key that has its numbers.
 *
 * JETON_E_KEY    malformed; the first certificate is of another key; "x5t#S256" is of another
 *                certificate
 * JETON_E_LIMIT  more than JT_LIMIT_X5C certificates, or one longer than JT_LIMIT_CERTIFICATE
 */
JETON_MUST jeton_status jt_x5c_read(jeton_key *key, const jt_val *jwk, jeton_err *err);

/* Puts them into a JWK to be printed. */
void jt_x5c_put(const jeton_key *key, jt_tree *tree, jt_node *node);

JETON_MUST jeton_status jt_x5c_copy(const jeton_key *key, jeton_key *to, jeton_err *err);
void jt_x5c_done(jeton_key *key);

#endif
