/* SPDX-License-Identifier: Apache-2.0 */
/* token/verifier.c - decides about a token, in the one order that no option changes. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "token/cache.h"
#include "token/policy.h"
#include "token/source.h"

#include <jeton/verifier.h>

#define LOOKS 4U /* at keys that replace each other, for one token */

struct jeton_verifier {
    const jeton_ctx *ctx;
    jt_policy policy;
    jeton_keyset *keys; /* NULL: they are the source's */
    jt_key_source source;
    jeton_revocation_hook hook;
    void *hook_user;
    jeton_accept_hook last; /* the program's own check */
    void *last_user;
    jt_cache_use cached;
    jeton_signature_cache *trusted; /* NULL: none */
};

static jeton_status make(const jeton_ctx *ctx, const jeton_policy *policy,
                         jeton_verifier **verifier, jeton_err *err)
{
    JT_AUTO(jeton_verifier_free) jeton_verifier *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "verifier");
    made->ctx = ctx;
    JT_TRY(jt_policy_init(&made->policy, ctx, policy, err));
    *verifier = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jeton_verifier_new(const jeton_ctx *ctx, const jeton_policy *policy,
                                const jeton_keyset *keys, jeton_verifier **verifier, jeton_err *err)
{
    *verifier = NULL;
    if (keys == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "a verifier needs a key set");
    JT_TRY(make(ctx, policy, verifier, err));
    (*verifier)->keys = jt_keyset_ref(keys);
    return JETON_OK;
}

jeton_status jt_verifier_new_from(const jeton_ctx *ctx, const jeton_policy *policy,
                                  const jt_key_source *source, jeton_verifier **verifier,
                                  jeton_err *err)
{
    *verifier = NULL;
    JT_TRY(make(ctx, policy, verifier, err));
    (*verifier)->source = *source;
    return JETON_OK;
}

void jt_verifier_on_doubt(jeton_verifier *verifier, jt_doubt_fn *doubt, void *user)
{
    verifier->source.doubt = doubt;
    verifier->source.user = user;
}

void jeton_verifier_on_revocation(jeton_verifier *verifier, jeton_revocation_hook hook, void *user)
{
    verifier->hook = hook;
    verifier->hook_user = user;
}

void jeton_verifier_on_accept(jeton_verifier *verifier, jeton_accept_hook hook, void *user)
{
    verifier->last = hook;
    verifier->last_user = user;
}

void jeton_verifier_use_cache(jeton_verifier *verifier, const jeton_cache *cache)
{
    jt_cache_begin(&verifier->cached, cache);
}

void jeton_verifier_use_signatures(jeton_verifier *verifier, const jeton_signature_cache *cache)
{
    jeton_signature_cache *shared = jt_signature_cache_ref(cache); /* it may be the same one */
    jeton_signature_cache_free(&verifier->trusted);
    verifier->trusted = shared;
}

void jeton_verifier_free(jeton_verifier **verifier)
{
    if (verifier == NULL || *verifier == NULL)
        return;
    jt_cache_end(&(*verifier)->cached);
    jeton_signature_cache_free(&(*verifier)->trusted);
    jt_policy_done(&(*verifier)->policy);
    jeton_keyset_free(&(*verifier)->keys);
    if ((*verifier)->source.done != NULL)
        (*verifier)->source.done((*verifier)->source.user);
    jt_release((*verifier)->ctx, *verifier);
    *verifier = NULL;
}

static jeton_status read_claims(unsigned depth, const jt_octets *octets, jeton_verdict *verdict)
{
    const jt_val *claims;
    JT_TRY(jt_json_parse_into(&verdict->claims_pool, depth, octets->claims, octets->payload.len,
                              &claims, &verdict->err));
    if (jt_kind_of(claims) != JT_OBJECT)
        return jt_fail(&verdict->err, JETON_E_CLAIM, "the payload is not a JSON object");
    verdict->claims = claims;
    verdict->payload = octets->payload;
    return JETON_OK;
}

static jeton_status ask_last(const jeton_verifier *verifier, jeton_verdict *verdict)
{
    if (verifier->last == NULL)
        return JETON_OK;
    jeton_err why = {0};
    const jeton_status status = verifier->last(verifier->last_user, verdict, &why);
    if (status == JETON_OK)
        return JETON_OK;
    why.text[sizeof why.text - 1] = '\0'; /* it is not ours */
    return jt_verdict_failure(verdict, JETON_CHECK_HOOK, "hook", status,
                              why.text[0] != '\0' ? why.text : jeton_status_text(status));
}

static jeton_status ask_hook(const jeton_verifier *verifier, jeton_verdict *verdict)
{
    if (verifier->hook == NULL)
        return JETON_OK;
    const jeton_status status = verifier->hook(verifier->hook_user, verdict);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_verdict_failure(verdict, JETON_CHECK_REVOKED, "revocation", status,
                              jeton_status_text(status));
}

/* The keys of one verification, and what is remembered of tokens verified with them. */
typedef struct means {
    const jeton_keyset *keys;
    jt_cache_use cached;
} means;

static jeton_status take_means(const jeton_verifier *verifier, jeton_verdict *verdict, means *with)
{
    *with = (means){verifier->keys, verifier->cached};
    if (verifier->keys != NULL)
        return JETON_OK;
    uint64_t number = 0;
    with->keys = verifier->source.take(verifier->source.user, verdict, &number);
    with->cached = jt_cache_keyed(&verifier->cached, number);
    if (with->keys != NULL)
        return JETON_OK;
    return jt_fail(&verdict->err, JETON_E_STALE, "there are no keys yet");
}

/* Everything but the hooks. A token that passes is remembered. */
static jeton_status check(const jeton_verifier *verifier, const means *with, jeton_span token,
                          jeton_verdict *verdict)
{
    const jeton_limits *limits = jt_limits(verifier->ctx);
    const jt_policy *policy = &verifier->policy;
    jt_jws *jws = &verdict->jws;
    JT_TRY(jt_jws_verify(limits, with->keys, policy->is.algs, verifier->trusted, token, jws,
                         &verdict->err));
    verdict->key = jws->key;
    JT_TRY(read_claims(limits->depth, &jws->octets, verdict));
    const jeton_time now = jt_now(verifier->ctx);
    JT_TRY(jt_policy_check(policy, &jws->header, now, verdict));
    if (with->cached.cache != NULL)
        jt_cache_store(&with->cached, token, jt_policy_window(policy, verdict->claims), now,
                       verdict);
    return JETON_OK;
}

static bool is_known(const jeton_verifier *verifier, const means *with, jeton_span token,
                     jeton_verdict *verdict)
{
    return with->cached.cache != NULL &&
           jt_cache_find(&with->cached, verifier->ctx, token, verdict);
}

static jeton_status check_or_find(const jeton_verifier *verifier, jeton_span token,
                                  jeton_verdict *verdict)
{
    means with;
    JT_TRY(take_means(verifier, verdict, &with));
    verdict->remembered = is_known(verifier, &with, token, verdict);
    return verdict->remembered ? JETON_OK : check(verifier, &with, token, verdict);
}

static jt_doubt doubt(const jeton_verifier *verifier, jeton_verdict *verdict)
{
    return verifier->source.doubt != NULL ? verifier->source.doubt(verifier->source.user, verdict)
                                          : JT_KEYS_SURE;
}

/* No key matches. Where others may have come meanwhile that is not the token's fault. */
static jeton_status look_again(const jeton_verifier *verifier, jeton_span token,
                               jeton_verdict *verdict)
{
    jeton_status status = JETON_E_KEY_UNKNOWN;
    jt_doubt found = doubt(verifier, verdict);
    for (unsigned i = 0; status == JETON_E_KEY_UNKNOWN && found == JT_KEYS_OTHER && i < LOOKS;
         i++) {
        jt_verdict_reset(verdict);
        verdict->token = token;
        status = check_or_find(verifier, token, verdict);
        if (status == JETON_E_KEY_UNKNOWN)
            found = doubt(verifier, verdict);
    }
    if (status != JETON_E_KEY_UNKNOWN || found == JT_KEYS_SURE)
        return status;
    verdict->err = (jeton_err){0};
    return jt_fail(&verdict->err, JETON_E_STALE, "no key matches, of keys that may be too old");
}

static jeton_status decide(const jeton_verifier *verifier, jeton_span token, jeton_verdict *verdict)
{
    jeton_status status = check_or_find(verifier, token, verdict);
    if (status == JETON_E_KEY_UNKNOWN)
        status = look_again(verifier, token, verdict);
    JT_TRY(status);
    JT_TRY(ask_hook(verifier, verdict));
    return ask_last(verifier, verdict);
}

jeton_status jeton_verify(const jeton_verifier *verifier, jeton_span token, jeton_verdict *verdict)
{
    jt_verdict_reset(verdict);
    verdict->token = token;
    const jeton_status status = decide(verifier, token, verdict);
    if (status == JETON_OK) {
        verdict->accepted = true;
        return JETON_OK;
    }
    verdict->claims = NULL;
    verdict->token = jeton_str(NULL);
    return jt_fail(&verdict->err, status, "%s", jeton_status_text(status));
}
