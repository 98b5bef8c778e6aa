/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_verify.c - verifies a JWS of any form whose payload is there as a whole. */
#include "token/jws_inside.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "token/jws.h"

#include <assert.h>

#define FORMS  (JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL)
#define ALLOWS (JETON_JWS_ALLOW_UNENCODED | JETON_JWS_ALLOW_UNPROTECTED_ALG)

/* ---- the headers ---------------------------------------------------------------------------- */

static jeton_status decode(jeton_span chars, jt_buf *to, jeton_span *bytes, const char *what,
                           jeton_err *err)
{
    const size_t len = jt_base64url_bytes(chars.len);
    *bytes = jeton_str(NULL);
    if (chars.len == 0) /* and perhaps no text at all */
        return JETON_OK;
    JT_TRY(jt_buf_reserve(to, len + JT_JSON_PADDING, err));
    uint8_t *at = to->ptr + to->len;
    if (!jt_base64url_parse(chars, at))
        return jt_fail(err, JETON_E_ENCODING, "%s is not canonical base64url", what);
    to->len += len;
    *bytes = jeton_bytes(at, len);
    return JETON_OK;
}

/* The header twice, since reading it changes it; and the signature. One buffer that does not move,
 * since all room is made first. */
static jeton_status decode_part(const jt_jws_parts *parts, size_t i, jt_signature *to,
                                jeton_span *scratch, jeton_err *err)
{
    const jeton_span header = parts->at[i].header;
    const jeton_span signature = parts->at[i].signature;
    JT_TRY(jt_buf_reserve(&to->bytes, 2 * header.len + signature.len + (size_t)3 * JT_JSON_PADDING,
                          err));
    JT_TRY(decode(header, &to->bytes, &to->guarded, "the header", err));
    JT_TRY(decode(signature, &to->bytes, &to->signature, "the signature", err));
    return decode(header, &to->bytes, scratch, "the header", err);
}

static jeton_status parse_header(const jeton_limits *limits, jeton_span scratch, jt_buf *pool,
                                 const jt_val **guarded, jeton_err *err)
{
    *guarded = NULL;
    if (scratch.len == 0)
        return JETON_OK; /* there is none */
    uint8_t *text = (uint8_t *)(uintptr_t)scratch.ptr;
    JT_TRY(jt_json_parse_into(pool, limits->depth, text, scratch.len, guarded, err));
    if (jt_kind_of(*guarded) != JT_OBJECT)
        return jt_fail(err, JETON_E_HEADER, "the header is not a JSON object");
    return JETON_OK;
}

/* All headers say the same about b64, or the payload would be two things at once (RFC 7797 §3). */
static jeton_status agree_on_b64(jeton_jws *jws, size_t i, const jt_val *guarded, jeton_err *err)
{
    const bool unencoded = jt_header_says_unencoded(guarded);
    if (i > 0 && unencoded != jws->unencoded)
        return jt_fail(err, JETON_E_CRIT, "the signatures disagree about b64");
    jws->unencoded = unencoded;
    return JETON_OK;
}

static unsigned takes(const jeton_jws_policy *policy)
{
    const bool unencoded = (policy->allow & JETON_JWS_ALLOW_UNENCODED) != 0;
    const bool open_alg = (policy->allow & JETON_JWS_ALLOW_UNPROTECTED_ALG) != 0;
    return (unencoded ? JT_TAKES_UNENCODED : 0U) | (open_alg ? JT_TAKES_UNPROTECTED_ALG : 0U);
}

/* What is malformed refuses the whole; what is only not acceptable, this signature. */
static jeton_status open_signature(const jeton_jws_policy *policy, jeton_jws *jws, size_t i,
                                   jeton_err *err)
{
    jt_signature *at = &jws->at[i];
    const jt_val *open = jws->parts.at[i].open;
    const jt_val *guarded;
    jeton_span scratch;
    JT_TRY(decode_part(&jws->parts, i, at, &scratch, err));
    JT_TRY(parse_header(jt_limits(jws->ctx), scratch, &at->pool, &guarded, err));
    JT_TRY(agree_on_b64(jws, i, guarded, err));
    const jeton_status bad = jt_header_read(guarded, open, takes(policy), &at->header, &at->err);
    return bad == JETON_E_LIMIT ? jt_fail(err, bad, "%s", at->err.text) : JETON_OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

const jeton_jws_policy *jt_jws_policy(const jeton_jws_policy *policy)
{
    static const jeton_jws_policy none = {0};
    return policy != NULL ? policy : &none;
}

static jeton_status check_policy(const jeton_jws_policy *policy, jeton_err *err)
{
    JT_TRY(jt_algs_are_known(policy->algs, err));
    if ((policy->forms & ~(unsigned)FORMS) != 0 || (policy->allow & ~(unsigned)ALLOWS) != 0)
        return jt_fail(err, JETON_E_ARGUMENT, "a policy with bits that stand for nothing");
    return JETON_OK;
}

static jeton_status new_jws(const jeton_ctx *ctx, const jeton_keyset *keys, jeton_jws **jws,
                            jeton_err *err)
{
    *jws = jt_zalloc(ctx, sizeof **jws);
    if (*jws == NULL)
        return jt_fail(err, JETON_E_NOMEM, "JWS");
    (*jws)->ctx = ctx;
    (*jws)->keys = jt_keyset_ref(keys);
    (*jws)->text = jt_buf_init(ctx);
    (*jws)->pool = jt_buf_init(ctx);
    (*jws)->payload = jt_buf_init(ctx);
    for (size_t i = 0; i < JT_LIMIT_SIGNATURES; i++) {
        (*jws)->at[i].bytes = jt_buf_init(ctx);
        (*jws)->at[i].pool = jt_buf_init(ctx);
        (*jws)->at[i].open = jt_buf_init(ctx);
    }
    return JETON_OK;
}

/* The payload comes in exactly one way. A compact text that was detached looks like one of an empty
 * payload (RFC 7515 Appendix F), and is one where no other is given. */
static jeton_status find_payload(const jt_jws_parts *parts, bool detached, jeton_err *err)
{
    const bool compact = parts->form == JETON_JWS_COMPACT;
    const bool is_there = compact ? parts->payload.len > 0 : parts->has_payload;
    if (detached && is_there)
        return jt_fail(err, JETON_E_SYNTAX, "the payload is in the JWS and detached");
    if (!detached && !parts->has_payload)
        return jt_fail(err, JETON_E_SYNTAX, "the JWS has no payload: it is detached");
    return JETON_OK;
}

jeton_status jt_jws_open(const jeton_ctx *ctx, const jeton_keyset *keys,
                         const jeton_jws_policy *policy, jeton_span text, bool detached,
                         jeton_jws **jws, jeton_err *err)
{
    *jws = NULL;
    const unsigned forms = policy->forms != 0 ? policy->forms : JETON_JWS_COMPACT;
    if (keys == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "a verification needs a key set");
    JT_TRY(check_policy(policy, err));
    JT_AUTO(jeton_jws_free) jeton_jws *made = NULL;
    JT_TRY(new_jws(ctx, keys, &made, err));
    JT_TRY(jt_jws_parts_parse(jt_limits(ctx), forms, text, &made->text, &made->pool, &made->parts,
                              err));
    JT_TRY(find_payload(&made->parts, detached, err));
    made->count = made->parts.count;
    for (size_t i = 0; i < made->count; i++)
        JT_TRY(open_signature(policy, made, i, err));
    *jws = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- the payload ---------------------------------------------------------------------------- */

/* RFC 7797 §5.2: what stands unencoded between two dots is printable, and no dot; parsing has
 * seen to the dots. */
static jeton_status is_printable(jeton_span payload, jeton_err *err)
{
    for (size_t i = 0; i < payload.len; i++)
        if (payload.ptr[i] < 0x20 || payload.ptr[i] > 0x7e)
            return jt_fail(err, JETON_E_SYNTAX, "an unencoded payload is not printable");
    return JETON_OK;
}

static jeton_status take_payload(jeton_jws *jws, jeton_err *err)
{
    const jeton_span text = jws->parts.payload;
    const size_t most = jt_limits(jws->ctx)->payload;
    jeton_span ignored;
    if (!jws->unencoded)
        return decode(text, &jws->payload, &ignored, "the payload", err);
    if (text.len > most)
        return jt_fail(err, JETON_E_LIMIT, "payload longer than %zu bytes", most);
    if (jws->parts.form == JETON_JWS_COMPACT)
        JT_TRY(is_printable(text, err));
    return jt_buf_add(&jws->payload, text, err);
}

jeton_status jt_jws_encode(jt_buf *to, jeton_span bytes, jeton_err *err)
{
    const size_t chars = jt_base64url_chars(bytes.len);
    if (bytes.len == 0)
        return JETON_OK;
    JT_TRY(jt_buf_reserve(to, chars, err));
    jt_base64url_print(bytes, (char *)to->ptr + to->len);
    to->len += chars;
    return JETON_OK;
}

/* ---- the signatures ------------------------------------------------------------------------- */

void jt_jws_accept(const jeton_jws_policy *policy, jt_signature *signature, const jeton_key *key)
{
    const jeton_span want = jt_media_type_short(jeton_str(policy->typ));
    if (policy->typ != NULL && !jt_media_type_is(signature->header.typ, want))
        (void)jt_fail(&signature->err, JETON_E_TYP, "the typ is another or not protected");
    else
        signature->key = key;
}

/* RFC 7515 §5.2 step 8, RFC 7797 §3: header, a dot, and the payload as it is signed. */
static jeton_status write_input(const jeton_jws *jws, size_t i, const jeton_span *detached,
                                jt_buf *input, jeton_err *err)
{
    input->len = 0;
    JT_TRY(jt_buf_add(input, jws->parts.at[i].header, err));
    JT_TRY(jt_buf_add(input, jeton_str("."), err));
    if (detached == NULL)
        return jt_buf_add(input, jws->parts.payload, err);
    return jws->unencoded ? jt_buf_add(input, *detached, err)
                          : jt_jws_encode(input, *detached, err);
}

static jeton_status check_signature(const jeton_jws_policy *policy, jeton_jws *jws, size_t i,
                                    const jeton_span *detached, jt_buf *input, jeton_err *err)
{
    jt_signature *at = &jws->at[i];
    const jeton_key *key = NULL;
    jt_search search;
    if (at->err.status != JETON_OK)
        return JETON_OK;
    JT_TRY(write_input(jws, i, detached, input, err));
    jt_search_begin(&search, jws->keys, policy->algs, &at->header);
    const jeton_status status =
        jt_search_find(&search, jt_buf_span(input), at->signature, &key, &at->err);
    if (status == JETON_OK)
        jt_jws_accept(policy, at, key);
    return JETON_OK;
}

/* ---- the verdict ---------------------------------------------------------------------------- */

static jeton_status print_open(jeton_jws *jws, size_t i, jeton_err *err)
{
    const jt_val *open = jws->parts.at[i].open;
    if (open == NULL || jws->at[i].key == NULL)
        return JETON_OK;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(jws->ctx, &tree, err));
    return jt_tree_print(tree, jt_tree_copy(tree, open), JT_COMPACT, &jws->at[i].open, err);
}

static jeton_status refuse(const jeton_jws *jws, size_t i, jeton_err *err)
{
    const jeton_err *why = &jws->at[i].err;
    if (jws->count == 1)
        return jt_fail(err, why->status, "%s", why->text);
    return jt_fail(err, why->status, "signature %zu of %zu: %.120s", i + 1, jws->count, why->text);
}

/* The first that is bad; one that is only not known to be good yet, in a stream that is lost before
 * its payload has come, is not. */
static size_t first_bad(const jeton_jws *jws)
{
    size_t i = 0;
    while (i + 1 < jws->count && jws->at[i].err.status == JETON_OK)
        i++;
    assert(jws->at[i].err.status != JETON_OK); /* each that is not good has its reason */
    return i;
}

/* The one place that accepts. */
jeton_status jt_jws_judge(const jeton_jws_policy *policy, jeton_jws *jws, jeton_err *err)
{
    size_t good = 0;
    for (size_t i = 0; i < jws->count; i++) {
        good += jws->at[i].key != NULL;
        JT_TRY(print_open(jws, i, err));
    }
    const size_t wanted = policy->all ? jws->count : 1;
    return good >= wanted ? JETON_OK : refuse(jws, first_bad(jws), err);
}

jeton_status jeton_jws_verify(const jeton_ctx *ctx, const jeton_keyset *keys,
                              const jeton_jws_policy *policy, jeton_span text,
                              const jeton_span *detached, jeton_jws **jws, jeton_err *err)
{
    *jws = NULL;
    policy = jt_jws_policy(policy);
    JT_AUTO(jeton_jws_free) jeton_jws *made = NULL;
    JT_AUTO(jt_buf_done) jt_buf input = jt_buf_init(ctx);
    JT_TRY(jt_jws_open(ctx, keys, policy, text, detached != NULL, &made, err));
    if (detached == NULL)
        JT_TRY(take_payload(made, err));
    for (size_t i = 0; i < made->count; i++)
        JT_TRY(check_signature(policy, made, i, detached, &input, err));
    JT_TRY(jt_jws_judge(policy, made, err));
    *jws = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- the result ----------------------------------------------------------------------------- */

void jeton_jws_free(jeton_jws **jws)
{
    if (jws == NULL || *jws == NULL)
        return;
    for (size_t i = 0; i < JT_LIMIT_SIGNATURES; i++) {
        jt_buf_done(&(*jws)->at[i].bytes);
        jt_buf_done(&(*jws)->at[i].pool);
        jt_buf_done(&(*jws)->at[i].open);
    }
    jt_buf_done(&(*jws)->text);
    jt_buf_done(&(*jws)->pool);
    jt_buf_done(&(*jws)->payload);
    jeton_keyset_free(&(*jws)->keys);
    jt_release((*jws)->ctx, *jws);
    *jws = NULL;
}

jeton_span jeton_jws_payload(const jeton_jws *jws)
{
    return jt_buf_span(&jws->payload);
}

size_t jeton_jws_count(const jeton_jws *jws)
{
    return jws->count;
}

jeton_status jeton_jws_status(const jeton_jws *jws, size_t i)
{
    return i < jws->count ? jws->at[i].err.status : JETON_E_ARGUMENT;
}

const char *jeton_jws_why(const jeton_jws *jws, size_t i)
{
    return i < jws->count ? jws->at[i].err.text : "";
}

/* The signature when it is good; one of which nothing is known otherwise. */
static const jt_signature *good_one(const jeton_jws *jws, size_t i)
{
    static const jt_signature none = {0};
    return i < jws->count && jws->at[i].key != NULL ? &jws->at[i] : &none;
}

const jeton_key *jeton_jws_key(const jeton_jws *jws, size_t i)
{
    return good_one(jws, i)->key;
}

jeton_alg jeton_jws_alg(const jeton_jws *jws, size_t i)
{
    return good_one(jws, i)->header.alg;
}

jeton_span jeton_jws_protected(const jeton_jws *jws, size_t i)
{
    return good_one(jws, i)->guarded;
}

jeton_span jeton_jws_unprotected(const jeton_jws *jws, size_t i)
{
    return jt_buf_span(&good_one(jws, i)->open);
}
