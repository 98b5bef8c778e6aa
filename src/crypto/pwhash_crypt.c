/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash_crypt.c - the crypt(5) family by libxcrypt: SHA-256 and SHA-512 crypt, yescrypt,
 * and bcrypt with its rules of its own. */
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/secret.h"
#include "crypto/pwhash_format.h"

#include <crypt.h>
#include <errno.h>

#define BCRYPT_TEXT 60U /* "$2b$12$", 22 characters of salt, 31 of hash */
#define BCRYPT_HASH 31U
#define BCRYPT_READ 72U /* bytes of a password */

/* What libxcrypt works in: 32 KiB, with the password in it. */
typedef struct bench {
    struct crypt_data data;
    char phrase[CRYPT_MAX_PASSPHRASE_SIZE];
} bench;

static void drop_bench(bench **on)
{
    if (*on != NULL)
        jt_wipe(*on, sizeof **on);
    jt_release(NULL, *on);
}

/* Whether libxcrypt can see all of the password: it reads up to a NUL, and no more than its room.
 */
static bool take_phrase(bench *on, jeton_span password)
{
    const size_t room = sizeof on->phrase - 1;
    const size_t len = password.len < room ? password.len : room;
    if (len > 0)
        memcpy(on->phrase, password.ptr, len);
    return password.len <= room && memchr(on->phrase, '\0', password.len) == NULL;
}

/* Compares the last `len` characters. A password that cannot match is hashed all the same, so
 * that it takes as long as others. */
static jeton_status verify(const char *text, size_t len, jeton_span password, size_t longest,
                           jeton_err *err)
{
    JT_AUTO(drop_bench) bench *on = jt_zalloc(NULL, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "memory for checking a password");
    const bool whole = take_phrase(on, password) && password.len <= longest;
    errno = 0;
    /* Not crypt_r: the address sanitizer takes that name, and then nobody links libxcrypt. */
    const char *made = crypt_rn(on->phrase, text, &on->data, (int)sizeof on->data);
    if (made == NULL)
        return errno == ENOMEM ? jt_fail(err, JETON_E_NOMEM, "memory for checking a password")
                               : jt_pwhash_incomplete(err);
    const size_t made_len = strlen(made);
    const bool match =
        made_len == strlen(text) && jt_equal_ct(jeton_bytes(made + made_len - len, len),
                                                jeton_bytes(text + made_len - len, len));
    return whole && match ? JETON_OK : jt_fail(err, JETON_E_CREDENTIALS, "password does not match");
}

jeton_status jt_crypt_verify(const char *text, jeton_span password, jeton_err *err)
{
    return verify(text, strlen(text), password, CRYPT_MAX_PASSPHRASE_SIZE, err);
}

/* The salt is left out of the comparison: old py-bcrypt and passlib set unused bits in its last
 * character, which libxcrypt clears. */
jeton_status jt_bcrypt_verify(const char *text, jeton_span password, jeton_err *err)
{
    return verify(text, BCRYPT_HASH, password, BCRYPT_READ, err);
}

/* ---- what the texts look like ---------------------------------------------------------------- */

static const char alphabet[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool is_encoded(jeton_span field)
{
    for (size_t i = 0; i < field.len; i++)
        if (field.ptr[i] == '\0' || strchr(alphabet, field.ptr[i]) == NULL)
            return false;
    return field.len > 0;
}

jeton_status jt_bcrypt_check(const char *text, jeton_err *err)
{
    const uint8_t *at = (const uint8_t *)text;
    if (strlen(text) != BCRYPT_TEXT || text[6] != '$' || at[4] < '0' || at[4] > '3' ||
        at[5] < '0' || at[5] > '9' || !is_encoded(jeton_str(text + 7)))
        return jt_pwhash_incomplete(err);
    const unsigned cost = (unsigned)(at[4] - '0') * 10 + (unsigned)(at[5] - '0');
    if (cost < 4 || cost > JT_LIMIT_BCRYPT_COST)
        return jt_fail(err, JETON_E_LIMIT, "the password hash costs too little or too much");
    return JETON_OK;
}

/* "$6$rounds=5000$salt$hash"; the rounds may be left out, and are 5000 then. */
jeton_status jt_shacrypt_check(const char *text, jeton_err *err)
{
    static const char name[] = "rounds=";
    const size_t hash_len = text[1] == '5' ? 43 : 86;
    jeton_span rest = jeton_str(text + 3);
    jeton_span salt;
    bool more = jt_field_cut(&rest, '$', &salt);
    if (more && salt.len >= sizeof name - 1 && memcmp(salt.ptr, name, sizeof name - 1) == 0) {
        uint64_t rounds;
        const jeton_span number =
            jeton_bytes(salt.ptr + sizeof name - 1, salt.len - (sizeof name - 1));
        JT_TRY(jt_field_number(number, 1000, JT_LIMIT_SHACRYPT_ROUNDS, &rounds, err));
        more = jt_field_cut(&rest, '$', &salt);
    }
    if (!more || !is_encoded(salt) || salt.len > 16 || rest.len != hash_len || !is_encoded(rest))
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

/* "$y$j9T$salt$hash": three characters of parameters, each a small number: the flavour, log2 of
 * the block count less one, the block size less one. Texts with more parameters (parallelism, a
 * ROM) exist on paper; crypt_gensalt makes none. */
jeton_status jt_yescrypt_check(const char *text, jeton_err *err)
{
    jeton_span rest = jeton_str(text + 3);
    jeton_span cost;
    jeton_span salt;
    if (!jt_field_cut(&rest, '$', &cost) || !jt_field_cut(&rest, '$', &salt) || cost.len != 3 ||
        !is_encoded(cost) || !is_encoded(salt) || rest.len != 43 || !is_encoded(rest))
        return jt_pwhash_incomplete(err);
    const size_t log2_blocks = (size_t)(strchr(alphabet, cost.ptr[1]) - alphabet) + 1;
    const size_t block = (size_t)(strchr(alphabet, cost.ptr[2]) - alphabet) + 1;
    if (log2_blocks > 30 || ((uint64_t)128 * block) << log2_blocks > JT_LIMIT_PWHASH_MEMORY)
        return jt_fail(err, JETON_E_LIMIT, "the password hash costs too little or too much");
    return JETON_OK;
}
