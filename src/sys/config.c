/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config.c - the table of settings made from config_keys.h, and how each type is read. */
#include "sys/config.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/typo.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

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
    void (*print)(const jd_setting *setting, const void *field, char *to, size_t size);
    const char *values; /* what may be given, where it is not a number */
    const unit *units;  /* of a number */
    unsigned kinds;     /* of JSON that stand for it in a file: KIND(JT_TEXT) | … */
    const char *file;   /* the same in words */
    bool secret;        /* a part of it may be */
};

#define KIND(kind) (1U << (kind))

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

static void print_text(const jd_setting *setting, const void *field, char *to, size_t size)
{
    (void)setting;
    (void)snprintf(to, size, "%s", (const char *)field);
}

/* --- addresses ------------------------------------------------------------------------------ */

/* Where a password stands in an address, from *at on; false: there is none. Whatever is before the
 * last @ may belong to it, since not everybody writes %2F for a slash. */
static bool find_user_password(const char *text, size_t *at, size_t *len)
{
    const char *user = strstr(text, "://");
    const char *end = strrchr(text, '@');
    if (user == NULL || end == NULL || end < user)
        return false;
    const char *colon = memchr(user + 3, ':', (size_t)(end - user - 3));
    if (colon == NULL)
        return false;
    *at = (size_t)(colon + 1 - text);
    *len = (size_t)(end - colon - 1);
    return true;
}

/* How many bytes of an address are this character, by itself or as %HH; 0: it is another. */
static size_t length_of(const char *text, char wanted)
{
    char hex[4];
    if (*text == wanted)
        return 1;
    (void)snprintf(hex, sizeof hex, "%%%02X", (unsigned)(unsigned char)wanted);
    return strncasecmp(text, hex, 3) == 0 ? 3 : 0;
}

/* The same of a word. */
static size_t length_of_word(const char *text, const char *word)
{
    size_t len = 0;
    for (; *word != '\0'; word++) {
        const size_t more = length_of(text + len, *word);
        if (more == 0)
            return 0;
        len += more;
    }
    return len;
}

/* Whoever reads an address knows the name also when its letters are escaped. */
static bool find_named_password(const char *text, size_t from, size_t *at, size_t *len)
{
    static const char name[] = "password="; /* sslpassword= as well */
    for (; text[from] != '\0'; from++) {
        const size_t found = length_of_word(text + from, name);
        if (found == 0)
            continue;
        *at = from + found;
        *len = strcspn(text + *at, "&");
        return true;
    }
    return false;
}

bool jd_setting_has_password(const jd_setting *setting, const char *text)
{
    size_t at;
    size_t len;
    return setting->type->secret &&
           (find_user_password(text, &at, &len) || find_named_password(text, 0, &at, &len));
}

static void mask(char text[JD_CONFIG_TEXT], size_t at, size_t len)
{
    char rest[JD_CONFIG_TEXT];
    (void)snprintf(rest, sizeof rest, "%s", text + at + len);
    (void)snprintf(text + at, JD_CONFIG_TEXT - at, "***%s", rest);
}

static void print_address(const jd_setting *setting, const void *field, char *to, size_t size)
{
    (void)setting;
    char text[JD_CONFIG_TEXT];
    size_t at = 0;
    size_t len;
    (void)snprintf(text, sizeof text, "%s", (const char *)field);
    if (find_user_password(text, &at, &len))
        mask(text, at, len);
    for (at = 0; find_named_password(text, at, &at, &len);)
        mask(text, at, len);
    (void)snprintf(to, size, "%s", text);
}

static void print_int(const jd_setting *setting, const void *field, char *to, size_t size)
{
    print_number(setting->type->units, *(const int64_t *)field, to, size);
}

static void print_auto(const jd_setting *setting, const void *field, char *to, size_t size)
{
    if (*(const int64_t *)field == 0)
        (void)snprintf(to, size, "auto");
    else
        print_int(setting, field, to, size);
}

static void print_switch(const jd_setting *setting, const void *field, char *to, size_t size)
{
    (void)setting;
    (void)snprintf(to, size, "%s", *(const bool *)field ? "on" : "off");
}

static void print_mode(const jd_setting *setting, const void *field, char *to, size_t size)
{
    (void)setting;
    (void)snprintf(to, size, "%03" PRIo64, *(const int64_t *)field);
}

static void print_level(const jd_setting *setting, const void *field, char *to, size_t size)
{
    (void)setting;
    (void)snprintf(to, size, "%s", jd_level_name(*(const jd_level *)field));
}

static const jd_config_type type_TEXT = {.read = read_text,
                                         .print = print_text,
                                         .values = "a text",
                                         .kinds = KIND(JT_TEXT),
                                         .file = "a text"};
static const jd_config_type type_ADDRESS = {.read = read_text,
                                            .print = print_address,
                                            .values = "an address",
                                            .kinds = KIND(JT_TEXT),
                                            .file = "a text",
                                            .secret = true};
static const jd_config_type type_LIST = {.read = read_text,
                                         .print = print_text,
                                         .values = "a list",
                                         .kinds = KIND(JT_TEXT) | KIND(JT_ARRAY),
                                         .file = "an array of texts"};
static const jd_config_type type_SECONDS = {.read = read_int,
                                            .print = print_int,
                                            .units = time_units,
                                            .kinds = KIND(JT_TEXT) | KIND(JT_NUMBER),
                                            .file = "a text or a number of seconds"};
static const jd_config_type type_COUNT = {.read = read_int,
                                          .print = print_int,
                                          .units = no_units,
                                          .kinds = KIND(JT_NUMBER),
                                          .file = "a number"};
static const jd_config_type type_AUTO = {.read = read_auto,
                                         .print = print_auto,
                                         .units = no_units,
                                         .kinds = KIND(JT_TEXT) | KIND(JT_NUMBER),
                                         .file = "a number or \"auto\""};
static const jd_config_type type_BYTES = {.read = read_int,
                                          .print = print_int,
                                          .units = byte_units,
                                          .kinds = KIND(JT_TEXT) | KIND(JT_NUMBER),
                                          .file = "a text or a number of bytes"};
static const jd_config_type type_SWITCH = {.read = read_switch,
                                           .print = print_switch,
                                           .values = "on or off",
                                           .kinds = KIND(JT_TEXT) | KIND(JT_BOOL),
                                           .file = "true or false"};
static const jd_config_type type_MODE = {.read = read_mode,
                                         .print = print_mode,
                                         .values = "an octal mode, such as 660",
                                         .kinds = KIND(JT_TEXT),
                                         .file = "a text"};
static const jd_config_type type_LEVEL = {.read = read_level,
                                          .print = print_level,
                                          .values = "debug, info, warn or error",
                                          .kinds = KIND(JT_TEXT),
                                          .file = "a text"};

/* --- the table ------------------------------------------------------------------------------ */

static const jd_setting settings[] = {
#define SETTING(type, when, field, name, standard, least, most, help)                              \
    {name,                                                                                         \
     standard,                                                                                     \
     least,                                                                                        \
     most,                                                                                         \
     help,                                                                                         \
     &type_##type,                                                                                 \
     JD_##when,                                                                                    \
     offsetof(jd_config, field),                                                                   \
     sizeof(jd_config_##type)},
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

const jd_setting *jd_setting_meant(jeton_span name)
{
    const jd_setting *meant = NULL;
    unsigned nearest = JD_TYPO_LEN;
    for (size_t i = 0; i < JT_COUNT(settings); i++) {
        unsigned distance;
        if (!jd_typo_of(name, jeton_str(settings[i].name), &distance) || distance >= nearest)
            continue;
        nearest = distance;
        meant = &settings[i];
    }
    return meant;
}

void jd_setting_variable(const jd_setting *setting, char to[JD_VARIABLE_CHARS])
{
    (void)snprintf(to, JD_VARIABLE_CHARS, "JETON_%s", setting->name);
    for (char *at = to; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
        else if (*at == '-')
            *at = '_';
    }
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

/* --- values of files ------------------------------------------------------------------------ */

static jeton_status wrong_kind(const jd_setting *setting, jeton_err *err)
{
    char range[96];
    const jd_config_type *type = setting->type;
    jd_setting_range(setting, range, sizeof range);
    if (type == &type_SWITCH)
        return jt_fail(err, JETON_E_ARGUMENT, "%s takes %s", setting->name, type->file);
    return jt_fail(err, JETON_E_ARGUMENT, "%s takes %s: %s", setting->name, type->file, range);
}

/* As one text, parted by commas, which is how flags give it. */
static jeton_status set_array(jd_config *config, const jd_setting *setting, const jt_val *array,
                              jeton_err *err)
{
    char text[JD_CONFIG_TEXT];
    size_t len = 0;
    for (jt_iter it = jt_iter_of(array); jt_iter_next(&it);) {
        jeton_span one;
        if (!jt_val_text(it.val, &one))
            return wrong_kind(setting, err);
        if (one.len == 0 || memchr(one.ptr, ',', one.len) != NULL)
            return jt_fail(err, JETON_E_ARGUMENT,
                           "%s: a text of the array is empty or holds a comma", setting->name);
        if (one.len + 1 > sizeof text - len)
            return set(config, setting, jeton_bytes(text, sizeof text), err); /* is too long */
        if (len > 0)
            text[len++] = ',';
        memcpy(text + len, one.ptr, one.len);
        len += one.len;
    }
    return set(config, setting, jeton_bytes(text, len), err);
}

jeton_status jd_config_set_json(jd_config *config, const jd_setting *setting, const jt_val *val,
                                jeton_err *err)
{
    const jt_kind kind = jt_kind_of(val);
    char text[24];
    jeton_span span;
    int64_t number;
    bool on;
    if ((setting->type->kinds & KIND(kind)) == 0)
        return wrong_kind(setting, err);
    if (jt_val_text(val, &span))
        return set(config, setting, span, err);
    if (kind == JT_ARRAY)
        return set_array(config, setting, val, err);
    if (jt_val_bool(val, &on))
        return set(config, setting, jeton_str(on ? "on" : "off"), err);
    if (!jt_val_int(val, &number))
        return wrong_kind(setting, err);
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    return set(config, setting, jeton_str(text), err);
}

/* --- written -------------------------------------------------------------------------------- */

void jd_config_print(const jd_config *config, const jd_setting *setting, char to[JD_CONFIG_TEXT])
{
    setting->type->print(setting, (const char *)config + setting->offset, to, JD_CONFIG_TEXT);
}

static void put_list(const char *text, const char *name, jt_tree *tree, jt_node *object)
{
    jt_node *list = jt_tree_array(tree);
    bool more = *text != '\0';
    while (more) {
        const size_t len = strcspn(text, ",");
        jt_add_text(tree, list, jeton_bytes(text, len));
        more = text[len] == ',';
        text += len + more;
    }
    jt_put_node(tree, object, name, list);
}

void jd_config_put(const jd_config *config, const jd_setting *setting, const char *name,
                   jt_tree *tree, jt_node *object)
{
    char text[JD_CONFIG_TEXT];
    const jd_config_type *type = setting->type;
    const void *field = (const char *)config + setting->offset;
    jd_config_print(config, setting, text);
    const bool automatic = type == &type_AUTO && *(const int64_t *)field == 0;
    if (type == &type_SWITCH)
        jt_put_bool(tree, object, name, *(const bool *)field);
    else if (type == &type_LIST)
        put_list(text, name, tree, object);
    else if (type->units == no_units && !automatic)
        jt_put_int(tree, object, name, *(const int64_t *)field);
    else
        jt_put_text(tree, object, name, jeton_str(text));
}

void jd_config_copy(jd_config *config, const jd_setting *setting, const jd_config *from)
{
    memcpy((char *)config + setting->offset, (const char *)from + setting->offset, setting->size);
}

bool jd_config_same(const jd_config *a, const jd_config *b, const jd_setting *setting)
{
    char one[JD_CONFIG_TEXT];
    char other[JD_CONFIG_TEXT];
    if (setting->type->read == read_text) /* not as it is shown */
        return strcmp((const char *)a + setting->offset, (const char *)b + setting->offset) == 0;
    jd_config_print(a, setting, one);
    jd_config_print(b, setting, other);
    return strcmp(one, other) == 0;
}
