/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/alias.c - the first bytes of an HMAC, as text. */
#include "accounts/alias.h"

#include "core/secret.h"

#include <stdio.h>

/* What the secret is asked for, so that no key made from it serves two purposes. */
#define PURPOSE "jeton unknown name 1"

#define MAC_FULL    32U /* bytes of an HMAC-SHA-256 */
#define ALIAS_CHARS 24U

void jd_alias_init(jt_hmac_key *key, jeton_span secret)
{
    jt_hmac_derive(key, secret, PURPOSE);
}

/* Six bytes tell names apart that come in one week, and are of no use for anything else. */
jeton_span jd_alias_of(const jt_hmac_key *key, jeton_span name, jt_arena *arena)
{
    uint8_t mac[MAC_FULL];
    char text[ALIAS_CHARS];
    jt_hmac_sign(key, name, mac);
    (void)snprintf(text, sizeof text, "(unknown %02x%02x%02x%02x%02x%02x)", mac[0], mac[1], mac[2],
                   mac[3], mac[4], mac[5]);
    const char *kept = jt_arena_text(arena, jeton_str(text));
    return jeton_str(kept != NULL ? kept : "(unknown)");
}
