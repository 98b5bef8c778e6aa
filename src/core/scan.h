/* SPDX-License-Identifier: Apache-2.0 */
/* core/scan.h - looking at every byte of a text, thirty-two at a time.
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
    uint64_t words[4];
    for (; bytes.len - i >= sizeof words; i += sizeof words) {
        uint64_t below = 0;
        memcpy(words, bytes.ptr + i, sizeof words);
        /* Subtracting sets the top bit of a byte that is smaller, or was above 127 before. The
         * borrow of a byte that is smaller may reach the next one, when it does not matter. */
        for (size_t k = 0; k < 4; k++)
            below |= (words[k] - JT_EACH_BYTE * least) & ~words[k];
        if ((below & JT_EACH_BYTE * 0x80) != 0)
            return true;
    }
    for (; i < bytes.len; i++)
        if (bytes.ptr[i] < least)
            return true;
    return false;
}

#endif
