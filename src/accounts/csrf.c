/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/csrf.c - makes and compares the CSRF value. */
#include "accounts/csrf.h"

#include "core/base64url.h"
#include "core/err.h"
#include "core/secret.h"
#include "crypto/hmac.h"
#include "guard/csrf.h"

#define BYTES 24U

/* A refresh token's MAC, under the same key, is of bytes that begin with its version, 1: no input
 * of one is ever an input of the other. */
static const char label[] = "jeton csrf 1";

void jd_csrf_print(jeton_span key, char to[JD_CSRF_CHARS + 1])
{
    uint8_t mac[32];
    jt_hmac_key prepared;
    jt_hmac_init(&prepared, JT_SHA256, key);
    jt_hmac_sign(&prepared, jeton_bytes(label, sizeof label - 1), mac);
    jt_hmac_done(&prepared);
    jt_base64url_print(jeton_bytes(mac, BYTES), to);
    to[JD_CSRF_CHARS] = '\0';
    jt_wipe(mac, sizeof mac);
}

jeton_status jd_csrf_check(jeton_span expected, jeton_span given, jeton_err *err)
{
    if (jt_csrf_match(expected, given))
        return JETON_OK;
    return jt_fail(err, JETON_E_CSRF, "the header X-CSRF-Token is missing or wrong");
}
