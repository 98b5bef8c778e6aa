/* SPDX-License-Identifier: Apache-2.0 */
/* segment/segment.c - opening a segment, asking it, and verifiers that take their keys from it. */
#include "segment/view.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "revoke/names.h"
#include "token/source.h"

jeton_status jeton_segment_open(const jeton_ctx *ctx, const char *path,
                                const jeton_segment_options *options, jeton_segment **segment,
                                jeton_err *err)
{
    JT_AUTO(jeton_segment_free) jeton_segment *made = NULL;
    *segment = NULL;
    JT_TRY(jt_segment_new(ctx, path, &made, err));
    const bool may_come = options != NULL && options->may_come;
    jeton_err why = {0};
    const jt_view *none = atomic_load_explicit(&made->now, memory_order_relaxed);
    if (!jt_view_renew(made, none, &why) && (!may_come || why.status == JETON_E_NOMEM))
        return jt_fail(err, why.status, "%s", why.text);
    *segment = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- asking --------------------------------------------------------------------------------- */

/* What was taken up may be over already, when files follow each other quickly. So often it is tried
 * again before we say that we know nothing. */
#define RENEWALS 64U

/* The view that the token's key came from, if that is still the one; it is pinned already. Its pin
 * is never given to another view here: the verdict's key lives by it. */
static const jt_view *view_for(const jeton_segment *segment, jeton_verdict *verdict)
{
    const void *now = atomic_load_explicit(&segment->now, memory_order_acquire);
    if (verdict->keys.what != now || jt_view_is_over(now))
        return jt_view_pin(segment, &verdict->state);
    jt_pin_set(&verdict->state, NULL, NULL);
    return now;
}

/* The age from which on it is stale. A lease runs out by itself: no rule can make it longer. */
static uint64_t stale_ms(const jt_map *map, const jeton_stale_rule *rule)
{
    const uint64_t lease = jt_peek(&map->live->lease);
    const uint64_t most = lease != 0 ? lease : JT_SEGMENT_STALE_MS;
    if (rule->after_ms == 0 || (lease != 0 && rule->after_ms > lease))
        return most;
    return rule->after_ms;
}

static bool is_fresh(const jt_view *view, const jeton_stale_rule *rule)
{
    return !jt_view_is_over(view) &&
           (uint64_t)jt_map_age_ms(view->map) <= stale_ms(view->map, rule);
}

static jeton_status introspect(const jeton_stale_rule *rule, const jeton_verdict *verdict)
{
    const unsigned deadline = rule->deadline_ms != 0 ? rule->deadline_ms : JT_SEGMENT_ASK_MS;
    if (rule->introspect == NULL)
        return JETON_E_STALE;
    const jeton_status said = rule->introspect(rule->user, verdict->token, deadline);
    return said == JETON_OK || said == JETON_E_REVOKED ? said : JETON_E_STALE;
}

static jeton_status judge_stale(const jt_view *view, const jeton_stale_rule *rule,
                                const jeton_verdict *verdict)
{
    const int64_t age = view->map != NULL ? jt_map_age_ms(view->map) : INT64_MAX;
    switch (rule->then) {
    case JETON_STALE_REJECT: break;
    case JETON_STALE_ALLOW: return JETON_OK;
    case JETON_STALE_ALLOW_UNTIL:
        return age <= (int64_t)rule->until * 1000 ? JETON_OK : JETON_E_STALE;
    case JETON_STALE_INTROSPECT: return introspect(rule, verdict);
    }
    return JETON_E_STALE;
}

/* A token that is revoked is refused as such, however old it is what we know. */
static jeton_status ask(const jt_view *view, const jt_names_of_token *names)
{
    if (view->map == NULL)
        return JETON_OK;
    const jt_revoked_state state = jt_map_state(view->map);
    return jt_revoked_ask(&state, names);
}

static jeton_status why_refused(const jt_view *view, const jt_names_of_token *names, bool fresh)
{
    const jt_revoked_state state = jt_map_state(view->map);
    return jt_revoked_why(&state, names, fresh);
}

jeton_status jeton_segment_check(const jeton_segment *segment, const jeton_stale_rule *rule,
                                 const jeton_verdict *verdict)
{
    static const jeton_stale_rule standard = {.then = JETON_STALE_REJECT};
    jeton_verdict *used = (jeton_verdict *)(uintptr_t)verdict; /* its pins change */
    jt_names_of_token names;
    if (rule == NULL)
        rule = &standard;
    if (!jt_revoked_names(verdict, &names))
        return JETON_E_CLAIM;
    const jt_view *view = view_for(segment, used);
    bool fresh = is_fresh(view, rule); /* before it is asked: what comes in later does not count */
    for (unsigned i = 0; !fresh && i < RENEWALS && jt_view_renew(segment, view, NULL); i++) {
        view = jt_view_pin(segment, &used->state);
        fresh = is_fresh(view, rule);
    }
    if (ask(view, &names) != JETON_OK)
        return why_refused(view, &names, fresh);
    return fresh ? JETON_OK : judge_stale(view, rule, verdict);
}

jeton_status jeton_segment_revocation(void *use, const jeton_verdict *verdict)
{
    const jeton_segment_use *of = use;
    return jeton_segment_check(of->segment, &of->rule, verdict);
}

/* ---- what it tells -------------------------------------------------------------------------- */

/* A view that is not known to be over or stale; the caller gives it back. */
static jt_view *take_fresh(const jeton_segment *segment)
{
    static const jeton_stale_rule standard = {.then = JETON_STALE_REJECT};
    jt_view *view = jt_view_take(segment);
    if (is_fresh(view, &standard) || !jt_view_renew(segment, view, NULL))
        return view;
    jt_view_let_go(view);
    return jt_view_take(segment);
}

jeton_status jeton_segment_keys(const jeton_segment *segment, jeton_keyset **keys,
                                uint64_t *generation, jeton_err *err)
{
    jt_view *view = take_fresh(segment);
    *keys = jt_keyset_ref(view->keys);
    if (generation != NULL)
        *generation = view->keys_number;
    jt_view_let_go(view);
    return *keys != NULL ? JETON_OK : jt_fail(err, JETON_E_STALE, "there is no segment yet");
}

int64_t jeton_segment_age_ms(const jeton_segment *segment)
{
    jt_view *view = take_fresh(segment);
    const int64_t age = view->map != NULL ? jt_map_age_ms(view->map) : INT64_MAX;
    jt_view_let_go(view);
    return age;
}

static void describe(const jt_map *map, jeton_segment_info *info)
{
    const jt_segment_live *live = map->live;
    *info = (jeton_segment_info){
        .is_there = true,
        .stopped = jt_peek(&live->state) == JT_SEGMENT_STOPPED,
        .generation = map->head.generation,
        .keys_generation = map->head.keys_generation,
        .log_head = jt_peek(&live->head),
        .mark = jt_peek(&live->all),
        .entries = jt_peek(&live->used),
        .sessions = jt_peek(&live->of_kind[JT_REVOKED_SESSION]),
        .subjects = jt_peek(&live->of_kind[JT_REVOKED_SUBJECT]),
        .clients = jt_peek(&live->of_kind[JT_REVOKED_CLIENT]),
        .keys = jt_peek(&live->of_kind[JT_REVOKED_KEY]),
        .tokens = jt_peek(&live->of_kind[JT_REVOKED_TOKEN]),
        .lost = jt_peek(&live->lost),
        .bytes = map->size,
        .room = map->table.count / 2,
        .age_ms = jt_map_age_ms(map),
        .stale_ms = (int64_t)stale_ms(map, &(jeton_stale_rule){.after_ms = 0}),
        .created = map->head.created,
        .writer = map->head.writer,
    };
}

void jeton_segment_describe(const jeton_segment *segment, jeton_segment_info *info)
{
    jt_view *view = take_fresh(segment);
    *info = (jeton_segment_info){.age_ms = INT64_MAX};
    if (view->map != NULL)
        describe(view->map, info);
    jt_view_let_go(view);
}

/* ---- verifiers ------------------------------------------------------------------------------ */

/* What a verifier keeps. */
typedef struct follower {
    const jeton_ctx *ctx;
    jeton_segment *segment;
    jeton_segment_use use;
} follower;

static const jeton_keyset *take_keys(void *user, jeton_verdict *verdict, uint64_t *number)
{
    const follower *of = user;
    const jt_view *view = jt_view_pin(of->segment, &verdict->keys);
    *number = view->keys_number;
    return jt_view_is_void(view) ? NULL : view->keys;
}

/* Keys stand in one file with the moment it was fresh last: as long as that is fresh, so are they.
 */
static jt_doubt doubt_keys(void *user, jeton_verdict *verdict)
{
    const follower *of = user;
    const jt_view *view = verdict->keys.what;
    if (is_fresh(view, &of->use.rule))
        return JT_KEYS_SURE;
    return jt_view_renew(of->segment, view, NULL) ? JT_KEYS_OTHER : JT_KEYS_OLD;
}

static void free_follower(void *user)
{
    follower *of = user;
    jeton_segment_free(&of->segment);
    jt_release(of->ctx, of);
}

jeton_status jeton_segment_verifier_new(const jeton_ctx *ctx, const jeton_policy *policy,
                                        jeton_segment *segment, const jeton_stale_rule *rule,
                                        jeton_verifier **verifier, jeton_err *err)
{
    *verifier = NULL;
    follower *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "verifier");
    made->ctx = ctx;
    made->segment = jt_segment_ref(segment);
    made->use.segment = segment;
    if (rule != NULL)
        made->use.rule = *rule;
    const jt_key_source source = {
        .user = made, .take = take_keys, .doubt = doubt_keys, .done = free_follower};
    const jeton_status status = jt_verifier_new_from(ctx, policy, &source, verifier, err);
    if (status != JETON_OK) {
        free_follower(made);
        return status;
    }
    jeton_verifier_on_revocation(*verifier, jeton_segment_revocation, &made->use);
    return JETON_OK;
}
