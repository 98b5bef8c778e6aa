/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/client_auth.c - the two ways a client can authenticate. */
#include "oauth/client_auth.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/hex.h"

#include <strings.h>

#define SCHEME     "Basic "
#define SCHEME_LEN (sizeof SCHEME - 1)
#define BASIC_MAX  1024U /* characters behind the scheme */

/* Standard base64 (RFC 4648 §4) in the URL alphabet without padding, for the one strict decoder we
 * have. False for characters that only the other alphabet has. */
static bool to_base64url(jeton_span text, char *to, size_t *len)
{
    while (text.len > 0 && text.ptr[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        const char c = (char)text.ptr[i];
        if (c == '-' || c == '_')
            return false;
        to[i] = c;
        if (c == '+')
            to[i] = '-';
        else if (c == '/')
            to[i] = '_';
    }
    *len = text.len;
    return true;
}

/* Undoes application/x-www-form-urlencoded in place; false for half an escape and for NUL. */
static bool decode(uint8_t *text, size_t *len)
{
    size_t to = 0;
    for (size_t i = 0; i < *len; i++) {
        uint8_t c = text[i];
        if (c == '+')
            c = ' ';
        if (c == '%') {
            const int byte = i + 2 < *len ? jt_hex_byte(jt_hex_digit, text + i + 1) : -1;
            if (byte < 0)
                return false;
            c = (uint8_t)byte;
            i += 2;
        }
        if (c == '\0')
            return false;
        text[to++] = c;
    }
    *len = to;
    return true;
}

bool jd_client_basic(jeton_span authorization, jt_arena *arena, jeton_span *id, jeton_span *secret)
{
    *id = jeton_str(NULL);
    *secret = jeton_str(NULL);
    if (authorization.len <= SCHEME_LEN || authorization.len > SCHEME_LEN + BASIC_MAX ||
        strncasecmp((const char *)authorization.ptr, SCHEME, SCHEME_LEN) != 0)
        return false;
    char chars[BASIC_MAX];
    size_t len;
    if (!to_base64url(jeton_bytes(authorization.ptr + SCHEME_LEN, authorization.len - SCHEME_LEN),
                      chars, &len))
        return false;
    uint8_t *bytes = jt_arena_alloc(arena, len + 1);
    if (bytes == NULL || !jt_base64url_parse(jeton_bytes(chars, len), bytes))
        return false;
    const size_t all = jt_base64url_bytes(len);
    uint8_t *colon = memchr(bytes, ':', all);
    if (colon == NULL)
        return false;
    size_t id_len = (size_t)(colon - bytes);
    size_t secret_len = all - id_len - 1;
    if (!decode(bytes, &id_len) || !decode(colon + 1, &secret_len))
        return false;
    *id = jeton_bytes(bytes, id_len);
    *secret = jeton_bytes(colon + 1, secret_len);
    return true;
}

/* Puts what the header says into the claim, unless the form says something else. */
static jeton_status read_claim(jd_client_claim *claim, jt_arena *arena, jeton_err *err)
{
    jeton_span id;
    jeton_span secret;
    if (claim->headers == 0)
        return JETON_OK;
    if (claim->headers > 1 || claim->secret.len > 0)
        return jt_fail(err, JETON_E_REQUEST, "a client authenticates in one way only");
    const bool basic = jd_client_basic(claim->authorization, arena, &id, &secret);
    /* Swagger UI, and with it the page of FastAPI, sends a header with two empty halves when nobody
     * has told it of a client. That names none, as no header does. */
    if (basic && id.len == 0 && secret.len == 0)
        return JETON_OK;
    if (!basic || id.len == 0)
        return jt_fail(err, JETON_E_CLIENT, "the Authorization header is not: Basic ID:SECRET");
    if (claim->id.len > 0 && !jeton_span_equal(claim->id, id))
        return jt_fail(err, JETON_E_REQUEST, "client_id is not the client that authenticates");
    claim->id = id;
    claim->secret = secret;
    return JETON_OK;
}

jeton_status jd_client_authenticate(const jd_accounts *accounts, const jd_client_claim *claim,
                                    bool proven, jt_arena *arena, jd_client *client, jeton_err *err)
{
    jd_client_claim read = *claim;
    *client = (jd_client){0};
    JT_TRY(read_claim(&read, arena, err));
    JT_TRY(jd_client_find(accounts, read.id, arena, client, err));
    const bool public = jd_client_is_public(client);
    const bool good = public ? !proven && read.secret.len == 0
                             : jd_client_has_secret(accounts, client, read.secret);
    if (good)
        return JETON_OK;
    *client = (jd_client){0};
    return jt_fail(err, JETON_E_CLIENT, "%s", jeton_status_text(JETON_E_CLIENT));
}
