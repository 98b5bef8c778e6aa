/* SPDX-License-Identifier: Apache-2.0 */
/* token/presets.h - the ready-made demands behind jeton_preset. docs/presets.md tells them. */
#ifndef JT_TOKEN_PRESETS_H
#define JT_TOKEN_PRESETS_H

#include <jeton/policy.h>

#define JT_PRESET_REQUIRED 9U

typedef struct jt_preset {
    const char *typ; /* unless the policy names one; NULL: any */
    const char *require[JT_PRESET_REQUIRED + 1];
    unsigned allow;
    bool named;      /* the policy has to name issuers and audiences */
    bool like_pyjwt; /* the order of the checks, dates, and an aud nobody asked for */
} jt_preset;

/* NULL for a number that stands for none. */
const jt_preset *jt_preset_find(jeton_preset preset);

#endif
