/* SPDX-License-Identifier: Apache-2.0 */
/* guard/demands.h - what a route demands of a token that is good: one function for each demand. */
#ifndef JT_GUARD_DEMANDS_H
#define JT_GUARD_DEMANDS_H

#include "guard/visit.h"

/* The type, by the claim "type". In the strict preset it is "access" or left out, or "refresh";
 * with flask anything but "refresh" is an access token. */
jt_fault jt_demand_type(const jt_settings *settings, const jeton_route *route,
                        const jeton_verdict *verdict);

/* How fresh it is, by the clock of `ctx`. */
jt_fault jt_demand_fresh(const jt_settings *settings, const jeton_route *route,
                         const jeton_verdict *verdict, const jeton_ctx *ctx);

/* Roles, scopes, and rules about claims. */
jt_fault jt_demand_rights(const jt_settings *settings, const jeton_route *route,
                          jeton_visit *visit);

/* Whether a claim that is a list of names, an array or a text of words, has one of them; whether it
 * has each word of `names`, single spaces between them. The empty name is in no list, and every
 * list has all of no names. */
bool jt_claim_has_name(const jeton_verdict *verdict, const char *claim, jeton_span name);
bool jt_claim_has_names(const jeton_verdict *verdict, const char *claim, jeton_span names);

/* Whether the login that a token goes back to ("auth_time") was `seconds` ago at most. Not when the
 * token does not say. */
bool jt_login_is_within(const jeton_verdict *verdict, jeton_time now, uint64_t seconds);

#endif
