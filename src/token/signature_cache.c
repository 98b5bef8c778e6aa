/* SPDX-License-Identifier: Apache-2.0 */
/* token/signature_cache.c - good signatures, found by a MAC, in memory that processes share.
 *
 * The memory is a head that never changes, then sets of eight entries of two words. Words are read
 * and written one by one, in no order: what consists of halves of two entries, or of one and of
 * nothing, is as hard to hit for a forger as an entry, because he would have to find a token whose
 * MAC it is. So there is nothing to lock, and no moment at which a writer must not be killed.
 */
#include "token/signature_cache.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "crypto/hmac.h"

#include <stdatomic.h>

#define WAYS   8U
#define SECRET 32U
#define MAGIC  UINT64_C(0x312d67697374656a) /* another layout, another number */

typedef struct entry {
    _Atomic uint64_t words[JT_SIGNATURE_WORDS]; /* 0, 0: nothing */
} entry;

typedef struct set {
    entry ways[WAYS];
} set;

typedef struct head {
    uint64_t magic, bytes;
    uint8_t secret[SECRET];
    uint8_t spare[sizeof(set) - 2 * sizeof(uint64_t) - SECRET];
} head;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock would be one process's own");
_Static_assert(sizeof(head) == sizeof(set) && sizeof(set) % JETON_SIGNATURE_CACHE_ALIGN == 0,
               "sets begin where cache lines do");

struct jeton_signature_cache {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    jt_hmac_key mac;
    set *sets;
    uint64_t set_count;
};

/* ---- making and sharing --------------------------------------------------------------------- */

static jeton_status check_memory(const void *memory, size_t bytes, jeton_err *err)
{
    if (memory == NULL || (uintptr_t)memory % JETON_SIGNATURE_CACHE_ALIGN != 0 ||
        bytes < JETON_SIGNATURE_CACHE_BYTES)
        return jt_fail(err, JETON_E_ARGUMENT, "no memory for a signature cache");
    return JETON_OK;
}

jeton_status jeton_signature_cache_init(const jeton_ctx *ctx, void *memory, size_t bytes,
                                        jeton_err *err)
{
    JT_TRY(check_memory(memory, bytes, err));
    head *made = memory;
    jt_wipe(memory, bytes);
    JT_TRY(jt_random(ctx, made->secret, sizeof made->secret, err));
    made->bytes = bytes;
    made->magic = MAGIC;
    return JETON_OK;
}

jeton_status jeton_signature_cache_new(const jeton_ctx *ctx, void *memory, size_t bytes,
                                       jeton_signature_cache **cache, jeton_err *err)
{
    *cache = NULL;
    JT_TRY(check_memory(memory, bytes, err));
    const head *made = memory;
    if (made->magic != MAGIC || made->bytes != bytes)
        return jt_fail(err, JETON_E_ARGUMENT, "no signature cache was made there");
    *cache = jt_zalloc(ctx, sizeof **cache);
    if (*cache == NULL)
        return jt_fail(err, JETON_E_NOMEM, "signature cache");
    atomic_init(&(*cache)->refs, 1);
    (*cache)->ctx = ctx;
    (*cache)->sets = (set *)memory + 1;
    (*cache)->set_count = bytes / sizeof(set) - 1;
    jt_hmac_init(&(*cache)->mac, JT_SHA256, jeton_bytes(made->secret, sizeof made->secret));
    return JETON_OK;
}

jeton_signature_cache *jt_signature_cache_ref(const jeton_signature_cache *cache)
{
    /* The count is the one thing that changes. */
    jeton_signature_cache *shared = (jeton_signature_cache *)(uintptr_t)cache;
    if (shared != NULL)
        atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void jeton_signature_cache_free(jeton_signature_cache **cache)
{
    if (cache == NULL || *cache == NULL)
        return;
    jeton_signature_cache *old = *cache;
    *cache = NULL;
    /* acquire and release: what other threads did with it happened before it goes away */
    if (atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
        return;
    jt_hmac_done(&old->mac);
    jt_release(old->ctx, old);
}

/* ---- one signature -------------------------------------------------------------------------- */

/* The lengths before the parts: no two signatures are the same bytes. */
static void absorb(jt_sha2 *running, const uint8_t *digest, jeton_alg alg, jeton_span signed_part,
                   jeton_span signature)
{
    const uint64_t numbers[] = {(uint64_t)alg, signed_part.len, signature.len};
    jt_sha2_update(running, jeton_bytes(digest, JT_KEY_DIGEST));
    jt_sha2_update(running, jeton_bytes(numbers, sizeof numbers));
    jt_sha2_update(running, signed_part);
    jt_sha2_update(running, signature);
}

bool jt_signature_tag_make(const jeton_signature_cache *cache, const jeton_key *key, jeton_alg alg,
                           jeton_span signed_part, jeton_span signature, jt_signature_tag *tag)
{
    const uint8_t *digest = jt_key_digest(key);
    if (digest == NULL)
        return false;
    jt_sha2 running;
    uint8_t mac[JT_HASH_MAX];
    jt_hmac_begin(&cache->mac, &running);
    absorb(&running, digest, alg, signed_part, signature);
    jt_hmac_sign_end(&cache->mac, &running, mac);
    memcpy(tag->words, mac, sizeof tag->words);
    memcpy(&tag->place, mac + sizeof tag->words, sizeof tag->place);
    tag->words[0] |= 1; /* an empty place is nobody's */
    return true;
}

static set *set_of(const jeton_signature_cache *cache, const jt_signature_tag *tag)
{
    return &cache->sets[tag->place % cache->set_count];
}

static uint64_t difference(entry *of, const jt_signature_tag *tag)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < JT_SIGNATURE_WORDS; i++)
        bits |= atomic_load_explicit(&of->words[i], memory_order_relaxed) ^ tag->words[i];
    return bits;
}

bool jt_signature_cache_has(const jeton_signature_cache *cache, const jt_signature_tag *tag)
{
    set *in = set_of(cache, tag);
    unsigned found = 0;
    for (size_t way = 0; way < WAYS; way++)
        found |= difference(&in->ways[way], tag) == 0;
    return found != 0;
}

/* An empty one; or any, which bits choose that nobody knows. */
static entry *place_for(set *in, const jt_signature_tag *tag)
{
    for (size_t way = 0; way < WAYS; way++)
        if (atomic_load_explicit(&in->ways[way].words[0], memory_order_relaxed) == 0)
            return &in->ways[way];
    return &in->ways[(tag->place >> 32) % WAYS];
}

void jt_signature_cache_add(const jeton_signature_cache *cache, const jt_signature_tag *tag)
{
    entry *to = place_for(set_of(cache, tag), tag);
    for (size_t i = 0; i < JT_SIGNATURE_WORDS; i++)
        atomic_store_explicit(&to->words[i], tag->words[i], memory_order_relaxed);
}
