/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config.c - the table of settings made from config_keys.h, and how each type is read. */
#include "sys/config.h"

#include "core/auto.h"
#include "core/err.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* --- numbers with a unit -------------------------------------------------------------------- */

typedef struct unit {
    char suffix; /* '\0' ends the list */
    int64_t times;
} unit;

static const unit no_units[] = {{'\0', 1}};
static const unit time_units[] = {{'d', JD_DAY}, {'h', 3600}, {'m', 60}, {'s', 1}, {'\0', 1}};
static const unit byte_units[] = {{'M', JD_MIB}, {'k', 1024}, {'\0', 1}};

/* Decimal digits and nothing else: no sign, no space. False when it is too large as well. */
static bool read_digits(jeton_span text, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, text.ptr[i] - '0', number))
            return false;
    }
    return text.len > 0;
}

static bool read_number(const unit *units, jeton_span text, int64_t *number)
{
    if (text.len == 0)
        return false;
    const char last = (char)text.ptr[text.len - 1];
    const unit *at = units;
    while (at->suffix != '\0' && at->suffix != last)
        at++;
    if (at->suffix != '\0')
        text.len--;
    return read_digits(text, number) && !__builtin_mul_overflow(*number, at->times, number);
}

/* In the largest unit that leaves no rest. */
static void print_number(const unit *units, int64_t number, char *to, size_t size)
{
    const unit *at = units;
    while (at->suffix != '\0' && (number == 0 || number % at->times != 0))
        at++;
    const char suffix[2] = {at->suffix, '\0'};
    (void)snprintf(to, size, "%" PRId64 "%s", number / at->times, suffix);
}

/* --- the types ------------------------------------------------------------------------------ */

struct jd_config_type {
    /* Reads `text` into the field; false, and the field is as it was, if it is not a value. */
    bool (*read)(const jd_setting *setting, jeton_span text, void *field);
    const char *values; /* what may be given, where it is not a number */
    const unit *units;  /* of a number */
};

static bool read_text(const jd_setting *setting, jeton_span text, void *field)
{
    const bool fits = (int64_t)text.len >= setting->least && (int64_t)text.len <= setting->most;
    if (!fits || (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL))
        return false;
    char *to = field;
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
    return true;
}

static bool read_int(const jd_setting *setting, jeton_span text, void *field)
{
    int64_t number;
    if (!read_number(setting->type->units, text, &number))
        return false;
    if (number < setting->least || number > setting->most)
        return false;
    *(int64_t *)field = number;
    return true;
}

/* "auto" is 0, which the range leaves out. */
static bool read_auto(const jd_setting *setting, jeton_span text, void *field)
{
    if (!jeton_span_equal(text, jeton_str("auto")))
        return read_int(setting, text, field);
    *(int64_t *)field = 0;
    return true;
}

static bool read_mode(const jd_setting *setting, jeton_span text, void *field)
{
    int64_t mode = 0;
    if (text.len < 3 || text.len > 4)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '7')
            return false;
        mode = mode * 8 + (text.ptr[i] - '0');
    }
    if (mode < setting->least || mode > setting->most)
        return false;
    *(int64_t *)field = mode;
    return true;
}

static bool read_switch(const jd_setting *setting, jeton_span text, void *field)
{
    (void)setting;
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"on", true}, {"true", true}, {"off", false}, {"false", false}};
    for (size_t i = 0; i < JT_COUNT(words); i++) {
        if (jeton_span_equal(text, jeton_str(words[i].word))) {
            *(bool *)field = words[i].value;
            return true;
        }
    }
    return false;
}

static bool read_level(const jd_setting *setting, jeton_span text, void *field)
{
    (void)setting;
    return jd_level_find(text, field);
}

static const jd_config_type type_TEXT = {.read = read_text, .values = "a text"};
static const jd_config_type type_LIST = {.read = read_text, .values = "a list"};
static const jd_config_type type_SECONDS = {.read = read_int, .units = time_units};
static const jd_config_type type_COUNT = {.read = read_int, .units = no_units};
static const jd_config_type type_AUTO = {.read = read_auto, .units = no_units};
static const jd_config_type type_BYTES = {.read = read_int, .units = byte_units};
static const jd_config_type type_SWITCH = {.read = read_switch, .values = "on or off"};
static const jd_config_type type_MODE = {.read = read_mode, .values = "an octal mode, such as 660"};
static const jd_config_type type_LEVEL = {.read = read_level,
                                          .values = "debug, info, warn or error"};

/* --- the table ------------------------------------------------------------------------------ */

static const jd_setting settings[] = {
#define SETTING(type, when, field, name, standard, least, most, help)                              \
    {name, standard, least, most, help, &type_##type, JD_##when, offsetof(jd_config, field)},
    JD_CONFIG_LIST(SETTING)
#undef SETTING
};

const jd_setting *jd_settings(size_t *count)
{
    *count = JT_COUNT(settings);
    return settings;
}

const jd_setting *jd_setting_find(jeton_span name)
{
    for (size_t i = 0; i < JT_COUNT(settings); i++)
        if (jeton_span_equal(name, jeton_str(settings[i].name)))
            return &settings[i];
    return NULL;
}

void jd_setting_range(const jd_setting *setting, char *to, size_t size)
{
    const jd_config_type *type = setting->type;
    char least[24];
    char most[24];
    print_number(type->units != NULL ? type->units : no_units, setting->least, least, sizeof least);
    print_number(type->units != NULL ? type->units : no_units, setting->most, most, sizeof most);
    if (type->units != NULL)
        (void)snprintf(to, size, "%s to %s (example: %s)", least, most, setting->standard);
    else if (type->read == read_text)
        (void)snprintf(to, size, "%s of %s to %s bytes", type->values, least, most);
    else
        (void)snprintf(to, size, "%s", type->values);
}

/* --- values --------------------------------------------------------------------------------- */

void jd_config_init(jd_config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < JT_COUNT(settings); i++) {
        const jd_setting *row = &settings[i];
        const bool read =
            row->type->read(row, jeton_str(row->standard), (char *)config + row->offset);
        assert(read); /* a default outside its own range is our mistake */
        (void)read;
    }
}

static jeton_status set(jd_config *config, const jd_setting *setting, jeton_span text,
                        jeton_err *err)
{
    if (setting->type->read(setting, text, (char *)config + setting->offset))
        return JETON_OK;
    char range[96];
    jd_setting_range(setting, range, sizeof range);
    return jt_fail(err, JETON_E_ARGUMENT, "%s takes %s", setting->name, range);
}

jeton_status jd_config_set(jd_config *config, jeton_span name, jeton_span text, jeton_err *err)
{
    const jd_setting *setting = jd_setting_find(name);
    if (setting == NULL)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no setting of that name");
    return set(config, setting, text, err);
}

/* "access-ttl" to "JETON_ACCESS_TTL". */
static void print_variable(const char *name, char *to, size_t size)
{
    (void)snprintf(to, size, "JETON_%s", name);
    for (char *at = to; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
        else if (*at == '-')
            *at = '_';
    }
}

jeton_status jd_config_env(jd_config *config, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(settings); i++) {
        char variable[48];
        print_variable(settings[i].name, variable, sizeof variable);
        const char *text = getenv(variable);
        if (text == NULL || *text == '\0')
            continue;
        JT_TRY(set(config, &settings[i], jeton_str(text), err));
    }
    return JETON_OK;
}

jeton_status jd_config_flag(jd_config *config, int argc, char *const argv[], int *at,
                            jeton_err *err)
{
    const char *flag = argv[*at];
    if (strncmp(flag, "--", 2) != 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "not a flag");
    const char *name = flag + 2;
    const char *equals = strchr(name, '=');
    const size_t name_len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const jd_setting *setting = jd_setting_find(jeton_bytes(name, name_len));
    if (setting == NULL)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no setting of that name");

    int used = 1;
    const char *text = equals != NULL ? equals + 1 : NULL;
    if (text == NULL && setting->type == &type_SWITCH)
        text = "on";
    if (text == NULL && *at + 1 < argc) {
        text = argv[*at + 1];
        used = 2;
    }
    if (text == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "--%s wants a value", setting->name);
    JT_TRY(set(config, setting, jeton_str(text), err));
    *at += used;
    return JETON_OK;
}
