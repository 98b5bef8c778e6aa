/* SPDX-License-Identifier: Apache-2.0 */
/* token/header.c - reads headers. */
#include "token/header.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"

#include <strings.h>

/* The two halves. */
typedef struct halves {
    const jt_val *guarded, *open;
} halves;

/* A member that has to be a text where it is present. */
static jeton_status read_text(const jt_val *half, const char *name, jeton_span *text,
                              jeton_err *err)
{
    const jt_val *val = jt_get(half, name);
    if (!jt_val_text(val, text) && val != NULL)
        return jt_fail(err, JETON_E_HEADER, "%s in the header is not a text", name);
    return JETON_OK;
}

/* The half that has the member; the protected one when neither has. */
static const jt_val *half_with(const halves *header, const char *name)
{
    return jt_get(header->open, name) != NULL ? header->open : header->guarded;
}

/* An algorithm that anybody on the way could exchange is not taken for what the signer meant
 * (RFC 7515 §10.7), even though key and policy must agree with it. */
static jeton_status read_alg(const halves *header, unsigned takes, jeton_alg *alg, jeton_err *err)
{
    const jt_val *half = half_with(header, "alg");
    jeton_span name;
    JT_TRY(read_text(half, "alg", &name, err));
    if (jt_get(half, "alg") == NULL)
        return jt_fail(err, JETON_E_HEADER, "the header has no alg");
    if (half == header->open && (takes & JT_TAKES_UNPROTECTED_ALG) == 0)
        return jt_fail(err, JETON_E_HEADER, "alg is not in the protected header");
    *alg = jeton_alg_find(name);
    if (*alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ALG, "the header's alg is none or unknown");
    return JETON_OK;
}

bool jt_header_says_unencoded(const jt_val *guarded)
{
    bool encoded;
    return jt_val_bool(jt_get(guarded, "b64"), &encoded) && !encoded;
}

/* RFC 7515 §4.1.11: what is critical is a list of names, none twice, each understood and present.
 * We understand b64 (RFC 7797), where it is taken. */
static jeton_status read_crit(const jt_val *guarded, const jt_val *crit, unsigned takes,
                              jeton_err *err)
{
    const bool taken = (takes & JT_TAKES_UNENCODED) != 0;
    if (jt_kind_of(crit) != JT_ARRAY || jt_val_count(crit) == 0)
        return jt_fail(err, JETON_E_CRIT, "crit is not a list of extensions");
    for (jt_iter it = jt_iter_of(crit); jt_iter_next(&it);) {
        jeton_span name;
        (void)jt_val_text(it.val, &name);
        if (!taken || !jeton_span_equal(name, jeton_str("b64")))
            return jt_fail(err, JETON_E_CRIT, "the header demands extensions (crit)");
        if (it.index > 1)
            return jt_fail(err, JETON_E_CRIT, "crit names an extension twice");
    }
    bool encoded;
    if (!jt_val_bool(jt_get(guarded, "b64"), &encoded))
        return jt_fail(err, JETON_E_CRIT, "crit names b64, which is no boolean or not there");
    return JETON_OK;
}

/* Extensions change what a signature means, so each must be understood or the token refused. b64
 * outside crit is a trap for verifiers that ignore it, and neither means anything where it is not
 * protected. */
static jeton_status read_extensions(const halves *header, unsigned takes, jeton_err *err)
{
    const jt_val *crit = jt_get(header->guarded, "crit");
    if (jt_get(header->open, "crit") != NULL || jt_get(header->open, "b64") != NULL)
        return jt_fail(err, JETON_E_CRIT, "crit or b64 is not in the protected header");
    if (crit != NULL)
        return read_crit(header->guarded, crit, takes, err);
    if (jt_get(header->guarded, "b64") != NULL)
        return jt_fail(err, JETON_E_CRIT, "the header speaks of b64 without crit");
    return JETON_OK;
}

/* RFC 7515 §7.2.1: else the two halves could say two things. */
static jeton_status read_names(const halves *header, jeton_err *err)
{
    if (jt_val_count(header->open) > JT_LIMIT_MEMBERS)
        return jt_fail(err, JETON_E_LIMIT, "more than %u unprotected members", JT_LIMIT_MEMBERS);
    for (jt_iter open = jt_iter_of(header->open); jt_iter_next(&open);)
        for (jt_iter it = jt_iter_of(header->guarded); jt_iter_next(&it);)
            if (jeton_span_equal(it.name, open.name))
                return jt_fail(err, JETON_E_HEADER, "a member is both protected and not");
    return JETON_OK;
}

/* Whatever the half, these are texts; only a protected typ counts. */
static jeton_status read_texts(const halves *header, jt_header *read, jeton_err *err)
{
    jeton_span other;
    JT_TRY(read_text(half_with(header, "kid"), "kid", &read->kid, err));
    JT_TRY(read_text(header->guarded, "typ", &read->typ, err));
    JT_TRY(read_text(header->open, "typ", &other, err));
    JT_TRY(read_text(half_with(header, "cty"), "cty", &other, err));
    if (read->kid.len == 0)
        JT_TRY(read_text(half_with(header, "x5t#S256"), "x5t#S256", &read->x5t, err));
    if (read->kid.len > JT_LIMIT_KID)
        return jt_fail(err, JETON_E_LIMIT, "kid longer than %zu bytes", JT_LIMIT_KID);
    return JETON_OK;
}

jeton_status jt_header_read(const jt_val *guarded, const jt_val *open, unsigned takes,
                            jt_header *header, jeton_err *err)
{
    *header = (jt_header){0};
    const halves both = {guarded, open};
    jt_header read = {.unencoded = jt_header_says_unencoded(guarded)};
    JT_TRY(read_names(&both, err));
    JT_TRY(read_alg(&both, takes, &read.alg, err));
    JT_TRY(read_extensions(&both, takes, err));
    JT_TRY(read_texts(&both, &read, err));
    *header = read;
    return JETON_OK;
}

jeton_status jt_header_is_unsecured(const jt_val *header, jeton_err *err)
{
    const halves both = {.guarded = header};
    jt_header ignored;
    jeton_span alg;
    JT_TRY(read_text(header, "alg", &alg, err));
    if (!jeton_span_equal(alg, jeton_str("none")))
        return jt_fail(err, JETON_E_ALG, "not an unsecured token: its alg is not none");
    JT_TRY(read_extensions(&both, 0, err));
    return read_texts(&both, &ignored, err);
}

jeton_status jt_header_parse(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                             jt_header *header, jeton_err *err)
{
    *header = (jt_header){0};
    const jt_val *root;
    JT_TRY(jt_json_parse_into(pool, depth, text, len, &root, err));
    if (jt_kind_of(root) != JT_OBJECT)
        return jt_fail(err, JETON_E_HEADER, "the header is not a JSON object");
    return jt_header_read(root, NULL, 0, header, err);
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
        return type.len > 0;
    const jeton_span have = jt_media_type_short(type);
    return have.len == want.len &&
           strncasecmp((const char *)have.ptr, (const char *)want.ptr, want.len) == 0;
}
