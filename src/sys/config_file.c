/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config_file.c - walks the object and finds the places that the JSON layer does not keep. */
#include "sys/config_file.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/disk.h"

#include <stdio.h>

#define MISTAKES_MAX 50U /* that are told of one file: whoever has more has another problem */

/* A file that is read. */
typedef struct reader {
    jeton_span text; /* as it is; the document has a copy that parsing changed */
    const jt_json *doc;
    jd_config *config;
    jd_config_place *places;
    bool seen[JD_SETTINGS];
    jd_config_mistake *mistake;
    void *user;
    size_t mistakes;
} reader;

/* ---- places --------------------------------------------------------------------------------- */

static jd_config_place place_of(jeton_span text, size_t at)
{
    jd_config_place place = {1, 1};
    for (size_t i = 0; i < at && i < text.len; i++) {
        const bool begins = (text.ptr[i] & 0xc0U) != 0x80; /* not the rest of a UTF-8 character */
        if (text.ptr[i] == '\n')
            place = (jd_config_place){place.line + 1, 1};
        else if (begins)
            place.column++;
    }
    return place;
}

static bool stands(jeton_span text, size_t at, const char *what)
{
    const size_t len = strlen(what);
    return at < text.len && text.len - at >= len && memcmp(text.ptr + at, what, len) == 0;
}

/* Behind the next `end`, or the end of the text. */
static size_t behind(jeton_span text, size_t at, const char *end)
{
    while (at < text.len && !stands(text, at, end))
        at++;
    return at < text.len ? at + strlen(end) : at;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind blanks and comments. */
static size_t skip_blank(jeton_span text, size_t at)
{
    for (;;) {
        if (stands(text, at, "//"))
            at = behind(text, at, "\n");
        else if (stands(text, at, "/*"))
            at = behind(text, at + 2, "*/");
        else if (at < text.len && is_blank(text.ptr[at]))
            at++;
        else
            return at;
    }
}

/* Behind the text whose quote stands at `at`. */
static size_t skip_text(jeton_span text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        if (text.ptr[at] == '\\')
            at++;
    return at + 1;
}

/* Where the value stands whose name's quote stands at `at`. */
static size_t value_behind(jeton_span text, size_t at)
{
    at = skip_blank(text, skip_text(text, at));
    return skip_blank(text, at + 1); /* the colon */
}

/* ---- the object ----------------------------------------------------------------------------- */

static void complain(reader *of, size_t at, const char *what)
{
    of->mistakes++;
    of->mistake(of->user, place_of(of->text, at), what);
}

static void complain_of_name(reader *of, size_t at, jeton_span name)
{
    char what[120];
    const jd_setting *meant = jd_setting_meant(name);
    if (meant == NULL)
        (void)snprintf(what, sizeof what, "there is no such setting");
    else
        (void)snprintf(what, sizeof what, "there is no such setting; did you mean %s?",
                       meant->name);
    complain(of, at, what);
}

static void complain_of_repetition(reader *of, size_t at, const jd_setting *setting, size_t index)
{
    char what[120];
    (void)snprintf(what, sizeof what, "%s is given twice: it stands in line %u already",
                   setting->name, of->places[index].line);
    complain(of, at, what);
}

static void take_member(reader *of, jeton_span name, const jt_val *val)
{
    size_t count;
    const jd_setting *all = jd_settings(&count);
    const jd_setting *setting = jd_setting_find(name);
    const size_t at = jt_json_place(of->doc, name);
    jeton_err why = {0};
    if (setting == NULL) {
        complain_of_name(of, at, name);
        return;
    }
    const size_t index = (size_t)(setting - all);
    if (of->seen[index]) {
        complain_of_repetition(of, at, setting, index);
        return;
    }
    const size_t value = value_behind(of->text, at);
    of->seen[index] = true;
    of->places[index] = place_of(of->text, value);
    if (jd_config_set_json(of->config, setting, val, &why) != JETON_OK)
        complain(of, value, why.text);
}

static void take_members(reader *of, const jt_val *root)
{
    for (jt_iter it = jt_iter_of(root); of->mistakes < MISTAKES_MAX && jt_iter_next(&it);)
        take_member(of, it.name, it.val);
}

jeton_status jd_config_file_parse(jeton_span text, jd_config *config,
                                  jd_config_place places[JD_SETTINGS], jd_config_mistake *mistake,
                                  void *user, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    reader of = {
        .text = text, .config = config, .places = places, .mistake = mistake, .user = user};
    size_t at;
    jeton_err why = {0};
    const jeton_status status = jt_json_parse_commented(NULL, text, &doc, &at, &why);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "%s", why.text);
    of.doc = doc;
    if (status != JETON_OK)
        complain(&of, at, why.text);
    else if (jt_kind_of(jt_json_root(doc)) != JT_OBJECT)
        complain(&of, skip_blank(text, 0), "a file of settings is one object: {\"name\": value}");
    else
        take_members(&of, jt_json_root(doc));
    return of.mistakes == 0 ? JETON_OK
                            : jt_fail(err, JETON_E_ARGUMENT, "the file of settings has mistakes");
}

jeton_status jd_config_file_read(const char *path, jd_config *config,
                                 jd_config_place places[JD_SETTINGS], jd_config_mistake *mistake,
                                 void *user, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret bytes = {0}; /* somebody may have put a secret in it */
    jeton_err why = {0};
    const jeton_status status = jd_file_load(NULL, path, JD_CONFIG_FILE_MAX, &bytes, &why);
    if (status == JETON_E_NOT_FOUND)
        return jt_fail(err, JETON_E_SYSTEM, "%s", why.text);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    return jd_config_file_parse(jeton_bytes(bytes.ptr, bytes.len), config, places, mistake, user,
                                err);
}
