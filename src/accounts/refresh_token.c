/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/refresh_token.c - writes and reads refresh tokens. */
#include "accounts/refresh_token.h"

#include "core/base64url.h"
#include "core/secret.h"
#include "crypto/hmac.h"

#define VERSION    1U
#define AT_SESSION 1U
#define AT_COUNTER (AT_SESSION + JD_ID_BYTES)
#define AT_MAC     (AT_COUNTER + 8U)

static void sign(const uint8_t *bytes, jeton_span key, uint8_t *mac)
{
    jt_hmac_key prepared;
    jt_hmac_init(&prepared, JT_SHA256, key);
    jt_hmac_sign(&prepared, jeton_bytes(bytes, AT_MAC), mac);
    jt_hmac_done(&prepared);
}

void jd_refresh_token_print(const jd_id *session, uint64_t counter, jeton_span key,
                            char to[JD_REFRESH_CHARS + 1])
{
    uint8_t bytes[JD_REFRESH_BYTES] = {VERSION};
    memcpy(bytes + AT_SESSION, session->bytes, JD_ID_BYTES);
    for (size_t i = 0; i < 8; i++)
        bytes[AT_COUNTER + i] = (uint8_t)(counter >> (56 - 8 * i));
    sign(bytes, key, bytes + AT_MAC);
    jt_base64url_print(jeton_bytes(bytes, sizeof bytes), to);
    to[JD_REFRESH_CHARS] = '\0';
    jt_wipe(bytes, sizeof bytes);
}

bool jd_refresh_token_parse(jeton_span text, jd_refresh_token *token)
{
    *token = (jd_refresh_token){0};
    jd_refresh_token read = {0};
    if (text.len != JD_REFRESH_CHARS || !jt_base64url_parse(text, read.bytes) ||
        read.bytes[0] != VERSION)
        return false;
    memcpy(read.session.bytes, read.bytes + AT_SESSION, JD_ID_BYTES);
    for (size_t i = 0; i < 8; i++)
        read.counter = read.counter << 8 | read.bytes[AT_COUNTER + i];
    *token = read;
    return true;
}

bool jd_refresh_token_is_authentic(const jd_refresh_token *token, jeton_span key)
{
    uint8_t mac[JD_REFRESH_BYTES - AT_MAC];
    sign(token->bytes, key, mac);
    const bool same =
        jt_equal_ct(jeton_bytes(mac, sizeof mac), jeton_bytes(token->bytes + AT_MAC, sizeof mac));
    jt_wipe(mac, sizeof mac);
    return same;
}
