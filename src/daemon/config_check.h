/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/config_check.h - what settings mean: lists that have to be read, names that have to be
 * there. sys/config.h knows only their form. */
#ifndef JD_DAEMON_CONFIG_CHECK_H
#define JD_DAEMON_CONFIG_CHECK_H

#include "sys/config_sources.h"

/* Loads settings, as jd_config_load() does, and goes through what they mean: each mistake is told
 * with where its value came from, and err has the first one. A server that starts, or reloads,
 * would refuse the same.
 *
 * The status is that of the first: JETON_E_ARGUMENT, JETON_E_SYSTEM for a file that cannot be read,
 * …
 */
JETON_MUST jeton_status jd_config_load_checked(const jd_config_sources *sources,
                                               jd_config_loaded *loaded, jd_config_tell *tell,
                                               void *user, jeton_err *err);

#endif
