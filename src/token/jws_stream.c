/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_stream.c - signatures over a payload that goes by in parts and is not kept.
 *
 * A signature to be made is one running hash. A signature to be checked is one for each key it may
 * be of where the hash starts with the key (HMAC), and one for all of them otherwise. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "token/jws.h"
#include "token/jws_inside.h"
#include "token/jws_making.h"

#define STEP ((size_t)3072) /* bytes encoded at once; a multiple of three */

/* The keys a signature may be of. */
typedef struct candidates {
    size_t count, first; /* its running hashes begin at stream->running[first] */
    bool keyed;          /* one for each key, not one for all */
    const jeton_key *at[JT_LIMIT_TRIED_KEYS];
} candidates;

struct jeton_jws_stream {
    const jeton_ctx *ctx;
    bool unencoded, ended;
    uint8_t carry[3]; /* bytes that do not fill a group of base64url yet */
    size_t carried;
    size_t runs;
    jt_sha2 *running;      /* `runs` of them */
    jt_jws_making *making; /* signing; or else verifying: */
    jeton_jws *jws;
    jeton_jws_policy policy;
    candidates *by; /* for each signature of jws */
};

/* ---- parts ---------------------------------------------------------------------------------- */

static void feed(jeton_jws_stream *stream, jeton_span bytes)
{
    for (size_t i = 0; i < stream->runs; i++)
        jt_sha2_update(&stream->running[i], bytes);
}

static void feed_encoded(jeton_jws_stream *stream, jeton_span bytes)
{
    char chars[STEP / 3 * 4];
    jt_base64url_print(bytes, chars);
    feed(stream, jeton_bytes(chars, jt_base64url_chars(bytes.len)));
}

/* Fills the group that was begun, with what there is of a part that is not empty. */
static jeton_span fill_carry(jeton_jws_stream *stream, jeton_span part)
{
    const size_t room = sizeof stream->carry - stream->carried;
    const size_t taken = part.len < room ? part.len : room;
    memcpy(stream->carry + stream->carried, part.ptr, taken);
    stream->carried += taken;
    if (stream->carried == sizeof stream->carry) {
        feed_encoded(stream, jeton_bytes(stream->carry, sizeof stream->carry));
        stream->carried = 0;
    }
    return jeton_bytes(part.ptr + taken, part.len - taken);
}

static void add_encoded(jeton_jws_stream *stream, jeton_span part)
{
    if (stream->carried > 0)
        part = fill_carry(stream, part);
    while (part.len >= 3) {
        const size_t whole = part.len / 3 * 3;
        const size_t step = whole < STEP ? whole : STEP;
        feed_encoded(stream, jeton_bytes(part.ptr, step));
        part = jeton_bytes(part.ptr + step, part.len - step);
    }
    if (part.len > 0)
        (void)fill_carry(stream, part);
}

void jeton_jws_add(jeton_jws_stream *stream, jeton_span part)
{
    if (stream->ended || part.len == 0)
        return;
    if (stream->unencoded)
        feed(stream, part);
    else
        add_encoded(stream, part);
}

/* The last group, which may be incomplete. */
static jeton_status end(jeton_jws_stream *stream, const void *begun_as, jeton_err *err)
{
    if (stream->ended || begun_as == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "the stream has ended, or was begun as another");
    feed_encoded(stream, jeton_bytes(stream->carry, stream->carried));
    stream->ended = true;
    return JETON_OK;
}

/* ---- beginning ------------------------------------------------------------------------------ */

static jeton_status new_stream(const jeton_ctx *ctx, jeton_jws_stream **stream, jeton_err *err)
{
    *stream = jt_zalloc(ctx, sizeof **stream);
    if (*stream == NULL)
        return jt_fail(err, JETON_E_NOMEM, "stream");
    (*stream)->ctx = ctx;
    return JETON_OK;
}

static jeton_status make_room(jeton_jws_stream *stream, size_t runs, jeton_err *err)
{
    stream->running = jt_zalloc(stream->ctx, runs * sizeof *stream->running);
    return stream->running != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "stream");
}

/* The hash of one key, at the header and the dot that go before the payload. */
static void start(jeton_jws_stream *stream, const jeton_key *key, jeton_alg alg, jeton_span header)
{
    jt_sha2 *running = &stream->running[stream->runs++];
    jt_key_begin(key, alg, running);
    jt_sha2_update(running, header);
    jt_sha2_update(running, jeton_str("."));
}

static jeton_status takes_parts(jeton_alg alg, jeton_err *err)
{
    if (jt_alg_row(alg)->begin == NULL)
        return jt_fail(err, JETON_E_UNSUPPORTED, "%s needs the whole payload at once",
                       jeton_alg_name(alg));
    return JETON_OK;
}

static jeton_status begin_signing(jeton_jws_stream *stream, jeton_err *err)
{
    const jt_jws_making *making = stream->making;
    stream->unencoded = making->options.unencoded;
    JT_TRY(make_room(stream, making->count, err));
    for (size_t i = 0; i < making->count; i++) {
        JT_TRY(takes_parts(making->at[i].alg, err));
        start(stream, making->at[i].key, making->at[i].alg, jt_buf_span(&making->at[i].header));
    }
    return JETON_OK;
}

jeton_status jeton_jws_sign_begin(const jeton_ctx *ctx, const jeton_jws_signature *signatures,
                                  size_t count, const jeton_jws_options *options,
                                  jeton_jws_stream **stream, jeton_err *err)
{
    *stream = NULL;
    jeton_jws_options detached = options != NULL ? *options : (jeton_jws_options){0};
    detached.detached = true;
    JT_AUTO(jeton_jws_stream_free) jeton_jws_stream *made = NULL;
    JT_TRY(new_stream(ctx, &made, err));
    JT_TRY(jt_jws_making_new(ctx, signatures, count, &detached, &made->making, err));
    JT_TRY(begin_signing(made, err));
    *stream = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* Finds the keys of one signature. That there are none is its reason, and no matter where another
 * is good. */
static jeton_status find_candidates(jeton_jws_stream *stream, size_t i, jeton_err *err)
{
    jt_signature *signature = &stream->jws->at[i];
    const jeton_alg alg = signature->header.alg;
    candidates *by = &stream->by[i];
    jt_search search;
    const jeton_key *key;
    if (signature->err.status != JETON_OK)
        return JETON_OK;
    jt_search_begin(&search, stream->jws->keys, stream->policy.algs, &signature->header);
    while ((key = jt_search_next(&search)) != NULL)
        by->at[by->count++] = key;
    if (by->count == 0) {
        signature->err.status = jt_search_refuse(&search, &signature->err);
        return JETON_OK;
    }
    JT_TRY(takes_parts(alg, err));
    by->keyed = jt_alg_row(alg)->keyed;
    by->first = stream->runs;
    for (size_t k = 0; k < (by->keyed ? by->count : 1); k++)
        start(stream, by->at[k], alg, stream->jws->parts.at[i].header);
    return JETON_OK;
}

/* Whether no payload can make it good any more. */
static bool is_lost(const jeton_jws *jws, bool all)
{
    size_t bad = 0;
    for (size_t i = 0; i < jws->count; i++)
        bad += jws->at[i].err.status != JETON_OK;
    return bad == jws->count || (all && bad > 0);
}

static jeton_status begin_verifying(jeton_jws_stream *stream, jeton_err *err)
{
    jeton_jws *jws = stream->jws;
    stream->unencoded = jws->unencoded;
    stream->by = jt_zalloc(stream->ctx, jws->count * sizeof *stream->by);
    if (stream->by == NULL)
        return jt_fail(err, JETON_E_NOMEM, "stream");
    JT_TRY(make_room(stream, jws->count * JT_LIMIT_TRIED_KEYS, err));
    for (size_t i = 0; i < jws->count; i++)
        JT_TRY(find_candidates(stream, i, err));
    return is_lost(jws, stream->policy.all) ? jt_jws_judge(&stream->policy, jws, err) : JETON_OK;
}

jeton_status jeton_jws_verify_begin(const jeton_ctx *ctx, const jeton_keyset *keys,
                                    const jeton_jws_policy *policy, jeton_span text,
                                    jeton_jws_stream **stream, jeton_err *err)
{
    *stream = NULL;
    JT_AUTO(jeton_jws_stream_free) jeton_jws_stream *made = NULL;
    JT_TRY(new_stream(ctx, &made, err));
    made->policy = *jt_jws_policy(policy);
    JT_TRY(jt_jws_open(ctx, keys, &made->policy, text, true, &made->jws, err));
    JT_TRY(begin_verifying(made, err));
    *stream = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- ending --------------------------------------------------------------------------------- */

jeton_status jeton_jws_sign_end(jeton_jws_stream *stream, jeton_text **text, jeton_err *err)
{
    *text = NULL;
    jt_jws_making *making = stream->making;
    JT_TRY(end(stream, making, err));
    for (size_t i = 0; i < making->count; i++) {
        uint8_t signature[JT_LIMIT_SIGNATURE];
        size_t len = sizeof signature;
        JT_TRY(jt_key_sign_end(making->at[i].key, making->at[i].alg, &stream->running[i], signature,
                               &len, err));
        JT_TRY(jt_jws_making_put(making, i, signature, len, err));
    }
    return jt_jws_making_print(making, jeton_str(NULL), text, err);
}

/* Whose signature it is; the reason of the last key is the reason. */
static void check_signature(jeton_jws_stream *stream, size_t i)
{
    jt_signature *signature = &stream->jws->at[i];
    const candidates *by = &stream->by[i];
    jeton_err why = {0};
    if (signature->err.status != JETON_OK)
        return;
    for (size_t k = 0; k < by->count; k++) {
        jt_sha2 running = stream->running[by->first + (by->keyed ? k : 0)];
        why = (jeton_err){0};
        const jeton_status status = jt_key_verify_end(by->at[k], signature->header.alg, &running,
                                                      signature->signature, &why);
        jt_wipe(&running, sizeof running);
        if (status == JETON_OK) {
            jt_jws_accept(&stream->policy, signature, by->at[k]);
            return;
        }
    }
    (void)jt_fail(&signature->err, why.status, "%s", why.text);
}

jeton_status jeton_jws_verify_end(jeton_jws_stream *stream, jeton_jws **jws, jeton_err *err)
{
    *jws = NULL;
    JT_TRY(end(stream, stream->jws, err));
    for (size_t i = 0; i < stream->jws->count; i++)
        check_signature(stream, i);
    JT_TRY(jt_jws_judge(&stream->policy, stream->jws, err));
    *jws = stream->jws;
    stream->jws = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_jws_stream_free(jeton_jws_stream **stream)
{
    if (stream == NULL || *stream == NULL)
        return;
    jeton_jws_stream *old = *stream;
    *stream = NULL;
    if (old->running != NULL)
        jt_wipe(old->running, old->runs * sizeof *old->running); /* HMAC states are secrets */
    jt_release(old->ctx, old->running);
    jt_release(old->ctx, old->by);
    jt_jws_making_free(&old->making);
    jeton_jws_free(&old->jws);
    jt_release(old->ctx, old);
}
