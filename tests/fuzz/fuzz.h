/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz.h - what every fuzz target is: one function that takes any bytes.
 *
 * It may refuse them, and must not crash, leak, loop or break the property it checks; a broken
 * property is said with FUZZ_HOLDS, which works with NDEBUG too.
 */
#ifndef JT_FUZZ_H
#define JT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define FUZZ_HOLDS(property)                                                                       \
    do {                                                                                           \
        if (!(property)) {                                                                         \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
