/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bare.c - which primitive belongs to which algorithm, and its input. */
#include "bare.h"

#include "core/base64url.h"
#include "keys/alg.h"

#include <openssl/pem.h>
#include <string.h>

static const struct {
    const char *prefix; /* of the algorithm's name */
    bool (*init)(bench_bare *bare);
} families[] = {
    {"HS", bench_bare_hmac},  {"RS", bench_bare_rsa},          {"PS", bench_bare_pss},
    {"ES", bench_bare_ecdsa}, {"Ed25519", bench_bare_ed25519},
};

static bool split(bench_bare *bare, jeton_span token)
{
    const uint8_t *dot = memrchr(token.ptr, '.', token.len);
    if (dot == NULL)
        return false;
    bare->input = jeton_bytes(token.ptr, (size_t)(dot - token.ptr));
    const jeton_span sig = jeton_bytes(dot + 1, token.len - bare->input.len - 1);
    bare->sig_len = jt_base64url_bytes(sig.len);
    return bare->sig_len <= sizeof bare->sig && jt_base64url_parse(sig, bare->sig);
}

/* OpenSSL's form of the key, by way of PEM. An HMAC key has none. */
static EVP_PKEY *read_pkey(const jeton_key *key)
{
    jeton_text *pem = NULL;
    if (jeton_key_print_pem(key, JETON_KEY_PRIVATE, &pem, NULL) != JETON_OK)
        return NULL;
    const jeton_span text = jeton_text_span(pem);
    BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    jeton_text_free(&pem);
    return pkey;
}

bool bench_bare_init(bench_bare *bare, const bench_fixture *fixture)
{
    const jt_alg *row = jt_alg_row(fixture->alg);
    *bare = (bench_bare){.hash = row->hash};
    if (!split(bare, jeton_text_span(fixture->token)))
        return false;
    bare->pkey = read_pkey(fixture->key);
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strncmp(row->name, families[i].prefix, strlen(families[i].prefix)) == 0)
            return families[i].init(bare) && bare->verify(bare) && bare->sign(bare);
    return false;
}

void bench_bare_done(bench_bare *bare)
{
    EVP_PKEY_CTX_free(bare->verify_ctx);
    EVP_PKEY_CTX_free(bare->sign_ctx);
    EVP_PKEY_free(bare->pkey);
}
