/* SPDX-License-Identifier: Apache-2.0 */
/* signer/master.h - the master key: where it comes from, and whether it is the store's.
 *
 * 32 bytes as base64url text, from the first of these that is there:
 *   JETON_MASTER_KEY_FILE  environment: the path of a file that holds it
 *   JETON_MASTER_KEY       environment: the text itself
 *   DATA/master.key        made at first start, mode 0600
 *
 * A copy of the store without it is of no use to anybody, the owner included: it belongs into the
 * backup, but not beside the store's.
 */
#ifndef JD_SIGNER_MASTER_H
#define JD_SIGNER_MASTER_H

#include "signer/seal.h"
#include "store/store.h"

/* Reads the master key, or makes the first one, and checks it against the store, which remembers
 * from the first start on which key it was sealed with.
 *
 * data    the data folder
 * store   migrated
 * sealer  set to NULL first; on JETON_OK the caller owns it: jd_sealer_free()
 *
 * JETON_E_KEY     it does not open what the store holds, or is not a master key; or there is none
 *                 although the store holds sealed rows: a new one would lose them
 * JETON_E_SYSTEM  its file cannot be read or written
 * JETON_E_STORE
 */
JETON_MUST jeton_status jd_master_open(const jeton_ctx *ctx, const char *data, jd_store *store,
                                       jd_sealer **sealer, jeton_err *err);

#endif
