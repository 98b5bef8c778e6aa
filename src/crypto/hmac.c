/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/hmac.c - HMAC by copying prepared states. */
#include "crypto/hmac.h"

#include "core/secret.h"

/* The state behind one padded key (RFC 2104 §2: the key, zeros up to a block, xor `pad`). */
static void absorb_padded(jt_sha2 *sha2, jt_hash hash, const uint8_t *key, uint8_t pad)
{
    uint8_t block[JT_HASH_BLOCK_MAX];
    const size_t len = jt_hash_block(hash);
    for (size_t i = 0; i < len; i++)
        block[i] = key[i] ^ pad;
    jt_sha2_init(sha2, hash);
    jt_sha2_update(sha2, jeton_bytes(block, len));
    jt_wipe(block, sizeof block);
}

void jt_hmac_init(jt_hmac_key *key, jt_hash hash, jeton_span secret)
{
    *key = (jt_hmac_key){0};
    uint8_t block[JT_HASH_BLOCK_MAX] = {0};
    if (secret.len > jt_hash_block(hash))
        jt_sha2_once(hash, secret, block);
    else if (secret.len > 0)
        memcpy(block, secret.ptr, secret.len);
    absorb_padded(&key->inner, hash, block, 0x36);
    absorb_padded(&key->outer, hash, block, 0x5c);
    jt_wipe(block, sizeof block);
}

void jt_hmac_derive(jt_hmac_key *key, jeton_span secret, const char *purpose)
{
    uint8_t made[JT_HASH_MAX];
    jt_hmac_key of_secret;
    jt_hmac_init(&of_secret, JT_SHA256, secret);
    jt_hmac_sign(&of_secret, jeton_str(purpose), made);
    jt_hmac_init(key, JT_SHA256, jeton_bytes(made, jt_hash_len(JT_SHA256)));
    jt_hmac_done(&of_secret);
    jt_wipe(made, sizeof made);
}

void jt_hmac_done(jt_hmac_key *key)
{
    if (key != NULL)
        jt_wipe(key, sizeof *key);
}

void jt_hmac_begin(const jt_hmac_key *key, jt_sha2 *running)
{
    *running = key->inner;
}

void jt_hmac_sign_end(const jt_hmac_key *key, jt_sha2 *running, uint8_t *mac)
{
    jt_sha2_final(running, mac);
    *running = key->outer;
    jt_sha2_update(running, jeton_bytes(mac, jt_hash_len(running->hash)));
    jt_sha2_final(running, mac);
    jt_wipe(running, sizeof *running);
}

bool jt_hmac_verify_end(const jt_hmac_key *key, jt_sha2 *running, jeton_span mac)
{
    const size_t len = jt_hash_len(key->inner.hash);
    uint8_t wanted[JT_HASH_MAX];
    jt_hmac_sign_end(key, running, wanted);
    const bool equal = jt_equal_ct(mac, jeton_bytes(wanted, len));
    jt_wipe(wanted, sizeof wanted);
    return equal;
}

void jt_hmac_sign(const jt_hmac_key *key, jeton_span input, uint8_t *mac)
{
    jt_sha2 sha2 = key->inner;
    jt_sha2_update(&sha2, input);
    jt_hmac_sign_end(key, &sha2, mac);
}

bool jt_hmac_verify(const jt_hmac_key *key, jeton_span input, jeton_span mac)
{
    if (mac.len != jt_hash_len(key->inner.hash))
        return false;
    jt_sha2 sha2 = key->inner;
    jt_sha2_update(&sha2, input);
    return jt_hmac_verify_end(key, &sha2, mac);
}
