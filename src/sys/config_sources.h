/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config_sources.h - where settings come from: defaults, a file, the environment, flags. The
 * later of them wins.
 *
 *     jd_config_sources sources = {.file = "jeton.json"};
 *     sources.flags[sources.flag_count++] = (jd_config_flag){"access-ttl", "5m"};
 *     JT_TRY(jd_config_load(&sources, &loaded, NULL, NULL, err));
 *
 * May be loaded again at any time: the file is read again, the flags and the environment of the
 * process are what they were.
 */
#ifndef JD_SYS_CONFIG_SOURCES_H
#define JD_SYS_CONFIG_SOURCES_H

#include "sys/config_file.h"

/* "--name value". Both borrowed. */
typedef struct jd_config_flag {
    const char *name; /* of a setting, without the dashes */
    const char *value;
} jd_config_flag;

typedef struct jd_config_sources {
    const char *file; /* its path, borrowed; NULL: none */
    size_t flag_count;
    jd_config_flag flags[JD_SETTINGS];
} jd_config_sources;

typedef enum jd_config_source {
    JD_FROM_DEFAULT,
    JD_FROM_FILE,
    JD_FROM_ENVIRONMENT,
    JD_FROM_FLAG,
} jd_config_source;

/* All settings, and where each came from. */
typedef struct jd_config_loaded {
    jd_config config;
    jd_config_source from[JD_SETTINGS];  /* in the order of jd_settings() */
    jd_config_place places[JD_SETTINGS]; /* in the file, where it has the setting */
} jd_config_loaded;

#define JD_CONFIG_WHERE 1400U

/* Told of each mistake: where it is ("jeton.json:3:15", "JETON_ACCESS_TTL", "--access-ttl") and
 * what it is, a sentence without a full stop. */
typedef void jd_config_tell(void *user, const char *where, const char *what);

/* Loads all of them. Every mistake is told; err has the first one.
 *
 * loaded  as far as it was good, also on failure: defaults stand where there were mistakes
 * tell    may be NULL
 *
 * JETON_E_ARGUMENT  there were mistakes
 * JETON_E_SYSTEM    the file cannot be read (told as well)
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jd_config_load(const jd_config_sources *sources, jd_config_loaded *loaded,
                                       jd_config_tell *tell, void *user, jeton_err *err);

/* Where the value of a setting came from, for people: "default", "jeton.json:3:15",
 * "JETON_ACCESS_TTL", "--access-ttl". */
void jd_config_whence(const jd_config_sources *sources, const jd_config_loaded *loaded,
                      const jd_setting *setting, char to[JD_CONFIG_WHERE]);

/* Where the value of the setting of that name came from. */
jd_config_source jd_config_source_of(const jd_config_loaded *loaded, const char *name);

/* "default", "file", "environment", "flag". */
const char *jd_config_source_name(jd_config_source source);

#endif
