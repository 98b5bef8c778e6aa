/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config.h - the settings of the program: their table, and where their values come from.
 *
 * Defaults, then the environment, then flags, in this order, each overwriting what came before:
 *
 *     jd_config config;
 *     jd_config_init(&config);
 *     JT_TRY(jd_config_env(&config, err));
 *     JT_TRY(jd_config_flag(&config, argc, argv, &i, err)); … for each argument
 *
 * A config is a plain value: copy it, and nothing needs to be freed. Secrets are never settings.
 * What does not depend on one setting alone (does the folder exist, is the port free) is judged by
 * whoever uses it.
 */
#ifndef JD_SYS_CONFIG_H
#define JD_SYS_CONFIG_H

#include "sys/config_keys.h"
#include "sys/log.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_CONFIG_TEXT 1024U

typedef char jd_config_TEXT[JD_CONFIG_TEXT]; /* NUL-terminated */
typedef char jd_config_LIST[JD_CONFIG_TEXT]; /* NUL-terminated */
typedef int64_t jd_config_SECONDS;
typedef int64_t jd_config_COUNT;
typedef int64_t jd_config_AUTO;
typedef int64_t jd_config_BYTES;
typedef int64_t jd_config_MODE;
typedef bool jd_config_SWITCH;
typedef jd_level jd_config_LEVEL;

/* One field for each row of config_keys.h: config.access_ttl, config.listen, … */
typedef struct jd_config {
#define JD_CONFIG_FIELD(type, when, field, name, standard, least, most, help)                      \
    jd_config_##type field;
    JD_CONFIG_LIST(JD_CONFIG_FIELD)
#undef JD_CONFIG_FIELD
} jd_config;

/* How the text of a setting is read: a row of functions in config.c. */
typedef struct jd_config_type jd_config_type;

/* When a value that has changed is taken. */
typedef enum jd_config_when {
    JD_RELOAD, /* at once, by SIGHUP */
    JD_RESTART,
} jd_config_when;

typedef struct jd_setting {
    const char *name;     /* "access-ttl" */
    const char *standard; /* the default, as text */
    int64_t least, most;
    const char *help;
    const jd_config_type *type;
    jd_config_when when;
    size_t offset; /* of its field in jd_config */
} jd_setting;

/* All settings in the order of the list, for --help and the docs. Static. */
const jd_setting *jd_settings(size_t *count);

/* The setting of that name, or NULL. */
const jd_setting *jd_setting_find(jeton_span name);

/* What may be given, in words: "1s to 1d (example: 15m)". Writes a NUL-terminated text. */
void jd_setting_range(const jd_setting *setting, char *to, size_t size);

/* All defaults. */
void jd_config_init(jd_config *config);

/* Sets one setting. On failure *config is left as it was; the sentence names the setting and what
 * may be given, and does not repeat what was.
 *
 * JETON_E_NOT_FOUND  there is no such setting
 * JETON_E_ARGUMENT   not a value it can have
 */
JETON_MUST jeton_status jd_config_set(jd_config *config, jeton_span name, jeton_span text,
                                      jeton_err *err);

/* Takes each JETON_<NAME> that is set and not empty. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_config_env(jd_config *config, jeton_err *err);

/* Takes argv[*at] when it is the flag of a setting, "--name value", "--name=value" or, for a
 * SWITCH, "--name" alone, and moves *at behind it.
 *
 * JETON_E_NOT_FOUND  not a flag of a setting: the caller's to judge; *at stays
 * JETON_E_ARGUMENT   the value is missing or not one it can have
 */
JETON_MUST jeton_status jd_config_flag(jd_config *config, int argc, char *const argv[], int *at,
                                       jeton_err *err);

#endif
