/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/der_of.h - the DER in a PEM block, read without OpenSSL. */
#ifndef JT_UNIT_DER_OF_H
#define JT_UNIT_DER_OF_H

#include "../unit.h"

static inline uint8_t der_letter(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(letters, c);
    assert_true(at != NULL && c != '\0');
    return (uint8_t)(at - letters);
}

/* In memory of exactly its length; the caller frees .ptr. */
static inline jeton_span der_of(const char *pem)
{
    const char *at = strchr(pem, '\n');
    uint8_t *bytes = malloc(strlen(pem));
    assert_non_null(at);
    assert_non_null(bytes);
    size_t len = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (; *at != '-' && *at != '='; at++) {
        if (*at == '\n')
            continue;
        held = held << 6 | der_letter(*at);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[len++] = (uint8_t)(held >> bits);
        }
    }
    uint8_t *exact = realloc(bytes, len);
    assert_non_null(exact);
    return jeton_bytes(exact, len);
}

static inline void der_free(jeton_span der)
{
    free((void *)(uintptr_t)der.ptr);
}

#endif
