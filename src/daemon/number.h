/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/number.h - numbers in the environment. */
#ifndef JD_DAEMON_NUMBER_H
#define JD_DAEMON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits and nothing else, at most 18 of them. False for everything else, and for NULL. */
static inline bool jd_number_read(const char *text, int64_t *number)
{
    *number = 0;
    if (text == NULL || *text == '\0')
        return false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i >= 18 || text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + (text[i] - '0');
    }
    return true;
}

#endif
