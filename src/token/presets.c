/* SPDX-License-Identifier: Apache-2.0 */
/* token/presets.c - what each preset demands. */
#include "token/presets.h"

#include "core/auto.h"

static const jt_preset presets[] = {
    [JETON_PRESET_NONE] = {.typ = NULL},
    /* the tokens that src/accounts/access_token.c writes */
    [JETON_PRESET_JETON] = {.typ = "at+jwt",
                            .require = {"iss", "sub", "aud", "client_id", "iat", "exp", "jti",
                                        "rev"}}, /* a client's own have no "sid" */
    /* RFC 9068 §2.2 and §4 */
    [JETON_PRESET_RFC9068] = {.typ = "at+jwt",
                              .require = {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"},
                              .named = true},
    [JETON_PRESET_PYJWT] = {.allow = JETON_ALLOW_NO_EXP, .like_pyjwt = true},
};

const jt_preset *jt_preset_find(jeton_preset preset)
{
    return (size_t)preset < JT_COUNT(presets) ? &presets[preset] : NULL;
}
