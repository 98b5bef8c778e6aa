/* SPDX-License-Identifier: Apache-2.0 */
/* c_cjose.c - cjose as a peer. It knows no claims and no PEM. */
#include "c_loop.h"

#include <cjose/cjose.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *formats(void)
{
    return json_pack("{s:[s,s,s,s,s,s,s,s,s,s,s,s]}", "jwk", "HS256", "HS384", "HS512", "RS256",
                     "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");
}

static cjose_jwk_t *read_key(const json_t *key, cjose_err *err)
{
    char *text = json_dumps(key, JSON_COMPACT);
    cjose_jwk_t *made = text != NULL ? cjose_jwk_import(text, strlen(text), err) : NULL;
    free(text);
    return made;
}

static json_t *token_of(cjose_jws_t *jws, cjose_err *err)
{
    const char *text = NULL; /* stays the JWS's */
    return jws != NULL && cjose_jws_export(jws, &text, err) ? json_string(text) : NULL;
}

static json_t *sign(const char *alg, const json_t *key, const json_t *claims)
{
    cjose_err err = {0};
    cjose_jwk_t *jwk = read_key(key, &err);
    cjose_header_t *header = cjose_header_new(&err);
    char *text = json_dumps(claims, JSON_COMPACT);
    cjose_jws_t *jws = NULL;
    if (jwk != NULL && cjose_header_set(header, CJOSE_HDR_ALG, alg, &err))
        jws = cjose_jws_sign(jwk, header, (const uint8_t *)text, strlen(text), &err);
    json_t *token = token_of(jws, &err);
    snprintf(why, sizeof why, "%s", err.message != NULL ? err.message : "cjose");
    cjose_jws_release(jws);
    cjose_header_release(header);
    cjose_jwk_release(jwk);
    free(text);
    return token;
}

/* cjose takes the algorithm of the header; that it is the one wanted is its caller's business. */
static bool is_alg(cjose_jws_t *jws, const char *alg, cjose_err *err)
{
    const char *is = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, err);
    return is != NULL && strcmp(is, alg) == 0;
}

static json_t *claims_of(cjose_jws_t *jws, cjose_err *err)
{
    uint8_t *text = NULL; /* stays the JWS's */
    size_t len = 0;
    if (!cjose_jws_get_plaintext(jws, &text, &len, err))
        return NULL;
    return json_loadb((const char *)text, len, 0, NULL);
}

static json_t *verify(const char *alg, const json_t *key, const char *token)
{
    cjose_err err = {0};
    json_t *claims = NULL;
    cjose_jwk_t *jwk = read_key(key, &err);
    cjose_jws_t *jws = jwk != NULL ? cjose_jws_import(token, strlen(token), &err) : NULL;
    if (jws != NULL && is_alg(jws, alg, &err) && cjose_jws_verify(jws, jwk, &err))
        claims = claims_of(jws, &err);
    snprintf(why, sizeof why, "%s", err.message != NULL ? err.message : "cjose");
    cjose_jws_release(jws);
    cjose_jwk_release(jwk);
    return claims;
}

int main(void)
{
    const peer cjose = {"cjose", cjose_version(), formats, sign, verify};
    return serve(&cjose);
}
