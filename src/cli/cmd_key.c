/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_key.c - jeton key: make keys and look at them, and look after those of a server. */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/key_convert.h"
#include "cli/key_lint.h"
#include "cli/key_operations.h"
#include "cli/key_output.h"
#include "cli/passphrase.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

static jeton_status print_key(const jd_args *args, const jeton_key *key, jeton_key_part part,
                              jeton_text **text, jeton_err *err)
{
    return jd_args_has(args, "--pem") ? jeton_key_print_pem(key, part, text, err)
                                      : jeton_key_print(key, part, text, err);
}

static jeton_status make_key(const jd_args *args, jeton_text **text, jeton_err *err)
{
    const jeton_alg alg = jeton_alg_find(jeton_str(jd_args_get(args, "--alg")));
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm of that name");
    if (jd_args_has(args, "--encrypt") && !jd_args_has(args, "--pem"))
        return jt_fail(err, JETON_E_ARGUMENT, "--encrypt goes with --pem");
    if (jd_args_has(args, "--passphrase-file") && !jd_args_has(args, "--encrypt"))
        return jt_fail(err, JETON_E_ARGUMENT, "--passphrase-file goes with --encrypt");
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jeton_key_generate(NULL, alg, jeton_str(jd_args_get(args, "--kid")), &key, err));
    if (jd_args_has(args, "--encrypt"))
        return jd_key_print_encrypted(key, jd_args_get(args, "--passphrase-file"),
                                      JD_NEW_PASSPHRASE_ENV, text, err);
    return print_key(args, key, JETON_KEY_PRIVATE, text, err);
}

static int key_new(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const jeton_status status = make_key(args, &text, &err);
    return status == JETON_OK ? jd_key_output(args, text) : jd_report_failure(args, status, &err);
}

/* A set stays a set, a single key a single key. */
static jeton_status publish(const jd_args *args, jeton_text **text, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_TRY(jd_input_keys_opened(args->operand, jd_args_get(args, "--passphrase-file"), &keys, err));
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
    return status == JETON_OK ? jd_key_output(args, text) : jd_report_failure(args, status, &err);
}

static jeton_status thumbprint(const jd_args *args, jeton_text **text, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jd_input_keys_opened(args->operand, jd_args_get(args, "--passphrase-file"), &keys, err));
    JT_TRY(jd_input_choose(args->operand, keys, jd_args_get(args, "--kid"), &key, err));
    return jd_args_has(args, "--uri") ? jeton_key_thumbprint_uri(key, text, err)
                                      : jeton_key_thumbprint(key, text, err);
}

static int key_thumbprint(const jd_args *args)
{
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    jeton_err err = {0};
    const jeton_status status = thumbprint(args, &text, &err);
    return status == JETON_OK ? jd_key_output(args, text) : jd_report_failure(args, status, &err);
}

#define PASSPHRASE_OPTION                                                                          \
    {                                                                                              \
        .name = "--passphrase-file", .value = "FILE",                                              \
        .help = "opens an encrypted PEM key; otherwise JETON_PASSPHRASE or the terminal does"      \
    }

static const jd_option new_options[] = {
    {.name = "--alg",
     .value = "ALG",
     .help = "HS256, RS256, PS256, ES256 (or 384, 512), ES256K, Ed25519, Ed448, ML-DSA-44 (65, 87)",
     .required = true},
    {.name = "--kid", .value = "KID", .help = "the key's name; by default its thumbprint"},
    {.name = "--pem", .help = "print PKCS#8 PEM instead of a JWK"},
    {.name = "--encrypt", .help = "with --pem: encrypt it under a passphrase"},
    {.name = "--passphrase-file",
     .value = "FILE",
     .help = "that passphrase; otherwise JETON_NEW_PASSPHRASE or the terminal"},
    JD_OUT_OPTION,
    {.name = NULL},
};

static const jd_option public_options[] = {
    {.name = "--pem", .help = "print PEM instead of a JWK"},
    PASSPHRASE_OPTION,
    {.name = NULL},
};

static const jd_option thumbprint_options[] = {
    {.name = "--kid", .value = "KID", .help = "which key of a set"},
    {.name = "--uri", .help = "print it as a URI (RFC 9278)"},
    PASSPHRASE_OPTION,
    {.name = NULL},
};

const jd_command jd_key_commands[] = {
    {.noun = "key",
     .verb = "new",
     .summary = "Makes a key and prints it, private part included.",
     .options = new_options,
     .run = key_new},
    {.noun = "key",
     .verb = "convert",
     .operand = "FILE|-",
     .summary =
         "Prints a JWK, JWK Set, PEM or DER key in another form, or makes a key of a secret.",
     .options = jd_key_convert_options,
     .run = jd_key_convert},
    {.noun = "key",
     .verb = "public",
     .operand = "FILE|-",
     .summary = "Prints the public part of a JWK, JWK Set, PEM or DER key. Secrets have none.",
     .options = public_options,
     .run = key_public},
    {.noun = "key",
     .verb = "thumbprint",
     .operand = "FILE|-",
     .summary = "Prints the SHA-256 thumbprint of a key (RFC 7638), base64url.",
     .options = thumbprint_options,
     .run = key_thumbprint},
    {.noun = "key",
     .verb = "lint",
     .operand = "FILE|-",
     .summary = "Judges a key or a key set: what a verifier would refuse, what is weak or unclear.",
     .options = jd_key_lint_options,
     .run = jd_key_lint},
    {.noun = "key",
     .verb = "list",
     .summary = "Lists the keys a server signs with: kid, algorithm, state.",
     .options = jd_key_list_options,
     .run = jd_key_list},
    {.noun = "key",
     .verb = "rotate",
     .summary = "Makes the server sign with its next key, as soon as everybody can know that.",
     .options = jd_key_rotate_options,
     .run = jd_key_rotate},
    {.noun = "key",
     .verb = "withdraw",
     .operand = "KID",
     .summary = "Refuses every token signed with a key, at once and for good.",
     .options = jd_key_withdraw_options,
     .run = jd_key_withdraw_one},
    {.noun = "key",
     .verb = "secret",
     .operand = "CLIENT",
     .summary = "Gives a client another secret to sign its tokens with (HS256).",
     .options = jd_key_secret_options,
     .run = jd_key_secret},
    {.noun = "key",
     .verb = "rewrap",
     .summary = "Changes the master key of a data folder; the server must not be running.",
     .options = jd_key_rewrap_options,
     .run = jd_key_rewrap},
    {.noun = NULL},
};
