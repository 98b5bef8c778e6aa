/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_policy.c - options as a policy. What they mean is the library's to say. */
#include "cli/token_policy.h"

#include "cli/input.h"
#include "core/auto.h"
#include "core/err.h"
#include "json/tree.h"

#include <string.h>

/* A word on the command line and what it stands for. */
typedef struct word {
    const char *text;
    unsigned value;
} word;

static const word presets[] = {
#define PRESET(name, number, word) {word, JETON_PRESET_##name},
    JETON_PRESET_LIST(PRESET)
#undef PRESET
        {NULL, 0},
};

static const word operators[] = {
#define OPERATOR(name, number, word) {word, JETON_RULE_##name},
    JETON_RULE_LIST(OPERATOR)
#undef OPERATOR
        {NULL, 0},
};

static const word allowed[] = {
    {"no-exp", JETON_ALLOW_NO_EXP},
    {"future-iat", JETON_ALLOW_FUTURE_IAT},
    {"number-sub", JETON_ALLOW_NUMBER_SUB},
    {"any-aud", JETON_ALLOW_ANY_AUD},
    {NULL, 0},
};

/* Looks a word of `len` bytes up. */
static jeton_status find_word(const word *words, const char *option, const char *text, size_t len,
                              unsigned *value, jeton_err *err)
{
    for (; words->text != NULL; words++) {
        if (strlen(words->text) == len && strncmp(words->text, text, len) == 0) {
            *value = words->value;
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_ARGUMENT, "%s does not know \"%.*s\"", option,
                   (int)(len < 40 ? len : 40), text);
}

static jeton_status list_names(const jd_args *args, const char *option, const char **to,
                               size_t room, jeton_err *err)
{
    size_t at = 0;
    const char *name;
    for (size_t i = 0; (name = jd_args_next(args, option, &at)) != NULL; i++) {
        if (i == room)
            return jt_fail(err, JETON_E_ARGUMENT, "%s: at most %zu", option, room);
        to[i] = name;
    }
    return JETON_OK;
}

/* ---- rules ---------------------------------------------------------------------------------- */

/* A value that is JSON is taken as JSON, anything else as a text, as --set of sign does. */
static jeton_status read_value(jt_buf *to, const char *text, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *json = NULL;
    if (jt_json_parse(NULL, jeton_str(text), &json, NULL) == JETON_OK)
        return jt_buf_add(to, jeton_str(text), err);
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    return jt_tree_print(tree, jt_tree_text(tree, jeton_str(text)), JT_COMPACT, to, err);
}

static jeton_status end_text(jt_buf *text, jeton_err *err)
{
    return jt_buf_add(text, jeton_bytes("", 1), err);
}

/* "PATH OP" or "PATH OP VALUE"; the value may have spaces in it. */
static jeton_status read_rule(const char *text, jeton_rule *rule, jt_buf texts[2], jeton_err *err)
{
    const size_t path = strcspn(text, " ");
    const char *op = text + path + strspn(text + path, " ");
    const size_t op_len = strcspn(op, " ");
    const char *value = op + op_len + strspn(op + op_len, " ");
    unsigned number;
    if (path == 0 || op_len == 0)
        return jt_fail(err, JETON_E_ARGUMENT,
                       "--rule takes 'PATH OP VALUE', as in 'scope contains "
                       "admin'");
    JT_TRY(find_word(operators, "--rule", op, op_len, &number, err));
    JT_TRY(jt_buf_add(&texts[0], jeton_bytes(text, path), err));
    JT_TRY(end_text(&texts[0], err));
    rule->path = (const char *)texts[0].ptr;
    rule->op = (jeton_rule_op)number;
    if (*value == '\0')
        return JETON_OK;
    JT_TRY(read_value(&texts[1], value, err));
    JT_TRY(end_text(&texts[1], err));
    rule->value = (const char *)texts[1].ptr;
    return JETON_OK;
}

static jeton_status read_rules(const jd_args *args, jd_token_policy *to, jeton_err *err)
{
    size_t at = 0;
    const char *text;
    for (size_t i = 0; (text = jd_args_next(args, "--rule", &at)) != NULL; i++) {
        if (i == JETON_POLICY_RULES)
            return jt_fail(err, JETON_E_ARGUMENT, "--rule: at most %d", JETON_POLICY_RULES);
        JT_TRY(read_rule(text, &to->policy.rules[i], to->texts[i], err));
    }
    return JETON_OK;
}

/* ---- the rest ------------------------------------------------------------------------------- */

static jeton_status read_duration(const jd_args *args, const char *option, bool may_be_zero,
                                  unsigned *seconds, jeton_err *err)
{
    const char *text = jd_args_get(args, option);
    if (text == NULL)
        return JETON_OK;
    JT_TRY(jd_input_duration(text, seconds, err));
    if (*seconds == 0 && !may_be_zero) /* 0 stands for "no limit" in a policy */
        return jt_fail(err, JETON_E_ARGUMENT, "%s takes a second or more", option);
    return JETON_OK;
}

/* Words parted by commas. */
static jeton_status read_allowed(const jd_args *args, unsigned *allow, jeton_err *err)
{
    size_t at = 0;
    const char *text = jd_args_get(args, "--allow");
    while (text != NULL) {
        unsigned bit;
        const size_t len = strcspn(text + at, ",");
        JT_TRY(find_word(allowed, "--allow", text + at, len, &bit, err));
        *allow |= bit;
        if (text[at + len] == '\0')
            break;
        at += len + 1;
    }
    return JETON_OK;
}

static jeton_status read_preset(const jd_args *args, jeton_preset *preset, jeton_err *err)
{
    const char *text = jd_args_get(args, "--preset");
    unsigned number = JETON_PRESET_NONE;
    if (text != NULL)
        JT_TRY(find_word(presets, "--preset", text, strlen(text), &number, err));
    *preset = (jeton_preset)number;
    return JETON_OK;
}

static jeton_status read_names(const jd_args *args, jeton_policy *policy, jeton_err *err)
{
    JT_TRY(jd_input_algs(jd_args_get(args, "--alg"), &policy->algs, err));
    JT_TRY(list_names(args, "--iss", policy->issuers, JETON_POLICY_NAMES, err));
    JT_TRY(list_names(args, "--aud", policy->audiences, JETON_POLICY_NAMES, err));
    JT_TRY(list_names(args, "--require", policy->require, JETON_POLICY_REQUIRED, err));
    policy->all_audiences = jd_args_has(args, "--all-aud");
    if (policy->all_audiences && policy->audiences[0] == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "--all-aud goes with --aud");
    return JETON_OK;
}

jeton_status jd_token_policy_read(const jd_args *args, jd_token_policy *to, jeton_err *err)
{
    *to = (jd_token_policy){.policy = {.typ = jd_args_get(args, "--typ"),
                                       .subject = jd_args_get(args, "--sub"),
                                       .jti = jd_args_get(args, "--jti")}};
    jeton_policy *policy = &to->policy;
    JT_TRY(read_names(args, policy, err));
    JT_TRY(read_preset(args, &policy->preset, err));
    JT_TRY(read_allowed(args, &policy->allow, err));
    JT_TRY(read_duration(args, "--leeway", true, &policy->leeway, err));
    JT_TRY(read_duration(args, "--max-age", false, &policy->max_age, err));
    JT_TRY(read_duration(args, "--max-life", false, &policy->max_life, err));
    return read_rules(args, to, err);
}

void jd_token_policy_done(jd_token_policy *policy)
{
    for (size_t i = 0; i < JETON_POLICY_RULES; i++)
        for (size_t k = 0; k < 2; k++)
            jt_buf_done(&policy->texts[i][k]);
}
