/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/key.c - signing keys, the log and the clients brought together. */
#include "accounts/key.h"

#include "accounts/client.h"
#include "accounts/key_acks.h"
#include "accounts/revoke.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"
#include "store/revoke.h"
#include "sys/clock.h"

jeton_status jd_key_withdraw(jd_accounts *accounts, jeton_span kid, jeton_err *err)
{
    jt_revocation entry;
    const jd_revoking mark = jd_revoking_key(kid, jd_now());
    const jeton_status status = jd_signer_withdraw(accounts->signer, kid, &mark, &entry, err);
    jd_accounts_revoke(accounts, &entry); /* when it is in the log it counts, whatever came then */
    return status;
}

jeton_status jd_key_need(const jd_accounts *accounts, jeton_span alg, jeton_err *err)
{
    JT_TRY(jd_signer_need(accounts->signer, alg, err));
    jd_key_acks_wait(accounts, alg, jeton_str(""));
    return JETON_OK;
}

jeton_status jd_key_add_secret(const jd_accounts *accounts, jeton_span client, jeton_span secret,
                               jeton_err *err)
{
    JT_TRY(jd_signer_add_secret(accounts->signer, client, secret, err));
    jd_key_acks_wait(accounts, jeton_str("HS256"), client);
    return JETON_OK;
}

jeton_status jd_key_set_secret(jd_accounts *accounts, jeton_span client, jeton_span secret,
                               jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_client found;
    jeton_err none = {0};
    const jeton_status status = jd_client_find(accounts, client, &arena, &found, &none);
    if (status != JETON_OK && status != JETON_E_CLIENT)
        return jt_fail(err, status, "%s", none.text);
    if (status == JETON_E_CLIENT)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such client, or it is disabled");
    if (!jeton_span_equal(found.alg, jeton_str("HS256")))
        return jt_fail(err, JETON_E_REQUEST, "the client's tokens are not signed with a secret");
    return jd_key_add_secret(accounts, client, secret, err);
}
