/* SPDX-License-Identifier: Apache-2.0 */
/* token/policy.c - what is demanded of claims: one function and one row for each check.
 *
 * Rules of RFC 7519 §4.1 and RFC 8725 §3. A claim of the wrong type is refused whether the policy
 * asks for it or not. */
#include "token/policy.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/alg.h"

/* ---- making it ready ------------------------------------------------------------------------ */

static jeton_status copy_text(const jeton_ctx *ctx, const char **text, jeton_err *err)
{
    if (*text == NULL)
        return JETON_OK;
    *text = jt_strdup(ctx, *text);
    return *text != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "policy");
}

/* Copies a list up to its first NULL. What lies behind a failed copy is forgotten, so that
 * jt_policy_done() frees copies only. */
static jeton_status copy_list(const jeton_ctx *ctx, const char *const *from, const char **to,
                              size_t room, jeton_err *err)
{
    for (size_t i = 0; i < room && from[i] != NULL; i++) {
        to[i] = from[i];
        JT_TRY(copy_text(ctx, &to[i], err));
    }
    return JETON_OK;
}

/* In this order they have these places in jt_policy.names. */
static const char *const claim_names[JT_CLAIMS] = {
    [JT_EXP] = "exp", [JT_NBF] = "nbf", [JT_IAT] = "iat", [JT_ISS] = "iss",
    [JT_AUD] = "aud", [JT_SUB] = "sub", [JT_JTI] = "jti",
};

/* What the checks would otherwise find out anew for each token. */
static void prepare(jt_policy *policy)
{
    const jeton_policy *is = &policy->is;
    policy->typ = jt_media_type_short(jeton_str(is->typ));
    for (size_t i = 0; i < JETON_POLICY_NAMES; i++) {
        policy->issuers[i] = jeton_str(is->issuers[i]);
        policy->audiences[i] = jeton_str(is->audiences[i]);
    }
    for (size_t i = 0; i < JT_CLAIMS; i++)
        (void)jt_names_add(&policy->names, jeton_str(claim_names[i]));
    for (size_t i = 0; i < JETON_POLICY_REQUIRED && is->require[i] != NULL; i++)
        policy->required[i] = jt_names_add(&policy->names, jeton_str(is->require[i]));
}

jeton_status jt_policy_init(jt_policy *policy, const jeton_ctx *ctx, const jeton_policy *from,
                            jeton_err *err)
{
    static const jeton_policy zero = {0};
    if (from == NULL)
        from = &zero;
    jeton_policy *is = &policy->is;
    *policy = (jt_policy){.ctx = ctx,
                          .is = {.algs = from->algs,
                                 .leeway = from->leeway,
                                 .max_age = from->max_age,
                                 .allow = from->allow}};
    JT_TRY(jt_algs_are_known(from->algs, err));
    JT_TRY(copy_list(ctx, from->issuers, is->issuers, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->audiences, is->audiences, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->require, is->require, JETON_POLICY_REQUIRED, err));
    is->typ = from->typ;
    JT_TRY(copy_text(ctx, &is->typ, err));
    prepare(policy);
    return JETON_OK;
}

static void free_list(const jeton_ctx *ctx, const char **list, size_t room)
{
    for (size_t i = 0; i < room; i++)
        jt_release(ctx, (void *)(uintptr_t)list[i]);
}

void jt_policy_done(jt_policy *policy)
{
    free_list(policy->ctx, policy->is.issuers, JETON_POLICY_NAMES);
    free_list(policy->ctx, policy->is.audiences, JETON_POLICY_NAMES);
    free_list(policy->ctx, policy->is.require, JETON_POLICY_REQUIRED);
    free_list(policy->ctx, &policy->is.typ, 1);
    *policy = (jt_policy){0};
}

/* ---- the checks ----------------------------------------------------------------------------- */

typedef struct subject {
    const jt_policy *policy;
    const jt_header *header;
    const jt_val *claims[JT_NAMES_MAX]; /* as jt_policy.names has them */
    jeton_time now, leeway;             /* milliseconds */
} subject;

/* Why a check failed; NULL stands for "it did not". */
typedef struct failure {
    jeton_status status;
    const char *why;
} failure;

static const failure missing = {JETON_E_MISSING, "missing"};
static const failure not_a_date = {JETON_E_CLAIM, "not a date"};
static const failure not_a_text = {JETON_E_CLAIM, "not a text"};

/* The list ends at the first absent text. */
static bool listed(const jeton_span *names, jeton_span text)
{
    for (size_t i = 0; i < JETON_POLICY_NAMES && names[i].ptr != NULL; i++)
        if (jeton_span_equal(names[i], text))
            return true;
    return false;
}

static const failure *check_typ(const subject *on)
{
    static const failure another = {JETON_E_TYP, "another type of token"};
    const jeton_span want = on->policy->typ;
    if (want.ptr == NULL)
        return NULL;
    if (on->header->typ.len == 0)
        return &missing;
    return jt_media_type_is(on->header->typ, want) ? NULL : &another;
}

/* What a date says about now: the first moment it allows, and the first one it does not any more.
 * The checks below and jt_policy_window() have them from here. */
static jeton_time first_of(const subject *on, jeton_time begin)
{
    return begin - on->leeway;
}

static jeton_time end_of(const subject *on, jeton_time exp)
{
    return exp + on->leeway;
}

static jeton_time end_of_age(const subject *on, jeton_time iat)
{
    const jeton_time max_age = (jeton_time)on->policy->is.max_age * 1000;
    return max_age > 0 ? end_of(on, iat + max_age) + 1 : INT64_MAX;
}

/* RFC 7519 §4.1.4: now must be before exp. */
static const failure *check_exp(const subject *on)
{
    static const failure expired = {JETON_E_EXPIRED, "has passed"};
    const jt_val *claim = on->claims[JT_EXP];
    jeton_time exp;
    if (claim == NULL)
        return (on->policy->is.allow & JETON_ALLOW_NO_EXP) != 0 ? NULL : &missing;
    if (!jt_val_date(claim, &exp))
        return &not_a_date;
    return on->now >= end_of(on, exp) ? &expired : NULL;
}

/* RFC 7519 §4.1.5: now must be nbf or later. */
static const failure *check_nbf(const subject *on)
{
    static const failure early = {JETON_E_NOT_YET, "lies in the future"};
    const jt_val *claim = on->claims[JT_NBF];
    jeton_time nbf;
    if (claim == NULL)
        return NULL;
    if (!jt_val_date(claim, &nbf))
        return &not_a_date;
    return on->now < first_of(on, nbf) ? &early : NULL;
}

static const failure *check_iat(const subject *on)
{
    static const failure early = {JETON_E_ISSUED, "lies in the future"};
    static const failure old = {JETON_E_ISSUED, "lies too far back"};
    const jeton_policy *is = &on->policy->is;
    const jt_val *claim = on->claims[JT_IAT];
    jeton_time iat;
    if (claim == NULL)
        return is->max_age == 0 ? NULL : &missing;
    if (!jt_val_date(claim, &iat))
        return &not_a_date;
    if ((is->allow & JETON_ALLOW_FUTURE_IAT) == 0 && on->now < first_of(on, iat))
        return &early;
    return on->now >= end_of_age(on, iat) ? &old : NULL;
}

static const failure *check_iss(const subject *on)
{
    static const failure another = {JETON_E_ISSUER, "another issuer"};
    const jeton_span *ours = on->policy->issuers;
    const jt_val *claim = on->claims[JT_ISS];
    const bool demanded = ours[0].ptr != NULL;
    jeton_span iss;
    if (claim == NULL)
        return demanded ? &missing : NULL;
    if (!jt_val_text(claim, &iss))
        return &not_a_text;
    return demanded && !listed(ours, iss) ? &another : NULL;
}

/* RFC 7519 §4.1.3: one text, or an array of texts of which one must be ours. */
static const failure *check_aud(const subject *on)
{
    static const failure another = {JETON_E_AUDIENCE, "another audience"};
    static const failure neither = {JETON_E_CLAIM, "neither a text nor an array"};
    static const failure not_texts = {JETON_E_CLAIM, "not an array of texts"};
    const jeton_span *ours = on->policy->audiences;
    const jt_val *claim = on->claims[JT_AUD];
    const bool demanded = ours[0].ptr != NULL;
    jeton_span aud;
    if (claim == NULL)
        return demanded ? &missing : NULL;
    if (jt_val_text(claim, &aud))
        return demanded && !listed(ours, aud) ? &another : NULL;
    if (jt_kind_of(claim) != JT_ARRAY)
        return &neither;
    bool found = !demanded;
    for (jt_iter it = jt_iter_of(claim); jt_iter_next(&it);) {
        if (!jt_val_text(it.val, &aud))
            return &not_texts;
        found = found || listed(ours, aud);
    }
    return found ? NULL : &another;
}

static const failure *check_sub(const subject *on)
{
    const jt_val *claim = on->claims[JT_SUB];
    jeton_span text;
    int64_t number;
    if (claim == NULL || jt_val_text(claim, &text))
        return NULL;
    if ((on->policy->is.allow & JETON_ALLOW_NUMBER_SUB) != 0 && jt_val_int(claim, &number))
        return NULL;
    return &not_a_text;
}

static const failure *check_jti(const subject *on)
{
    const jt_val *claim = on->claims[JT_JTI];
    jeton_span text;
    return claim == NULL || jt_val_text(claim, &text) ? NULL : &not_a_text;
}

/* The first required claim that is not there, or null; NULL when all are. */
static const char *first_missing(const subject *on)
{
    const char *const *names = on->policy->is.require;
    for (size_t i = 0; i < JETON_POLICY_REQUIRED && names[i] != NULL; i++) {
        const jt_kind kind = jt_kind_of(on->claims[on->policy->required[i]]);
        if (kind == JT_ABSENT || kind == JT_NULL)
            return names[i];
    }
    return NULL;
}

static const failure *check_required(const subject *on)
{
    return first_missing(on) != NULL ? &missing : NULL;
}

static const struct {
    jeton_check bit;
    const char *claim; /* which the failure is named after; NULL: the first missing one */
    const failure *(*check)(const subject *on);
} checks[] = {
    {JETON_CHECK_TYP, "typ", check_typ},          {JETON_CHECK_EXP, "exp", check_exp},
    {JETON_CHECK_NBF, "nbf", check_nbf},          {JETON_CHECK_IAT, "iat", check_iat},
    {JETON_CHECK_ISS, "iss", check_iss},          {JETON_CHECK_AUD, "aud", check_aud},
    {JETON_CHECK_SUB, "sub", check_sub},          {JETON_CHECK_JTI, "jti", check_jti},
    {JETON_CHECK_REQUIRED, NULL, check_required},
};

/* `on` is not cleared: jt_names_find() fills what the policy has names for. */
static void look_at(subject *on, const jt_policy *policy, const jt_val *claims)
{
    on->policy = policy;
    on->leeway = (jeton_time)policy->is.leeway * 1000;
    jt_names_find(&policy->names, claims, on->claims);
}

static jeton_time earlier(jeton_time a, jeton_time b)
{
    return a < b ? a : b;
}

static jeton_time later(jeton_time a, jeton_time b)
{
    return a > b ? a : b;
}

jt_window jt_policy_window(const jt_policy *policy, const jt_val *claims)
{
    jt_window window = {.from = INT64_MIN, .until = INT64_MAX};
    subject on;
    look_at(&on, policy, claims);
    jeton_time date;
    if (jt_val_date(on.claims[JT_EXP], &date))
        window.until = end_of(&on, date);
    if (jt_val_date(on.claims[JT_NBF], &date))
        window.from = first_of(&on, date);
    if (jt_val_date(on.claims[JT_IAT], &date)) {
        window.until = earlier(window.until, end_of_age(&on, date));
        if ((policy->is.allow & JETON_ALLOW_FUTURE_IAT) == 0)
            window.from = later(window.from, first_of(&on, date));
    }
    return window;
}

jeton_status jt_policy_check(const jt_policy *policy, const jt_header *header, jeton_time now,
                             jeton_verdict *verdict)
{
    subject on;
    look_at(&on, policy, verdict->claims);
    on.header = header;
    on.now = now;
    for (size_t i = 0; i < JT_COUNT(checks); i++) {
        const failure *found = checks[i].check(&on);
        if (found == NULL)
            continue;
        const char *claim = checks[i].claim != NULL ? checks[i].claim : first_missing(&on);
        (void)jt_verdict_failure(verdict, checks[i].bit, claim, found->status, found->why);
    }
    return verdict->err.status;
}
