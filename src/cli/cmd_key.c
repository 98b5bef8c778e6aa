/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_key.c - jeton key new|public|thumbprint: make keys, and look at them. */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

static jeton_status print_key(const jd_args *args, const jeton_key *key, jeton_key_part part,
                              jeton_text **text, jeton_err *err)
{
    return jd_args_has(args, "--pem") ? jeton_key_print_pem(key, part, text, err)
                                      : jeton_key_print(key, part, text, err);
}

/* JWKs end without a newline, PEM blocks with one. */
static int report_key(const jd_args *args, const jeton_text *text)
{
    const jeton_span span = jeton_text_span(text);
    const bool ended = span.len > 0 && span.ptr[span.len - 1] == '\n';
    return ended ? jd_report_bytes(args, span) : jd_report_line(args, span);
}

static jeton_status make_key(const jd_args *args, jeton_text **text, jeton_err *err)
{
    const jeton_alg alg = jeton_alg_find(jeton_str(jd_args_get(args, "--alg")));
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm of that name");
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jeton_key_generate(NULL, alg, jeton_str(jd_args_get(args, "--kid")), &key, err));
    return print_key(args, key, JETON_KEY_PRIVATE, text, err);
}

static int key_new(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const jeton_status status = make_key(args, &text, &err);
    return status == JETON_OK ? report_key(args, text) : jd_report_failure(args, status, &err);
}

/* A set stays a set, a single key a single key. */
static jeton_status publish(const jd_args *args, jeton_text **text, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(jd_input_keys(args->operand, &keys, err));
    if (jeton_keyset_count(keys) == 1)
        return print_key(args, jeton_keyset_get(keys, 0), JETON_KEY_PUBLIC, text, err);
    if (jd_args_has(args, "--pem"))
        return jt_fail(err, JETON_E_ARGUMENT, "--pem prints one key, and this is a set");
    return jeton_keyset_print(keys, JETON_KEY_PUBLIC, text, err);
}

static int key_public(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const jeton_status status = publish(args, &text, &err);
    return status == JETON_OK ? report_key(args, text) : jd_report_failure(args, status, &err);
}

static jeton_status thumbprint(const jd_args *args, jeton_text **text, jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jd_input_key(args->operand, jd_args_get(args, "--kid"), &key, err));
    return jeton_key_thumbprint(key, text, err);
}

static int key_thumbprint(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const jeton_status status = thumbprint(args, &text, &err);
    return status == JETON_OK ? report_key(args, text) : jd_report_failure(args, status, &err);
}

static const jd_option new_options[] = {
    {.name = "--alg",
     .value = "ALG",
     .help = "HS256, RS256, PS256, ES256 (or 384, 512), ES256K, Ed25519, Ed448, ML-DSA-44 (65, 87)",
     .required = true},
    {.name = "--kid", .value = "KID", .help = "the key's name; by default its thumbprint"},
    {.name = "--pem", .help = "print PKCS#8 PEM instead of a JWK"},
    {.name = NULL},
};

static const jd_option public_options[] = {
    {.name = "--pem", .help = "print PEM instead of a JWK"},
    {.name = NULL},
};

static const jd_option thumbprint_options[] = {
    {.name = "--kid", .value = "KID", .help = "which key of a set"},
    {.name = NULL},
};

const jd_command jd_key_commands[] = {
    {.noun = "key",
     .verb = "new",
     .summary = "Makes a key and prints it, private part included.",
     .options = new_options,
     .run = key_new},
    {.noun = "key",
     .verb = "public",
     .operand = "FILE|-",
     .summary = "Prints the public part of a JWK, JWK Set or PEM key. Secrets have none.",
     .options = public_options,
     .run = key_public},
    {.noun = "key",
     .verb = "thumbprint",
     .operand = "FILE|-",
     .summary = "Prints the SHA-256 thumbprint of a key (RFC 7638), base64url.",
     .options = thumbprint_options,
     .run = key_thumbprint},
    {.noun = NULL},
};
