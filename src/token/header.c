/* SPDX-License-Identifier: Apache-2.0 */
/* token/header.c - reads the protected header. */
#include "token/header.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "json/json.h"

#include <strings.h>

/* A member that has to be a text where it is present. */
static jeton_status read_text(const jt_val *header, const char *name, jeton_span *text,
                              jeton_err *err)
{
    const jt_val *val = jt_get(header, name);
    if (!jt_val_text(val, text) && val != NULL)
        return jt_fail(err, JETON_E_HEADER, "%s in the header is not a text", name);
    return JETON_OK;
}

static jeton_status read_alg(const jt_val *header, jeton_alg *alg, jeton_err *err)
{
    jeton_span name;
    JT_TRY(read_text(header, "alg", &name, err));
    if (jt_get(header, "alg") == NULL)
        return jt_fail(err, JETON_E_HEADER, "the header has no alg");
    *alg = jeton_alg_find(name);
    if (*alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ALG, "the header's alg is none or unknown");
    return JETON_OK;
}

/* Extensions change what a signature means, so each must be understood or the token refused
 * (RFC 7515 §4.1.11). We understand none; b64 (RFC 7797) outside crit is a trap for verifiers
 * that ignore it. */
static jeton_status refuse_extensions(const jt_val *header, jeton_err *err)
{
    if (jt_get(header, "crit") != NULL)
        return jt_fail(err, JETON_E_CRIT, "the header demands extensions (crit)");
    if (jt_get(header, "b64") != NULL)
        return jt_fail(err, JETON_E_CRIT, "the header speaks of b64 without crit");
    return JETON_OK;
}

jeton_status jt_header_parse(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                             jt_header *header, jeton_err *err)
{
    *header = (jt_header){0};
    const jt_val *root;
    JT_TRY(jt_json_parse_into(pool, depth, text, len, &root, err));
    if (jt_kind_of(root) != JT_OBJECT)
        return jt_fail(err, JETON_E_HEADER, "the header is not a JSON object");

    jt_header read = {0};
    jeton_span cty;
    JT_TRY(read_alg(root, &read.alg, err));
    JT_TRY(refuse_extensions(root, err));
    JT_TRY(read_text(root, "kid", &read.kid, err));
    JT_TRY(read_text(root, "typ", &read.typ, err));
    JT_TRY(read_text(root, "cty", &cty, err));
    if (read.kid.len > JT_LIMIT_KID)
        return jt_fail(err, JETON_E_LIMIT, "kid longer than %zu bytes", JT_LIMIT_KID);
    *header = read;
    return JETON_OK;
}

jeton_span jt_media_type_short(jeton_span type)
{
    static const char prefix[] = "application/";
    const size_t len = sizeof prefix - 1;
    if (type.len <= len || strncasecmp((const char *)type.ptr, prefix, len) != 0)
        return type;
    const jeton_span rest = jeton_bytes(type.ptr + len, type.len - len);
    return memchr(rest.ptr, '/', rest.len) == NULL ? rest : type;
}

/* Equal bytes, the usual case, are told apart from the rest at a glance. */
bool jt_media_type_is(jeton_span type, jeton_span want)
{
    if (jeton_span_equal(type, want))
        return true;
    const jeton_span have = jt_media_type_short(type);
    return have.len == want.len &&
           strncasecmp((const char *)have.ptr, (const char *)want.ptr, want.len) == 0;
}
