/* SPDX-License-Identifier: Apache-2.0 */
/* store/haste.c - what the thread has said of itself. */
#include "store/haste.h"

static _Thread_local unsigned haste;

void jd_haste(unsigned milliseconds)
{
    haste = milliseconds;
}

unsigned jd_haste_of_thread(void)
{
    return haste;
}
