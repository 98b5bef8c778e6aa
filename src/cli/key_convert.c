/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_convert.c - keys from one form to another, and secrets to keys.
 *
 * JWK, PEM and DER say what they are. A secret does not: it is one only with --from raw or hex. */
#include "cli/key_convert.h"

#include "cli/input.h"
#include "cli/key_output.h"
#include "cli/passphrase.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/secret.h"
#include "crypto/der_form.h"
#include "crypto/sha2.h"
#include "keys/alg.h"
#include "json/json.h"

/* ---- secrets -------------------------------------------------------------------------------- */

/* Editors and echo end a file with a newline that nobody means: one is not part of the secret. */
static jeton_span without_newline(jeton_span text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n')
        text.len--;
    if (text.len > 0 && text.ptr[text.len - 1] == '\r')
        text.len--;
    return text;
}

static bool holds(jeton_span text, const char *what)
{
    return text.ptr != NULL && memmem(text.ptr, text.len, what, strlen(what)) != NULL;
}

static bool is_jwk(jeton_span bytes)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    const jeton_status status = jt_json_parse(NULL, bytes, &doc, NULL);
    const jt_val *root = jt_json_root(doc);
    return status == JETON_OK && (jt_get(root, "kty") != NULL || jt_get(root, "keys") != NULL);
}

/* Good or not; PEM also where white space was lost that its reader insists on. */
static bool is_key(jeton_span bytes)
{
    return holds(bytes, "-----BEGIN ") || holds(bytes, " KEY-----") || is_jwk(bytes) ||
           jt_der_form_of(bytes) != JT_DER_UNKNOWN;
}

/* Whoever has the public key could forge with it, were it a secret: the oldest of confusions. */
static jeton_status secret_of_raw(jt_buf *bytes, jeton_span *secret, jeton_err *err)
{
    const jeton_span all = jt_buf_span(bytes);
    *secret = without_newline(all);
    if (is_key(all) || is_key(*secret)) /* DER may end in a byte that is a newline */
        return jt_fail(err, JETON_E_KEY, "this is a key of another form, and no secret");
    return JETON_OK;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. */
static jeton_status secret_of_hex(jt_buf *bytes, jeton_span *secret, jeton_err *err)
{
    jd_input_trim(bytes);
    if (bytes->len % 2 != 0)
        return jt_fail(err, JETON_E_KEY, "an odd number of hexadecimal digits");
    for (size_t i = 0; i < bytes->len; i += 2) {
        const int high = digit_of(bytes->ptr[i]);
        const int low = digit_of(bytes->ptr[i + 1]);
        if (high < 0 || low < 0)
            return jt_fail(err, JETON_E_KEY, "something that is no hexadecimal digit");
        bytes->ptr[i / 2] = (uint8_t)(high << 4 | low);
    }
    *secret = jeton_bytes(bytes->ptr, bytes->len / 2);
    return JETON_OK;
}

static jeton_status alg_of(const jd_args *args, jeton_alg *alg, jeton_err *err)
{
    const char *name = jd_args_get(args, "--alg");
    *alg = jeton_alg_find(jeton_str(name));
    if (name != NULL && *alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm of that name");
    return JETON_OK;
}

/* A secret of the wrong length is the usual mistake: say what would do. */
static jeton_status check_length(jeton_alg alg, jeton_span secret, jeton_err *err)
{
    const jt_alg *row = jt_alg_row(alg);
    if (row == NULL || strcmp(row->kty, "oct") != 0)
        return jt_fail(err, JETON_E_ARGUMENT, "a secret needs --alg HS256, HS384 or HS512");
    const size_t least = jt_hash_len(row->hash);
    if (secret.len < least || secret.len > JT_LIMIT_SECRET)
        return jt_fail(err, JETON_E_KEY,
                       "a secret of %zu bytes, and %s takes %zu to %zu (RFC 7518 §3.2): "
                       "jeton key new --alg %s makes a good one",
                       secret.len, row->name, least, JT_LIMIT_SECRET, row->name);
    return JETON_OK;
}

static jeton_status keys_of_secret(const jd_args *args,
                                   jeton_status (*read)(jt_buf *, jeton_span *, jeton_err *),
                                   jeton_keyset **keys, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(NULL);
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    jeton_span secret;
    jeton_alg alg;
    JT_TRY(alg_of(args, &alg, err));
    JT_TRY(jd_input_read(args->operand, 4 * JT_LIMIT_SECRET, &bytes, err));
    JT_TRY(read(&bytes, &secret, err));
    JT_TRY(check_length(alg, secret, err));
    JT_TRY(jeton_key_from_secret(NULL, alg, secret, jeton_str(NULL), &key, err));
    const jeton_key *const only[] = {key};
    return jeton_keyset_new(NULL, only, 1, keys, err);
}

/* ---- what comes in -------------------------------------------------------------------------- */

static const struct source {
    const char *name;
    jd_key_form form;
    jeton_status (*secret)(jt_buf *bytes, jeton_span *secret, jeton_err *err);
} sources[] = {
    {"jwk", JD_FORM_JSON, NULL},          {"jwks", JD_FORM_JSON, NULL},
    {"pem", JD_FORM_PEM, NULL},           {"der", JD_FORM_DER, NULL},
    {"raw", JD_FORM_NONE, secret_of_raw}, {"hex", JD_FORM_NONE, secret_of_hex},
};

static const struct source *find_source(const char *name)
{
    for (size_t i = 0; i < JT_COUNT(sources); i++)
        if (strcmp(sources[i].name, name) == 0)
            return &sources[i];
    return NULL;
}

static jeton_status load(const jd_args *args, jeton_keyset **keys, jeton_err *err)
{
    const char *from = jd_args_get(args, "--from");
    const struct source *source = from != NULL ? find_source(from) : NULL;
    if (from != NULL && source == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "--from takes raw, hex, jwk, jwks, pem or der");
    if (source != NULL && source->secret != NULL)
        return keys_of_secret(args, source->secret, keys, err);
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(NULL);
    JT_TRY(jd_input_key_bytes(args->operand, &bytes, err));
    if (source != NULL && jd_key_form_of(jt_buf_span(&bytes)) != source->form)
        return jt_fail(err, JETON_E_KEY, "%.80s is not %s", args->operand, source->name);
    return jd_input_parse_keys(args->operand, jt_buf_span(&bytes),
                               jd_args_get(args, "--passphrase-file"), keys, err);
}

/* ---- what goes out -------------------------------------------------------------------------- */

/* Everything there is, unless it is to be public or is. */
static jeton_key_part part_of(const jd_args *args, const jeton_keyset *keys)
{
    bool any_private = false;
    for (size_t i = 0; i < jeton_keyset_count(keys); i++)
        any_private = any_private || jeton_key_is_private(jeton_keyset_get(keys, i));
    return any_private && !jd_args_has(args, "--public") ? JETON_KEY_PRIVATE : JETON_KEY_PUBLIC;
}

/* --kid chooses one of several keys, and names a single one; --alg binds it. */
static jeton_status one_key(const jd_args *args, const jeton_keyset *keys, jeton_key **key,
                            jeton_err *err)
{
    const char *kid = jd_args_get(args, "--kid");
    JT_AUTO(jeton_key_free) jeton_key *found = NULL;
    jeton_alg alg;
    JT_TRY(alg_of(args, &alg, err));
    JT_TRY(jd_input_choose(args->operand, keys, jeton_keyset_count(keys) > 1 ? kid : NULL, &found,
                           err));
    return jeton_key_bind(found, alg, jeton_str(kid), key, err);
}

static jeton_status print_jwk(const jd_args *args, const jeton_key *key, jeton_key_part part,
                              jeton_text **text, jeton_err *err)
{
    (void)args;
    return jeton_key_print(key, part, text, err);
}

static jeton_status print_pem(const jd_args *args, const jeton_key *key, jeton_key_part part,
                              jeton_text **text, jeton_err *err)
{
    const char *file = jd_args_get(args, "--new-passphrase-file");
    if (!jd_args_has(args, "--encrypt") && file == NULL)
        return jeton_key_print_pem(key, part, text, err);
    if (part == JETON_KEY_PUBLIC)
        return jt_fail(err, JETON_E_KEY_USE, "a public key is not encrypted");
    return jd_key_print_encrypted(key, file, JD_NEW_PASSPHRASE_ENV, text, err);
}

static jeton_status print_der(const jd_args *args, const jeton_key *key, jeton_key_part part,
                              jeton_text **text, jeton_err *err)
{
    (void)args;
    return jeton_key_print_der(key, part, text, err);
}

static jeton_status print_jwks(const jd_args *args, const jeton_key *key, jeton_key_part part,
                               jeton_text **text, jeton_err *err)
{
    (void)args;
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    const jeton_key *const only[] = {key};
    JT_TRY(jeton_keyset_new(NULL, only, 1, &keys, err));
    return jeton_keyset_print(keys, part, text, err);
}

static const struct target {
    const char *name;
    jeton_status (*print)(const jd_args *args, const jeton_key *key, jeton_key_part part,
                          jeton_text **text, jeton_err *err);
} targets[] = {{"jwk", print_jwk}, {"pem", print_pem}, {"der", print_der}, {"jwks", print_jwks}};

static jeton_status find_target(const jd_args *args, const struct target **target, jeton_err *err)
{
    const char *name = jd_args_get(args, "--to");
    const bool sealed =
        jd_args_has(args, "--encrypt") || jd_args_has(args, "--new-passphrase-file");
    *target = NULL;
    for (size_t i = 0; i < JT_COUNT(targets); i++)
        if (strcmp(targets[i].name, name != NULL ? name : "jwk") == 0)
            *target = &targets[i];
    if (*target == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "--to takes jwk, pem, der or jwks");
    if (sealed && (*target)->print != print_pem)
        return jt_fail(err, JETON_E_ARGUMENT, "only --to pem can be encrypted");
    return JETON_OK;
}

static jeton_status convert(const jd_args *args, const struct target *target, jeton_text **text,
                            jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(load(args, &keys, err));
    const jeton_key_part part = part_of(args, keys);
    const bool whole = !jd_args_has(args, "--kid") && !jd_args_has(args, "--alg");
    if (target->print == print_jwks && jeton_keyset_count(keys) > 1 && whole)
        return jeton_keyset_print(keys, part, text, err);
    JT_TRY(one_key(args, keys, &key, err));
    return target->print(args, key, part, text, err);
}

int jd_key_convert(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const struct target *target;
    jeton_status status = find_target(args, &target, &err);
    if (status == JETON_OK)
        status = convert(args, target, &text, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return target->print == print_der ? jd_key_output_der(args, text) : jd_key_output(args, text);
}

const jd_option jd_key_convert_options[] = {
    {.name = "--to", .value = "FORM", .help = "jwk (the default), pem (PKCS#8), der or jwks"},
    {.name = "--from",
     .value = "FORM",
     .help = "raw or hex: the file is a secret, but for one newline at its end; needs --alg. "
             "jwk, jwks, pem, der: refuse anything else"},
    {.name = "--public", .help = "print the public part only"},
    {.name = "--alg", .value = "ALG", .help = "bind the key to this algorithm"},
    {.name = "--kid", .value = "KID", .help = "name the key; of several keys: choose that one"},
    {.name = "--passphrase-file",
     .value = "FILE",
     .help = "opens an encrypted PEM key; otherwise JETON_PASSPHRASE or the terminal does"},
    {.name = "--encrypt", .help = "with --to pem: encrypt under a new passphrase"},
    {.name = "--new-passphrase-file",
     .value = "FILE",
     .help = "that passphrase; otherwise JETON_NEW_PASSPHRASE or the terminal"},
    JD_OUT_OPTION,
    {.name = NULL},
};
