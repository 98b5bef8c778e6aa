/* SPDX-License-Identifier: Apache-2.0 */
/* cli/client_fields.c - tables of options and arguments. */
#include "cli/client_fields.h"

#include "cli/signing_secret.h"
#include "core/auto.h"
#include "core/err.h"
#include "sys/config.h"

#include <string.h>

typedef struct field {
    const char *option, *argument;
} field;

static const field texts[] = {{"--name", "name"}, {"--audience", "audience"}, {"--alg", "alg"}};

static const field lives[JD_CLIENT_LIVES] = {
    {"--access-ttl", "access_ttl"},
    {"--refresh-ttl", "refresh_ttl"},
    {"--session-ttl", "session_ttl"},
};

jd_client_fields jd_client_fields_of(const jd_args *args)
{
    return (jd_client_fields){.args = args,
                              .scopes = jt_buf_init(NULL),
                              .grants = jt_buf_init(NULL),
                              .signing = jt_buf_init(NULL)};
}

void jd_client_fields_done(jd_client_fields *fields)
{
    jt_buf_done(&fields->scopes);
    jt_buf_done(&fields->grants);
    jt_buf_done(&fields->signing);
}

/* The words of an option that may be given more than once, as one list. */
static jeton_status join(const jd_args *args, const char *option, jt_buf *words, jeton_err *err)
{
    size_t at = 0;
    const char *word;
    while ((word = jd_args_next(args, option, &at)) != NULL)
        JT_TRY(jt_buf_addf(words, err, "%s%s", words->len > 0 ? " " : "", word));
    return JETON_OK;
}

/* Seconds with a unit are what the settings take; the one that reads them is theirs. */
static jeton_status read_life(const jd_args *args, const char *option, int64_t *seconds,
                              jeton_err *err)
{
    const char *text = jd_args_get(args, option);
    *seconds = 0;
    if (text == NULL || strcmp(text, "0") == 0)
        return JETON_OK;
    jd_config config;
    jd_config_init(&config);
    /* the setting with the widest bounds: the server judges the value */
    if (jd_config_set(&config, jeton_str("session-ttl"), jeton_str(text), NULL) != JETON_OK)
        return jt_fail(err, JETON_E_ARGUMENT, "%s is a time: 90s, 15m, 12h or 7d", option);
    *seconds = config.session_ttl;
    return JETON_OK;
}

jeton_status jd_client_fields_read(jd_client_fields *fields, jeton_err *err)
{
    const jd_args *args = fields->args;
    JT_TRY(join(args, "--scope", &fields->scopes, err));
    JT_TRY(join(args, "--grant", &fields->grants, err));
    if (jd_args_has(args, "--alg") || jd_args_has(args, "--signing-secret-file"))
        JT_TRY(jd_signing_secret_read(args, &fields->signing, err));
    for (size_t i = 0; i < JD_CLIENT_LIVES; i++)
        JT_TRY(read_life(args, lives[i].option, &fields->lives[i], err));
    return JETON_OK;
}

void jd_client_fields_fill(void *fields, jt_tree *tree, jt_node *to)
{
    const jd_client_fields *of = fields;
    const jd_args *args = of->args;
    if (args->operand != NULL)
        jt_put_text(tree, to, "id", jeton_str(args->operand));
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        if (jd_args_has(args, texts[i].option))
            jt_put_text(tree, to, texts[i].argument, jeton_str(jd_args_get(args, texts[i].option)));
    for (size_t i = 0; i < JD_CLIENT_LIVES; i++)
        if (jd_args_has(args, lives[i].option))
            jt_put_int(tree, to, lives[i].argument, of->lives[i]);
    if (jd_args_has(args, "--scope"))
        jt_put_text(tree, to, "scopes", jt_buf_span(&of->scopes));
    if (jd_args_has(args, "--grant"))
        jt_put_text(tree, to, "grants", jt_buf_span(&of->grants));
    if (jd_args_has(args, "--public"))
        jt_put_bool(tree, to, "public", true);
    if (of->signing.len > 0)
        jt_put_text(tree, to, "signing_secret", jt_buf_span(&of->signing));
}
