/* SPDX-License-Identifier: Apache-2.0 */
/* store/place.h - where the store is that the settings name. */
#ifndef JD_STORE_PLACE_H
#define JD_STORE_PLACE_H

#include "store/upgrade.h"
#include "sys/config.h"

typedef struct jd_store_place {
    bool is_file; /* jeton.db in the data folder */
    jd_path file; /* of that; empty otherwise */
} jd_store_place;

/* JETON_E_LIMIT: the path of the data folder is too long. */
JETON_MUST jeton_status jd_store_place_of(const jd_config *config, jd_store_place *place,
                                          jeton_err *err);

/* Whether the setting can be one, for jeton config check. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_store_place_check(const jd_config *config, jeton_err *err);

/* Whether it is on another machine, and the way there is not kept by TLS that tells who is there.
 */
bool jd_store_place_is_exposed(const jd_config *config);

/* jd_store_open() there, with the limits of the settings. */
JETON_MUST jeton_status jd_store_open_place(const jd_config *config, jd_store **store,
                                            jeton_err *err);

/* The same, and brings it up to this program's schema (store/upgrade.h). On failure *store may be
 * open, and is the caller's. */
JETON_MUST jeton_status jd_store_open_upgraded(const jd_config *config, jd_store **store,
                                               jd_upgrade *done, jeton_err *err);

/* JETON_E_BUSY: a node works with a store that several may work with, or did a moment ago. */
JETON_MUST jeton_status jd_store_check_alone(jd_store *store, jeton_err *err);

#endif
