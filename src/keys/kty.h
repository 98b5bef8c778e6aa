/* SPDX-License-Identifier: Apache-2.0 */
/* keys/kty.h - the table of key types (RFC 7518 §6, RFC 8037 §2, RFC 8812 §3.1, RFC 9964 §3): their
 * members, and how these become a key. */
#ifndef JT_KEYS_KTY_H
#define JT_KEYS_KTY_H

#include "crypto/pkey.h"

#include <jeton/key.h>

typedef struct jt_kty {
    const char *name;                     /* "kty" */
    const char *crv;                      /* "crv", or NULL for a type without curves */
    jeton_alg alg;                        /* of AKP, whose rows it tells apart as a curve does */
    jt_pkey_type type;                    /* what crypto/ calls it; not for oct */
    size_t public_count;                  /* so many of the members are public */
    const char *members[JT_PKEY_NUMBERS]; /* in the order of jt_numbers and of printing */
    const char *thumbprint[4];            /* what RFC 7638 §3.2 hashes, in lexicographic order */
    /* Fills key->pkey or key->oct from the members' bytes, and gives the bytes back. */
    jeton_status (*import)(jeton_key *key, const jt_numbers *numbers, jeton_err *err);
    jeton_status (*export)(const jeton_key *key, jt_buf *bytes, jt_numbers *numbers,
                           jeton_err *err);
} jt_kty;

/* The row of a type and its curve or algorithm; without these, the first row of the type. `alg`
 * matters to types whose rows have one. NULL when there is none. */
const jt_kty *jt_kty_find(jeton_span name, jeton_span crv, jeton_alg alg);

/* The row for what crypto/ has read. */
const jt_kty *jt_kty_of(jt_pkey_type type);

/* How many members a row lists. */
size_t jt_kty_count(const jt_kty *kty);

#endif
