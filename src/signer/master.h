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
#include "sys/disk.h"

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

/* ---- changing it ---------------------------------------------------------------------------- */

#define JD_MASTER_FILE_ENV     "JETON_MASTER_KEY_FILE"
#define JD_MASTER_ENV          "JETON_MASTER_KEY"
#define JD_NEW_MASTER_FILE_ENV "JETON_NEW_MASTER_KEY_FILE"
#define JD_NEW_MASTER_ENV      "JETON_NEW_MASTER_KEY"

/* Seals everything in the store with another master key: the one that JETON_NEW_MASTER_KEY_FILE or
 * JETON_NEW_MASTER_KEY give, else a new one, which then replaces DATA/master.key. Nobody else may
 * work on the folder. Killed at any moment, it has either happened or not, and the key that opens
 * the store is where jd_master_open() looks for it.
 *
 * in_folder  whether the new key is in DATA/master.key; else whoever starts the server next has to
 *            give it in the place of the old one
 *
 * JETON_E_ARGUMENT  the old key comes from the environment, and no new one is given
 * JETON_E_KEY       see jd_master_open(); or something does not open
 */
JETON_MUST jeton_status jd_master_rewrap(const jeton_ctx *ctx, const char *data, jd_store *store,
                                         bool *in_folder, jeton_err *err);

/* Whether what the environment says, if anything, is a master key: to be asked before a store is
 * made that could not be used then. JETON_E_KEY. */
JETON_MUST jeton_status jd_master_check_named(const jeton_ctx *ctx, jeton_err *err);

/* ---- pieces for rewrap.c -------------------------------------------------------------------- */

/* The master key that one of two variables gives, the path of a file or the text itself. */
JETON_MUST jeton_status jd_master_named(const jeton_ctx *ctx, const char *file, const char *text,
                                        jt_secret *master, bool *named, jeton_err *err);

/* A new one, written to that path. */
JETON_MUST jeton_status jd_master_make(const jeton_ctx *ctx, const char *path, jt_secret *master,
                                       jeton_err *err);

/* Where the key of the folder is, and where its successor is while everything is sealed anew. */
JETON_MUST jeton_status jd_master_paths(const char *data, jd_path *now, jd_path *next,
                                        jeton_err *err);

/* Puts the successor in its place. */
JETON_MUST jeton_status jd_master_replace(const jeton_ctx *ctx, const char *data, jeton_err *err);

#endif
