/* SPDX-License-Identifier: Apache-2.0 */
/* cli/args.c - reads command lines and prints help, both from the command's row. */
#include "cli/args.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/typo.h"

#include <stdio.h>
#include <string.h>

/* The option that `text` names, up to its end or a "=". */
static const jd_option *find_option(const jd_command *command, const char *text)
{
    const size_t len = strcspn(text, "=");
    for (const jd_option *option = command->options; option->name != NULL; option++)
        if (strlen(option->name) == len && strncmp(option->name, text, len) == 0)
            return option;
    return NULL;
}

/* The option that `text` was meant to be, if it looks like one. */
static const jd_option *find_meant(const jd_command *command, const char *text)
{
    const jeton_span given = jeton_bytes(text, strcspn(text, "="));
    const jd_option *meant = NULL;
    unsigned nearest = JD_TYPO_LEN;
    for (const jd_option *option = command->options; option->name != NULL; option++) {
        unsigned distance;
        if (!jd_typo_of(given, jeton_str(option->name), &distance) || distance >= nearest)
            continue;
        nearest = distance;
        meant = option;
    }
    return meant;
}

static jeton_status fail_unknown(const jd_command *command, const char *text, jeton_err *err)
{
    const int len = (int)strcspn(text, "=");
    const jd_option *meant = find_meant(command, text);
    if (meant != NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no option %.*s: did you mean %s?",
                       len < 40 ? len : 40, text, meant->name);
    if (command->operand != NULL)
        return jt_fail(err, JETON_E_ARGUMENT,
                       "there is no option %.40s; if it is the %s, put -- before it", text,
                       command->operand);
    return jt_fail(err, JETON_E_ARGUMENT, "there is no option %.40s", text);
}

static jeton_status add_given(jd_args *args, const jd_option *option, const char *value,
                              jeton_err *err)
{
    if (args->count == JD_ARGS_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "more than %u options", JD_ARGS_MAX);
    if (!option->many && jd_args_has(args, option->name))
        return jt_fail(err, JETON_E_ARGUMENT, "%s is given twice", option->name);
    args->given[args->count].option = option;
    args->given[args->count].value = value;
    args->count++;
    return JETON_OK;
}

/* Reads the option at argv[*at] and its value, which may be the next word. */
static jeton_status take_option(jd_args *args, int argc, char *const *argv, int *at, jeton_err *err)
{
    const char *text = argv[*at];
    const jd_option *option = find_option(args->command, text);
    const char *equals = strchr(text, '=');
    if (option == NULL)
        return fail_unknown(args->command, text, err);
    if (option->value == NULL) {
        if (equals != NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "%s takes no value", option->name);
        return add_given(args, option, "", err);
    }
    if (equals != NULL)
        return add_given(args, option, equals + 1, err);
    if (*at + 1 >= argc)
        return jt_fail(err, JETON_E_ARGUMENT, "%s needs a value: %s", option->name, option->value);
    *at += 1;
    return add_given(args, option, argv[*at], err);
}

static jeton_status take_operand(jd_args *args, const char *text, jeton_err *err)
{
    if (args->command->operand == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "takes no operand");
    if (args->operand != NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "takes one operand: %s", args->command->operand);
    args->operand = text;
    return JETON_OK;
}

static jeton_status check_complete(const jd_args *args, jeton_err *err)
{
    for (const jd_option *option = args->command->options; option->name != NULL; option++)
        if (option->required && !jd_args_has(args, option->name))
            return jt_fail(err, JETON_E_ARGUMENT, "%s %s is missing", option->name, option->value);
    if (args->command->operand != NULL && !args->command->operand_optional && args->operand == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "%s is missing", args->command->operand);
    return JETON_OK;
}

/* Names of keys are base64url, so one in 64 begins with "-": where an operand may come, only "--"
 * and a lone letter make an option. */
static bool is_option(const jd_command *command, const char *text)
{
    if (text[0] != '-' || text[1] == '\0')
        return false;
    return text[1] == '-' || text[2] == '\0' || command->operand == NULL;
}

static bool asks_for_help(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

jeton_status jd_args_parse(const jd_command *command, int argc, char *const *argv, jd_args *args,
                           jeton_err *err)
{
    *args = (jd_args){.command = command, .help = asks_for_help(argc, argv)};
    if (args->help)
        return JETON_OK;
    bool options_end = false;
    for (int i = 0; i < argc; i++) {
        if (!options_end && strcmp(argv[i], "--") == 0)
            options_end = true;
        else if (!options_end && is_option(command, argv[i]))
            JT_TRY(take_option(args, argc, argv, &i, err));
        else
            JT_TRY(take_operand(args, argv[i], err));
    }
    return check_complete(args, err);
}

const char *jd_args_get(const jd_args *args, const char *name)
{
    for (size_t i = args->count; i-- > 0;)
        if (strcmp(args->given[i].option->name, name) == 0)
            return args->given[i].value;
    return NULL;
}

bool jd_args_has(const jd_args *args, const char *name)
{
    return jd_args_get(args, name) != NULL;
}

const char *jd_args_next(const jd_args *args, const char *name, size_t *at)
{
    while (*at < args->count) {
        const size_t i = (*at)++;
        if (strcmp(args->given[i].option->name, name) == 0)
            return args->given[i].value;
    }
    return NULL;
}

/* Bytes of a UTF-8 text that take no column of their own: printf() counts bytes. */
static int without_column(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += (*text & 0xC0) == 0x80;
    return count;
}

static void print_option(const jd_option *option)
{
    char left[40];
    (void)snprintf(left, sizeof left, "%s%s%s", option->name, option->value != NULL ? " " : "",
                   option->value != NULL ? option->value : "");
    printf("  %-*s %s%s\n", 24 + without_column(left), left, option->help,
           option->many ? " (may be repeated)" : "");
}

void jd_args_help(const jd_command *command)
{
    printf("usage: jeton %s", command->noun);
    if (command->verb != NULL)
        printf(" %s", command->verb);
    for (const jd_option *option = command->options; option->name != NULL; option++)
        if (option->required)
            printf(" %s %s", option->name, option->value);
    printf(" [OPTION]…");
    if (command->operand != NULL)
        printf("%s%s%s", command->operand_optional ? " [" : " ", command->operand,
               command->operand_optional ? "]" : "");
    printf("\n\n%s\n\noptions:\n", command->summary);
    for (const jd_option *option = command->options; option->name != NULL; option++)
        print_option(option);
    printf("  %-24s %s\n", "--help", "print this");
}
