/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/numbers.h - the numbers of a key in memory of the test's own, to be changed. */
#ifndef JT_UNIT_NUMBERS_H
#define JT_UNIT_NUMBERS_H

#include "crypto/pkey.h"

#include "../unit.h"

typedef struct number {
    uint8_t bytes[2700];
    size_t len;
} number;

typedef struct numbers {
    number at[JT_PKEY_NUMBERS];
} numbers;

static const size_t numbers_public_counts[JT_PKEY_TYPES] = {
    [JT_PKEY_RSA] = 2,       [JT_PKEY_P256] = 2,      [JT_PKEY_P384] = 2,  [JT_PKEY_P521] = 2,
    [JT_PKEY_K256] = 2,      [JT_PKEY_ED25519] = 1,   [JT_PKEY_ED448] = 1, [JT_PKEY_ML_DSA_44] = 1,
    [JT_PKEY_ML_DSA_65] = 1, [JT_PKEY_ML_DSA_87] = 1,
};

static inline void numbers_export(const jt_pkey *key, numbers *to)
{
    jt_buf bytes = jt_buf_init(NULL);
    jt_numbers view;
    memset(&view, 0x5a, sizeof view);
    memset(to, 0, sizeof *to);
    assert_int_equal(jt_pkey_export(key, &bytes, &view, NULL), JETON_OK);
    for (size_t i = 0; i < JT_PKEY_NUMBERS; i++) {
        to->at[i].len = view.at[i].len;
        if (view.at[i].len > 0)
            memcpy(to->at[i].bytes, view.at[i].ptr, view.at[i].len);
    }
    jt_buf_done(&bytes);
}

static inline jt_numbers numbers_view(const numbers *from)
{
    jt_numbers view = {0};
    for (size_t i = 0; i < JT_PKEY_NUMBERS; i++)
        view.at[i] = jeton_bytes(from->at[i].bytes, from->at[i].len);
    return view;
}

/* Whether this build has keys of that type. It says so itself when it has not. */
static inline bool numbers_has(jt_pkey_type type)
{
    jt_pkey *key = NULL;
    const jeton_status status =
        type < JT_PKEY_ML_DSA_44 ? JETON_OK : jt_pkey_generate(NULL, type, &key, NULL);
    assert_true(status == JETON_OK || status == JETON_E_UNSUPPORTED);
    jt_pkey_free(&key);
    return status == JETON_OK;
}

/* A key of that type; the same one each time, since making an RSA key takes a while. */
static inline const jt_pkey *numbers_key(jt_pkey_type type)
{
    static jt_pkey *keys[JT_PKEY_TYPES];
    if (keys[type] == NULL)
        assert_int_equal(jt_pkey_generate(NULL, type, &keys[type], NULL), JETON_OK);
    return keys[type];
}

/* Its public half as a key of its own. */
static inline jt_pkey *numbers_public_key(jt_pkey_type type)
{
    numbers given;
    numbers_export(numbers_key(type), &given);
    for (size_t i = numbers_public_counts[type]; i < JT_PKEY_NUMBERS; i++)
        given.at[i].len = 0;
    const jt_numbers view = numbers_view(&given);
    jt_pkey *key = NULL;
    assert_int_equal(jt_pkey_import(NULL, type, &view, &key, NULL), JETON_OK);
    return key;
}

#endif
