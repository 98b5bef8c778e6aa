/* SPDX-License-Identifier: Apache-2.0 */
/* token/rules.c - claims held against rules: one function and one row for each operator. */
#include "token/rules.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/words.h"
#include "json/compare.h"
#include "json/pointer.h"

/* ---- the operators -------------------------------------------------------------------------- */

/* Each is asked about a claim that is there and not null, or about NULL, and the rule's value. */

static bool exists(const jt_val *claim, const jt_val *value)
{
    (void)value;
    return claim != NULL;
}

static bool is_absent(const jt_val *claim, const jt_val *value)
{
    (void)value;
    return claim == NULL;
}

static bool has_element(const jt_val *array, const jt_val *value)
{
    for (jt_iter it = jt_iter_of(array); jt_iter_next(&it);)
        if (jt_val_equal(it.val, value))
            return true;
    return false;
}

static bool is_one_of(const jt_val *claim, const jt_val *value)
{
    return claim != NULL && has_element(value, claim);
}

static bool contains(const jt_val *claim, const jt_val *value)
{
    jeton_span words;
    jeton_span word;
    if (jt_kind_of(claim) == JT_ARRAY)
        return has_element(claim, value);
    return jt_val_text(claim, &words) && jt_val_text(value, &word) && jt_words_have(words, word);
}

static bool contains_all(const jt_val *claim, const jt_val *value)
{
    for (jt_iter it = jt_iter_of(value); jt_iter_next(&it);)
        if (!contains(claim, it.val))
            return false;
    return true;
}

/* The texts of both; false when the claim is none or shorter than the value. */
static bool texts_of(const jt_val *claim, const jt_val *value, jeton_span *text, jeton_span *part)
{
    (void)jt_val_text(value, part);
    return jt_val_text(claim, text) && text->len >= part->len;
}

static bool starts_with(const jt_val *claim, const jt_val *value)
{
    jeton_span text;
    jeton_span part;
    return texts_of(claim, value, &text, &part) && memcmp(text.ptr, part.ptr, part.len) == 0;
}

static bool ends_with(const jt_val *claim, const jt_val *value)
{
    jeton_span text;
    jeton_span part;
    return texts_of(claim, value, &text, &part) &&
           memcmp(text.ptr + text.len - part.len, part.ptr, part.len) == 0;
}

static bool at_least(const jt_val *claim, const jt_val *value)
{
    return jt_kind_of(claim) == JT_NUMBER && jt_val_order(claim, value) >= 0;
}

static bool at_most(const jt_val *claim, const jt_val *value)
{
    return jt_kind_of(claim) == JT_NUMBER && jt_val_order(claim, value) <= 0;
}

/* What an operator takes as its value. */
typedef enum takes { NOTHING, ANYTHING, A_LIST, A_TEXT, A_NUMBER } takes;

struct jt_rule_kind {
    takes takes;
    bool (*is_met)(const jt_val *claim, const jt_val *value);
    const char *why;
};

static const jt_rule_kind kinds[] = {
    [JETON_RULE_EXISTS] = {NOTHING, exists, "missing"},
    [JETON_RULE_ABSENT] = {NOTHING, is_absent, "must not be there"},
    [JETON_RULE_EQUALS] = {ANYTHING, jt_val_equal, "not the value demanded"},
    [JETON_RULE_ONE_OF] = {A_LIST, is_one_of, "none of the values demanded"},
    [JETON_RULE_CONTAINS] = {ANYTHING, contains, "does not contain what is demanded"},
    [JETON_RULE_CONTAINS_ALL] = {A_LIST, contains_all, "does not contain all that is demanded"},
    [JETON_RULE_STARTS_WITH] = {A_TEXT, starts_with, "does not start as demanded"},
    [JETON_RULE_ENDS_WITH] = {A_TEXT, ends_with, "does not end as demanded"},
    [JETON_RULE_AT_LEAST] = {A_NUMBER, at_least, "not a number, or too small"},
    [JETON_RULE_AT_MOST] = {A_NUMBER, at_most, "not a number, or too large"},
};

/* ---- making them ready ---------------------------------------------------------------------- */

static bool is_taken(takes what, const jt_val *value)
{
    jeton_span text;
    switch (what) {
    case NOTHING: return value == NULL;
    case ANYTHING: return value != NULL && jt_kind_of(value) != JT_NULL;
    case A_LIST: return jt_kind_of(value) == JT_ARRAY && jt_val_count(value) > 0;
    case A_TEXT: return jt_val_text(value, &text) && text.len > 0;
    case A_NUMBER: break;
    }
    return jt_kind_of(value) == JT_NUMBER;
}

/* `number`, from 1, tells the rule in texts. */
static jeton_status read_value(jt_rule *rule, const jeton_ctx *ctx, const char *text, size_t number,
                               jeton_err *err)
{
    if (text == NULL)
        return JETON_OK;
    const jeton_status status = jt_json_parse(ctx, jeton_str(text), &rule->value, NULL);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "rule");
    if (status != JETON_OK)
        return jt_fail(err, JETON_E_ARGUMENT, "the value of rule %zu is not JSON", number);
    return JETON_OK;
}

static jeton_status read_rule(jt_rule *rule, const jeton_ctx *ctx, const jeton_rule *from,
                              size_t number, jeton_err *err)
{
    if ((size_t)from->op >= JT_COUNT(kinds) || kinds[from->op].is_met == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu has no operator", number);
    if (!jt_path_is_good(from->path))
        return jt_fail(err, JETON_E_ARGUMENT, "the path of rule %zu is no JSON Pointer", number);
    rule->kind = &kinds[from->op];
    rule->path = jt_strdup(ctx, from->path);
    if (rule->path == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rule");
    JT_TRY(read_value(rule, ctx, from->value, number, err));
    if (!is_taken(rule->kind->takes, jt_json_root(rule->value)))
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu has a value its operator does not take",
                       number);
    return JETON_OK;
}

/* How many rules there are. A rule that lost its path must not pass for the end. */
static jeton_status count_rules(const jeton_rule *from, size_t *count, jeton_err *err)
{
    *count = 0;
    while (*count < JETON_POLICY_RULES && from[*count].path != NULL)
        ++*count;
    for (size_t i = *count; i < JETON_POLICY_RULES; i++)
        if (from[i].path != NULL || from[i].value != NULL || (int)from[i].op != 0)
            return jt_fail(err, JETON_E_ARGUMENT, "rule %zu has no path", *count + 1);
    return JETON_OK;
}

jeton_status jt_rules_init(jt_rules *rules, const jeton_ctx *ctx, const jeton_rule *from,
                           jeton_err *err)
{
    *rules = (jt_rules){0};
    size_t count;
    JT_TRY(count_rules(from, &count, err));
    if (count == 0)
        return JETON_OK;
    rules->at = jt_zalloc(ctx, count * sizeof *rules->at);
    if (rules->at == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rules");
    rules->count = count;
    for (size_t i = 0; i < count; i++)
        JT_TRY(read_rule(&rules->at[i], ctx, &from[i], i + 1, err));
    return JETON_OK;
}

void jt_rules_done(jt_rules *rules, const jeton_ctx *ctx)
{
    for (size_t i = 0; i < rules->count; i++) {
        jt_release(ctx, rules->at[i].path);
        jt_json_free(&rules->at[i].value);
    }
    jt_release(ctx, rules->at);
    *rules = (jt_rules){0};
}

/* ---- asking them ---------------------------------------------------------------------------- */

static bool holds(const jt_rule_kind *kind, const char *path, const jt_val *value,
                  const jt_val *claims)
{
    const jt_val *claim = jt_path_find(claims, path);
    if (jt_kind_of(claim) == JT_NULL)
        claim = NULL;
    return kind->is_met(claim, value);
}

static bool is_met(const jt_rule *rule, const jt_val *claims)
{
    return holds(rule->kind, rule->path, jt_json_root(rule->value), claims);
}

const jt_rule *jt_rules_broken(const jt_rules *rules, const jt_val *claims)
{
    for (size_t i = 0; i < rules->count; i++)
        if (!is_met(&rules->at[i], claims))
            return &rules->at[i];
    return NULL;
}

/* The value of a rule, read into *pool; NULL where it has none. */
static jeton_status read_into(const char *text, jt_buf *copy, jt_buf *pool, const jt_val **value)
{
    *value = NULL;
    if (text == NULL)
        return JETON_OK;
    const jeton_span json = jeton_str(text);
    copy->len = 0;
    JT_TRY(jt_buf_reserve(copy, json.len + JT_JSON_PADDING, NULL));
    JT_TRY(jt_buf_add(copy, json, NULL));
    const jeton_status status =
        jt_json_parse_into(pool, JT_LIMIT_DEPTH, copy->ptr, copy->len, value, NULL);
    return status == JETON_OK || status == JETON_E_NOMEM ? status : JETON_E_ARGUMENT;
}

jeton_status jt_rule_try(const jeton_rule *rule, jt_buf *text, jt_buf *pool, const jt_val *claims,
                         bool *met)
{
    const jt_val *value;
    *met = false;
    if ((size_t)rule->op >= JT_COUNT(kinds) || kinds[rule->op].is_met == NULL ||
        !jt_path_is_good(rule->path))
        return JETON_E_ARGUMENT;
    JT_TRY(read_into(rule->value, text, pool, &value));
    if (!is_taken(kinds[rule->op].takes, value))
        return JETON_E_ARGUMENT;
    *met = holds(&kinds[rule->op], rule->path, value, claims);
    return JETON_OK;
}

const char *jt_rule_why(const jt_rule *rule)
{
    return rule->kind->why;
}
