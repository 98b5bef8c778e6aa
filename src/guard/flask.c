/* SPDX-License-Identifier: Apache-2.0 */
/* guard/flask.c - the messages of the preset flask: facts of that library's interface. */
#include "guard/flask.h"

#include "core/auto.h"

/* What PyJWT says of a token; anything else is said in our words. */
static const struct {
    jeton_status status;
    const char *text;
} tokens[] = {
    {JETON_E_SYNTAX, "Not enough segments"},
    {JETON_E_ENCODING, "Invalid header padding"},
    {JETON_E_SIGNATURE, "Signature verification failed"},
    {JETON_E_ALG, "The specified alg value is not allowed"},
    {JETON_E_EXPIRED, "Token has expired"},
    {JETON_E_NOT_YET, "The token is not yet valid (nbf)"},
    {JETON_E_ISSUED, "The token is not yet valid (iat)"},
    {JETON_E_ISSUER, "Invalid issuer"},
    {JETON_E_AUDIENCE, "Audience doesn't match"},
    {JETON_E_REVOKED, "Token has been revoked"},
};

/* Faults with one message for all settings. */
static const char *const fixed[] = {
    [JT_FAULT_NO_JSON] = "Invalid content-type. Must be application/json.",
    [JT_FAULT_NO_CSRF] = "Missing CSRF token",
    [JT_FAULT_CSRF_CLAIM] = "Missing claim: csrf",
    [JT_FAULT_BAD_CSRF] = "CSRF double submit tokens do not match",
    [JT_FAULT_NO_REFRESH] = "Only refresh tokens are allowed",
    [JT_FAULT_NO_ACCESS] = "Only non-refresh tokens are allowed",
    [JT_FAULT_NOT_FRESH] = "Fresh token required",
    [JT_FAULT_REVOKED] = "Token has been revoked",
    [JT_FAULT_REJECTED] = "User claims verification failed",
};

static const char *const places[] = {
    [JETON_IN_HEADER] = "headers",
    [JETON_IN_COOKIE] = "cookies",
    [JETON_IN_QUERY] = "query_string",
    [JETON_IN_JSON] = "json",
};

static jeton_status say_header(const jeton_guard_settings *is, jt_fault fault, jt_buf *to)
{
    if (fault == JT_FAULT_NO_HEADER)
        return jt_buf_addf(to, NULL, "Missing %s Header", is->header);
    if (fault == JT_FAULT_NO_SCHEME)
        return jt_buf_addf(to, NULL, "Missing '%s' type in '%s' header. Expected '%s: %s <JWT>'",
                           is->scheme, is->header, is->header, is->scheme);
    const char *space = is->scheme[0] != '\0' ? " " : "";
    return jt_buf_addf(to, NULL, "Bad %s header. Expected '%s: %s%s<JWT>'", is->header, is->header,
                       is->scheme, space);
}

static jeton_status say_prefix(const jeton_guard_settings *is, jt_buf *to)
{
    return jt_buf_addf(to, NULL,
                       "Invalid value for query parameter '%s'. Expected the value to start with "
                       "'%s'",
                       is->query, is->query_prefix);
}

/* The library spells it so. */
static jeton_status say_query(const jeton_guard_settings *is, jt_buf *to)
{
    return jt_buf_addf(to, NULL, "Missing '%s' query paramater", is->query);
}

static jeton_status say_user(const jeton_visit *visit, jt_buf *to)
{
    JT_TRY(jt_buf_add(to, jeton_str("Error loading the user "), NULL));
    return jt_buf_add(to, visit->identity, NULL);
}

/* PyJWT has one word for too few segments and another for too many, and takes base64url that is not
 * canonical: a signature of that kind does not match. */
static jeton_status shape_of(const jeton_visit *visit, jeton_status status)
{
    const jeton_span token = visit->found.token;
    const uint8_t *dot = token.len > 0 ? memchr(token.ptr, '.', token.len) : NULL;
    const uint8_t *last = token.len > 0 ? memrchr(token.ptr, '.', token.len) : NULL;
    if (status == JETON_E_SYNTAX && dot != last)
        return JETON_E_ENCODING;
    const bool is_signature = strstr(jeton_verdict_why(visit->verdict), "signature") != NULL;
    return status == JETON_E_ENCODING && is_signature ? JETON_E_SIGNATURE : status;
}

static jeton_status say_token(const jeton_visit *visit, jt_buf *to)
{
    const jeton_status status = shape_of(visit, jeton_verdict_status(visit->verdict));
    if (status == JETON_E_MISSING)
        return jt_buf_addf(to, NULL, "Token is missing the \"%s\" claim",
                           jeton_verdict_claim(visit->verdict));
    for (size_t i = 0; i < JT_COUNT(tokens); i++)
        if (tokens[i].status == status)
            return jt_buf_add(to, jeton_str(tokens[i].text), NULL);
    return jt_buf_add(to, jeton_str(jeton_verdict_why(visit->verdict)), NULL);
}

/* One fault by itself. */
static jeton_status say(const jt_settings *settings, const jeton_visit *visit, jt_fault fault,
                        const char *otherwise, jt_buf *to)
{
    const jeton_guard_settings *is = &settings->is;
    const jt_names_of_type names = jt_settings_names(settings, visit->type);
    if ((size_t)fault < JT_COUNT(fixed) && fixed[fault] != NULL)
        return jt_buf_add(to, jeton_str(fixed[fault]), NULL);
    switch ((int)fault) {
    case JT_FAULT_NO_HEADER:
    case JT_FAULT_NO_SCHEME:
    case JT_FAULT_BAD_HEADER: return say_header(is, fault, to);
    case JT_FAULT_NO_COOKIE: return jt_buf_addf(to, NULL, "Missing cookie \"%s\"", names.cookie);
    case JT_FAULT_NO_QUERY: return say_query(is, to);
    case JT_FAULT_BAD_PREFIX: return say_prefix(is, to);
    case JT_FAULT_NO_MEMBER:
        return jt_buf_addf(to, NULL, "Missing \"%s\" key in json data.", names.member);
    case JT_FAULT_TOKEN: return say_token(visit, to);
    case JT_FAULT_NO_SUBJECT: return jt_buf_addf(to, NULL, "Missing claim: %s", is->identity_claim);
    case JT_FAULT_NO_USER: return say_user(visit, to);
    default: return jt_buf_add(to, jeton_str(otherwise), NULL);
    }
}

static size_t count_places(const jeton_visit *visit)
{
    size_t count = 0;
    while (count < JETON_GUARD_PLACES && visit->locations[count] != JETON_NOWHERE)
        count++;
    return count;
}

/* "Missing JWT in headers, cookies or json (why; why; why)" */
static jeton_status say_all_places(const jt_settings *settings, const jeton_visit *visit,
                                   size_t count, jt_buf *to)
{
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "Missing JWT in " : i + 1 < count ? ", " : " or ";
        JT_TRY(jt_buf_addf(to, NULL, "%s%s", before, places[visit->locations[i]]));
    }
    for (size_t i = 0; i < count; i++) {
        JT_TRY(jt_buf_add(to, jeton_str(i == 0 ? " (" : "; "), NULL));
        JT_TRY(say(settings, visit, visit->missed[i], "", to));
    }
    return jt_buf_add(to, jeton_str(")"), NULL);
}

jeton_status jt_flask_say(const jt_settings *settings, const jeton_visit *visit, jt_fault fault,
                          const jeton_decision *decision, jt_buf *to)
{
    const size_t count = count_places(visit);
    if (jt_fault_is_missing(fault) && count > 1)
        return say_all_places(settings, visit, count, to);
    return say(settings, visit, fault, decision->why, to);
}
