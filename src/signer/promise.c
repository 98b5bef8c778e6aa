/* SPDX-License-Identifier: Apache-2.0 */
/* signer/promise.c - one line of meta: "MAX_AGE UNTIL". */
#include "signer/promise.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/meta.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "jwks_promise"

typedef struct promise {
    int64_t max_age;
    jeton_time until;
} promise;

/* What stands in the store need not end in NUL. */
static bool parse_promise(jeton_span text, promise *of)
{
    char line[64] = {0};
    if (text.len >= sizeof line)
        return false;
    memcpy(line, text.ptr, text.len);
    char *space;
    char *end;
    of->max_age = strtoll(line, &space, 10);
    of->until = strtoll(space, &end, 10);
    return space != line && *space == ' ' && end != space && *end == '\0';
}

static jeton_status read_promise(const jeton_ctx *ctx, jd_store *store, promise *of, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(ctx);
    jeton_span text;
    jeton_err why = {0};
    const jeton_status status = jd_store_meta_get(store, NAME, &arena, &text, &why);
    *of = (promise){0};
    if (status == JETON_E_NOT_FOUND)
        return JETON_OK;
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    if (parse_promise(text, of))
        return JETON_OK;
    return jt_fail(err, JETON_E_STORE, "what was promised about published keys is damaged");
}

jeton_status jd_promise_settle(const jeton_ctx *ctx, jd_store *store, int64_t max_age,
                               jeton_time now, jeton_time *until, jeton_err *err)
{
    promise of;
    *until = 0;
    JT_TRY(read_promise(ctx, store, &of, err));
    const jeton_time kept = now + of.max_age * 1000;
    if (of.max_age > max_age && kept > of.until)
        of.until = kept;
    if (of.max_age != max_age) {
        char text[64];
        (void)snprintf(text, sizeof text, "%" PRId64 " %" PRId64, max_age, of.until);
        JT_TRY(jd_store_meta_set(store, NAME, jeton_str(text), err));
    }
    *until = of.until;
    return JETON_OK;
}
