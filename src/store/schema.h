/* SPDX-License-Identifier: Apache-2.0 */
/* store/schema.h - which schema a store has, and bringing it up to date. The rules of store/store.h
 * hold. */
#ifndef JD_STORE_SCHEMA_H
#define JD_STORE_SCHEMA_H

#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* The schema of a store, and that of this program; `has` is 0 of an empty store. */
typedef struct jd_schema {
    unsigned has, knows;
} jd_schema;

/* JETON_E_STORE  the schema is newer than this program, or was changed by somebody else */
JETON_MUST jeton_status jd_store_schema(jd_store *store, jd_schema *schema, jeton_err *err);

/* Brings the schema up to this program's: to be called after open and before anything else. All of
 * it or nothing: a store whose migration fails or is interrupted is as it was. One that is in use
 * goes through store/upgrade.h, which keeps a copy.
 *
 * applied  how many migrations were needed
 *
 * JETON_E_STORE  as jd_store_schema(); or the store has an older schema and is damaged
 */
JETON_MUST jeton_status jd_store_migrate(jd_store *store, unsigned *applied, jeton_err *err);

#endif
