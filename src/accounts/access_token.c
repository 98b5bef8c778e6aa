/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/access_token.c - writes and judges access tokens. */
#include "accounts/access_token.h"

#include "accounts/client.h"
#include "accounts/csrf.h"
#include "accounts/indexes.h"
#include "accounts/role.h"
#include "accounts/session.h"
#include "accounts/status_list.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "revoke/names.h"
#include "sys/clock.h"
#include "sys/metrics.h"
#include "token/source.h"

#define JTI_BYTES 12U
#define JTI_CHARS 16U

static void set_id(jeton_claims *claims, const char *name, const jd_id *id)
{
    char text[JD_ID_CHARS + 1];
    jd_id_print(id, text);
    jeton_claims_set_text(claims, name, jeton_str(text));
}

static jeton_status set_jti(jeton_claims *claims, jeton_err *err)
{
    uint8_t random[JTI_BYTES];
    char text[JTI_CHARS];
    JT_TRY(jt_random(NULL, random, sizeof random, err));
    jt_base64url_print(jeton_bytes(random, sizeof random), text);
    jeton_claims_set_text(claims, "jti", jeton_bytes(text, sizeof text));
    return JETON_OK;
}

/* By it the token is revoked with one bit. The claim "status" is for verifiers that are not ours
 * (IETF Token Status List); ours find both in "idx". */
static void set_index(const jd_accounts *accounts, jeton_claims *claims, const jd_access *access)
{
    uint64_t index;
    if (!jd_index_next(accounts, access->issued, access->expires - access->issued, &index))
        return;
    jeton_claims_set_int(claims, JD_INDEX_CLAIM, (int64_t)index);
    if (accounts->config->status_claim)
        jd_status_claim(accounts, index, claims);
}

static void set_user(const jd_accounts *accounts, jeton_claims *claims, const jd_access *access)
{
    set_id(claims, "sub", &access->user->id);
    set_id(claims, "sid", &access->session->id);
    jeton_claims_set_date(claims, "auth_time", access->session->auth_time);
    jd_role_claim(accounts, access->user, claims);
}

jeton_status jd_access_token_sign(const jd_accounts *accounts, const jd_access *access,
                                  jeton_text **token, jeton_err *err)
{
    *token = NULL;
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_TRY(jeton_claims_new(NULL, &claims, err));
    const jeton_span audience = access->client->audience;
    jeton_claims_set_text(claims, "iss", jeton_str(accounts->issuer));
    jeton_claims_set_text(claims, "aud",
                          audience.len > 0 ? audience : jeton_str(accounts->audience));
    jeton_claims_set_text(claims, "client_id", access->client->id);
    jeton_claims_set_date(claims, "iat", access->issued);
    jeton_claims_set_date(claims, "exp", access->expires);
    JT_TRY(set_jti(claims, err));
    jeton_claims_set_int(claims, "rev", (int64_t)access->rev);
    set_index(accounts, claims, access);
    if (access->session != NULL)
        set_user(accounts, claims, access);
    else /* RFC 9068 §2.2: the client is the subject */
        jeton_claims_set_text(claims, "sub", access->client->id);
    if (access->scope.len > 0)
        jeton_claims_set_text(claims, "scope", access->scope);
    if (access->csrf.len > 0)
        jeton_claims_set_text(claims, JD_CSRF_CLAIM, access->csrf);
    const jd_signing how = {
        .alg = access->client->alg, .client = access->client->id, .expires = access->expires};
    return jd_signer_sign(accounts->signer, &how, claims, token, err);
}

jeton_status jd_access_token_sign_fresh(const jd_accounts *accounts, const jd_access *access,
                                        jeton_text **token, jeton_err *err)
{
    JT_TRY(jd_access_token_sign(accounts, access, token, err));
    return jd_accounts_stand_by(accounts, token, err);
}

bool jd_access_token_owner(const jeton_verdict *verdict, jd_id *user, jd_id *session)
{
    jeton_span sub;
    jeton_span sid;
    return jeton_verdict_text(verdict, "sub", &sub) && jd_id_parse(sub, user) &&
           jeton_verdict_text(verdict, "sid", &sid) && jd_id_parse(sid, session);
}

void jd_access_token_name(const jeton_verdict *verdict, jd_token_name *name)
{
    jt_names_of_token of;
    *name = (jd_token_name){.has_index = false};
    if (!jt_revoked_names(verdict, &of))
        return;
    (void)jeton_verdict_text(verdict, "jti", &name->jti);
    (void)jeton_verdict_date(verdict, "exp", &name->expires);
    name->has_index = of.has_index;
    name->index = of.index;
}

static jeton_status why_refused(const jt_revoked_state *state, const jt_names_of_token *names,
                                bool fresh)
{
    if (jt_revoked_is_unheard(state, names))
        jd_metric_add(JD_METRIC_INDEX_UNKNOWN, 0, 0);
    return jt_revoked_why(state, names, fresh);
}

/* The revocation hook. What is revoked is refused as such, however old it is what we know. */
static jeton_status ask_revocations(void *user, const jeton_verdict *verdict)
{
    const jd_accounts *accounts = user;
    jt_names_of_token of;
    if (!jt_revoked_names(verdict, &of))
        return JETON_E_CLAIM;
    const bool fresh = jd_lease_holds(&accounts->lease);
    const jt_revoked_state state = jt_revocations_state(accounts->revocations);
    if (jt_revoked_ask(&state, &of) != JETON_OK)
        return why_refused(&state, &of, fresh);
    return fresh ? JETON_OK : JETON_E_STALE;
}

/* The keys are read anew before the lease is renewed, and not while a token is being verified. */
static jt_doubt doubt_keys(void *user, jeton_verdict *verdict)
{
    const jd_accounts *accounts = user;
    (void)verdict;
    return jd_lease_holds(&accounts->lease) ? JT_KEYS_SURE : JT_KEYS_OLD;
}

/* The secret of a client is shared: what it has signed is good for the client it belongs to, and
 * for that one's audience alone. */
static jeton_status check_secret(void *user, const jeton_verdict *verdict, jeton_err *err)
{
    const jd_accounts *accounts = user;
    const jeton_key *key = jeton_verdict_key(verdict);
    jeton_span id;
    jeton_span audience;
    jd_client client;
    if (strcmp(jeton_key_type(key), "oct") != 0)
        return JETON_OK;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    if (jeton_verdict_text(verdict, "client_id", &id) &&
        jeton_verdict_text(verdict, "aud", &audience) &&
        jd_signer_owns(accounts->signer, jeton_key_id(key), id) &&
        jd_client_find(accounts, id, &arena, &client, NULL) == JETON_OK &&
        jeton_span_equal(audience, client.audience) &&
        !jeton_span_equal(audience, jeton_str(accounts->audience)))
        return JETON_OK;
    return jt_fail(err, JETON_E_REFUSED, "the secret is not good for that audience");
}

jeton_status jd_access_token_verifier(jd_accounts *accounts, jd_taking taking,
                                      const jeton_keyset *keys, jeton_verifier **verifier,
                                      jeton_err *err)
{
    const bool to_revoke = taking == JD_TAKE_TO_REVOKE;
    const bool may_differ = to_revoke || jd_store_is_shared(accounts->store);
    const jeton_policy policy = {
        .preset = JETON_PRESET_JETON,
        .issuers = {accounts->issuer},
        .audiences = {taking == JD_TAKE_OURS ? accounts->audience : NULL},
        .leeway = (unsigned)(to_revoke ? JD_REVOKE_LEEWAY : accounts->config->leeway),
        .allow = may_differ ? JETON_ALLOW_FUTURE_IAT : 0,
    };
    JT_TRY(jeton_verifier_new(jd_now_ctx(), &policy, keys, verifier, err));
    jt_verifier_on_doubt(*verifier, doubt_keys, accounts);
    if (!to_revoke)
        jeton_verifier_on_revocation(*verifier, ask_revocations, accounts);
    jeton_verifier_on_accept(*verifier, check_secret, accounts);
    return JETON_OK;
}
