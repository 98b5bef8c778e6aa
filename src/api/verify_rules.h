/* SPDX-License-Identifier: Apache-2.0 */
/* api/verify_rules.h - what /verify demands, by method and path of the request behind it.
 *
 * The first rule that fits decides; what no rule fits is refused. A file of rules:
 *
 *     {"rules": [
 *         {"path": "/public/", "open": true},
 *         {"path": "/reports/", "methods": ["GET", "HEAD"], "scope": "reports.read"},
 *         {"path": "/admin/", "role": "admin", "fresh": true},
 *         {"path": "/"}
 *     ]}
 *
 * A path that ends in "/" fits what begins with it, and itself without the "/"; any other fits
 * itself. Paths are compared decoded, byte for byte. Rules never change once read.
 */
#ifndef JD_API_VERIFY_RULES_H
#define JD_API_VERIFY_RULES_H

#include "core/arena.h"
#include "json/json.h"
#include <jeton/error.h>

/* What a request has to bring. */
typedef struct jd_demand {
    jeton_span role;  /* one of the token's; empty: none is asked for */
    jeton_span scope; /* each of its words must be one of the token's */
    bool fresh;       /* a login not long ago */
    bool open;        /* anybody may, with a token or without */
} jd_demand;

typedef struct jd_verify_rules jd_verify_rules;

#define JD_VERIFY_RULES_MAX 1000U
#define JD_VERIFY_FILE_MAX  ((size_t)256 << 10)

/* Reads a file of rules. "" gives NULL: no rules.
 *
 * JETON_E_NOT_FOUND, JETON_E_SYSTEM  the file cannot be read
 * JETON_E_ARGUMENT                   it holds no rules; err says which one is wrong
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_verify_rules_load(const char *file, jd_verify_rules **rules,
                                             jeton_err *err);

/* The same of a text. */
JETON_MUST jeton_status jd_verify_rules_parse(jeton_span text, jd_verify_rules **rules,
                                              jeton_err *err);
void jd_verify_rules_free(jd_verify_rules **rules);

/* What is demanded of a request. The spans of *demand are borrowed from the rules.
 *
 * target  path and query, as the client sent them
 *
 * JETON_E_SCOPE  no rule fits, or the path could mean something else to the service behind the
 *                proxy: jd_plain_path()
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_verify_rules_find(const jd_verify_rules *rules, jeton_span method,
                                             jeton_span target, jt_arena *arena, jd_demand *demand,
                                             jeton_err *err);

/* The path of a target, decoded, in the arena. Refused is whatever servers are known to read in
 * different ways: segments that are empty, "." or "..", and in any segment a slash, a backslash, a
 * "%" or a control character behind percent-encoding, ";", a raw "\\" or "#".
 *
 * JETON_E_SCOPE (a proxy makes a failure of its own of anything but 401 and 403), JETON_E_NOMEM */
JETON_MUST jeton_status jd_plain_path(jeton_span target, jt_arena *arena, jeton_span *path,
                                      jeton_err *err);

#endif
