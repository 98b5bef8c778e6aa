/* SPDX-License-Identifier: Apache-2.0 */
/* keys/jwe.h - encrypted keys and key sets (RFC 7517 §7), which are not read but told apart from
 * what is broken: for keys/ only. */
#ifndef JT_KEYS_JWE_H
#define JT_KEYS_JWE_H

#include "json/json.h"

/* jt_json_parse() of a key or key set. JETON_E_UNSUPPORTED for an encrypted one, compact or JSON.
 */
JETON_MUST jeton_status jt_jwe_parse_plain(const jeton_ctx *ctx, jeton_span text, jt_json **doc,
                                           jeton_err *err);

#endif
