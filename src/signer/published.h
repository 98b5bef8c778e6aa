/* SPDX-License-Identifier: Apache-2.0 */
/* signer/published.h - the public keys in the store, for who has no master key: the same set that
 * those who sign publish. */
#ifndef JD_SIGNER_PUBLISHED_H
#define JD_SIGNER_PUBLISHED_H

#include "store/store.h"

#include <jeton/keyset.h>

/* keys  set to NULL first; on JETON_OK the caller's: jeton_keyset_free()
 * JETON_E_KEY  one of them is broken; JETON_E_STORE, … */
JETON_MUST jeton_status jd_published_load(jd_store *store, jeton_keyset **keys, jeton_err *err);

#endif
