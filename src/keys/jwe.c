/* SPDX-License-Identifier: Apache-2.0 */
/* keys/jwe.c - recognises encrypted keys. */
#include "keys/jwe.h"

#include "core/auto.h"
#include "core/err.h"

#define DOTS 4U /* in a compact JWE (RFC 7516 §7.1) */

static bool is_compact(jeton_span text)
{
    size_t dots = 0;
    for (size_t i = 0; i < text.len; i++)
        dots += text.ptr[i] == '.';
    return text.len > 3 && memcmp(text.ptr, "eyJ", 3) == 0 && dots == DOTS;
}

static jeton_status refuse(jeton_err *err)
{
    return jt_fail(err, JETON_E_UNSUPPORTED, "an encrypted key (JWE), which is not read");
}

jeton_status jt_jwe_parse_plain(const jeton_ctx *ctx, jeton_span text, jt_json **doc,
                                jeton_err *err)
{
    *doc = NULL;
    if (is_compact(text))
        return refuse(err);
    JT_AUTO(jt_json_free) jt_json *read = NULL;
    JT_TRY(jt_json_parse(ctx, text, &read, err));
    if (jt_get(jt_json_root(read), "ciphertext") != NULL)
        return refuse(err);
    *doc = read;
    read = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}
