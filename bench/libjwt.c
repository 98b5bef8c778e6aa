/* SPDX-License-Identifier: Apache-2.0 */
/* bench/libjwt.c - tokens by libjwt 1.x. */
#include "libjwt.h"

#include <jwt.h>
#include <stdlib.h>

static bool find_keys(bench_libjwt *peer, const jeton_key *key)
{
    if (strcmp(jeton_key_type(key), "oct") == 0) {
        peer->public_key = peer->private_key = jeton_str(bench_secret);
        return true;
    }
    if (jeton_key_print_pem(key, JETON_KEY_PUBLIC, &peer->public_pem, NULL) != JETON_OK ||
        jeton_key_print_pem(key, JETON_KEY_PRIVATE, &peer->private_pem, NULL) != JETON_OK)
        return false;
    peer->public_key = jeton_text_span(peer->public_pem);
    peer->private_key = jeton_text_span(peer->private_pem);
    return true;
}

bool bench_libjwt_init(bench_libjwt *peer, const bench_fixture *fixture)
{
    *peer = (bench_libjwt){0};
    const jwt_alg_t alg = jwt_str_alg(jeton_alg_name(fixture->alg));
    if (alg == JWT_ALG_INVAL || !find_keys(peer, fixture->key))
        return false;
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt) != 0)
        return false;
    peer->claims = jwt;
    if (jwt_add_grants_json(jwt, bench_claims) != 0 ||
        jwt_set_alg(jwt, alg, peer->private_key.ptr, (int)peer->private_key.len) != 0)
        return false;
    /* its own token: ours has another typ than "JWT", which it refuses */
    peer->token = jwt_encode_str(jwt);
    return peer->token != NULL && bench_libjwt_verify(peer);
}

void bench_libjwt_done(bench_libjwt *peer)
{
    jwt_free(peer->claims);
    free(peer->token);
    jeton_text_free(&peer->public_pem);
    jeton_text_free(&peer->private_pem);
}

bool bench_libjwt_verify(void *self)
{
    bench_libjwt *peer = self;
    jwt_t *jwt = NULL;
    const int answer =
        jwt_decode(&jwt, peer->token, peer->public_key.ptr, (int)peer->public_key.len);
    jwt_free(jwt);
    return answer == 0;
}

bool bench_libjwt_sign(void *self)
{
    bench_libjwt *peer = self;
    char *token = jwt_encode_str(peer->claims);
    const bool made = token != NULL;
    free(token);
    return made;
}
