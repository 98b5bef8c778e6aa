/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache_entry.c - an entry's block of memory. */
#include "token/cache_entry.h"

#include "core/mem.h"
#include "core/secret.h"
#include "json/copy.h"

/* The token comes first, behind the fields that a search looks at: a hit reads on from there. */
static size_t room_for_token(jeton_span token)
{
    return (token.len + JT_COPY_ALIGN - 1) / JT_COPY_ALIGN * JT_COPY_ALIGN;
}

static size_t room_for_text(const jeton_verdict *verdict)
{
    return verdict->payload.len + JT_JSON_PADDING;
}

/* No sum here overflows: all of it was in the token or parsed out of it, and the token is no longer
 * than JT_LIMIT_CACHED_TOKEN. */
size_t jt_cache_entry_size(jeton_span token, const jeton_verdict *verdict)
{
    return sizeof(jt_cache_entry) + room_for_token(token) + jt_copy_size(verdict->claims) +
           verdict->payload.len + room_for_text(verdict);
}

jt_cache_entry *jt_cache_entry_new(const jeton_ctx *ctx, uint64_t verifier, jeton_span token,
                                   jt_window window, const jeton_verdict *verdict)
{
    const size_t size = jt_cache_entry_size(token, verdict);
    jt_cache_entry *entry = jt_alloc(ctx, size);
    if (entry == NULL)
        return NULL;
    const size_t for_values = jt_copy_size(verdict->claims);
    uint8_t *at = (uint8_t *)entry->bytes;
    uint8_t *values = at + room_for_token(token);
    uint8_t *payload = values + for_values;
    uint8_t *text = payload + verdict->payload.len;
    memcpy(at, token.ptr, token.len);
    memcpy(payload, verdict->payload.ptr, verdict->payload.len);
    memcpy(text, verdict->jws.octets.claims, room_for_text(verdict));
    *entry = (jt_cache_entry){
        .verifier = verifier,
        .token = jeton_bytes(at, token.len),
        .window = window,
        .key = verdict->key,
        .claims = jt_copy(verdict->claims, verdict->jws.octets.claims, text, values),
        .payload = jeton_bytes(payload, verdict->payload.len),
        .size = size,
    };
    return entry;
}

void jt_cache_entry_free(const jeton_ctx *ctx, jt_cache_entry *entry)
{
    jt_wipe(entry, entry->size);
    jt_release(ctx, entry);
}

bool jt_cache_entry_is(const jt_cache_entry *entry, uint64_t verifier, jeton_span token)
{
    return entry->verifier == verifier && jt_equal_ct(entry->token, token);
}
