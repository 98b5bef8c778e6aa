/* SPDX-License-Identifier: Apache-2.0 */
/* bench/fixture.c - keys, tokens and verifiers to be measured. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define LIFETIME 3153600000U /* seconds: a hundred years, so that no check fails */

const char bench_claims[] =
    "{\"iss\":\"https://login.example.com\",\"sub\":\"user-4711\",\"aud\":\"https://"
    "api.example.com\","
    "\"client_id\":\"web\",\"iat\":1700000000,\"exp\":4102444800,\"jti\":\"q3mZ8vWxT1c0LkQy\","
    "\"sid\":\"s-81723\",\"rev\":9,\"roles\":[\"editor\"],\"scope\":\"read\"}";
_Static_assert(sizeof bench_claims - 1 == 220, "what the numbers in docs are about");

const char bench_secret[] = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF";

static const jeton_token_defaults defaults = {.typ = "at+jwt"};

/* ---- a heap that counts --------------------------------------------------------------------- */

static void *counted_alloc(void *user, size_t size)
{
    ((bench_fixture *)user)->allocations++;
    return malloc(size);
}

static void *counted_resize(void *user, void *ptr, size_t size)
{
    ((bench_fixture *)user)->allocations++;
    return realloc(ptr, size);
}

static void counted_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

/* ---- making --------------------------------------------------------------------------------- */

static bool is_hmac(jeton_alg alg)
{
    return strncmp(jeton_alg_name(alg), "HS", 2) == 0;
}

static jeton_status make_key(bench_fixture *f, jeton_err *err)
{
    const jeton_span kid = jeton_str("2026-11-key-1");
    if (is_hmac(f->alg))
        return jeton_key_from_secret(f->ctx, f->alg, jeton_str(bench_secret), kid, &f->key, err);
    return jeton_key_generate(f->ctx, f->alg, kid, &f->key, err);
}

static jeton_status nothing_is_revoked(void *user, const jeton_verdict *verdict)
{
    (void)user;
    (void)verdict;
    return JETON_OK;
}

static bool make(bench_fixture *f, jeton_err *err)
{
    const jeton_ctx_options options = {
        .alloc = counted_alloc, .resize = counted_resize, .release = counted_release, .user = f};
    const jeton_policy policy = {.algs = JETON_ALG_BIT(f->alg),
                                 .issuers = {"https://login.example.com"},
                                 .audiences = {"https://api.example.com"},
                                 .typ = "at+jwt",
                                 .require = {"sub", "jti"},
                                 .leeway = 5,
                                 .max_age = LIFETIME};
    if (jeton_ctx_new(&options, &f->ctx, err) != JETON_OK || make_key(f, err) != JETON_OK)
        return false;
    const jeton_key *const keys[] = {f->key};
    if (jeton_keyset_new(f->ctx, keys, 1, &f->keys, err) != JETON_OK ||
        jeton_claims_parse(f->ctx, jeton_str(bench_claims), &f->claims, err) != JETON_OK ||
        jeton_signer_new(f->ctx, f->key, f->alg, &defaults, &f->signer, err) != JETON_OK ||
        jeton_sign(f->signer, f->claims, &f->token, err) != JETON_OK ||
        jeton_verifier_new(f->ctx, &policy, f->keys, &f->verifier, err) != JETON_OK ||
        jeton_verdict_new(f->ctx, &f->verdict, err) != JETON_OK)
        return false;
    jeton_verifier_on_revocation(f->verifier, nothing_is_revoked, NULL);
    return jeton_verify(f->verifier, jeton_text_span(f->token), f->verdict) == JETON_OK;
}

bool bench_fixture_init(bench_fixture *fixture, jeton_alg alg)
{
    jeton_err err = {0};
    *fixture = (bench_fixture){.alg = alg};
    if (make(fixture, &err))
        return true;
    const char *why = fixture->verdict != NULL ? jeton_verdict_why(fixture->verdict) : err.text;
    (void)fprintf(stderr, "bench: %s: %s\n", jeton_alg_name(alg), why);
    return false;
}

void bench_fixture_done(bench_fixture *fixture)
{
    jeton_text_free(&fixture->token);
    jeton_verdict_free(&fixture->verdict);
    jeton_verifier_free(&fixture->verifier);
    jeton_signer_free(&fixture->signer);
    jeton_claims_free(&fixture->claims);
    jeton_keyset_free(&fixture->keys);
    jeton_key_free(&fixture->key);
    jeton_ctx_free(&fixture->ctx);
}

/* ---- what is measured ----------------------------------------------------------------------- */

bool bench_verify(void *self)
{
    bench_fixture *f = self;
    return jeton_verify(f->verifier, jeton_text_span(f->token), f->verdict) == JETON_OK;
}

bool bench_sign(void *self)
{
    bench_fixture *f = self;
    jeton_text *token = NULL;
    const bool made = jeton_sign(f->signer, f->claims, &token, NULL) == JETON_OK;
    jeton_text_free(&token);
    return made;
}
