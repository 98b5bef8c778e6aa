/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc_jws.c - JWS in their forms and in parts, for test_alloc.c. */
#include "alloc.h"

jeton_status alloc_make_jws(bool detached, jeton_text **text, jeton_err *err)
{
    const jeton_jws_signature by[] = {
        {.key = given.key,
         .typ = "t",
         .cty = "c",
         .protected_as = jeton_str("{\"x\":[1,{\"y\":null}]}"),
         .unprotected = jeton_str("{\"z\":\"open\"}")},
        {.key = given.secret},
    };
    const jeton_jws_options options = {
        .form = JETON_JWS_GENERAL, .detached = detached, .unencoded = detached};
    return jeton_jws_sign(ctx, by, COUNT(by), jeton_str("octets"), &options, text, err);
}

static jeton_status jws_sign(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = alloc_make_jws(false, &text, err);
    *had = had_text(text);
    return status;
}

static const jeton_jws_policy jws_policy = {
    .forms = JETON_JWS_GENERAL, .all = true, .allow = JETON_JWS_ALLOW_UNENCODED};

static bool had_jws(jeton_jws *jws)
{
    const bool had = jws != NULL;
    jeton_jws_free(&jws);
    return had;
}

static jeton_status jws_verify(bool *had, jeton_err *err)
{
    jeton_jws *jws = BOGUS;
    const jeton_status status =
        jeton_jws_verify(ctx, given.keys, &jws_policy, jeton_text_span(given.jws), NULL, &jws, err);
    *had = had_jws(jws);
    return status;
}

static jeton_status jws_verify_detached(bool *had, jeton_err *err)
{
    const jeton_span octets = jeton_str("octets");
    jeton_jws *jws = BOGUS;
    const jeton_status status = jeton_jws_verify(
        ctx, given.keys, &jws_policy, jeton_text_span(given.detached), &octets, &jws, err);
    *had = had_jws(jws);
    return status;
}

static jeton_status jws_sign_in_parts(bool *had, jeton_err *err)
{
    const jeton_jws_signature by[] = {{.key = given.key}, {.key = given.secret}};
    const jeton_jws_options options = {.form = JETON_JWS_GENERAL};
    jeton_jws_stream *stream = BOGUS;
    jeton_text *text = NULL;
    jeton_status status = jeton_jws_sign_begin(ctx, by, COUNT(by), &options, &stream, err);
    assert_true((stream != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jeton_jws_add(stream, jeton_str("octets"));
        text = BOGUS;
        status = jeton_jws_sign_end(stream, &text, err);
    }
    *had = had_text(text);
    jeton_jws_stream_free(&stream);
    return status;
}

static jeton_status jws_verify_in_parts(bool *had, jeton_err *err)
{
    jeton_jws_stream *stream = BOGUS;
    jeton_jws *jws = NULL;
    jeton_status status = jeton_jws_verify_begin(ctx, given.keys, &jws_policy,
                                                 jeton_text_span(given.detached), &stream, err);
    assert_true((stream != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jeton_jws_add(stream, jeton_str("octets"));
        jws = BOGUS;
        status = jeton_jws_verify_end(stream, &jws, err);
    }
    *had = had_jws(jws);
    jeton_jws_stream_free(&stream);
    return status;
}

static jeton_status jws_unsecured_print(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status =
        jeton_jws_unsecured_print(ctx, "t", jeton_str("octets"), &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status jws_unsecured_parse(bool *had, jeton_err *err)
{
    jeton_text *payload = BOGUS;
    const jeton_status status =
        jeton_jws_unsecured_parse(ctx, jeton_text_span(given.unsecured), &payload, err);
    *had = had_text(payload);
    return status;
}

const alloc_call alloc_jws[] = {
    {"jeton_jws_sign", jws_sign},
    {"jeton_jws_verify", jws_verify},
    {"jeton_jws_verify, detached", jws_verify_detached},
    {"jeton_jws_sign_begin to the end", jws_sign_in_parts},
    {"jeton_jws_verify_begin to the end", jws_verify_in_parts},
    {"jeton_jws_unsecured_print", jws_unsecured_print},
    {"jeton_jws_unsecured_parse", jws_unsecured_parse},
    {NULL, NULL},
};
