/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws.h - a signed token up to its signature (RFC 7515 §5.2), whatever octets it carries.
 *
 * The order is fixed: limits, base64url, header, key, algorithm, signature. What the payload has
 * to be is the caller's question, and comes after.
 */
#ifndef JT_TOKEN_JWS_H
#define JT_TOKEN_JWS_H

#include "keys/key.h"
#include "token/compact.h"
#include "token/last_header.h"
#include "token/signature_cache.h"

/* ---- the keys a signature may be of --------------------------------------------------------- */

/* Goes through them. The one place where the algorithms of header, key and policy are compared. Of
 * several failures the one of the key that came furthest is the reason: a signature that does not
 * match says more than a key that does not fit. */
typedef struct jt_search {
    const jeton_keyset *keys;
    uint32_t algs;
    const jt_header *header;
    size_t at;
    unsigned tried;
    jeton_err why;
} jt_search;

/* algs    JETON_ALG_BIT(…) | …; 0: the algorithm each key is bound to
 * header  borrowed, like the set, while the search lasts */
void jt_search_begin(jt_search *search, const jeton_keyset *keys, uint32_t algs,
                     const jt_header *header);

/* The next key that may verify with the header's algorithm, JT_LIMIT_TRIED_KEYS at most; NULL when
 * there is none left. Borrowed from the set. */
const jeton_key *jt_search_next(jt_search *search);

/* Why none of them was it. */
JETON_MUST jeton_status jt_search_refuse(const jt_search *search, jeton_err *err);

/* All of it at once, for a message that is there as a whole: whose signature it is. *by is borrowed
 * from the set and untouched by a failure. */
JETON_MUST jeton_status jt_search_find(jt_search *search, jeton_span signed_part,
                                       jeton_span signature, const jeton_key **by, jeton_err *err);

/* ---- compact tokens ------------------------------------------------------------------------- */

/* A token whose signature was good, and the scratch memory it was read in. */
typedef struct jt_jws {
    jt_header header;
    jt_octets octets;
    const jeton_key *key; /* whose signature it was; borrowed from the set */
    bool known;           /* the signature was found in the cache */
    jt_buf bytes, pool;   /* scratch; header and octets point into it … */
    jt_last_header last;  /* … or here, and octets.header is then empty */
} jt_jws;

jt_jws jt_jws_init(const jeton_ctx *ctx);
void jt_jws_done(jt_jws *jws);

/* Decides about the signature of a compact token. The algorithm of the header, of the key and of
 * `algs` must be one.
 *
 * limits   what the token may measure
 * keys     those it may be signed with; tried by kid, and JT_LIMIT_TRIED_KEYS at most
 * algs     JETON_ALG_BIT(…) | …; 0: the algorithm each key is bound to
 * trusted  asked whether the signature was good before, once key and algorithm are chosen; NULL: it
 *          is verified
 * jws      made by jt_jws_init(); header, octets and key are emptied first, and live until its next
 *          use. Once its memory is large enough nothing is allocated.
 *
 * JETON_E_LIMIT, JETON_E_SYNTAX, JETON_E_ENCODING, JETON_E_HEADER, JETON_E_CRIT   as for the steps
 * JETON_E_KEY_UNKNOWN, JETON_E_ALG, JETON_E_KEY, JETON_E_KEY_USE, JETON_E_SIGNATURE   the reason of
 *                 the key that came furthest
 * JETON_E_NOMEM, JETON_E_CRYPTO
 */
JETON_MUST jeton_status jt_jws_verify(const jeton_limits *limits, const jeton_keyset *keys,
                                      uint32_t algs, const jeton_signature_cache *trusted,
                                      jeton_span token, jt_jws *jws, jeton_err *err);

#endif
