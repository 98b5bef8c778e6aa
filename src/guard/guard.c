/* SPDX-License-Identifier: Apache-2.0 */
/* guard/guard.c - decides about a request, in the one order that no setting changes. */
#include "guard/guard.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "guard/answer.h"
#include "guard/csrf.h"
#include "guard/demands.h"
#include "guard/locate.h"
#include "token/rules.h"
#include "json/pointer.h"

#include <inttypes.h>
#include <stdio.h>

jeton_status jeton_guard_new(const jeton_ctx *ctx, const jeton_guard_settings *settings,
                             const jeton_verifier *verifier, jeton_guard **guard, jeton_err *err)
{
    *guard = NULL;
    if (verifier == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "a guard needs a verifier");
    JT_AUTO(jeton_guard_free) jeton_guard *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "guard");
    made->ctx = ctx;
    made->verifier = verifier;
    JT_TRY(jt_settings_init(&made->settings, ctx, settings, err));
    *guard = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_guard_free(jeton_guard **guard)
{
    if (guard == NULL || *guard == NULL)
        return;
    jt_settings_done(&(*guard)->settings);
    jt_release((*guard)->ctx, *guard);
    *guard = NULL;
}

/* ---- routes --------------------------------------------------------------------------------- */

static bool stale_is_good(const jeton_stale_rule *rule)
{
    return rule->then == JETON_STALE_INTROSPECT ? rule->introspect != NULL
                                                : (unsigned)rule->then <= JETON_STALE_ALLOW;
}

static bool route_is_good(const jeton_route *route)
{
    return (unsigned)route->type <= JETON_EITHER && stale_is_good(&route->stale) &&
           jt_locations_are_good(route->locations);
}

jeton_status jeton_route_check(const jeton_ctx *ctx, const jeton_route *route, jeton_err *err)
{
    jt_rules rules;
    if (route == NULL)
        return JETON_OK;
    if (!route_is_good(route))
        return jt_fail(err, JETON_E_ARGUMENT, "type, locations or stale stand for nothing");
    const jeton_status status = jt_rules_init(&rules, ctx, route->claims, err);
    jt_rules_done(&rules, ctx);
    return status;
}

/* ---- the token ------------------------------------------------------------------------------ */

static jt_fault find_identity(const jeton_guard *guard, jeton_visit *visit)
{
    int64_t number;
    const jt_val *claim = jt_path_find(visit->verdict->claims, guard->settings.is.identity_claim);
    if (jt_val_text(claim, &visit->identity))
        return visit->identity.len > 0 || guard->settings.is_flask ? JT_FAULT_NONE
                                                                   : JT_FAULT_NO_SUBJECT;
    if (!jt_val_int(claim, &number))
        return JT_FAULT_NO_SUBJECT;
    const int len = snprintf(visit->number, sizeof visit->number, "%" PRId64, number);
    visit->identity = jeton_bytes(visit->number, (size_t)len);
    return JT_FAULT_NONE;
}

static jt_fault check_csrf(const jeton_visit *visit)
{
    jeton_span expected;
    if (!visit->found.needs_csrf)
        return JT_FAULT_NONE;
    if (!jeton_verdict_text(visit->verdict, JT_CSRF_CLAIM, &expected))
        return JT_FAULT_CSRF_CLAIM;
    return jt_csrf_match(expected, visit->found.csrf) ? JT_FAULT_NONE : JT_FAULT_BAD_CSRF;
}

/* Everything that does not depend on what else a route demands. */
static jt_fault find_and_verify(const jeton_guard *guard, jeton_visit *visit)
{
    jt_fault fault = jt_locate(&guard->settings, visit);
    if (fault != JT_FAULT_NONE)
        return fault;
    if (jeton_verify(guard->verifier, visit->found.token, visit->verdict) != JETON_OK)
        return JT_FAULT_TOKEN;
    fault = find_identity(guard, visit);
    return fault != JT_FAULT_NONE ? fault : check_csrf(visit);
}

static const jeton_location *locations_of(const jeton_guard *guard, const jeton_route *route)
{
    return route->locations[0] != JETON_NOWHERE ? route->locations : guard->settings.is.locations;
}

/* Whether the visit's last search is the one that this route asks for. */
static bool is_kept(const jeton_guard *guard, const jeton_route *route, const jeton_visit *visit)
{
    return visit->guard == guard && visit->type == route->type &&
           visit->bare == route->bare_token &&
           memcmp(visit->locations, locations_of(guard, route), sizeof visit->locations) == 0;
}

static jt_fault identify(const jeton_guard *guard, const jeton_route *route, jeton_visit *visit)
{
    if (is_kept(guard, route, visit))
        return visit->fault;
    jt_visit_forget(visit);
    visit->guard = guard;
    visit->type = route->type;
    visit->bare = route->bare_token;
    memcpy(visit->locations, locations_of(guard, route), sizeof visit->locations);
    visit->fault = find_and_verify(guard, visit);
    return visit->fault;
}

/* ---- the program's word --------------------------------------------------------------------- */

static jeton_status ask_both(const jeton_guard_settings *is, const jeton_stale_rule *stale,
                             const jeton_verdict *verdict)
{
    jeton_stale_rule rule = *stale;
    if (rule.user == NULL)
        rule.user = is->user;
    if (is->segment != NULL)
        JT_TRY(jeton_segment_check(is->segment, &rule, verdict));
    return is->revoked != NULL ? is->revoked(is->user, verdict, &rule) : JETON_OK;
}

static bool is_same_rule(const jeton_stale_rule *a, const jeton_stale_rule *b)
{
    return a->then == b->then && a->after_ms == b->after_ms && a->until == b->until &&
           a->introspect == b->introspect && a->user == b->user && a->deadline_ms == b->deadline_ms;
}

static jt_fault ask_revoked(const jeton_guard *guard, const jeton_route *route, jeton_visit *visit)
{
    if (route->skip_revocation)
        return JT_FAULT_NONE;
    if ((visit->asked & JT_ASKED_REVOKED) != 0 && is_same_rule(&visit->stale, &route->stale))
        return JT_FAULT_NONE;
    visit->status = ask_both(&guard->settings.is, &route->stale, visit->verdict);
    if (visit->status != JETON_OK)
        return visit->status == JETON_E_STALE ? JT_FAULT_STALE : JT_FAULT_REVOKED;
    visit->asked |= JT_ASKED_REVOKED;
    visit->stale = route->stale;
    return JT_FAULT_NONE;
}

static jt_fault ask_accept(const jeton_guard *guard, jeton_visit *visit)
{
    const jeton_guard_settings *is = &guard->settings.is;
    if (is->accept == NULL || (visit->asked & JT_ASKED_ACCEPT) != 0)
        return JT_FAULT_NONE;
    visit->said = (jeton_err){0};
    visit->status = is->accept(is->user, visit->verdict, &visit->said);
    visit->said.text[sizeof visit->said.text - 1] = '\0'; /* it is not ours */
    if (visit->status != JETON_OK)
        return JT_FAULT_REJECTED;
    visit->asked |= JT_ASKED_ACCEPT;
    return JT_FAULT_NONE;
}

static jt_fault ask_lookup(const jeton_guard *guard, jeton_visit *visit)
{
    const jeton_guard_settings *is = &guard->settings.is;
    if (is->lookup == NULL || (visit->asked & JT_ASKED_LOOKUP) != 0)
        return JT_FAULT_NONE;
    visit->user = is->lookup(is->user, visit->verdict, visit->identity);
    if (visit->user == NULL)
        return JT_FAULT_NO_USER;
    visit->forget = is->forget;
    visit->forget_user = is->user;
    visit->asked |= JT_ASKED_LOOKUP;
    return JT_FAULT_NONE;
}

/* ---- the decision --------------------------------------------------------------------------- */

/* Flask-JWT-Extended up to 4.6 and PyJWT up to 2.9 know identities that are numbers. */
static jt_fault demand_text(const jeton_route *route, const jeton_visit *visit)
{
    const bool is_number = visit->identity.ptr == (const uint8_t *)visit->number;
    return is_number && !route->number_identity ? JT_FAULT_NO_SUBJECT : JT_FAULT_NONE;
}

static jt_fault demand(const jeton_guard *guard, const jeton_route *route, jeton_visit *visit)
{
    const jt_settings *settings = &guard->settings;
    jt_fault fault = demand_text(route, visit);
    if (fault == JT_FAULT_NONE)
        fault = jt_demand_type(settings, route, visit->verdict);
    if (fault == JT_FAULT_NONE)
        fault = jt_demand_fresh(settings, route, visit->verdict, guard->ctx);
    if (fault == JT_FAULT_NONE)
        fault = ask_revoked(guard, route, visit);
    if (fault == JT_FAULT_NONE)
        fault = ask_accept(guard, visit);
    if (fault == JT_FAULT_NONE)
        fault = ask_lookup(guard, visit);
    return fault == JT_FAULT_NONE ? jt_demand_rights(settings, route, visit) : fault;
}

static bool is_let_through(const jeton_guard *guard, const jeton_visit *visit)
{
    return guard->settings.is.options_pass == JETON_ON &&
           jeton_span_equal(jeton_str(visit->request.method), jeton_str("OPTIONS"));
}

static jeton_status allow(const jeton_visit *visit, bool nobody, jeton_decision *decision)
{
    *decision = (jeton_decision){.allowed = true, .why = "", .http = 200};
    if (nobody)
        return JETON_OK;
    decision->location = visit->found.location;
    decision->identity = visit->identity;
    decision->verdict = visit->verdict;
    decision->user = visit->user;
    return JETON_OK;
}

jeton_status jeton_guard_check(const jeton_guard *guard, const jeton_route *route,
                               jeton_visit *visit, jeton_decision *decision)
{
    static const jeton_route open = {0};
    route = route != NULL ? route : &open;
    if (is_let_through(guard, visit))
        return allow(visit, true, decision);
    jt_fault fault = route_is_good(route) ? identify(guard, route, visit) : JT_FAULT_BAD_ROUTE;
    if (route->optional && jt_fault_is_missing(fault))
        return allow(visit, true, decision);
    if (fault == JT_FAULT_NONE)
        fault = demand(guard, route, visit);
    return fault == JT_FAULT_NONE ? allow(visit, false, decision)
                                  : jt_answer(guard, route, visit, fault, decision);
}
