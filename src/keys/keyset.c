/* SPDX-License-Identifier: Apache-2.0 */
/* keys/keyset.c - key sets as objects, and which of their keys a token may mean. */
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/set.h"

/* ---- making and sharing --------------------------------------------------------------------- */

jeton_status jeton_keyset_new(const jeton_ctx *ctx, const jeton_key *const *keys, size_t count,
                              jeton_keyset **set, jeton_err *err)
{
    *set = NULL;
    JT_AUTO(jeton_keyset_free) jeton_keyset *made = NULL;
    JT_TRY(jt_keyset_make(ctx, count, &made, err));
    for (size_t i = 0; i < count; i++) {
        if (jt_keyset_has(made, keys[i]))
            return jt_fail(err, JETON_E_KEY, "two keys with the same kid");
        jt_keyset_put(made, jeton_key_ref(keys[i]));
    }
    *set = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_keyset *jt_keyset_ref(const jeton_keyset *set)
{
    jeton_keyset *shared = (jeton_keyset *)set; /* the count is the one thing that changes */
    if (shared != NULL)
        atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void jeton_keyset_free(jeton_keyset **set)
{
    if (set == NULL || *set == NULL)
        return;
    jeton_keyset *old = *set;
    *set = NULL;
    /* acquire and release: what other threads did with the set happened before it goes away */
    if (atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < old->count; i++)
        jeton_key_free(&old->keys[i]);
    jt_release(old->ctx, old);
}

/* ---- looking -------------------------------------------------------------------------------- */

size_t jeton_keyset_count(const jeton_keyset *set)
{
    return set->count;
}

const jeton_key *jeton_keyset_get(const jeton_keyset *set, size_t i)
{
    return i < set->count ? set->keys[i] : NULL;
}

size_t jeton_keyset_skipped(const jeton_keyset *set)
{
    return set->skipped;
}

const char *jeton_keyset_skipped_why(const jeton_keyset *set)
{
    return set->first_skipped.text;
}

/* *at counts through the set twice: first for the keys of that name, then for those without one
 * (the second round finds nothing new when there is no name to look for). */
static const jeton_key *next(const jeton_keyset *set, jeton_span name,
                             jeton_span (*name_of)(const jeton_key *key), size_t *at)
{
    while (*at < 2 * set->count) {
        const bool second = *at >= set->count;
        const jeton_key *key = set->keys[(*at)++ - (second ? set->count : 0)];
        const jeton_span its = name_of(key);
        const bool fits =
            second ? name.len > 0 && its.len == 0 : name.len == 0 || jeton_span_equal(its, name);
        if (fits)
            return key;
    }
    return NULL;
}

const jeton_key *jt_keyset_next(const jeton_keyset *set, jeton_span kid, size_t *at)
{
    return next(set, kid, jeton_key_id, at);
}

const jeton_key *jt_keyset_next_x5t(const jeton_keyset *set, jeton_span x5t, size_t *at)
{
    return next(set, x5t, jeton_key_x5t_s256, at);
}
