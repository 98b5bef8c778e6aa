/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config_file.h - settings from a file: JSON with comments.
 *
 *     // how tokens live
 *     {
 *         "access-ttl": "5m",
 *         "proxies": ["10.0.0.0/8", "::1"],
 *         "rate-limits": true,
 *     }
 *
 * One object. Its names are those of the flags, without the dashes in front; values are of the kind
 * that is natural for a setting. A name that is none, or stands there twice, and a value that may
 * not be are mistakes; each is told with its line and column.
 */
#ifndef JD_SYS_CONFIG_FILE_H
#define JD_SYS_CONFIG_FILE_H

#include "sys/config.h"

#define JD_CONFIG_FILE_MAX ((size_t)64 * 1024)

/* A place in the file. Both count from 1, columns in characters; 0: no place in particular. */
typedef struct jd_config_place {
    unsigned line, column;
} jd_config_place;

/* Told of each mistake, in the order of the file. */
typedef void jd_config_mistake(void *user, jd_config_place place, const char *what);

/* Takes all settings of the text.
 *
 * config   those it names are overwritten, also when others are mistakes
 * places   of each setting it names, where its value stands; left alone for the others
 * mistake  called for each mistake
 *
 * JETON_E_ARGUMENT  there were mistakes
 * JETON_E_NOMEM     and nobody was told
 */
JETON_MUST jeton_status jd_config_file_parse(jeton_span text, jd_config *config,
                                             jd_config_place places[JD_SETTINGS],
                                             jd_config_mistake *mistake, void *user,
                                             jeton_err *err);

/* The same of a file.
 *
 * JETON_E_SYSTEM  it cannot be read
 * JETON_E_LIMIT   it is longer than JD_CONFIG_FILE_MAX
 */
JETON_MUST jeton_status jd_config_file_read(const char *path, jd_config *config,
                                            jd_config_place places[JD_SETTINGS],
                                            jd_config_mistake *mistake, void *user, jeton_err *err);

#endif
