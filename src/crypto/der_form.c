/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/der_form.c - each form has outermost elements that no other form has. */
#include "crypto/der_form.h"

#include "core/auto.h"

/* Tags (X.690 §8.1.2). */
#define INTEGER  0x02U
#define BITS     0x03U
#define OCTETS   0x04U
#define SEQUENCE 0x30U

/* The tags of a form's first elements; 0: whatever follows, or nothing. */
static const struct {
    jt_der_form form;
    uint8_t tags[3];
    bool ends; /* nothing follows */
} shapes[] = {
    {JT_DER_PUBLIC, {SEQUENCE, BITS}, true},
    {JT_DER_ENCRYPTED, {SEQUENCE, OCTETS}, true},
    {JT_DER_CERTIFICATE, {SEQUENCE, SEQUENCE, BITS}, true},
    {JT_DER_PRIVATE, {INTEGER, SEQUENCE, OCTETS}, false},
    {JT_DER_EC_PRIVATE, {INTEGER, OCTETS}, false},
    {JT_DER_RSA_PRIVATE, {INTEGER, INTEGER, INTEGER}, false},
    {JT_DER_RSA_PUBLIC, {INTEGER, INTEGER}, true},
};

/* Takes a length off the front of *in: definite and as short as can be (X.690 §10.1). */
static bool take_length(jeton_span *in, size_t *len)
{
    if (in->len == 0)
        return false;
    *len = in->ptr[0];
    size_t used = 1;
    if (*len >= 0x80) {
        const size_t count = *len & 0x7fU;
        if (count == 0 || count > 3 || in->len <= count)
            return false;
        for (*len = 0; used <= count; used++)
            *len = *len << 8 | in->ptr[used];
        if (*len < 0x80 || *len >> 8 * (count - 1) == 0)
            return false;
    }
    *in = jeton_bytes(in->ptr + used, in->len - used);
    return *len <= in->len;
}

/* Takes one element off the front of *in. */
static bool take_element(jeton_span *in, uint8_t *tag, jeton_span *content)
{
    if (in->len == 0)
        return false;
    *tag = in->ptr[0];
    *in = jeton_bytes(in->ptr + 1, in->len - 1);
    size_t len;
    if (!take_length(in, &len))
        return false;
    *content = jeton_bytes(in->ptr, len);
    *in = jeton_bytes(in->ptr + len, in->len - len);
    return true;
}

static bool has_shape(jeton_span inside, const uint8_t tags[3], bool ends)
{
    for (size_t i = 0; i < 3 && tags[i] != 0; i++) {
        uint8_t tag;
        jeton_span content;
        if (!take_element(&inside, &tag, &content) || tag != tags[i])
            return false;
    }
    return !ends || inside.len == 0;
}

jt_der_form jt_der_form_of(jeton_span der)
{
    uint8_t tag;
    jeton_span inside;
    if (!take_element(&der, &tag, &inside) || tag != SEQUENCE || der.len > 0)
        return JT_DER_UNKNOWN;
    for (size_t i = 0; i < JT_COUNT(shapes); i++)
        if (has_shape(inside, shapes[i].tags, shapes[i].ends))
            return shapes[i].form;
    return JT_DER_UNKNOWN;
}
