/* SPDX-License-Identifier: Apache-2.0 */
/* store/meta.h - a few texts by name. The rules of store/store.h hold. */
#ifndef JD_STORE_META_H
#define JD_STORE_META_H

#include "core/arena.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* JETON_E_NOT_FOUND when it was never set. */
JETON_MUST jeton_status jd_store_meta_get(jd_store *store, const char *name, jt_arena *arena,
                                          jeton_span *value, jeton_err *err);

JETON_MUST jeton_status jd_store_meta_set(jd_store *store, const char *name, jeton_span value,
                                          jeton_err *err);

/* Sets it unless it is set. *winner is what it is afterwards, in either case. */
JETON_MUST jeton_status jd_store_meta_claim(jd_store *store, const char *name, jeton_span value,
                                            jt_arena *arena, jeton_span *winner, jeton_err *err);

#endif
