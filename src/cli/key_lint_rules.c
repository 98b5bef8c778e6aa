/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_lint_rules.c - what is asked of one key: a function and a row for each question. */
#include "cli/key_lint.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/limits.h"
#include "core/secret.h"

static bool is_text(const jt_val *jwk, const char *name, const char *value)
{
    return jeton_span_equal(jt_get_text(jwk, name), jeton_str(value));
}

static bool has(const jd_linted_key *of, const char *name)
{
    return jt_get(of->jwk, name) != NULL;
}

static bool is_type(const jd_linted_key *of, const char *kty)
{
    return of->key != NULL && strcmp(jeton_key_type(of->key), kty) == 0;
}

/* ---- what it says of itself ----------------------------------------------------------------- */

static bool lacks_alg(const jd_linted_key *of)
{
    return of->is_jwk && of->key != NULL && jeton_key_alg(of->key) == JETON_ALG_UNSET;
}

static bool lacks_kid(const jd_linted_key *of)
{
    return of->is_jwk && of->key != NULL && jeton_key_id(of->key).len == 0;
}

static bool lacks_kid_alone(const jd_linted_key *of)
{
    return lacks_kid(of) && !of->has_siblings;
}

static bool lacks_kid_among_others(const jd_linted_key *of)
{
    return lacks_kid(of) && of->has_siblings;
}

/* RFC 8725 §3.10: programs have put it into paths and queries. */
static bool has_odd_kid(const jd_linted_key *of)
{
    const jeton_span kid = jt_get_text(of->jwk, "kid");
    for (size_t i = 0; i < kid.len; i++)
        if (kid.ptr[i] < ' ' || strchr("'\"\\`;$<>", (int)kid.ptr[i]) != NULL)
            return true;
    return kid.len >= 2 && memmem(kid.ptr, kid.len, "..", 2) != NULL;
}

static bool has_old_alg(const jd_linted_key *of)
{
    return is_text(of->jwk, "alg", "EdDSA");
}

/* ---- what it is for ------------------------------------------------------------------------- */

static bool is_for_encryption(const jd_linted_key *of)
{
    return is_text(of->jwk, "use", "enc");
}

static bool names_op(const jt_val *ops, const char *name)
{
    for (jt_iter it = jt_iter_of(ops); jt_iter_next(&it);) {
        jeton_span op;
        if (jt_val_text(it.val, &op) && jeton_span_equal(op, jeton_str(name)))
            return true;
    }
    return false;
}

static bool signs_or_verifies(const jd_linted_key *of)
{
    const jt_val *ops = jt_get(of->jwk, "key_ops");
    return names_op(ops, "sign") || names_op(ops, "verify");
}

/* RFC 7517 §4.3: the two must say the same. */
static bool contradicts_itself(const jd_linted_key *of)
{
    return has(of, "use") && has(of, "key_ops") && is_for_encryption(of) == signs_or_verifies(of);
}

static bool says_it_twice(const jd_linted_key *of)
{
    return has(of, "use") && has(of, "key_ops") && !contradicts_itself(of);
}

static bool has_no_op_of_ours(const jd_linted_key *of)
{
    return has(of, "key_ops") && !has(of, "use") && !signs_or_verifies(of);
}

static bool is_public_that_signs(const jd_linted_key *of)
{
    return of->key != NULL && !jeton_key_is_private(of->key) &&
           names_op(jt_get(of->jwk, "key_ops"), "sign");
}

/* ---- what must not be seen ------------------------------------------------------------------ */

static bool is_secret(const jd_linted_key *of)
{
    return is_text(of->jwk, "kty", "oct");
}

static bool publishes_secret(const jd_linted_key *of)
{
    return of->is_published && is_secret(of);
}

static bool publishes_private(const jd_linted_key *of)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "priv"};
    for (size_t i = 0; i < JT_COUNT(names); i++)
        if (of->is_published && has(of, names[i]))
            return true;
    return false;
}

/* ---- RSA ------------------------------------------------------------------------------------ */

static size_t modulus_bytes(const jd_linted_key *of)
{
    return is_type(of, "RSA") ? jt_base64url_bytes(jt_get_text(of->jwk, "n").len) : 0;
}

static bool is_smallish_rsa(const jd_linted_key *of)
{
    return modulus_bytes(of) > 0 && modulus_bytes(of) < 3072 / 8;
}

static bool is_slow_rsa(const jd_linted_key *of)
{
    return modulus_bytes(of) > 4096 / 8;
}

static bool has_odd_exponent(const jd_linted_key *of)
{
    return is_type(of, "RSA") && !is_text(of->jwk, "e", "AQAB");
}

/* ---- secrets: RFC 8725 §3.5, no words and no passwords ----------------------------------------
 */

typedef bool (*secret_test)(const uint8_t *bytes, size_t len);

/* Asks a question about a secret that was accepted, and wipes it. */
static bool ask_secret(const jd_linted_key *of, secret_test test)
{
    uint8_t bytes[JT_LIMIT_SECRET];
    const jeton_span k = jt_get_text(of->jwk, "k");
    if (!is_type(of, "oct") || jt_base64url_bytes(k.len) > sizeof bytes)
        return false;
    const size_t len = jt_base64url_bytes(k.len);
    const bool yes = jt_base64url_parse(k, bytes) && test(bytes, len);
    jt_wipe(bytes, sizeof bytes);
    return yes;
}

static bool is_printable(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] < ' ' || bytes[i] > '~')
            return false;
    return true;
}

static size_t count_different(const uint8_t *bytes, size_t len)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += !seen[bytes[i]];
        seen[bytes[i]] = true;
    }
    return count;
}

/* The first half over and over, or each byte as far from the last one as that from its own. */
static bool has_pattern(const uint8_t *bytes, size_t len)
{
    for (size_t period = 1; period <= len / 2; period++)
        if (memcmp(bytes, bytes + period, len - period) == 0)
            return true;
    const uint8_t step = (uint8_t)(bytes[1] - bytes[0]);
    for (size_t i = 2; i < len; i++)
        if ((uint8_t)(bytes[i] - bytes[i - 1]) != step)
            return false;
    return true;
}

/* Ten different bytes of thirty-two do not happen by chance. */
static bool is_guessable(const uint8_t *bytes, size_t len)
{
    return count_different(bytes, len) < 10 || has_pattern(bytes, len);
}

static bool has_guessable_secret(const jd_linted_key *of)
{
    return ask_secret(of, is_guessable);
}

static bool is_from_a_tutorial(const uint8_t *bytes, size_t len)
{
    static const char *const words[] = {"secret", "passw",   "change", "example", "default",
                                        "qwerty", "letmein", "12345",  "admin",   "your-"};
    char text[JT_LIMIT_SECRET + 1];
    if (!is_printable(bytes, len))
        return false;
    memcpy(text, bytes, len);
    text[len] = '\0';
    bool found = false;
    for (size_t i = 0; i < JT_COUNT(words); i++)
        found = found || strcasestr(text, words[i]) != NULL;
    jt_wipe(text, sizeof text);
    return found;
}

static bool has_tutorial_secret(const jd_linted_key *of)
{
    return ask_secret(of, is_from_a_tutorial);
}

/* Small letters, and what parts words. */
static bool is_words(const uint8_t *bytes, size_t len)
{
    size_t others = 0;
    for (size_t i = 0; i < len; i++) {
        const bool letter = (bytes[i] | 0x20) >= 'a' && (bytes[i] | 0x20) <= 'z';
        const bool parts = strchr(" -_.,!?'", bytes[i]) != NULL;
        others += !letter && !parts;
    }
    return is_printable(bytes, len) && others <= len / 10 && count_different(bytes, len) < 28;
}

static bool has_worded_secret(const jd_linted_key *of)
{
    return !has_tutorial_secret(of) && ask_secret(of, is_words);
}

/* 43 characters of base64 hold 256 bits, 32 of them do not. */
static bool is_short_text(const uint8_t *bytes, size_t len)
{
    return is_printable(bytes, len) && len < 43;
}

static bool has_text_secret(const jd_linted_key *of)
{
    return !has_tutorial_secret(of) && !has_worded_secret(of) && ask_secret(of, is_short_text);
}

/* ---- what is ignored ------------------------------------------------------------------------ */

static bool has_x5u(const jd_linted_key *of)
{
    return has(of, "x5u");
}

static bool has_x5t(const jd_linted_key *of)
{
    return has(of, "x5t");
}

static bool has_unknown_member(const jd_linted_key *of)
{
    static const char *const known[] = {"kty", "use",      "key_ops", "alg", "kid", "x5u", "x5c",
                                        "x5t", "x5t#S256", "crv",     "x",   "y",   "d",   "n",
                                        "e",   "p",        "q",       "dp",  "dq",  "qi",  "oth",
                                        "k",   "pub",      "priv",    "ext"};
    for (jt_iter it = jt_iter_of(of->jwk); jt_iter_next(&it);) {
        bool found = false;
        for (size_t i = 0; i < JT_COUNT(known); i++)
            found = found || jeton_span_equal(it.name, jeton_str(known[i]));
        if (!found)
            return true;
    }
    return false;
}

/* ---- the rules ------------------------------------------------------------------------------ */

static const struct rule {
    jd_severity severity;
    bool (*applies)(const jd_linted_key *of);
    const char *what, *advice;
} rules[] = {
    {JD_FINDING_ERROR, publishes_secret, "a secret among published keys",
     "whoever has seen it can sign: take it out, and make a new one"},
    {JD_FINDING_ERROR, publishes_private, "a private member in a published key",
     "whoever has seen it can sign: make a new key, and publish jeton key public"},
    {JD_FINDING_ERROR, has_guessable_secret, "a secret with a pattern, or of few different bytes",
     "jeton key new makes a random one (RFC 8725 §3.5)"},
    {JD_FINDING_ERROR, has_tutorial_secret, "a secret with a word that is tried first",
     "jeton key new makes a random one (RFC 8725 §3.5)"},
    {JD_FINDING_WARNING, has_worded_secret, "a secret that reads like words",
     "jeton key new makes a random one (RFC 8725 §3.5)"},
    {JD_FINDING_WARNING, has_text_secret, "a secret of text too short to hold 256 bits",
     "43 characters of base64 or 64 hexadecimal digits do"},
    {JD_FINDING_WARNING, lacks_alg, "no alg: each verifier has to know the algorithm by itself",
     "bind it: jeton key convert --alg (RFC 8725 §3.1)"},
    {JD_FINDING_WARNING, lacks_kid_among_others, "no kid, among several keys",
     "verifiers try it for every token: jeton key convert --kid"},
    {JD_FINDING_NOTE, lacks_kid_alone, "no kid", "it will be missed at the first change of keys"},
    {JD_FINDING_WARNING, has_odd_kid, "a kid with quotes, control characters or dots of a path",
     "programs put it into paths and queries (RFC 8725 §3.10): keep to letters and digits"},
    {JD_FINDING_NOTE, has_old_alg, "the old name EdDSA",
     "RFC 9864 says Ed25519 or Ed448: jeton key convert --alg; look whether all verifiers know it"},
    {JD_FINDING_WARNING, contradicts_itself, "use and key_ops contradict each other",
     "leave one of them out (RFC 7517 §4.3)"},
    {JD_FINDING_NOTE, says_it_twice, "both use and key_ops", "one is enough (RFC 7517 §4.3)"},
    {JD_FINDING_WARNING, has_no_op_of_ours, "key_ops without sign and verify",
     "the key can do nothing here"},
    {JD_FINDING_WARNING, is_public_that_signs, "a public key whose key_ops say sign",
     "it should say verify"},
    {JD_FINDING_NOTE, is_for_encryption, "a key for encryption", "it verifies no token"},
    {JD_FINDING_NOTE, is_smallish_rsa, "RSA of less than 3072 bits",
     "good for now; longer for keys that are to last past 2030 (NIST SP 800-57), or ES256"},
    {JD_FINDING_NOTE, is_slow_rsa, "RSA of more than 4096 bits", "slow, for nothing that is known"},
    {JD_FINDING_WARNING, has_odd_exponent, "an RSA exponent other than 65537",
     "some libraries refuse it, and small ones have a history"},
    {JD_FINDING_NOTE, has_x5u, "x5u is ignored", "nothing is fetched because a key says so"},
    {JD_FINDING_NOTE, has_x5t, "x5t is ignored", "it is SHA-1: x5t#S256 is read"},
    {JD_FINDING_NOTE, has_unknown_member, "a member that is not registered, which is ignored",
     NULL},
};

void jd_key_lint_rules(const jd_linted_key *of, jd_findings *findings)
{
    for (size_t i = 0; i < JT_COUNT(rules); i++)
        if (rules[i].applies(of))
            jd_findings_add(findings, rules[i].severity, of->where, rules[i].what, rules[i].advice);
}
