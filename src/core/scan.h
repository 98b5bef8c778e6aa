/* SPDX-License-Identifier: Apache-2.0 */
/* core/scan.h - looking at every byte of a text, eight at a time.
 *
 * What comes over the network is looked through in every request, and a token is most of it. */
#ifndef JT_CORE_SCAN_H
#define JT_CORE_SCAN_H

#include <jeton/span.h>

#include <stdbool.h>
#include <string.h>

#define JT_EACH_BYTE (UINT64_MAX / 255) /* 01 in each byte of a word */

/* Whether some byte is smaller than `least`, which is 1 to 128. */
static inline bool jt_has_below(jeton_span bytes, uint8_t least)
{
    size_t i = 0;
    for (; bytes.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes.ptr + i, sizeof word);
        /* Subtracting sets the top bit of a byte that is smaller, or was above 127 before. The
         * borrow of a byte that is smaller may reach the next one, when it does not matter. */
        if (((word - JT_EACH_BYTE * least) & ~word & JT_EACH_BYTE * 0x80) != 0)
            return true;
    }
    for (; i < bytes.len; i++)
        if (bytes.ptr[i] < least)
            return true;
    return false;
}

#endif
