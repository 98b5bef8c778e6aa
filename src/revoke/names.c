/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/names.c - from claims to ids, and the one order in which they are asked about. */
#include "revoke/names.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "crypto/sha2.h"
#include "token/verdict.h"

#define ID_CHARS 22U

bool jt_revoked_id(jeton_span text, uint8_t id[JT_REVOKED_ID])
{
    return text.len == ID_CHARS && jt_base64url_parse(text, id);
}

bool jt_revoked_token(jeton_span jti, uint8_t id[JT_REVOKED_ID])
{
    if (jti.len != JT_REVOKED_ID)
        return false;
    memcpy(id, jti.ptr, JT_REVOKED_ID);
    return true;
}

void jt_revoked_name(jeton_span name, uint8_t id[JT_REVOKED_ID])
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(JT_SHA256, name, digest);
    memcpy(id, digest, JT_REVOKED_ID);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef enum name {
    SUB,
    SID,
    JTI,
    CLIENT,
    REV,
    IDX,
    NAMES,
} name;

static const struct {
    uint8_t len;
    char text[10];
} names[NAMES] = {
    [SUB] = {3, "sub"},          [SID] = {3, "sid"}, [JTI] = {3, "jti"},
    [CLIENT] = {9, "client_id"}, [REV] = {3, "rev"}, [IDX] = {3, "idx"},
};

/* One walk over the claims instead of six. */
static void find_all(const jt_val *claims, const jt_val *found[NAMES])
{
    for (jt_iter it = jt_iter_of(claims); jt_iter_next(&it);)
        for (size_t i = 0; i < NAMES; i++)
            if (it.name.len == names[i].len &&
                memcmp(it.name.ptr, names[i].text, names[i].len) == 0)
                found[i] = it.val;
}

static bool read_index(const jt_val *claim, jt_names_of_token *of)
{
    int64_t index;
    of->has_index = claim != NULL;
    of->index = 0;
    if (claim == NULL)
        return true;
    if (!jt_val_int(claim, &index) || index < 0)
        return false;
    of->index = (uint64_t)index;
    const uint64_t list = jt_index_list(of->index);
    return list > 0 && list <= JT_BITS_LIST_MOST;
}

bool jt_revoked_names(const jeton_verdict *verdict, jt_names_of_token *of)
{
    const jt_val *found[NAMES] = {0};
    jeton_span jti;
    jeton_span sub;
    jeton_span sid;
    int64_t rev;
    if (verdict->claims == NULL)
        return false;
    find_all(verdict->claims, found);
    if (!jt_val_text(found[JTI], &jti) || !jt_revoked_token(jti, of->token) ||
        !jt_val_text(found[CLIENT], &of->client) || !jt_val_int(found[REV], &rev) || rev < 0 ||
        !jt_val_text(found[SUB], &sub) || !read_index(found[IDX], of))
        return false;
    of->rev = (uint64_t)rev;
    of->kid = verdict->key != NULL ? jeton_key_id(verdict->key) : jeton_str(NULL);
    of->of_user = found[SID] != NULL;
    if (!of->of_user)
        return jeton_span_equal(sub, of->client);
    return jt_val_text(found[SID], &sid) && jt_revoked_id(sid, of->session) &&
           jt_revoked_id(sub, of->user);
}

/* ---- asking --------------------------------------------------------------------------------- */

static jeton_status ask(const jt_revoked_state *state, jt_revoked kind, const uint8_t *id,
                        uint64_t rev)
{
    return state->has(state->of, kind) ? state->check(state->of, kind, id, rev) : JETON_OK;
}

/* Clients and keys have longer names than the log: a digest is worth its time only if there is
 * something to find. */
static jeton_status ask_by_name(const jt_revoked_state *state, jt_revoked kind, jeton_span text,
                                uint64_t rev)
{
    uint8_t id[JT_REVOKED_ID];
    if (!state->has(state->of, kind))
        return JETON_OK;
    jt_revoked_name(text, id);
    return state->check(state->of, kind, id, rev);
}

jeton_status jt_revoked_ask(const jt_revoked_state *state, const jt_names_of_token *of)
{
    if (of->rev < state->all(state->of))
        return JETON_E_REVOKED;
    if (of->has_index)
        JT_TRY(jt_bits_check(state->bits(state->of), of->index));
    if (of->of_user) {
        JT_TRY(ask(state, JT_REVOKED_SESSION, of->session, of->rev));
        JT_TRY(ask(state, JT_REVOKED_SUBJECT, of->user, of->rev));
    }
    JT_TRY(ask(state, JT_REVOKED_TOKEN, of->token, of->rev));
    JT_TRY(ask_by_name(state, JT_REVOKED_CLIENT, of->client, of->rev));
    return ask_by_name(state, JT_REVOKED_KEY, of->kid, of->rev);
}

bool jt_revoked_is_unheard(const jt_revoked_state *state, const jt_names_of_token *of)
{
    return of->has_index && !jt_bits_knows(state->bits(state->of), of->index);
}

jeton_status jt_revoked_why(const jt_revoked_state *state, const jt_names_of_token *of, bool fresh)
{
    return jt_revoked_is_unheard(state, of) && !fresh ? JETON_E_STALE : JETON_E_REVOKED;
}
