/* SPDX-License-Identifier: Apache-2.0 */
/* core/base64url_wide.h - base64url thirty-two characters at a time where the processor can: for
 * base64url.c only. It is otherwise a third of what verifying a token takes outside the HMAC, and
 * a fifth of signing one.
 */
#ifndef JT_CORE_BASE64URL_WIDE_H
#define JT_CORE_BASE64URL_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the front of `len` characters and returns how many it took: all whole steps of 32 in
 * them, or 0 where the processor has no AVX2. *good is false when one of them was not of the
 * alphabet, and true otherwise. */
size_t jt_base64url_parse_wide(const uint8_t *at, size_t len, uint8_t *to, bool *good);

/* Encodes the front of `len` bytes and returns how many it took, a multiple of three; 0 where the
 * processor has no AVX2. */
size_t jt_base64url_print_wide(const uint8_t *at, size_t len, char *to);

#endif
