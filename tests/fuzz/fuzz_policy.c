/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_policy.c - any policy before any claims: presets, demands, rules. What adds a
 * demand never accepts more, operators agree with each other, and the window of time is what the
 * checks say.
 *
 * The input is a line "PRESET FLAGS LEEWAY AGE LIFE", a character each; a line "OP PATH VALUE" for
 * each rule, OP being a letter from A; an empty line; and the claims. */
#include "core/buf.h"
#include "fuzz.h"
#include "token/policy.h"
#include "json/compare.h"
#include "json/pointer.h"

#include <string.h>

#define NOW    ((jeton_time)1700000000 * 1000)
#define HEADER 6U /* five characters and the end of the line */

enum { ALL_AUDIENCES = 8, SUBJECT = 16, NAMES = 32 };

static const char *const texts[] = {"a", "b"};

static jeton_verdict *verdict;

/* ---- reading the input ---------------------------------------------------------------------- */

static jeton_policy read_policy(const char *input)
{
    const unsigned flags = (unsigned char)input[1];
    jeton_policy policy = {.preset = (jeton_preset)((unsigned)(unsigned char)input[0] % 5),
                           .allow = flags % 8,
                           .leeway = (unsigned char)input[2] % 64U * 10,
                           .max_age = (unsigned char)input[3] % 64U * 100,
                           .max_life = (unsigned char)input[4] % 64U * 100,
                           .all_audiences = (flags & ALL_AUDIENCES) != 0,
                           .subject = (flags & SUBJECT) != 0 ? "a" : NULL};
    for (size_t i = 0; (flags & NAMES) != 0 && i < 2; i++)
        policy.issuers[i] = policy.audiences[i] = policy.require[i] = texts[i];
    return policy;
}

/* Cuts "OP PATH VALUE" into its three. */
static jeton_rule read_rule(char *line)
{
    jeton_rule rule = {.op = (jeton_rule_op)((unsigned char)line[0] - 'A' + 1)};
    char *path = strchr(line, ' ');
    if (path == NULL)
        return rule;
    char *value = strchr(path + 1, ' ');
    if (value != NULL)
        *value++ = '\0';
    rule.path = path + 1;
    rule.value = value;
    return rule;
}

/* Reads the rules and returns where the claims begin; NULL when they do not. */
static char *read_rules(char *at, jeton_policy *policy)
{
    for (size_t i = 0; i <= JETON_POLICY_RULES; i++) {
        char *end = strchr(at, '\n');
        if (end == NULL)
            return NULL;
        *end = '\0';
        if (end == at)
            return end + 1;
        if (i == JETON_POLICY_RULES)
            return NULL;
        policy->rules[i] = read_rule(at);
        at = end + 1;
    }
    return NULL;
}

/* ---- what holds ----------------------------------------------------------------------------- */

static bool accepts(const jt_policy *policy, const jt_val *claims, jeton_time now)
{
    static const jt_header header = {.alg = JETON_HS256, .typ = {(const uint8_t *)"at+jwt", 6}};
    jt_verdict_reset(verdict);
    verdict->claims = claims;
    const jeton_status status = jt_policy_check(policy, &header, now, verdict);
    FUZZ_HOLDS((status == JETON_OK) == (jeton_verdict_failed(verdict) == 0));
    FUZZ_HOLDS((status == JETON_OK) == (jeton_verdict_why(verdict)[0] == '\0'));
    return status == JETON_OK;
}

static bool meets(jeton_rule_op op, const char *path, const char *value, const jt_val *claims)
{
    const jeton_rule rules[JETON_POLICY_RULES] = {{path, op, value}};
    jt_rules ready;
    FUZZ_HOLDS(jt_rules_init(&ready, NULL, rules, NULL) == JETON_OK);
    const bool met = jt_rules_broken(&ready, claims) == NULL;
    jt_rules_done(&ready, NULL);
    return met;
}

/* One rule against what other operators say of the same claim and value. */
static void check_rule(const jeton_rule *rule, const jt_val *claims)
{
    const bool met = meets(rule->op, rule->path, rule->value, claims);
    const bool is_there = meets(JETON_RULE_EXISTS, rule->path, NULL, claims);
    const jt_val *claim = jt_path_find(claims, rule->path);
    FUZZ_HOLDS(is_there == !meets(JETON_RULE_ABSENT, rule->path, NULL, claims));
    FUZZ_HOLDS(is_there == (claim != NULL && jt_kind_of(claim) != JT_NULL));
    if (rule->op == JETON_RULE_EXISTS || rule->op == JETON_RULE_ABSENT)
        return;
    FUZZ_HOLDS(!met || is_there);
    if (rule->op == JETON_RULE_AT_LEAST || rule->op == JETON_RULE_AT_MOST) {
        const jeton_rule_op other =
            rule->op == JETON_RULE_AT_LEAST ? JETON_RULE_AT_MOST : JETON_RULE_AT_LEAST;
        const bool both = met && meets(other, rule->path, rule->value, claims);
        FUZZ_HOLDS(both == meets(JETON_RULE_EQUALS, rule->path, rule->value, claims));
        FUZZ_HOLDS(jt_kind_of(claim) != JT_NUMBER || met ||
                   meets(other, rule->path, rule->value, claims));
    }
    if (rule->op == JETON_RULE_STARTS_WITH || rule->op == JETON_RULE_ENDS_WITH)
        FUZZ_HOLDS(met || !meets(JETON_RULE_EQUALS, rule->path, rule->value, claims));
    FUZZ_HOLDS(jt_val_equal(claim, claim));
}

/* Only inside the window can claims be accepted, and all of it is alike. */
static void check_window(const jt_policy *policy, const jt_val *claims, bool accepted)
{
    const jt_window window = jt_policy_window(policy, claims);
    const bool inside = NOW >= window.from && NOW < window.until;
    FUZZ_HOLDS(!accepted || inside);
    if (!accepted)
        return;
    if (window.from > INT64_MIN)
        FUZZ_HOLDS(accepts(policy, claims, window.from) &&
                   !accepts(policy, claims, window.from - 1));
    if (window.until < INT64_MAX)
        FUZZ_HOLDS(accepts(policy, claims, window.until - 1) &&
                   !accepts(policy, claims, window.until));
}

/* Without its rules, and without what it names, a policy accepts no less. */
static void check_laxer(const jeton_policy *from, const jt_val *claims)
{
    jeton_policy laxer = *from;
    jt_policy policy;
    memset(laxer.rules, 0, sizeof laxer.rules);
    memset(laxer.require, 0, sizeof laxer.require);
    laxer.subject = NULL;
    laxer.max_age = laxer.max_life = 0;
    laxer.all_audiences = false;
    laxer.allow = 7;
    FUZZ_HOLDS(jt_policy_init(&policy, NULL, &laxer, NULL) == JETON_OK);
    FUZZ_HOLDS(accepts(&policy, claims, NOW));
    jt_policy_done(&policy);
}

static void check(const jeton_policy *from, const jt_val *claims)
{
    jt_policy policy;
    const jeton_status status = jt_policy_init(&policy, NULL, from, NULL);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_ARGUMENT);
    if (status == JETON_OK) {
        const bool accepted = accepts(&policy, claims, NOW);
        check_window(&policy, claims, accepted);
        bool all = true;
        for (size_t i = 0; i < JETON_POLICY_RULES && from->rules[i].path != NULL; i++) {
            const jeton_rule *rule = &from->rules[i];
            check_rule(rule, claims);
            all = all && meets(rule->op, rule->path, rule->value, claims);
        }
        FUZZ_HOLDS(!accepted || all);
        if (accepted)
            check_laxer(from, claims);
    }
    jt_policy_done(&policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (verdict == NULL)
        FUZZ_HOLDS(jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK);
    if (len < HEADER)
        return 0;
    char *input = malloc(len + 1);
    FUZZ_HOLDS(input != NULL);
    memcpy(input, bytes, len);
    input[len] = '\0';
    jeton_policy policy = read_policy(input);
    const char *claims = read_rules(input + HEADER, &policy);
    jt_json *json = NULL;
    if (claims != NULL && jt_json_parse(NULL, jeton_str(claims), &json, NULL) == JETON_OK &&
        jt_kind_of(jt_json_root(json)) == JT_OBJECT)
        check(&policy, jt_json_root(json));
    jt_json_free(&json);
    free(input);
    jt_verdict_reset(verdict);
    return 0;
}
