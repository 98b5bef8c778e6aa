/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws.c - whose signature a token may bear, and whether it is one: for tokens of every form.
 */
#include "token/jws.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"

/* For the steps of a compact token, so that it does not pay for their being shared. */
#define INLINE static inline __attribute__((always_inline))

jt_jws jt_jws_init(const jeton_ctx *ctx)
{
    return (jt_jws){
        .bytes = jt_buf_init(ctx), .pool = jt_buf_init(ctx), .last = jt_last_header_init(ctx)};
}

void jt_jws_done(jt_jws *jws)
{
    jt_buf_done(&jws->bytes);
    jt_buf_done(&jws->pool);
    jt_last_header_done(&jws->last);
}

static void empty(jt_jws *jws)
{
    jws->header = (jt_header){0};
    jws->octets = (jt_octets){0};
    jws->key = NULL;
    jws->known = false;
}

/* Whether algorithm `a` may be used with `key` too, and is there the same as `b`, which may: equal,
 * or one is the old "EdDSA" and the other that of the key's curve. */
static bool are_one(jeton_alg a, jeton_alg b, const jeton_key *key)
{
    const char *crv = jt_alg_row(a)->crv != NULL ? jt_alg_row(a)->crv : jt_alg_row(b)->crv;
    return jt_alg_same(a, b, crv) && jt_key_allows(key, a, JT_OP_VERIFY, NULL) == JETON_OK;
}

/* Whether the policy takes the header's algorithm, which the key allows, with this key: it names
 * that algorithm, or, naming none, leaves it to what the key is bound to. */
static bool policy_takes(uint32_t algs, jeton_alg alg, const jeton_key *key)
{
    if (algs == 0)
        return jeton_key_alg(key) != JETON_ALG_UNSET;
    if ((algs & JETON_ALG_BIT(alg)) != 0)
        return true;
    for (uint32_t i = 0; i < 32; i++)
        if ((algs >> i & 1) != 0 && are_one((jeton_alg)i, alg, key))
            return true;
    return false;
}

/* The algorithm of the header, the policy and the key must be one before any is used
 * (RFC 8725 §3.1). */
INLINE jeton_status agree(uint32_t algs, jeton_alg alg, const jeton_key *key, jeton_err *err)
{
    JT_TRY(jt_key_allows(key, alg, JT_OP_VERIFY, err));
    if (!policy_takes(algs, alg, key))
        return jt_fail(err, JETON_E_ALG, "the policy does not take the token's algorithm");
    return JETON_OK;
}

/* No reason yet. Not {0}: clearing the whole text costs more than looking at a key. */
static void forget(jeton_err *err)
{
    err->status = JETON_OK;
    err->text[0] = '\0';
}

void jt_search_begin(jt_search *search, const jeton_keyset *keys, uint32_t algs,
                     const jt_header *header)
{
    search->keys = keys;
    search->algs = algs;
    search->header = header;
    search->at = 0;
    search->tried = 0;
    forget(&search->why);
}

/* By the certificate only where there is no kid: header.c reads it only then. */
INLINE const jeton_key *next_named(jt_search *search)
{
    const jt_header *header = search->header;
    return header->x5t.len > 0 ? jt_keyset_next_x5t(search->keys, header->x5t, &search->at)
                               : jt_keyset_next(search->keys, header->kid, &search->at);
}

INLINE const jeton_key *next(jt_search *search)
{
    const jeton_key *key;
    while (search->tried < JT_LIMIT_TRIED_KEYS && (key = next_named(search)) != NULL) {
        jeton_err *why = search->tried == 0 ? &search->why : NULL;
        if (why != NULL)
            forget(why);
        if (agree(search->algs, search->header->alg, key, why) == JETON_OK) {
            search->tried++;
            return key;
        }
    }
    return NULL;
}

const jeton_key *jt_search_next(jt_search *search)
{
    return next(search);
}

jeton_status jt_search_refuse(const jt_search *search, jeton_err *err)
{
    if (search->why.status == JETON_OK)
        return jt_fail(err, JETON_E_KEY_UNKNOWN, "no key matches the token");
    return jt_fail(err, search->why.status, "%s", search->why.text);
}

INLINE jeton_status find(jt_search *search, jeton_span signed_part, jeton_span signature,
                         const jeton_key **by, jeton_err *err)
{
    const jeton_key *key;
    while ((key = next(search)) != NULL) {
        forget(&search->why);
        if (jt_key_verify(key, search->header->alg, signed_part, signature, &search->why) ==
            JETON_OK) {
            *by = key;
            return JETON_OK;
        }
    }
    return jt_search_refuse(search, err);
}

jeton_status jt_search_find(jt_search *search, jeton_span signed_part, jeton_span signature,
                            const jeton_key **by, jeton_err *err)
{
    return find(search, signed_part, signature, by, err);
}

/* The same for a compact token, with a cache of signatures. What it knows is as good as verified
 * here: by this key, with this algorithm. */
static jeton_status find_known(jt_search *search, const jeton_signature_cache *trusted,
                               jeton_span signed_part, jt_jws *jws, jeton_err *err)
{
    const jeton_span signature = jws->octets.signature;
    const jeton_alg alg = search->header->alg;
    const jeton_key *key;
    while ((key = next(search)) != NULL) {
        jt_signature_tag tag;
        const bool tagged = jt_signature_tag_make(trusted, key, alg, signed_part, signature, &tag);
        jws->known = tagged && jt_signature_cache_has(trusted, &tag);
        forget(&search->why);
        if (jws->known ||
            jt_key_verify(key, alg, signed_part, signature, &search->why) == JETON_OK) {
            if (tagged && !jws->known)
                jt_signature_cache_add(trusted, &tag);
            jws->key = key;
            return JETON_OK;
        }
    }
    return jt_search_refuse(search, err);
}

INLINE jeton_status decide(const jeton_limits *limits, const jeton_keyset *keys, uint32_t algs,
                           const jeton_signature_cache *trusted, jeton_span token, jt_jws *jws,
                           jeton_err *err)
{
    jt_segments segments;
    JT_TRY(jt_segments_find(limits, token, &segments, err));
    const jeton_span header = segments.header;
    const bool known = jt_last_header_find(&jws->last, header, limits->depth, &jws->header);
    if (known)
        segments.header.len = 0; /* not decoded once more */
    JT_TRY(jt_segments_decode(&segments, &jws->bytes, &jws->octets, err));
    if (!known)
        JT_TRY(jt_header_parse(&jws->pool, limits->depth, jws->octets.header,
                               jws->octets.header_len, &jws->header, err));
    jt_search search;
    jt_search_begin(&search, keys, algs, &jws->header);
    if (trusted != NULL)
        JT_TRY(find_known(&search, trusted, segments.signed_part, jws, err));
    else
        JT_TRY(find(&search, segments.signed_part, jws->octets.signature, &jws->key, err));
    /* only now: a forger's headers do not push out the one that good tokens share */
    return known ? JETON_OK
                 : jt_last_header_keep(&jws->last, header, limits->depth, &jws->header, err);
}

jeton_status jt_jws_verify(const jeton_limits *limits, const jeton_keyset *keys, uint32_t algs,
                           const jeton_signature_cache *trusted, jeton_span token, jt_jws *jws,
                           jeton_err *err)
{
    empty(jws);
    const jeton_status status = decide(limits, keys, algs, trusted, token, jws, err);
    if (status != JETON_OK)
        empty(jws);
    return status;
}
