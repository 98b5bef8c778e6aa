/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/whole_key.h - a key pair that was accepted is whole: it prints as PEM, as DER and as
 * JWK, and all of them are the same key. */
#ifndef JT_FUZZ_WHOLE_KEY_H
#define JT_FUZZ_WHOLE_KEY_H

#include "fuzz.h"

#include <jeton/key.h>

static jeton_key *through_pem(const jeton_key *key, jeton_key_part part)
{
    jeton_text *text = NULL;
    jeton_key *read = NULL;
    FUZZ_HOLDS(jeton_key_print_pem(key, part, &text, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_key_parse_pem(NULL, jeton_text_span(text), JETON_ALG_UNSET, jeton_str(NULL),
                                   &read, NULL) == JETON_OK);
    jeton_text_free(&text);
    return read;
}

static jeton_key *through_der(const jeton_key *key, jeton_key_part part)
{
    jeton_text *bytes = NULL;
    jeton_key *read = NULL;
    FUZZ_HOLDS(jeton_key_print_der(key, part, &bytes, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_key_parse_der(NULL, jeton_text_span(bytes), JETON_ALG_UNSET, jeton_str(NULL),
                                   &read, NULL) == JETON_OK);
    jeton_text_free(&bytes);
    return read;
}

static jeton_key *through_jwk(const jeton_key *key, jeton_key_part part)
{
    jeton_text *text = NULL;
    jeton_key *read = NULL;
    FUZZ_HOLDS(jeton_key_print(key, part, &text, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_key_parse(NULL, jeton_text_span(text), &read, NULL) == JETON_OK);
    jeton_text_free(&text);
    return read;
}

static void same_key(jeton_key *a, const jeton_key *b)
{
    jeton_text *of_a = NULL;
    jeton_text *of_b = NULL;
    FUZZ_HOLDS(jeton_key_thumbprint(a, &of_a, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_key_thumbprint(b, &of_b, NULL) == JETON_OK);
    FUZZ_HOLDS(jeton_span_equal(jeton_text_span(of_a), jeton_text_span(of_b)));
    jeton_text_free(&of_a);
    jeton_text_free(&of_b);
    jeton_key_free(&a);
}

static void fuzz_whole_key(const jeton_key *key)
{
    const jeton_key_part most = jeton_key_is_private(key) ? JETON_KEY_PRIVATE : JETON_KEY_PUBLIC;
    same_key(through_pem(key, JETON_KEY_PUBLIC), key);
    same_key(through_pem(key, most), key);
    same_key(through_der(key, JETON_KEY_PUBLIC), key);
    same_key(through_der(key, most), key);
    same_key(through_jwk(key, JETON_KEY_PUBLIC), key);
    same_key(through_jwk(key, most), key);
}

#endif
