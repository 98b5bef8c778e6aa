/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config_sources.c - one source after the other, each over the ones before. */
#include "sys/config_sources.h"

#include "core/auto.h"
#include "core/err.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_SHOWN 60U /* of a path in a sentence that has to fit a jeton_err */

typedef struct load {
    const jd_config_sources *sources;
    jd_config_loaded *loaded;
    jd_config_tell *tell;
    void *user;
    jeton_err *err;
    jeton_status status; /* of the first failure */
} load;

static size_t index_of(const jd_setting *setting)
{
    size_t count;
    return (size_t)(setting - jd_settings(&count));
}

/* ---- mistakes ------------------------------------------------------------------------------- */

/* What a sentence calls the file: its end when it is long. */
static const char *short_path(const char *path)
{
    const size_t len = strlen(path);
    return len > PATH_SHOWN ? path + len - PATH_SHOWN : path;
}

static void print_place(const char *path, jd_config_place place, char *to)
{
    if (place.line == 0)
        (void)snprintf(to, JD_CONFIG_WHERE, "%s", path);
    else
        (void)snprintf(to, JD_CONFIG_WHERE, "%.1300s:%u:%u", path, place.line, place.column);
}

/* `said` is where it is in the sentence of err; NULL where the sentence says so itself. */
static void complain(load *of, jeton_status status, const char *where, const char *said,
                     const char *what)
{
    if (of->status == JETON_OK)
        of->status = said != NULL ? jt_fail(of->err, status, "%s: %s", said, what)
                                  : jt_fail(of->err, status, "%s", what);
    if (of->tell != NULL)
        of->tell(of->user, where, what);
}

/* ---- the sources ---------------------------------------------------------------------------- */

static void complain_of_file(void *user, jd_config_place place, const char *what)
{
    load *of = user;
    char where[JD_CONFIG_WHERE];
    char said[JD_CONFIG_WHERE];
    print_place(of->sources->file, place, where);
    print_place(short_path(of->sources->file), place, said);
    complain(of, JETON_E_ARGUMENT, where, said, what);
}

static void take_file(load *of)
{
    jeton_err why = {0};
    const char *path = of->sources->file;
    if (path == NULL)
        return;
    const jeton_status status = jd_config_file_read(path, &of->loaded->config, of->loaded->places,
                                                    complain_of_file, of, &why);
    if (status != JETON_OK && status != JETON_E_ARGUMENT)
        complain(of, status, "--config", NULL, why.text); /* the sentence names it */
    for (size_t i = 0; i < JD_SETTINGS; i++)
        if (of->loaded->places[i].line > 0)
            of->loaded->from[i] = JD_FROM_FILE;
}

static void take_environment(load *of)
{
    size_t count;
    const jd_setting *all = jd_settings(&count);
    for (size_t i = 0; i < count; i++) {
        char variable[JD_VARIABLE_CHARS];
        jeton_err why = {0};
        jd_setting_variable(&all[i], variable);
        const char *text = getenv(variable);
        if (text == NULL || *text == '\0') /* empty: as if it were not set */
            continue;
        of->loaded->from[i] = JD_FROM_ENVIRONMENT;
        if (jd_config_set(&of->loaded->config, jeton_str(all[i].name), jeton_str(text), &why) !=
            JETON_OK)
            complain(of, JETON_E_ARGUMENT, variable, variable, why.text);
    }
}

static const char seen_by_all[] =
    "whoever lists processes sees a password on the command line: a file or the environment is the "
    "place for it";

static void take_flags(load *of)
{
    for (size_t i = 0; i < of->sources->flag_count; i++) {
        const jd_config_flag *flag = &of->sources->flags[i];
        char where[JD_VARIABLE_CHARS];
        jeton_err why = {0};
        (void)snprintf(where, sizeof where, "--%.40s", flag->name);
        if (jd_config_set(&of->loaded->config, jeton_str(flag->name), jeton_str(flag->value),
                          &why) != JETON_OK)
            complain(of, JETON_E_ARGUMENT, where, NULL, why.text);
        const jd_setting *setting = jd_setting_find(jeton_str(flag->name));
        if (setting != NULL && jd_setting_has_password(setting, flag->value))
            complain(of, JETON_E_ARGUMENT, where, NULL, seen_by_all);
        if (setting != NULL)
            of->loaded->from[index_of(setting)] = JD_FROM_FLAG;
    }
}

jeton_status jd_config_load(const jd_config_sources *sources, jd_config_loaded *loaded,
                            jd_config_tell *tell, void *user, jeton_err *err)
{
    load of = {.sources = sources, .loaded = loaded, .tell = tell, .user = user, .err = err};
    memset(loaded, 0, sizeof *loaded);
    jd_config_init(&loaded->config);
    take_file(&of);
    take_environment(&of);
    take_flags(&of);
    return of.status;
}

/* ---- where from ----------------------------------------------------------------------------- */

const char *jd_config_source_name(jd_config_source source)
{
    static const char *const names[] = {[JD_FROM_DEFAULT] = "default",
                                        [JD_FROM_FILE] = "file",
                                        [JD_FROM_ENVIRONMENT] = "environment",
                                        [JD_FROM_FLAG] = "flag"};
    return names[source];
}

jd_config_source jd_config_source_of(const jd_config_loaded *loaded, const char *name)
{
    const jd_setting *setting = jd_setting_find(jeton_str(name));
    assert(setting != NULL);
    return loaded->from[index_of(setting)];
}

void jd_config_whence(const jd_config_sources *sources, const jd_config_loaded *loaded,
                      const jd_setting *setting, char to[JD_CONFIG_WHERE])
{
    const size_t i = index_of(setting);
    switch (loaded->from[i]) {
    case JD_FROM_DEFAULT: (void)snprintf(to, JD_CONFIG_WHERE, "default"); return;
    case JD_FROM_FILE: print_place(sources->file, loaded->places[i], to); return;
    case JD_FROM_ENVIRONMENT: jd_setting_variable(setting, to); return;
    case JD_FROM_FLAG: (void)snprintf(to, JD_CONFIG_WHERE, "--%s", setting->name); return;
    }
}
