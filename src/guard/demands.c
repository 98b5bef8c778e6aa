/* SPDX-License-Identifier: Apache-2.0 */
/* guard/demands.c - type, freshness, roles, scopes and rules. */
#include "guard/demands.h"

#include "core/ctx.h"
#include "core/cut.h"
#include "core/words.h"
#include "token/rules.h"
#include "json/pointer.h"

/* ---- type ----------------------------------------------------------------------------------- */

static jt_fault judge_type(const jt_settings *settings, jeton_token_type wanted, const jt_val *type)
{
    jeton_span text;
    const bool is_text = jt_val_text(type, &text);
    const bool is_refresh = is_text && jeton_span_equal(text, jeton_str("refresh"));
    if (wanted == JETON_REFRESH)
        return is_refresh ? JT_FAULT_NONE : JT_FAULT_NO_REFRESH;
    if (settings->is_flask)
        return is_refresh ? JT_FAULT_NO_ACCESS : JT_FAULT_NONE;
    const bool is_access = is_text && jeton_span_equal(text, jeton_str("access"));
    return is_access || type == NULL ? JT_FAULT_NONE : JT_FAULT_NO_ACCESS;
}

jt_fault jt_demand_type(const jt_settings *settings, const jeton_route *route,
                        const jeton_verdict *verdict)
{
    if (route->type == JETON_EITHER)
        return JT_FAULT_NONE;
    return judge_type(settings, route->type, jt_get(verdict->claims, "type"));
}

/* ---- freshness ------------------------------------------------------------------------------ */

static bool is_within(jeton_time then, jeton_time now, uint64_t seconds)
{
    return then >= now - (jeton_time)seconds * 1000;
}

bool jt_login_is_within(const jeton_verdict *verdict, jeton_time now, uint64_t seconds)
{
    jeton_time login;
    return jeton_verdict_date(verdict, "auth_time", &login) && is_within(login, now, seconds);
}

/* By "iat" only where there is no "auth_time": that one says when the session began, and the other
 * is new with every refresh. */
static bool is_young(const jeton_verdict *verdict, jeton_time now, unsigned seconds)
{
    jeton_time issued;
    if (jt_get(verdict->claims, "auth_time") != NULL)
        return jt_login_is_within(verdict, now, seconds);
    return jeton_verdict_date(verdict, "iat", &issued) && is_within(issued, now, seconds);
}

/* Whether the claim "fresh" says so: true, or a time that has not come yet. */
static bool is_said_fresh(const jt_val *fresh, jeton_time now)
{
    bool truth;
    jeton_time until;
    if (jt_val_bool(fresh, &truth))
        return truth;
    return jt_val_date(fresh, &until) && until >= now;
}

static bool is_fresh(const jt_settings *settings, const jeton_route *route,
                     const jeton_verdict *verdict, jeton_time now)
{
    const jt_val *said = jt_get(verdict->claims, "fresh");
    if (said != NULL && !is_said_fresh(said, now))
        return false;
    if (route->fresh_within > 0 && !is_young(verdict, now, route->fresh_within))
        return false;
    if (!route->fresh || said != NULL)
        return true;
    return settings->is.fresh_for > 0 && is_young(verdict, now, settings->is.fresh_for);
}

jt_fault jt_demand_fresh(const jt_settings *settings, const jeton_route *route,
                         const jeton_verdict *verdict, const jeton_ctx *ctx)
{
    if (!route->fresh && route->fresh_within == 0)
        return JT_FAULT_NONE; /* which is what most routes say: without a look at the clock */
    return is_fresh(settings, route, verdict, jt_now(ctx)) ? JT_FAULT_NONE : JT_FAULT_NOT_FRESH;
}

/* ---- roles and scopes ----------------------------------------------------------------------- */

/* Identity providers do it both ways. */
static bool list_has(const jt_val *list, jeton_span name)
{
    jeton_span words;
    return name.len > 0 && (jt_val_has_text(list, name) ||
                            (jt_val_text(list, &words) && jt_words_have(words, name)));
}

bool jt_claim_has_name(const jeton_verdict *verdict, const char *claim, jeton_span name)
{
    return list_has(jt_path_find(verdict->claims, claim), name);
}

bool jt_claim_has_names(const jeton_verdict *verdict, const char *claim, jeton_span names)
{
    const jt_val *list = jt_path_find(verdict->claims, claim);
    while (names.len > 0)
        if (!list_has(list, jt_cut_before(&names, ' ')))
            return false;
    return true;
}

static bool has_all(const jt_val *list, const char *const *names)
{
    for (size_t i = 0; i < JETON_ROUTE_NAMES && names[i] != NULL; i++)
        if (!list_has(list, jeton_str(names[i])))
            return false;
    return true;
}

static bool has_any(const jt_val *list, const char *const *names)
{
    if (names[0] == NULL)
        return true;
    for (size_t i = 0; i < JETON_ROUTE_NAMES && names[i] != NULL; i++)
        if (list_has(list, jeton_str(names[i])))
            return true;
    return false;
}

static bool has_roles(const jeton_route *route, const jeton_verdict *verdict, const char *claim)
{
    if (route->roles_any[0] == NULL && route->roles_all[0] == NULL)
        return true;
    const jt_val *list = jt_path_find(verdict->claims, claim);
    return has_any(list, route->roles_any) && has_all(list, route->roles_all);
}

static bool has_scopes(const jeton_route *route, const jeton_verdict *verdict, const char *claim)
{
    return route->scopes_all[0] == NULL ||
           has_all(jt_path_find(verdict->claims, claim), route->scopes_all);
}

/* ---- rules ---------------------------------------------------------------------------------- */

static jt_fault demand_rules(const jeton_route *route, jeton_visit *visit)
{
    for (size_t i = 0; i < JETON_ROUTE_RULES && route->claims[i].path != NULL; i++) {
        bool met;
        const jeton_status status = jt_rule_try(&route->claims[i], &visit->rule_text,
                                                &visit->rule_pool, visit->verdict->claims, &met);
        if (status != JETON_OK)
            return status == JETON_E_NOMEM ? JT_FAULT_MEMORY : JT_FAULT_BAD_ROUTE;
        if (!met)
            return JT_FAULT_RULE;
    }
    return JT_FAULT_NONE;
}

jt_fault jt_demand_rights(const jt_settings *settings, const jeton_route *route, jeton_visit *visit)
{
    const jeton_guard_settings *is = &settings->is;
    if (!has_roles(route, visit->verdict, is->roles_claim))
        return JT_FAULT_NO_ROLE;
    if (!has_scopes(route, visit->verdict, is->scope_claim))
        return JT_FAULT_NO_SCOPE;
    return demand_rules(route, visit);
}
