/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/openssl_calls.h - OpenSSL's functions that can be made to fail: what each returns,
 * its name, what it returns when it fails, its parameters, and how they are passed on.
 *
 * The linker puts a function of ours in the place of each (--wrap; the names are in meson.build
 * too, and linking fails where the lists differ). What only looks at something, and tells nothing
 * apart when it fails, is not here. EVP_PKEY_Q_keygen() has its own function: it takes what it
 * likes.
 */
#ifndef JT_FAULT_OPENSSL_CALLS_H
#define JT_FAULT_OPENSSL_CALLS_H

#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

/* clang-format off */
#define OPENSSL_CALLS(X) \
    X(BIO *, BIO_new, NULL, (const BIO_METHOD *method), (method)) \
    X(BIO *, BIO_new_mem_buf, NULL, (const void *bytes, int len), (bytes, len)) \
    X(int, PEM_read_bio, 0, \
      (BIO *bio, char **name, char **header, unsigned char **bytes, long *len), \
      (bio, name, header, bytes, len)) \
    X(int, PEM_write_bio, 0, \
      (BIO *bio, const char *name, const char *header, const unsigned char *bytes, long len), \
      (bio, name, header, bytes, len)) \
    X(BIGNUM *, BN_new, NULL, (void), ()) \
    X(BIGNUM *, BN_secure_new, NULL, (void), ()) \
    X(BIGNUM *, BN_dup, NULL, (const BIGNUM *a), (a)) \
    X(BIGNUM *, BN_bin2bn, NULL, (const unsigned char *bytes, int len, BIGNUM *to), \
      (bytes, len, to)) \
    X(BIGNUM *, BN_lebin2bn, NULL, (const unsigned char *bytes, int len, BIGNUM *to), \
      (bytes, len, to)) \
    X(int, BN_hex2bn, 0, (BIGNUM **to, const char *text), (to, text)) \
    X(int, BN_bn2binpad, -1, (const BIGNUM *a, unsigned char *to, int len), (a, to, len)) \
    X(BN_CTX *, BN_CTX_new, NULL, (void), ()) \
    X(BN_CTX *, BN_CTX_secure_new, NULL, (void), ()) \
    X(BIGNUM *, BN_CTX_get, NULL, (BN_CTX *ctx), (ctx)) \
    X(int, BN_add_word, 0, (BIGNUM *a, BN_ULONG w), (a, w)) \
    X(int, BN_mul_word, 0, (BIGNUM *a, BN_ULONG w), (a, w)) \
    X(int, BN_sub, 0, (BIGNUM *r, const BIGNUM *a, const BIGNUM *b), (r, a, b)) \
    X(int, BN_mul, 0, (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx), (r, a, b, ctx)) \
    X(int, BN_div, 0, \
      (BIGNUM *d, BIGNUM *rest, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx), \
      (d, rest, a, b, ctx)) \
    X(int, BN_mod_mul, 0, \
      (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *ctx), \
      (r, a, b, m, ctx)) \
    X(int, BN_mod_sub, 0, \
      (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *ctx), \
      (r, a, b, m, ctx)) \
    X(int, BN_mod_sqr, 0, (BIGNUM *r, const BIGNUM *a, const BIGNUM *m, BN_CTX *ctx), \
      (r, a, m, ctx)) \
    X(int, BN_kronecker, -2, (const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx), (a, b, ctx)) \
    X(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, NULL, (void), ()) \
    X(int, OSSL_PARAM_BLD_push_BN, 0, (OSSL_PARAM_BLD *build, const char *name, const BIGNUM *a), \
      (build, name, a)) \
    X(int, OSSL_PARAM_BLD_push_utf8_string, 0, \
      (OSSL_PARAM_BLD *build, const char *name, const char *text, size_t len), \
      (build, name, text, len)) \
    X(int, OSSL_PARAM_BLD_push_octet_string, 0, \
      (OSSL_PARAM_BLD *build, const char *name, const void *bytes, size_t len), \
      (build, name, bytes, len)) \
    X(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, NULL, (OSSL_PARAM_BLD *build), (build)) \
    X(OSSL_DECODER_CTX *, OSSL_DECODER_CTX_new_for_pkey, NULL, \
      (EVP_PKEY **key, const char *input, const char *structure, const char *type, int selection, \
       OSSL_LIB_CTX *library, const char *query), \
      (key, input, structure, type, selection, library, query)) \
    X(int, OSSL_DECODER_from_data, 0, \
      (OSSL_DECODER_CTX *ctx, const unsigned char **bytes, size_t *len), (ctx, bytes, len)) \
    X(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL, \
      (OSSL_LIB_CTX *library, const char *name, const char *query), (library, name, query)) \
    X(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, NULL, \
      (OSSL_LIB_CTX *library, EVP_PKEY *key, const char *query), (library, key, query)) \
    X(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX *ctx), (ctx)) \
    X(int, EVP_PKEY_fromdata, 0, \
      (EVP_PKEY_CTX *ctx, EVP_PKEY **key, int selection, OSSL_PARAM params[]), \
      (ctx, key, selection, params)) \
    X(int, EVP_PKEY_public_check, -1, (EVP_PKEY_CTX *ctx), (ctx)) \
    X(int, EVP_PKEY_pairwise_check, -1, (EVP_PKEY_CTX *ctx), (ctx)) \
    X(int, EVP_PKEY_eq, -2, (const EVP_PKEY *a, const EVP_PKEY *b), (a, b)) \
    X(EVP_PKEY *, EVP_PKEY_new_raw_private_key_ex, NULL, \
      (OSSL_LIB_CTX *library, const char *type, const char *query, const unsigned char *bytes, \
       size_t len), (library, type, query, bytes, len)) \
    X(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex, NULL, \
      (OSSL_LIB_CTX *library, const char *type, const char *query, const unsigned char *bytes, \
       size_t len), (library, type, query, bytes, len)) \
    X(int, EVP_PKEY_get_raw_public_key, 0, \
      (const EVP_PKEY *key, unsigned char *bytes, size_t *len), (key, bytes, len)) \
    X(int, EVP_PKEY_get_bn_param, 0, (const EVP_PKEY *key, const char *name, BIGNUM **to), \
      (key, name, to)) \
    X(int, EVP_PKEY_get_octet_string_param, 0, \
      (const EVP_PKEY *key, const char *name, unsigned char *to, size_t room, size_t *len), \
      (key, name, to, room, len)) \
    X(int, EVP_PKEY_sign_init, 0, (EVP_PKEY_CTX *ctx), (ctx)) \
    X(int, EVP_PKEY_verify_init, 0, (EVP_PKEY_CTX *ctx), (ctx)) \
    X(int, EVP_PKEY_CTX_set_rsa_padding, 0, (EVP_PKEY_CTX *ctx, int padding), (ctx, padding)) \
    X(int, EVP_PKEY_CTX_set_rsa_pss_saltlen, 0, (EVP_PKEY_CTX *ctx, int len), (ctx, len)) \
    X(int, EVP_PKEY_CTX_set_rsa_mgf1_md, 0, (EVP_PKEY_CTX *ctx, const EVP_MD *md), (ctx, md)) \
    X(int, EVP_PKEY_CTX_set_signature_md, 0, (EVP_PKEY_CTX *ctx, const EVP_MD *md), (ctx, md)) \
    X(int, EVP_PKEY_sign, 0, \
      (EVP_PKEY_CTX *ctx, unsigned char *sig, size_t *len, const unsigned char *in, \
       size_t in_len), (ctx, sig, len, in, in_len)) \
    X(int, EVP_PKEY_verify, -1, \
      (EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t len, const unsigned char *in, \
       size_t in_len), (ctx, sig, len, in, in_len)) \
    X(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ()) \
    X(int, EVP_DigestSignInit_ex, 0, \
      (EVP_MD_CTX *ctx, EVP_PKEY_CTX **of, const char *md, OSSL_LIB_CTX *library, \
       const char *query, EVP_PKEY *key, const OSSL_PARAM params[]), \
      (ctx, of, md, library, query, key, params)) \
    X(int, EVP_DigestSign, 0, \
      (EVP_MD_CTX *ctx, unsigned char *sig, size_t *len, const unsigned char *in, size_t in_len), \
      (ctx, sig, len, in, in_len)) \
    X(int, EVP_DigestVerifyInit_ex, 0, \
      (EVP_MD_CTX *ctx, EVP_PKEY_CTX **of, const char *md, OSSL_LIB_CTX *library, \
       const char *query, EVP_PKEY *key, const OSSL_PARAM params[]), \
      (ctx, of, md, library, query, key, params)) \
    X(int, EVP_DigestVerify, -1, \
      (EVP_MD_CTX *ctx, const unsigned char *sig, size_t len, const unsigned char *in, \
       size_t in_len), (ctx, sig, len, in, in_len)) \
    X(PKCS8_PRIV_KEY_INFO *, EVP_PKEY2PKCS8, NULL, (const EVP_PKEY *key), (key)) \
    X(int, i2d_PKCS8_PRIV_KEY_INFO, -1, (const PKCS8_PRIV_KEY_INFO *info, unsigned char **to), \
      (info, to)) \
    X(int, i2d_PUBKEY, -1, (const EVP_PKEY *key, unsigned char **to), (key, to)) \
    X(int, i2d_X509_PUBKEY, -1, (const X509_PUBKEY *info, unsigned char **to), (info, to)) \
    X(int, i2d_X509_SIG, -1, (const X509_SIG *sealed, unsigned char **to), (sealed, to)) \
    X(X509 *, d2i_X509, NULL, (X509 **to, const unsigned char **bytes, long len), \
      (to, bytes, len)) \
    X(X509_SIG *, d2i_X509_SIG, NULL, (X509_SIG **to, const unsigned char **bytes, long len), \
      (to, bytes, len)) \
    X(PKCS8_PRIV_KEY_INFO *, d2i_PKCS8_PRIV_KEY_INFO, NULL, \
      (PKCS8_PRIV_KEY_INFO **to, const unsigned char **bytes, long len), (to, bytes, len)) \
    X(void *, ASN1_TYPE_unpack_sequence, NULL, (const ASN1_ITEM *item, const ASN1_TYPE *from), \
      (item, from)) \
    X(int, ASN1_INTEGER_get_uint64, 0, (uint64_t *to, const ASN1_INTEGER *from), (to, from)) \
    X(X509_ALGOR *, PKCS5_pbe2_set_iv, NULL, \
      (const EVP_CIPHER *cipher, int rounds, unsigned char *salt, int salt_len, \
       unsigned char *iv, int prf), (cipher, rounds, salt, salt_len, iv, prf)) \
    X(X509_SIG *, PKCS8_set0_pbe, NULL, \
      (const char *pass, int len, PKCS8_PRIV_KEY_INFO *info, X509_ALGOR *alg), \
      (pass, len, info, alg)) \
    X(unsigned char *, PKCS12_pbe_crypt, NULL, \
      (const X509_ALGOR *alg, const char *pass, int len, const unsigned char *in, int in_len, \
       unsigned char **out, int *out_len, int seal), \
      (alg, pass, len, in, in_len, out, out_len, seal))
/* clang-format on */

#endif
