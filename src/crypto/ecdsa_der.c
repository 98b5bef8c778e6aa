/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ecdsa_der.c - ECDSA signatures to DER and back, in fixed buffers. */
#include "crypto/ecdsa_der.h"

#define SEQUENCE  0x30
#define INTEGER   0x02
#define LONG_FORM 0x81 /* the length is in one more byte; below 128 it may not be used */

static jeton_span skip(jeton_span bytes, size_t count)
{
    return jeton_bytes(bytes.ptr + count, bytes.len - count);
}

/* An unsigned number as INTEGER: minimal, with a zero in front when the top bit would make it
 * negative. Returns where the next byte goes. */
static uint8_t *print_integer(jeton_span number, uint8_t *to)
{
    while (number.len > 1 && number.ptr[0] == 0)
        number = skip(number, 1);
    const bool top = (number.ptr[0] & 0x80U) != 0;
    *to++ = INTEGER;
    *to++ = (uint8_t)(number.len + top);
    if (top)
        *to++ = 0;
    memcpy(to, number.ptr, number.len);
    return to + number.len;
}

size_t jt_ecdsa_der_print(jeton_span raw, uint8_t der[JT_ECDSA_DER_MAX])
{
    const size_t width = raw.len / 2;
    uint8_t body[JT_ECDSA_DER_MAX];
    uint8_t *end = print_integer(jeton_bytes(raw.ptr, width), body);
    end = print_integer(skip(raw, width), end);
    const size_t len = (size_t)(end - body);

    uint8_t *to = der;
    *to++ = SEQUENCE;
    if (len >= 0x80)
        *to++ = LONG_FORM;
    *to++ = (uint8_t)len;
    memcpy(to, body, len);
    return (size_t)(to - der) + len;
}

/* Takes tag and length off the front; what remains of *bytes starts with the content. */
static bool parse_head(jeton_span *bytes, uint8_t tag, size_t *len)
{
    if (bytes->len < 2 || bytes->ptr[0] != tag)
        return false;
    const bool is_long = bytes->ptr[1] == LONG_FORM;
    if (is_long && bytes->len < 3)
        return false;
    *len = bytes->ptr[is_long ? 2 : 1];
    *bytes = skip(*bytes, is_long ? 3 : 2);
    return is_long == (*len >= 0x80) && *len <= bytes->len;
}

static bool parse_integer(jeton_span *bytes, size_t width, uint8_t *to)
{
    size_t len = 0;
    if (!parse_head(bytes, INTEGER, &len) || len == 0 || (bytes->ptr[0] & 0x80U) != 0)
        return false;
    jeton_span number = jeton_bytes(bytes->ptr, len);
    *bytes = skip(*bytes, len);
    if (number.len > 1 && number.ptr[0] == 0)
        number = skip(number, 1);
    if (number.len > width)
        return false;
    memcpy(to + width - number.len, number.ptr, number.len);
    return true;
}

bool jt_ecdsa_der_parse(jeton_span der, size_t width, uint8_t *raw)
{
    memset(raw, 0, 2 * width);
    size_t len = 0;
    if (parse_head(&der, SEQUENCE, &len) && len == der.len && parse_integer(&der, width, raw) &&
        parse_integer(&der, width, raw + width) && der.len == 0)
        return true;
    memset(raw, 0, 2 * width);
    return false;
}
