/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config.h - the settings of the program: their table, and how a value is read and written.
 *
 * Where values come from, and which wins, is config_sources.h. A config is a plain value: copy it,
 * and nothing needs to be freed. Secrets are never settings. What does not depend on one setting
 * alone (does the folder exist, is the port free) is judged by whoever uses it.
 */
#ifndef JD_SYS_CONFIG_H
#define JD_SYS_CONFIG_H

#include "sys/config_keys.h"
#include "sys/log.h"
#include "json/tree.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_CONFIG_TEXT 1024U

typedef char jd_config_TEXT[JD_CONFIG_TEXT];    /* NUL-terminated */
typedef char jd_config_LIST[JD_CONFIG_TEXT];    /* NUL-terminated */
typedef char jd_config_ADDRESS[JD_CONFIG_TEXT]; /* NUL-terminated */
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

/* How many there are. */
enum {
#define JD_CONFIG_COUNT(type, when, field, name, standard, least, most, help) JD_COUNTED_##field,
    JD_CONFIG_LIST(JD_CONFIG_COUNT)
#undef JD_CONFIG_COUNT
        JD_SETTINGS
};

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
    size_t offset, size; /* of its field in jd_config */
} jd_setting;

/* All settings in the order of the list, for --help and the docs. Static. */
const jd_setting *jd_settings(size_t *count);

/* The setting of that name, or NULL. */
const jd_setting *jd_setting_find(jeton_span name);

/* The setting that `name`, which is none, was probably meant to be, or NULL. */
const jd_setting *jd_setting_meant(jeton_span name);

/* The name of its variable in the environment: "JETON_ACCESS_TTL". */
#define JD_VARIABLE_CHARS 48U
void jd_setting_variable(const jd_setting *setting, char to[JD_VARIABLE_CHARS]);

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

/* Sets one setting from a value of a file, of the kind that is natural for it: true for a SWITCH, a
 * number or "15m" for SECONDS, an array of texts for a LIST. On failure as above. */
JETON_MUST jeton_status jd_config_set_json(jd_config *config, const jd_setting *setting,
                                           const jt_val *val, jeton_err *err);

/* Whether a text for this setting has a password in it: in an address, "://user:HERE@host" or
 * "password=HERE". */
bool jd_setting_has_password(const jd_setting *setting, const char *text);

/* Writes the value of a setting as it could be given, NUL-terminated; passwords become "***". */
void jd_config_print(const jd_config *config, const jd_setting *setting, char to[JD_CONFIG_TEXT]);

/* Puts it into an object under `name`, as it would stand in a file: 4096, true, "15m",
 * ["10.0.0.0/8"]. */
void jd_config_put(const jd_config *config, const jd_setting *setting, const char *name,
                   jt_tree *tree, jt_node *object);

/* Gives it the value that it has in `from`. */
void jd_config_copy(jd_config *config, const jd_setting *setting, const jd_config *from);

/* Whether both have the same value of it. */
bool jd_config_same(const jd_config *a, const jd_config *b, const jd_setting *setting);

#endif
