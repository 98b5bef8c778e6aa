/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/access_token.c - writes and judges access tokens. */
#include "accounts/access_token.h"

#include "accounts/session.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"

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

jeton_status jd_access_token_sign(const jd_accounts *accounts, const jd_access *access,
                                  jeton_text **token, jeton_err *err)
{
    *token = NULL;
    const jd_user *user = access->user;
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_TRY(jeton_claims_new(NULL, &claims, err));
    jeton_claims_set_text(claims, "iss", jeton_str(accounts->issuer));
    set_id(claims, "sub", &user->id);
    jeton_claims_set_text(claims, "aud", jeton_str(accounts->audience));
    jeton_claims_set_text(claims, "client_id", access->session->client);
    jeton_claims_set_date(claims, "iat", access->issued);
    jeton_claims_set_date(claims, "exp", access->expires);
    JT_TRY(set_jti(claims, err));
    set_id(claims, "sid", &access->session->id);
    jeton_claims_set_int(claims, "rev", (int64_t)access->rev);
    jeton_claims_set_date(claims, "auth_time", access->session->auth_time);
    jeton_claims_set_list(claims, "roles", user->roles, user->role_count);
    return jd_signer_sign(accounts->signer, claims, token, err);
}

bool jd_access_token_owner(const jeton_verdict *verdict, jd_id *user, jd_id *session)
{
    jeton_span sub;
    jeton_span sid;
    return jeton_verdict_text(verdict, "sub", &sub) && jd_id_parse(sub, user) &&
           jeton_verdict_text(verdict, "sid", &sid) && jd_id_parse(sid, session);
}

/* The revocation hook. A token that does not say what we need to ask with is refused: ours do. */
static jeton_status ask_revocations(void *revocations, const jeton_verdict *verdict)
{
    jd_id user;
    jd_id session;
    int64_t rev;
    if (!jd_access_token_owner(verdict, &user, &session) ||
        !jeton_verdict_int(verdict, "rev", &rev) || rev < 0)
        return JETON_E_CLAIM;
    return jt_revocations_check(revocations, user.bytes, session.bytes, (uint64_t)rev);
}

jeton_status jd_access_token_verifier(jd_accounts *accounts, jeton_verifier **verifier,
                                      jeton_err *err)
{
    const jeton_policy policy = {
        .preset = JETON_PRESET_JETON,
        .issuers = {accounts->issuer},
        .audiences = {accounts->audience},
        .leeway = (unsigned)accounts->config.leeway,
    };
    JT_TRY(jeton_verifier_new(NULL, &policy, jd_signer_keyset(accounts->signer), verifier, err));
    jeton_verifier_on_revocation(*verifier, ask_revocations, accounts->revocations);
    return JETON_OK;
}
