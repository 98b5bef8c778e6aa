/* SPDX-License-Identifier: Apache-2.0 */
/* token/checks.c - what is demanded of claims: one function and one row for each check. Dates are
 * in dates.c.
 *
 * Rules of RFC 7519 §4.1 and RFC 8725 §3. A claim of the wrong type is refused whether the policy
 * asks for it or not. */
#include "token/checks.h"

#include "core/auto.h"

#include <inttypes.h>
#include <stdio.h>

const jt_failure jt_missing = {JETON_E_MISSING, "missing"};
static const jt_failure not_a_text = {JETON_E_CLAIM, "not a text"};

/* ---- the checks ----------------------------------------------------------------------------- */

static const jt_failure *check_typ(jt_subject *on)
{
    static const jt_failure another = {JETON_E_TYP, "another type of token"};
    const jeton_span want = on->policy->typ;
    if (on->header->typ.len == 0)
        return &jt_missing;
    return jt_media_type_is(on->header->typ, want) ? NULL : &another;
}

static const jt_failure *check_iss(jt_subject *on)
{
    static const jt_failure another = {JETON_E_ISSUER, "another issuer"};
    const jeton_span *ours = on->policy->issuers;
    const jt_val *claim = on->claims[JT_ISS];
    const bool demanded = ours[0].ptr != NULL;
    jeton_span iss;
    if (claim == NULL)
        return demanded ? &jt_missing : NULL;
    if (!jt_val_text(claim, &iss))
        return &not_a_text;
    for (size_t i = 0; i < JETON_POLICY_NAMES && ours[i].ptr != NULL; i++)
        if (jeton_span_equal(ours[i], iss))
            return NULL;
    return demanded ? &another : NULL;
}

/* PyJWT takes an empty text and an empty array for no "aud" at all. */
static bool is_empty(const jt_val *claim)
{
    jeton_span text;
    return jt_val_text(claim, &text) ? text.len == 0
                                     : jt_kind_of(claim) == JT_ARRAY && jt_val_count(claim) == 0;
}

/* RFC 7519 §4.1.3: one text, or an array of texts. */
static const jt_failure *check_aud_type(const jt_val *claim)
{
    static const jt_failure neither = {JETON_E_CLAIM, "neither a text nor an array"};
    static const jt_failure not_texts = {JETON_E_CLAIM, "not an array of texts"};
    if (jt_kind_of(claim) == JT_TEXT)
        return NULL;
    if (jt_kind_of(claim) != JT_ARRAY)
        return &neither;
    for (jt_iter it = jt_iter_of(claim); jt_iter_next(&it);)
        if (jt_kind_of(it.val) != JT_TEXT)
            return &not_texts;
    return NULL;
}

/* Whether any of our audiences is in the claim, or all are. */
static bool is_for_us(const jt_policy *policy, const jt_val *claim)
{
    const jeton_span *ours = policy->audiences;
    const bool all = policy->is.all_audiences;
    for (size_t i = 0; i < JETON_POLICY_NAMES && ours[i].ptr != NULL; i++)
        if (jt_val_has_text(claim, ours[i]) != all)
            return !all;
    return all;
}

static const jt_failure *check_aud(jt_subject *on)
{
    static const jt_failure another = {JETON_E_AUDIENCE, "another audience"};
    static const jt_failure unasked = {JETON_E_AUDIENCE, "an audience, and none is ours"};
    const bool like_pyjwt = on->policy->preset->like_pyjwt;
    const bool demanded = on->policy->audiences[0].ptr != NULL;
    const jt_val *claim = on->claims[JT_AUD];
    if (claim == NULL || (like_pyjwt && is_empty(claim)))
        return demanded ? &jt_missing : NULL;
    const jt_failure *wrong = check_aud_type(claim);
    if (wrong != NULL)
        return wrong;
    if (!demanded)
        return like_pyjwt && (on->policy->is.allow & JETON_ALLOW_ANY_AUD) == 0 ? &unasked : NULL;
    return is_for_us(on->policy, claim) ? NULL : &another;
}

/* A claim that has to be a text where it is there, and this one where it is demanded. */
static const jt_failure *check_text(const jt_val *claim, jeton_span want, const jt_failure *another)
{
    jeton_span text;
    if (claim == NULL)
        return want.ptr != NULL ? &jt_missing : NULL;
    if (!jt_val_text(claim, &text))
        return &not_a_text;
    return want.ptr == NULL || jeton_span_equal(text, want) ? NULL : another;
}

static bool is_decimal_of(jeton_span text, int64_t number)
{
    char decimal[24];
    (void)snprintf(decimal, sizeof decimal, "%" PRId64, number);
    return jeton_span_equal(text, jeton_str(decimal));
}

static const jt_failure *check_sub(jt_subject *on)
{
    static const jt_failure another = {JETON_E_SUBJECT, "another subject"};
    const jeton_span want = on->policy->subject;
    const jt_val *claim = on->claims[JT_SUB];
    int64_t number;
    if ((on->policy->is.allow & JETON_ALLOW_NUMBER_SUB) != 0 && jt_val_int(claim, &number))
        return want.ptr == NULL || is_decimal_of(want, number) ? NULL : &another;
    return check_text(claim, want, &another);
}

static const jt_failure *check_jti(jt_subject *on)
{
    static const jt_failure another = {JETON_E_ID, "another id"};
    return check_text(on->claims[JT_JTI], on->policy->jti, &another);
}

static const jt_failure *check_required(jt_subject *on)
{
    for (size_t i = 0; i < on->policy->required_count; i++) {
        const jt_kind kind = jt_kind_of(on->claims[on->policy->required[i].place]);
        on->claim = on->policy->required[i].name;
        if (kind == JT_ABSENT || kind == JT_NULL)
            return &jt_missing;
    }
    return NULL;
}

static const jt_failure *check_rules(jt_subject *on)
{
    const jt_rule *broken = jt_rules_broken(&on->policy->rules, on->all);
    if (broken == NULL)
        return NULL;
    on->claim = broken->path;
    on->broken = (jt_failure){JETON_E_RULE, jt_rule_why(broken)};
    return &on->broken;
}

/* ---- all of them ---------------------------------------------------------------------------- */

struct jt_check {
    jeton_check bit;
    const char *claim; /* which the failure is named after, unless the check says another */
    const jt_failure *(*check)(jt_subject *on);
    bool (*is_needed)(const jt_policy *policy); /* NULL: always */
};

static bool needs_typ(const jt_policy *policy)
{
    return policy->typ.ptr != NULL;
}

static bool needs_life(const jt_policy *policy)
{
    return policy->is.max_life > 0;
}

static bool needs_required(const jt_policy *policy)
{
    return policy->required_count > 0;
}

static bool needs_rules(const jt_policy *policy)
{
    return policy->rules.count > 0;
}

static const jt_check of_typ = {JETON_CHECK_TYP, "typ", check_typ, needs_typ};
static const jt_check of_exp = {JETON_CHECK_EXP, "exp", jt_check_exp, NULL};
static const jt_check of_nbf = {JETON_CHECK_NBF, "nbf", jt_check_nbf, NULL};
static const jt_check of_iat = {JETON_CHECK_IAT, "iat", jt_check_iat, NULL};
static const jt_check of_life = {JETON_CHECK_LIFE, "exp", jt_check_life, needs_life};
static const jt_check of_iss = {JETON_CHECK_ISS, "iss", check_iss, NULL};
static const jt_check of_aud = {JETON_CHECK_AUD, "aud", check_aud, NULL};
static const jt_check of_sub = {JETON_CHECK_SUB, "sub", check_sub, NULL};
static const jt_check of_jti = {JETON_CHECK_JTI, "jti", check_jti, NULL};
static const jt_check of_required = {JETON_CHECK_REQUIRED, "", check_required, needs_required};
static const jt_check of_rules = {JETON_CHECK_RULE, "", check_rules, needs_rules};

static const jt_check *const usual[JT_CHECKS] = {&of_typ,  &of_exp,      &of_nbf,  &of_iat,
                                                 &of_life, &of_iss,      &of_aud,  &of_sub,
                                                 &of_jti,  &of_required, &of_rules};
static const jt_check *const pyjwt[JT_CHECKS] = {&of_typ, &of_required, &of_iat,  &of_nbf,
                                                 &of_exp, &of_iss,      &of_aud,  &of_sub,
                                                 &of_jti, &of_life,     &of_rules};

void jt_checks_choose(jt_policy *policy)
{
    const jt_check *const *order = policy->preset->like_pyjwt ? pyjwt : usual;
    policy->check_count = 0;
    for (size_t i = 0; i < JT_CHECKS; i++)
        if (order[i]->is_needed == NULL || order[i]->is_needed(policy))
            policy->checks[policy->check_count++] = order[i];
}

void jt_subject_init(jt_subject *on, const jt_policy *policy, const jt_val *claims)
{
    on->policy = policy;
    on->all = claims;
    jt_names_find(&policy->names, claims, on->claims);
}

jeton_status jt_policy_check(const jt_policy *policy, const jt_header *header, jeton_time now,
                             jeton_verdict *verdict)
{
    jt_subject on; /* not cleared: jt_names_find() fills what the policy has names for */
    jt_subject_init(&on, policy, verdict->claims);
    on.header = header;
    on.now = now;
    for (size_t i = 0; i < policy->check_count; i++) {
        const jt_check *check = policy->checks[i];
        on.claim = check->claim;
        const jt_failure *found = check->check(&on);
        if (found != NULL)
            (void)jt_verdict_failure(verdict, check->bit, on.claim, found->status, found->why);
    }
    return verdict->err.status;
}
