/* SPDX-License-Identifier: Apache-2.0 */
/* c_libjwt.c - libjwt 1.x as a peer. It knows no JWK. */
#include "c_loop.h"

#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const hmac[] = {"HS256", "HS384", "HS512", NULL};
static const char *const pairs[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                    "PS512", "ES256", "ES384", "ES512", NULL};

/* Those of them that this version knows: 1.10 has no PS256. */
static json_t *known(const char *const names[])
{
    json_t *list = json_array();
    for (; *names != NULL; names++)
        if (jwt_str_alg(*names) != JWT_ALG_INVAL)
            json_array_append_new(list, json_string(*names));
    return list;
}

static json_t *formats(void)
{
    return json_pack("{s:o, s:o}", "pem", known(pairs), "raw", known(hmac));
}

typedef struct octets {
    unsigned char bytes[8192];
    int len;
} octets;

/* An HMAC secret is its octets, any other key the text of a PEM. */
static int read_key(const char *alg, const json_t *key, octets *to)
{
    const char *text = json_string_value(key);
    if (text == NULL || strlen(text) >= sizeof to->bytes)
        return -1;
    if (strncmp(alg, "HS", 2) == 0) {
        to->len = (int)unb64(text, to->bytes);
        return to->len;
    }
    to->len = (int)strlen(text);
    memcpy(to->bytes, text, (size_t)to->len);
    return to->len;
}

static json_t *token_of(jwt_t *jwt)
{
    char *text = jwt_encode_str(jwt);
    json_t *token = text != NULL ? json_string(text) : NULL;
    free(text);
    return token;
}

static json_t *sign(const char *alg, const json_t *key, const json_t *claims)
{
    octets secret;
    jwt_t *jwt = NULL;
    json_t *token = NULL;
    char *text = json_dumps(claims, JSON_COMPACT);
    if (read_key(alg, key, &secret) > 0 && jwt_new(&jwt) == 0 &&
        jwt_add_grants_json(jwt, text) == 0 &&
        jwt_set_alg(jwt, jwt_str_alg(alg), secret.bytes, secret.len) == 0)
        token = token_of(jwt);
    jwt_free(jwt);
    free(text);
    return token;
}

static json_t *claims_of(jwt_t *jwt)
{
    char *text = jwt_get_grants_json(jwt, NULL);
    json_t *claims = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return claims;
}

static json_t *verify(const char *alg, const json_t *key, const char *token)
{
    octets secret;
    jwt_t *jwt = NULL;
    json_t *claims = NULL;
    if (read_key(alg, key, &secret) <= 0)
        return NULL;
    const int status = jwt_decode(&jwt, token, secret.bytes, secret.len);
    snprintf(why, sizeof why, "jwt_decode: %d", status);
    /* the algorithm is the token's unless the caller looks: the manual asks for it */
    if (status == 0 && jwt_get_alg(jwt) == jwt_str_alg(alg))
        claims = claims_of(jwt);
    jwt_free(jwt);
    return claims;
}

int main(void)
{
    const peer libjwt = {"libjwt", PEER_VERSION, formats, sign, verify};
    return serve(&libjwt);
}
