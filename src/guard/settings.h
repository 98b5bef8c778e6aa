/* SPDX-License-Identifier: Apache-2.0 */
/* guard/settings.h - the settings of a guard, complete: what the program left open is what the
 * preset says, and every text is a copy. */
#ifndef JT_GUARD_SETTINGS_H
#define JT_GUARD_SETTINGS_H

#include "core/arena.h"

#include <jeton/guard.h>

typedef struct jt_settings {
    jeton_guard_settings is; /* complete: no switch is JETON_AS_PRESET */
    jt_arena texts;
    bool is_flask;
} jt_settings;

/* Names and paths of one type of token. */
typedef struct jt_names_of_type {
    const char *cookie, *path;
    const char *csrf_cookie, *csrf_path;
    const char *csrf_header, *csrf_field;
    const char *member;
} jt_names_of_type;

/* Copies and completes `from` (NULL: {0}). JETON_E_ARGUMENT as jeton_guard_new() has it;
 * JETON_E_NOMEM. jt_settings_done() is safe in every case. */
JETON_MUST jeton_status jt_settings_init(jt_settings *settings, const jeton_ctx *ctx,
                                         const jeton_guard_settings *from, jeton_err *err);
void jt_settings_done(jt_settings *settings);

/* How tokens of a type are called; JETON_EITHER goes by the names of access tokens. */
jt_names_of_type jt_settings_names(const jt_settings *settings, jeton_token_type type);

/* Whether each location is one, none comes twice, and none is behind the end of the list. */
bool jt_locations_are_good(const jeton_location *locations);

#endif
