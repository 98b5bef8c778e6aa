/* SPDX-License-Identifier: Apache-2.0 */
/* store/copy.h - all of a store into an empty one of another database. The rules of store/store.h
 * hold. */
#ifndef JD_STORE_COPY_H
#define JD_STORE_COPY_H

#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* How many rows of a table have been copied. */
typedef void jd_store_copied(void *user, const char *table, uint64_t rows);

/* Copies one moment of a store into another, which has the same schema and nothing in it: all or
 * nothing. Sessions, the audit log and the numbers of the revocation log go on there. Nobody may
 * write to the first one any more; who the nodes are is not copied.
 *
 * told  called for each table. What it has told is true once this returns JETON_OK
 *
 * JETON_E_EXISTS    there is something in the other one
 * JETON_E_ARGUMENT  a text that the other database cannot keep */
JETON_MUST jeton_status jd_store_copy(jd_store *from, jd_store *to, jd_store_copied *told,
                                      void *user, jeton_err *err);

#endif
