/* SPDX-License-Identifier: Apache-2.0 */
/* token/policy.c - makes a policy ready: copies it, joins it with its preset, and finds out what
 * the checks (checks.c, dates.c, rules.c) would otherwise find out anew for each token. */
#include "token/policy.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/alg.h"

/* Copies a list up to its first NULL. */
static jeton_status copy_list(const jeton_ctx *ctx, const char *const *from, const char **to,
                              size_t room, jeton_err *err)
{
    for (size_t i = 0; i < room && from[i] != NULL; i++) {
        to[i] = jt_strdup(ctx, from[i]);
        if (to[i] == NULL)
            return jt_fail(err, JETON_E_NOMEM, "policy");
    }
    return JETON_OK;
}

/* In this order they have these places in jt_policy.names. */
static const char *const claim_names[JT_CLAIMS] = {
    [JT_EXP] = "exp", [JT_NBF] = "nbf", [JT_IAT] = "iat", [JT_ISS] = "iss",
    [JT_AUD] = "aud", [JT_SUB] = "sub", [JT_JTI] = "jti",
};

static void require(jt_policy *policy, const char *const *names, size_t room)
{
    for (size_t i = 0; i < room && names[i] != NULL; i++) {
        const size_t at = policy->required_count++;
        policy->required[at].name = names[i];
        policy->required[at].place = jt_names_add(&policy->names, jeton_str(names[i]));
    }
}

static void prepare(jt_policy *policy)
{
    const jeton_policy *is = &policy->is;
    const jt_preset *preset = policy->preset;
    policy->typ = jt_media_type_short(jeton_str(is->typ != NULL ? is->typ : preset->typ));
    policy->subject = jeton_str(is->subject);
    policy->jti = jeton_str(is->jti);
    for (size_t i = 0; i < JETON_POLICY_NAMES; i++) {
        policy->issuers[i] = jeton_str(is->issuers[i]);
        policy->audiences[i] = jeton_str(is->audiences[i]);
    }
    for (size_t i = 0; i < JT_CLAIMS; i++)
        (void)jt_names_add(&policy->names, jeton_str(claim_names[i]));
    require(policy, preset->require, JT_COUNT(preset->require));
    require(policy, is->require, JETON_POLICY_REQUIRED);
    jt_checks_choose(policy);
}

/* A policy that says something we do not know means something we would not do. */
static jeton_status check_sense(const jeton_policy *from, jeton_err *err)
{
    const unsigned known =
        JETON_ALLOW_NO_EXP | JETON_ALLOW_FUTURE_IAT | JETON_ALLOW_NUMBER_SUB | JETON_ALLOW_ANY_AUD;
    const jt_preset *preset = jt_preset_find(from->preset);
    JT_TRY(jt_algs_are_known(from->algs, err));
    if ((from->allow & ~known) != 0)
        return jt_fail(err, JETON_E_ARGUMENT, "the policy allows something unknown");
    if (preset == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no preset of that number");
    if (preset->named && (from->issuers[0] == NULL || from->audiences[0] == NULL))
        return jt_fail(err, JETON_E_ARGUMENT,
                       "this preset needs to know the issuers and the audiences");
    if (from->all_audiences && from->audiences[0] == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "all audiences of none are none");
    return JETON_OK;
}

static jeton_status copy_texts(jt_policy *policy, const jeton_policy *from, jeton_err *err)
{
    const jeton_ctx *ctx = policy->ctx;
    jeton_policy *is = &policy->is;
    JT_TRY(copy_list(ctx, from->issuers, is->issuers, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->audiences, is->audiences, JETON_POLICY_NAMES, err));
    JT_TRY(copy_list(ctx, from->require, is->require, JETON_POLICY_REQUIRED, err));
    JT_TRY(copy_list(ctx, &from->typ, &is->typ, 1, err));
    JT_TRY(copy_list(ctx, &from->subject, &is->subject, 1, err));
    return copy_list(ctx, &from->jti, &is->jti, 1, err);
}

jeton_status jt_policy_init(jt_policy *policy, const jeton_ctx *ctx, const jeton_policy *from,
                            jeton_err *err)
{
    static const jeton_policy zero = {0};
    if (from == NULL)
        from = &zero;
    *policy = (jt_policy){.ctx = ctx};
    JT_TRY(check_sense(from, err));
    policy->preset = jt_preset_find(from->preset);
    policy->is = (jeton_policy){.algs = from->algs,
                                .leeway = from->leeway,
                                .max_age = from->max_age,
                                .max_life = from->max_life,
                                .allow = from->allow | policy->preset->allow,
                                .preset = from->preset,
                                .all_audiences = from->all_audiences};
    JT_TRY(copy_texts(policy, from, err));
    JT_TRY(jt_rules_init(&policy->rules, ctx, from->rules, err));
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
    free_list(policy->ctx, &policy->is.subject, 1);
    free_list(policy->ctx, &policy->is.jti, 1);
    jt_rules_done(&policy->rules, policy->ctx);
    *policy = (jt_policy){0};
}
