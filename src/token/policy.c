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

#include <strings.h>

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

static jeton_status known_algs(uint32_t algs, jeton_err *err)
{
    for (uint32_t i = 0; i < 32; i++)
        if ((algs >> i & 1) != 0 && jt_alg_row((jeton_alg)i) == NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "algorithm bit %u stands for nothing", i);
    return JETON_OK;
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
    JT_TRY(known_algs(from->algs, err));
    JT_TRY(copy_list(ctx, from->issuers, is->issuers, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->audiences, is->audiences, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->require, is->require, JETON_POLICY_REQUIRED, err));
    is->typ = from->typ;
    return copy_text(ctx, &is->typ, err);
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
    const jeton_policy *policy;
    const jt_header *header;
    jeton_time now, leeway; /* milliseconds */
    jeton_verdict *verdict;
} subject;

/* One failed check, on the claim it is named after unless another is said. */
typedef struct failure {
    jeton_status status;
    const char *why;
    const char *claim;
} failure;

static const failure good = {.status = JETON_OK};
static const failure missing = {JETON_E_MISSING, "missing", NULL};
static const failure not_a_date = {JETON_E_CLAIM, "not a date", NULL};
static const failure not_a_text = {JETON_E_CLAIM, "not a text", NULL};

static bool listed(const char *const *names, size_t room, jeton_span text)
{
    for (size_t i = 0; i < room && names[i] != NULL; i++)
        if (jeton_span_equal(jeton_str(names[i]), text))
            return true;
    return false;
}

/* A media type without the "application/" that RFC 7515 §4.1.9 lets writers leave out. */
static jeton_span short_type(jeton_span type)
{
    static const char prefix[] = "application/";
    const size_t len = sizeof prefix - 1;
    if (type.len <= len || strncasecmp((const char *)type.ptr, prefix, len) != 0)
        return type;
    const jeton_span rest = jeton_bytes(type.ptr + len, type.len - len);
    return memchr(rest.ptr, '/', rest.len) == NULL ? rest : type;
}

static failure check_typ(const subject *on)
{
    if (on->policy->typ == NULL)
        return good;
    if (on->header->typ.len == 0)
        return missing;
    const jeton_span want = short_type(jeton_str(on->policy->typ));
    const jeton_span have = short_type(on->header->typ);
    if (have.len != want.len ||
        strncasecmp((const char *)have.ptr, (const char *)want.ptr, want.len) != 0)
        return (failure){JETON_E_TYP, "another type of token", NULL};
    return good;
}

/* RFC 7519 §4.1.4: now must be before exp. */
static failure check_exp(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "exp");
    jeton_time exp;
    if (claim == NULL)
        return (on->policy->allow & JETON_ALLOW_NO_EXP) != 0 ? good : missing;
    if (!jt_val_date(claim, &exp))
        return not_a_date;
    if (on->now >= exp + on->leeway)
        return (failure){JETON_E_EXPIRED, "has passed", NULL};
    return good;
}

/* RFC 7519 §4.1.5: now must be nbf or later. */
static failure check_nbf(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "nbf");
    jeton_time nbf;
    if (claim == NULL)
        return good;
    if (!jt_val_date(claim, &nbf))
        return not_a_date;
    if (on->now < nbf - on->leeway)
        return (failure){JETON_E_NOT_YET, "lies in the future", NULL};
    return good;
}

static failure check_iat(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "iat");
    jeton_time iat;
    if (claim == NULL)
        return on->policy->max_age == 0 ? good : missing;
    if (!jt_val_date(claim, &iat))
        return not_a_date;
    if ((on->policy->allow & JETON_ALLOW_FUTURE_IAT) == 0 && on->now < iat - on->leeway)
        return (failure){JETON_E_ISSUED, "lies in the future", NULL};
    const jeton_time max_age = (jeton_time)on->policy->max_age * 1000;
    if (max_age > 0 && on->now > iat + max_age + on->leeway)
        return (failure){JETON_E_ISSUED, "lies too far back", NULL};
    return good;
}

static failure check_iss(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "iss");
    const bool demanded = on->policy->issuers[0] != NULL;
    jeton_span iss;
    if (claim == NULL)
        return demanded ? missing : good;
    if (!jt_val_text(claim, &iss))
        return not_a_text;
    if (demanded && !listed(on->policy->issuers, JETON_POLICY_NAMES, iss))
        return (failure){JETON_E_ISSUER, "another issuer", NULL};
    return good;
}

/* RFC 7519 §4.1.3: one text, or an array of texts of which one must be ours. */
static failure check_aud(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "aud");
    const char *const *ours = on->policy->audiences;
    const bool demanded = ours[0] != NULL;
    jeton_span aud;
    if (claim == NULL)
        return demanded ? missing : good;
    bool found = !demanded;
    if (jt_val_text(claim, &aud)) {
        found = found || listed(ours, JETON_POLICY_NAMES, aud);
    } else {
        if (jt_kind_of(claim) != JT_ARRAY)
            return (failure){JETON_E_CLAIM, "neither a text nor an array", NULL};
        for (jt_iter it = jt_iter_of(claim); jt_iter_next(&it);) {
            if (!jt_val_text(it.val, &aud))
                return (failure){JETON_E_CLAIM, "not an array of texts", NULL};
            found = found || listed(ours, JETON_POLICY_NAMES, aud);
        }
    }
    return found ? good : (failure){JETON_E_AUDIENCE, "another audience", NULL};
}

static failure check_sub(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "sub");
    jeton_span text;
    int64_t number;
    if (claim == NULL || jt_val_text(claim, &text))
        return good;
    if ((on->policy->allow & JETON_ALLOW_NUMBER_SUB) != 0 && jt_val_int(claim, &number))
        return good;
    return not_a_text;
}

static failure check_jti(const subject *on)
{
    const jt_val *claim = jt_get(on->verdict->claims, "jti");
    jeton_span text;
    return claim == NULL || jt_val_text(claim, &text) ? good : not_a_text;
}

static failure check_required(const subject *on)
{
    const char *const *names = on->policy->require;
    for (size_t i = 0; i < JETON_POLICY_REQUIRED && names[i] != NULL; i++) {
        const jt_kind kind = jt_kind_of(jt_get(on->verdict->claims, names[i]));
        if (kind == JT_ABSENT || kind == JT_NULL)
            return (failure){JETON_E_MISSING, "missing", names[i]};
    }
    return good;
}

static const struct {
    jeton_check bit;
    const char *claim;
    failure (*check)(const subject *on);
} checks[] = {
    {JETON_CHECK_TYP, "typ", check_typ},
    {JETON_CHECK_EXP, "exp", check_exp},
    {JETON_CHECK_NBF, "nbf", check_nbf},
    {JETON_CHECK_IAT, "iat", check_iat},
    {JETON_CHECK_ISS, "iss", check_iss},
    {JETON_CHECK_AUD, "aud", check_aud},
    {JETON_CHECK_SUB, "sub", check_sub},
    {JETON_CHECK_JTI, "jti", check_jti},
    {JETON_CHECK_REQUIRED, "required", check_required},
};

jeton_status jt_policy_check(const jt_policy *policy, const jt_header *header, jeton_time now,
                             jeton_verdict *verdict)
{
    const subject on = {.policy = &policy->is,
                        .header = header,
                        .now = now,
                        .leeway = (jeton_time)policy->is.leeway * 1000,
                        .verdict = verdict};
    for (size_t i = 0; i < JT_COUNT(checks); i++) {
        const failure found = checks[i].check(&on);
        if (found.status == JETON_OK)
            continue;
        const char *claim = found.claim != NULL ? found.claim : checks[i].claim;
        (void)jt_verdict_failure(verdict, checks[i].bit, claim, found.status, found.why);
    }
    return verdict->err.status;
}
