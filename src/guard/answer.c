/* SPDX-License-Identifier: Apache-2.0 */
/* guard/answer.c - faults become refusals, with status, challenge and body. */
#include "guard/answer.h"

#include "core/auto.h"
#include "core/err.h"
#include "guard/bearer.h"
#include "guard/flask.h"
#include "json/tree.h"

typedef struct fault_row {
    jeton_refusal strict, flask;
    jeton_status status;
    const char *why;
} fault_row;

static const fault_row faults[] = {
#define FAULT(name, strict, flask, status, why)                                                    \
    [JT_FAULT_##name] = {JETON_REFUSED_##strict, JETON_REFUSED_##flask, JETON_##status, why},
    JT_FAULT_LIST(FAULT)
#undef FAULT
};

static const struct {
    unsigned strict, flask;
} statuses[] = {
#define REFUSAL(name, number, strict, flask) [number] = {strict, flask},
    JETON_REFUSAL_LIST(REFUSAL)
#undef REFUSAL
};

/* ---- which refusal -------------------------------------------------------------------------- */

/* What a status of a verifier or of a callback comes to, where it is no common one. */
static jeton_refusal refusal_of(jeton_status status, jeton_refusal common)
{
    if (jeton_status_http(status) >= 500)
        return JETON_REFUSED_FAILURE;
    switch ((int)status) {
    case JETON_E_EXPIRED: return JETON_REFUSED_EXPIRED;
    case JETON_E_REVOKED: return JETON_REFUSED_REVOKED;
    case JETON_E_REFUSED: return JETON_REFUSED_REJECTED;
    default: return common;
    }
}

/* What the fault says of itself, or who found it. */
static void tell(const jeton_visit *visit, jt_fault fault, bool is_flask, jeton_decision *decision)
{
    const fault_row *row = &faults[fault];
    decision->status = row->status;
    decision->refusal = is_flask ? row->flask : row->strict;
    decision->why = row->why;
    if (fault == JT_FAULT_TOKEN) {
        decision->status = jeton_verdict_status(visit->verdict);
        decision->why = jeton_verdict_why(visit->verdict);
        decision->refusal = refusal_of(decision->status, row->strict);
    } else if (fault == JT_FAULT_REVOKED) {
        decision->status = visit->status;
        decision->refusal = refusal_of(visit->status, JETON_REFUSED_REVOKED);
    } else if (fault == JT_FAULT_REJECTED) {
        decision->status = visit->status;
        if (visit->said.text[0] != '\0')
            decision->why = visit->said.text;
    }
}

static unsigned http_of(const jeton_decision *decision, bool is_flask)
{
    const unsigned http =
        is_flask ? statuses[decision->refusal].flask : statuses[decision->refusal].strict;
    return http != 0 ? http : jeton_status_http(decision->status);
}

/* ---- challenge and body --------------------------------------------------------------------- */

static bool has_challenge(jeton_refusal refusal)
{
    return refusal != JETON_REFUSED_CSRF && refusal != JETON_REFUSED_FAILURE;
}

static unsigned max_age_of(const jeton_guard *guard, const jeton_route *route)
{
    return route->fresh_within > 0 ? route->fresh_within : guard->settings.is.fresh_for;
}

static jeton_status print_challenge(const jeton_guard *guard, const jeton_route *route,
                                    jeton_visit *visit, jeton_decision *decision)
{
    if (guard->settings.is_flask || !has_challenge(decision->refusal))
        return JETON_OK;
    jt_challenge says = {.realm = guard->settings.is.realm,
                         .resource_metadata = guard->settings.is.resource_metadata};
    if (decision->refusal != JETON_REFUSED_MISSING) {
        says.error = jeton_status_oauth(decision->status);
        says.description = decision->why;
    }
    if (decision->refusal == JETON_REFUSED_NOT_FRESH)
        says.max_age = max_age_of(guard, route);
    if (decision->refusal == JETON_REFUSED_FORBIDDEN)
        says.scopes = route->scopes_all;
    visit->challenge.len = 0;
    JT_TRY(jt_challenge_print(&says, &visit->challenge, NULL));
    JT_TRY(jt_buf_add(&visit->challenge, jeton_bytes("", 1), NULL));
    decision->challenge = (const char *)visit->challenge.ptr;
    return JETON_OK;
}

static jeton_status print_body(const jeton_guard *guard, jeton_visit *visit,
                               jeton_decision *decision)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(visit->ctx, &tree, NULL));
    jt_node *body = jt_tree_object(tree);
    const char *member = guard->settings.is.error_member;
    const jeton_span why = jeton_str(decision->why);
    if (member == NULL)
        jt_put_text(tree, body, "error", jeton_str(jeton_status_oauth(decision->status)));
    jt_put_text(tree, body, member != NULL ? member : "error_description", why);
    visit->body.len = 0;
    JT_TRY(jt_tree_print(tree, body, JT_COMPACT, &visit->body, NULL));
    JT_TRY(jt_buf_add(&visit->body, jeton_bytes("", 1), NULL));
    decision->body = jeton_bytes(visit->body.ptr, visit->body.len - 1);
    return JETON_OK;
}

/* What is said to people is the preset's own. */
static jeton_status print_why(const jeton_guard *guard, jeton_visit *visit, jt_fault fault,
                              jeton_decision *decision)
{
    if (!guard->settings.is_flask)
        return JETON_OK;
    visit->why.len = 0;
    JT_TRY(jt_flask_say(&guard->settings, visit, fault, decision, &visit->why));
    JT_TRY(jt_buf_add(&visit->why, jeton_bytes("", 1), NULL));
    decision->why = (const char *)visit->why.ptr;
    return JETON_OK;
}

static jeton_status print(const jeton_guard *guard, const jeton_route *route, jeton_visit *visit,
                          jt_fault fault, jeton_decision *decision)
{
    JT_TRY(print_why(guard, visit, fault, decision));
    JT_TRY(print_challenge(guard, route, visit, decision));
    return print_body(guard, visit, decision);
}

/* A program that asks for another answer gets it; that it is a refusal does not change. */
static void let_replace(const jeton_guard *guard, jeton_decision *decision)
{
    const jeton_guard_settings *is = &guard->settings.is;
    const jeton_guard_answer answer = is->answers[decision->refusal];
    if (answer == NULL)
        return;
    const jeton_decision before = *decision;
    answer(is->user, decision);
    decision->allowed = false;
    decision->refusal = before.refusal;
    decision->status = before.status;
}

jeton_status jt_answer(const jeton_guard *guard, const jeton_route *route, jeton_visit *visit,
                       jt_fault fault, jeton_decision *decision)
{
    const bool is_flask = guard->settings.is_flask;
    *decision = (jeton_decision){.location = visit->found.location};
    tell(visit, fault, is_flask, decision);
    decision->http = http_of(decision, is_flask);
    if (jeton_verdict_status(visit->verdict) == JETON_OK)
        decision->verdict = visit->verdict;
    if (print(guard, route, visit, fault, decision) != JETON_OK) {
        decision->challenge = NULL;
        decision->body = jeton_str(NULL);
    }
    let_replace(guard, decision);
    return decision->status;
}
