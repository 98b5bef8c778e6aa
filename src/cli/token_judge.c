/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_judge.c - what is wrong with a token, one row for each thing. */
#include "cli/token_judge.h"

#include "core/auto.h"
#include "core/limits.h"
#include "token/header.h"

#include <stdio.h>
#include <strings.h>

#define LONG_TOKEN ((size_t)4096) /* what web servers take in one header is not much more */
#define LONG_LIFE  ((jeton_time)24 * 3600 * 1000)
#define MANY_YEARS                                                                                 \
    100000000000LL /* in seconds that is the year 5138; in milliseconds it is 1973                 \
                    */

/* What a row is asked about: the part decides when it can be asked at all. */
typedef enum part { TOKEN, HEADER, PAYLOAD, SIGNATURE } part;

/* Each says whether the row applies; `name` is the row's member. */
typedef bool applies(const jd_token_view *view, const char *name);

/* ---- the whole ------------------------------------------------------------------------------ */

static bool has_other_parts(const jd_token_view *view, const char *name)
{
    (void)name;
    return !jd_token_view_is_signed(view) && !jd_token_view_is_encrypted(view);
}

static bool is_encrypted(const jd_token_view *view, const char *name)
{
    (void)name;
    return jd_token_view_is_encrypted(view);
}

static bool is_too_long(const jd_token_view *view, const char *name)
{
    (void)name;
    return view->token.len > JT_LIMIT_TOKEN;
}

static bool is_long(const jd_token_view *view, const char *name)
{
    return view->token.len > LONG_TOKEN && !is_too_long(view, name);
}

/* ---- the header ----------------------------------------------------------------------------- */

static bool lacks(const jt_val *object, const char *name)
{
    return jt_kind_of(jt_get(object, name)) == JT_ABSENT;
}

static bool header_lacks(const jd_token_view *view, const char *name)
{
    return lacks(view->header, name);
}

static bool header_has(const jd_token_view *view, const char *name)
{
    return !lacks(view->header, name);
}

static bool header_has_no_text(const jd_token_view *view, const char *name)
{
    return header_has(view, name) && jt_kind_of(jt_get(view->header, name)) != JT_TEXT;
}

static bool equals_ignoring_case(jeton_span text, const char *want)
{
    return text.len == strlen(want) && strncasecmp((const char *)text.ptr, want, text.len) == 0;
}

static bool alg_is_none(const jd_token_view *view, const char *name)
{
    return equals_ignoring_case(jt_get_text(view->header, name), "none");
}

static bool alg_is_unknown(const jd_token_view *view, const char *name)
{
    return view->alg == JETON_ALG_UNSET && jt_kind_of(jt_get(view->header, name)) == JT_TEXT &&
           !alg_is_none(view, name) && !jd_token_view_is_encrypted(view);
}

static bool alg_is_symmetric(const jd_token_view *view, const char *name)
{
    (void)name;
    return view->alg == JETON_HS256 || view->alg == JETON_HS384 || view->alg == JETON_HS512;
}

static bool alg_is_deprecated(const jd_token_view *view, const char *name)
{
    (void)name;
    return view->alg == JETON_EDDSA;
}

static bool typ_is(const jd_token_view *view, const char *want)
{
    return jt_media_type_is(jt_get_text(view->header, "typ"), jeton_str(want));
}

static bool typ_is_jwt(const jd_token_view *view, const char *name)
{
    (void)name;
    return typ_is(view, "JWT");
}

/* Characters that have a meaning to file systems, shells or databases. */
static bool kid_is_strange(const jd_token_view *view, const char *name)
{
    const jeton_span kid = jt_get_text(view->header, name);
    for (size_t i = 0; i < kid.len; i++)
        if (kid.ptr[i] < ' ' || kid.ptr[i] >= 0x7f ||
            strchr("'\"\\;`$|<>*?%", kid.ptr[i]) != NULL ||
            (kid.ptr[i] == '.' && i + 1 < kid.len && kid.ptr[i + 1] == '.'))
            return true;
    return false;
}

static bool kid_is_long(const jd_token_view *view, const char *name)
{
    return jt_get_text(view->header, name).len > JT_LIMIT_KID;
}

static bool is_nested(const jd_token_view *view, const char *name)
{
    return jt_media_type_is(jt_get_text(view->header, name), jeton_str("JWT"));
}

static bool b64_stands_alone(const jd_token_view *view, const char *name)
{
    return header_has(view, name) && header_lacks(view, "crit");
}

/* ---- the payload ---------------------------------------------------------------------------- */

static bool payload_lacks(const jd_token_view *view, const char *name)
{
    return lacks(view->payload, name);
}

static bool payload_has(const jd_token_view *view, const char *name)
{
    return !payload_lacks(view, name);
}

static bool is_access_token(const jd_token_view *view)
{
    return typ_is(view, "at+jwt");
}

static bool access_token_lacks(const jd_token_view *view, const char *name)
{
    return is_access_token(view) && payload_lacks(view, name);
}

static bool other_token_lacks(const jd_token_view *view, const char *name)
{
    return !is_access_token(view) && payload_lacks(view, name);
}

static bool payload_has_no_text(const jd_token_view *view, const char *name)
{
    return payload_has(view, name) && jt_kind_of(jt_get(view->payload, name)) != JT_TEXT;
}

static bool sub_is_a_number(const jd_token_view *view, const char *name)
{
    return jt_kind_of(jt_get(view->payload, name)) == JT_NUMBER;
}

static bool sub_is_something_else(const jd_token_view *view, const char *name)
{
    return payload_has_no_text(view, name) && !sub_is_a_number(view, name);
}

static bool aud_has_a_wrong_type(const jd_token_view *view, const char *name)
{
    const jt_val *aud = jt_get(view->payload, name);
    if (jt_kind_of(aud) != JT_ARRAY)
        return payload_has_no_text(view, name);
    for (jt_iter it = jt_iter_of(aud); jt_iter_next(&it);)
        if (jt_kind_of(it.val) != JT_TEXT)
            return true;
    return false;
}

static bool date_of(const jd_token_view *view, const char *name, jeton_time *date)
{
    return jt_val_date(jt_get(view->payload, name), date);
}

static bool is_no_date(const jd_token_view *view, const char *name)
{
    jeton_time date;
    return payload_has(view, name) && !date_of(view, name, &date);
}

static bool is_in_milliseconds(const jd_token_view *view, const char *name)
{
    int64_t number;
    return jt_val_int(jt_get(view->payload, name), &number) && number > MANY_YEARS;
}

static bool is_past(const jd_token_view *view, const char *name)
{
    jeton_time date;
    return date_of(view, name, &date) && date <= view->now;
}

static bool is_ahead(const jd_token_view *view, const char *name)
{
    jeton_time date;
    return date_of(view, name, &date) && date > view->now;
}

/* exp no later than the date `name`. */
static bool exp_is_not_behind(const jd_token_view *view, const char *name)
{
    jeton_time exp;
    jeton_time date;
    return date_of(view, "exp", &exp) && date_of(view, name, &date) && exp <= date;
}

static bool lives_long(const jd_token_view *view, const char *name)
{
    jeton_time exp;
    jeton_time begin;
    if (!date_of(view, name, &exp) || is_in_milliseconds(view, name))
        return false;
    if (!date_of(view, "iat", &begin))
        begin = view->now;
    return exp - begin > LONG_LIFE;
}

/* ---- the signature -------------------------------------------------------------------------- */

/* Bytes of a signature, where the algorithm alone says how many (RFC 7518 §3.2, §3.4, RFC 8032,
 * FIPS 204). RSA's are as long as the modulus, 256 at least. */
static const struct {
    jeton_alg alg;
    size_t len;
} lengths[] = {
    {JETON_HS256, 32},  {JETON_HS384, 48},       {JETON_HS512, 64},       {JETON_ES256, 64},
    {JETON_ES384, 96},  {JETON_ES512, 132},      {JETON_ES256K, 64},      {JETON_ED25519, 64},
    {JETON_ED448, 114}, {JETON_ML_DSA_44, 2420}, {JETON_ML_DSA_65, 3309}, {JETON_ML_DSA_87, 4627},
};

static bool signature_is_empty(const jd_token_view *view, const char *name)
{
    (void)name;
    return view->parts[2].text.len == 0;
}

static bool signature_has_another_length(const jd_token_view *view, const char *name)
{
    (void)name;
    const size_t len = view->parts[2].bytes.len;
    if (len == 0)
        return false;
    for (size_t i = 0; i < JT_COUNT(lengths); i++)
        if (lengths[i].alg == view->alg)
            return lengths[i].len != len;
    return view->alg >= JETON_RS256 && view->alg <= JETON_PS512 && len < 256;
}

/* ---- the table ------------------------------------------------------------------------------ */

#define NOTE    JD_FINDING_NOTE
#define WARNING JD_FINDING_WARNING
#define ERROR   JD_FINDING_ERROR

static const struct row {
    jd_severity severity;
    part part;
    const char *name; /* of the member; "" for the part itself */
    applies *applies;
    const char *what, *advice;
} rows[] = {
    {ERROR, TOKEN, "", has_other_parts, "not three parts parted by dots",
     "a signed token is header.payload.signature (RFC 7515 §7.1)"},
    {NOTE, TOKEN, "", is_encrypted, "five parts: an encrypted token (JWE)",
     "only its header can be read without the key"},
    {ERROR, TOKEN, "", is_too_long, "longer than 64 KiB", "verifiers refuse it; say less in it"},
    {WARNING, TOKEN, "", is_long, "longer than 4 KiB",
     "it travels with each request, and servers limit headers; say less in it"},

    {ERROR, HEADER, "alg", header_lacks, "missing", "every signed token names its algorithm"},
    {ERROR, HEADER, "alg", header_has_no_text, "not a text", NULL},
    {ERROR, HEADER, "alg", alg_is_none, "none: the token is not signed and anybody can make it",
     "sign it (RFC 8725 §3.2)"},
    {ERROR, HEADER, "alg", alg_is_unknown, "an algorithm that is not known here",
     "use a registered one; names are case-sensitive"},
    {NOTE, HEADER, "alg", alg_is_symmetric,
     "symmetric: whoever can verify the token can also make one",
     "share the key with nobody who is not to issue tokens, and let it be random (RFC 8725 §3.5)"},
    {NOTE, HEADER, "alg", alg_is_deprecated, "EdDSA does not say which curve",
     "name Ed25519 or Ed448 (RFC 9864)"},
    {ERROR, HEADER, "crit", header_has, "demands an extension",
     "verifiers that do not know it must refuse the token (RFC 7515 §4.1.11)"},
    {ERROR, HEADER, "b64", b64_stands_alone, "without crit",
     "verifiers that do not know it read another payload (RFC 7797 §6)"},
    {WARNING, HEADER, "typ", header_lacks, "missing",
     "say what kind of token it is, so that it passes for no other (RFC 8725 §3.11)"},
    {ERROR, HEADER, "typ", header_has_no_text, "not a text", NULL},
    {NOTE, HEADER, "typ", typ_is_jwt, "JWT says nothing about what the token is for",
     "a type of its own, such as at+jwt, keeps kinds of tokens apart (RFC 8725 §3.11)"},
    {NOTE, HEADER, "kid", header_lacks, "missing", "verifiers with several keys have to try them"},
    {ERROR, HEADER, "kid", header_has_no_text, "not a text", NULL},
    {ERROR, HEADER, "kid", kid_is_long, "longer than 1 KiB", "verifiers refuse it"},
    {WARNING, HEADER, "kid", kid_is_strange, "holds characters with a meaning elsewhere",
     "verifiers must not use it in paths or queries as it is (RFC 8725 §3.10)"},
    {WARNING, HEADER, "jwk", header_has, "a key in the token itself",
     "careful verifiers ignore it: keys come from where they trust"},
    {WARNING, HEADER, "jku", header_has, "an address of keys",
     "careful verifiers ignore it: they would fetch what a stranger names (RFC 8725 §3.10)"},
    {WARNING, HEADER, "x5u", header_has, "an address of certificates",
     "careful verifiers ignore it: they would fetch what a stranger names (RFC 8725 §3.10)"},
    {WARNING, HEADER, "x5c", header_has, "certificates in the token itself",
     "careful verifiers ignore them unless they check the chain"},
    {NOTE, HEADER, "cty", is_nested, "another token is in the payload", NULL},
    {ERROR, HEADER, "cty", header_has_no_text, "not a text", NULL},

    {ERROR, PAYLOAD, "exp", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {WARNING, PAYLOAD, "exp", other_token_lacks, "missing: the token lives for ever",
     "verifiers refuse it unless they allow that"},
    {ERROR, PAYLOAD, "exp", is_no_date, "not a date", "a number, seconds since 1970 (RFC 7519 §2)"},
    {ERROR, PAYLOAD, "exp", is_in_milliseconds, "so large that it must be milliseconds",
     "dates are in seconds (RFC 7519 §2)"},
    {NOTE, PAYLOAD, "exp", is_past, "the token has expired", "verifiers refuse it"},
    {WARNING, PAYLOAD, "exp", lives_long, "more than a day of life",
     "a stolen token is good as long; make it short and refresh it"},
    {ERROR, PAYLOAD, "nbf", is_no_date, "not a date", "a number, seconds since 1970 (RFC 7519 §2)"},
    {ERROR, PAYLOAD, "nbf", is_in_milliseconds, "so large that it must be milliseconds",
     "dates are in seconds (RFC 7519 §2)"},
    {NOTE, PAYLOAD, "nbf", is_ahead, "the token is not valid yet", "verifiers refuse it"},
    {ERROR, PAYLOAD, "nbf", exp_is_not_behind, "exp is no later: the token is never valid", NULL},
    {ERROR, PAYLOAD, "iat", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {ERROR, PAYLOAD, "iat", is_no_date, "not a date", "a number, seconds since 1970 (RFC 7519 §2)"},
    {ERROR, PAYLOAD, "iat", is_in_milliseconds, "so large that it must be milliseconds",
     "dates are in seconds (RFC 7519 §2)"},
    {WARNING, PAYLOAD, "iat", is_ahead, "issued in the future",
     "verifiers refuse it; look at the issuer's clock"},
    {ERROR, PAYLOAD, "iat", exp_is_not_behind, "exp is no later: the token is never valid", NULL},
    {ERROR, PAYLOAD, "iss", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {WARNING, PAYLOAD, "iss", other_token_lacks, "missing",
     "verifiers cannot tell whose it is (RFC 8725 §3.8)"},
    {ERROR, PAYLOAD, "iss", payload_has_no_text, "not a text", NULL},
    {ERROR, PAYLOAD, "aud", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {WARNING, PAYLOAD, "aud", other_token_lacks, "missing",
     "a token for one service passes at another (RFC 8725 §3.9)"},
    {ERROR, PAYLOAD, "aud", aud_has_a_wrong_type, "neither a text nor an array of texts", NULL},
    {ERROR, PAYLOAD, "sub", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {WARNING, PAYLOAD, "sub", sub_is_a_number, "a number",
     "it has to be a text (RFC 7519 §4.1.2), and many verifiers refuse it"},
    {ERROR, PAYLOAD, "sub", sub_is_something_else, "not a text", NULL},
    {ERROR, PAYLOAD, "client_id", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {ERROR, PAYLOAD, "jti", access_token_lacks, "missing", "RFC 9068 §2.2 demands it"},
    {ERROR, PAYLOAD, "jti", payload_has_no_text, "not a text", NULL},
    {WARNING, PAYLOAD, "password", payload_has, "a secret that whoever sees the token can read",
     "a signature hides nothing; leave it out"},
    {WARNING, PAYLOAD, "secret", payload_has, "a secret that whoever sees the token can read",
     "a signature hides nothing; leave it out"},
    {WARNING, PAYLOAD, "private_key", payload_has, "a secret that whoever sees the token can read",
     "a signature hides nothing; leave it out"},

    {ERROR, SIGNATURE, "", signature_is_empty, "empty: anybody can make such a token", "sign it"},
    {ERROR, SIGNATURE, "", signature_has_another_length,
     "not as long as signatures of this algorithm are",
     "ECDSA signatures are r and s side by side, not DER (RFC 7518 §3.4)"},
};

/* ---- asking --------------------------------------------------------------------------------- */

static const char *const part_names[] = {
    [TOKEN] = "token", [HEADER] = "header", [PAYLOAD] = "payload", [SIGNATURE] = "signature"};

/* Whether rows about this part can be asked: what is not there has no members to lack. */
static bool is_there(const jd_token_view *view, part which)
{
    switch (which) {
    case TOKEN: return true;
    case HEADER: return view->header != NULL;
    case PAYLOAD: return view->payload != NULL;
    case SIGNATURE: break;
    }
    return jd_token_view_is_signed(view);
}

static void judge_row(const jd_token_view *view, const struct row *row, jd_findings *to)
{
    char where[64];
    if (!is_there(view, row->part) || !row->applies(view, row->name))
        return;
    (void)snprintf(where, sizeof where, "%s%s%s", part_names[row->part],
                   row->name[0] != '\0' ? " " : "", row->name);
    jd_findings_add(to, row->severity, where, row->what, row->advice);
}

static void judge_encoding(const jd_token_part *of, const char *where, jd_findings *to)
{
    if (!of->decoded)
        jd_findings_add(to, ERROR, where, "not base64url", "verifiers refuse it (RFC 7515 §2)");
    else if (!of->canonical)
        jd_findings_add(to, ERROR, where, "not canonical base64url",
                        "no padding, no white space, - and _, unused bits zero (RFC 7515 §2)");
}

static void judge_json(const jd_token_part *of, const char *where, jd_findings *to)
{
    if (!of->decoded)
        return;
    if (of->json == NULL)
        jd_findings_add(to, ERROR, where, of->why.text,
                        "strict JSON, each name once (RFC 7519 §4)");
    else if (jt_kind_of(jt_json_root(of->json)) != JT_OBJECT)
        jd_findings_add(to, ERROR, where, "not a JSON object", NULL);
}

static void judge_parts(const jd_token_view *view, jd_findings *to)
{
    static const part order[] = {HEADER, PAYLOAD, SIGNATURE};
    const bool is_signed = jd_token_view_is_signed(view);
    for (size_t i = 0; i < JT_COUNT(order) && i < view->count; i++) {
        if (i == 0 || is_signed)
            judge_encoding(&view->parts[i], part_names[order[i]], to);
        if (i == 0 || (i == 1 && is_signed))
            judge_json(&view->parts[i], part_names[order[i]], to);
    }
}

void jd_token_judge(const jd_token_view *view, jd_findings *to)
{
    judge_parts(view, to);
    for (size_t i = 0; i < JT_COUNT(rows); i++)
        judge_row(view, &rows[i], to);
}
