/* SPDX-License-Identifier: Apache-2.0 */
/* keys/set.c - filling a key set. */
#include "keys/set.h"

#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"

jeton_status jt_keyset_make(const jeton_ctx *ctx, size_t room, jeton_keyset **set, jeton_err *err)
{
    *set = NULL;
    const size_t most = jt_limits(ctx)->keys;
    if (room > most)
        return jt_fail(err, JETON_E_LIMIT, "more than %zu keys in a set", most);
    *set = jt_zalloc(ctx, sizeof **set + room * sizeof(jeton_key *));
    if (*set == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key set");
    atomic_init(&(*set)->refs, 1);
    (*set)->ctx = ctx;
    return JETON_OK;
}

bool jt_keyset_has(const jeton_keyset *set, const jeton_key *key)
{
    const jeton_span kid = jeton_key_id(key);
    for (size_t i = 0; kid.len > 0 && i < set->count; i++)
        if (jeton_span_equal(kid, jeton_key_id(set->keys[i])) &&
            strcmp(jeton_key_type(key), jeton_key_type(set->keys[i])) == 0)
            return true;
    return false;
}

void jt_keyset_put(jeton_keyset *set, jeton_key *key)
{
    set->keys[set->count++] = key;
}
