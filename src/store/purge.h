/* SPDX-License-Identifier: Apache-2.0 */
/* store/purge.h - removing what has expired. The rules of store/store.h hold. */
#ifndef JD_STORE_PURGE_H
#define JD_STORE_PURGE_H

#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Removes sessions and log entries that expired before `before`, a bounded number of them: call
 * again while *removed is not 0. The head of the log stays. Nodes that were not seen for a day go
 * as well. */
JETON_MUST jeton_status jd_store_purge(jd_store *store, jeton_time before, size_t *removed,
                                       jeton_err *err);

#endif
