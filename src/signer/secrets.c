/* SPDX-License-Identifier: Apache-2.0 */
/* signer/secrets.c - secrets that clients share, for HS256. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "signer/signer_inside.h"
#include "store/keys.h"
#include "sys/log.h"

#define KID_BYTES 12U
#define KID_CHARS 16U

/* The kid is random: a thumbprint of a secret that somebody has thought up would tell it to whoever
 * tries some. */
static jeton_status make_secret_key(const jd_signer *signer, jeton_span secret, jeton_key **key,
                                    jeton_err *err)
{
    uint8_t random[KID_BYTES];
    char kid[KID_CHARS];
    JT_TRY(jt_random(signer->ctx, random, sizeof random, err));
    jt_base64url_print(jeton_bytes(random, sizeof random), kid);
    return jeton_key_from_secret(signer->ctx, JETON_HS256, secret, jeton_bytes(kid, sizeof kid),
                                 key, err);
}

static jeton_status save_secret(jd_signer *signer, const jeton_key *key, jeton_span client,
                                jeton_err *err)
{
    JT_AUTO(jeton_text_free) jeton_text *private = NULL;
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(signer->ctx);
    const jd_ring_key *const before[] = {
        jd_keyring_active(signer->ring, jeton_str(JD_HS256), client),
        jd_keyring_awaited(signer->ring, jeton_str(JD_HS256), client)};
    jeton_time now = signer->now;
    for (size_t i = 0; i < JT_COUNT(before); i++)
        if (before[i] != NULL) /* the youngest one signs, also within one millisecond */
            now = now > before[i]->row.created ? now : before[i]->row.created + 1;
    JT_TRY(jeton_key_print(key, JETON_KEY_PRIVATE, &private, err));
    JT_TRY(jd_sealer_seal(signer->sealer, jd_key_place(jeton_key_id(key)), jeton_text_span(private),
                          &sealed, err));
    const jd_stored_key row = {.kid = jeton_key_id(key),
                               .alg = jeton_str(JD_HS256),
                               .state = jeton_str("active"),
                               .sealed = jt_buf_span(&sealed),
                               .created = now,
                               .since = now,
                               .client = client};
    signer->stale = true;
    return jd_store_key_add(signer->store, &row, err);
}

/* The one it replaces retires when the schedule is looked at, which is at once. */
static jeton_status add_secret(jd_signer *signer, jeton_span client, jeton_span secret,
                               jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    jeton_time due;
    JT_TRY(make_secret_key(signer, secret, &key, err));
    JT_TRY(save_secret(signer, key, client, err));
    jd_log(JD_INFO, EV_KEY_MADE, JD_SPAN("kid", jeton_key_id(key)), JD_TEXT("alg", JD_HS256),
           JD_SPAN("client", client));
    JT_TRY(jd_signer_reload(signer, err));
    return jd_signer_tend_all(signer, &due, err);
}

jeton_status jd_signer_add_secret(jd_signer *signer, jeton_span client, jeton_span secret,
                                  jeton_err *err)
{
    if (secret.len < JD_SECRET_LEAST || secret.len > JD_SECRET_MOST)
        return jt_fail(err, JETON_E_REQUEST, "a secret for HS256 has %u to %u bytes",
                       JD_SECRET_LEAST, JD_SECRET_MOST);
    jeton_status status = jd_signer_begin(signer, err);
    if (status == JETON_OK)
        status = add_secret(signer, client, secret, err);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}
