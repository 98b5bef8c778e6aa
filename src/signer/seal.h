/* SPDX-License-Identifier: Apache-2.0 */
/* signer/seal.h - sealing what the store keeps: bytes that only this installation can read, and
 * only in the column and row they were sealed for.
 *
 * The master key is inside and does not come out. Any thread may use a sealer.
 */
#ifndef JD_SIGNER_SEAL_H
#define JD_SIGNER_SEAL_H

#include "core/buf.h"
#include "core/secret.h"

#include <jeton/ctx.h>
#include <jeton/error.h>

#define JD_MASTER_BYTES 32U

typedef struct jd_sealer jd_sealer;

/* Where sealed bytes are kept: {"sessions.sealed_key", jd_id_span(&id)}, {"keys.sealed", kid}. */
typedef struct jd_place {
    const char *column; /* "table.column" */
    jeton_span row;     /* what names the row */
} jd_place;

/* master  JD_MASTER_BYTES secret bytes; copied
 * sealer  set to NULL first; on JETON_OK the caller owns it: jd_sealer_free()
 *
 * JETON_E_ARGUMENT  not of that length */
JETON_MUST jeton_status jd_sealer_new(const jeton_ctx *ctx, jeton_span master, jd_sealer **sealer,
                                      jeton_err *err);

/* Wipes and frees *sealer and sets it to NULL. */
void jd_sealer_free(jd_sealer **sealer);

/* Adds the sealed bytes at the end of *sealed. JETON_E_NOMEM, JETON_E_RANDOM. */
JETON_MUST jeton_status jd_sealer_seal(const jd_sealer *sealer, jd_place place, jeton_span plain,
                                       jt_buf *sealed, jeton_err *err);

/* *plain is emptied first; on JETON_OK the caller owns it: jt_secret_done().
 * JETON_E_CRYPTO: sealed with another master key, for another place, or changed. */
JETON_MUST jeton_status jd_sealer_open(const jd_sealer *sealer, jd_place place, jeton_span sealed,
                                       jt_secret *plain, jeton_err *err);

#endif
