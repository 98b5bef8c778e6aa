/* SPDX-License-Identifier: Apache-2.0 */
/* store/reseal.h - everything that is sealed, sealed anew. The rules of store/store.h hold. */
#ifndef JD_STORE_RESEAL_H
#define JD_STORE_RESEAL_H

#include "core/buf.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Seals what is sealed anew.
 *
 * column, row  where it is: "keys.sealed" and a kid, "sessions.sealed_key" and an id,
 *              "meta.value" and a name. Each text of meta is asked about
 * sealed       what is there
 * again        empty; what is to be there instead, left empty: it stays */
typedef jeton_status jd_reseal(void *user, const char *column, jeton_span row, jeton_span sealed,
                               jt_buf *again, jeton_err *err);

/* Gives everything that is sealed to `reseal`, in one transaction: when it fails or fails once,
 * everything stays as it was. */
JETON_MUST jeton_status jd_store_reseal(jd_store *store, jd_reseal *reseal, void *user,
                                        jeton_err *err);

#endif
