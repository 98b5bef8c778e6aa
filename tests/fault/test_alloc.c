/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/test_alloc.c - every public call with allocation 0, 1, 2, … failing, until it has all
 * it wants: it says JETON_E_NOMEM, leaves its outputs empty, and everything is given back.
 *
 * What OpenSSL and libsodium allocate is theirs and does not fail here.
 */
#include <jeton.h>

#include "../unit/segment/image.h"
#include "../unit/unit.h"

#include <stdio.h>

static unit_heap heap;
static jeton_ctx *ctx;

/* What calls need, made with all the memory in the world: a private key of each kind, and a token.
 */
static struct {
    jeton_key *key, *secret;
    jeton_keyset *keys;
    jeton_text *jwk, *jwks, *pem, *der, *sealed, *public_jwk, *token, *jws, *detached, *unsecured;
    jeton_claims *claims;
    jeton_signer *signer;
    jeton_verifier *verifier, *caching;
    jeton_segment *segment;
    jeton_guard *guard;
    jeton_issuer *issuer;
} given;

static char segment_path[] = "/tmp/jeton-fault-XXXXXX";

static const jeton_token_defaults defaults = {
    .issuer = "https://i", .audience = "a", .typ = "at+jwt", .lifetime = 60, .jti = true};

static const jeton_policy policy = {.issuers = {"https://i", "https://j"},
                                    .audiences = {"a", "b"},
                                    .typ = "at+jwt",
                                    .require = {"sub", "jti"},
                                    .subject = "alice",
                                    .max_life = 60,
                                    .rules = {{"sub", JETON_RULE_ONE_OF, "[\"alice\",{\"a\":1}]"},
                                              {"/sub", JETON_RULE_STARTS_WITH, "\"al\""},
                                              {"gone", JETON_RULE_ABSENT, NULL}}};

/* ---- the calls: each empties what it made, and says whether there was something ---------------
 */

static bool had_key(jeton_key *key)
{
    const bool had = key != NULL;
    jeton_key_free(&key);
    return had;
}

static bool had_text(jeton_text *text)
{
    const bool had = text != NULL;
    jeton_text_free(&text);
    return had;
}

static bool had_keyset(jeton_keyset *set)
{
    const bool had = set != NULL;
    jeton_keyset_free(&set);
    return had;
}

static jeton_status key_parse(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse(ctx, jeton_text_span(given.jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_pem(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_pem(ctx, jeton_text_span(given.pem), JETON_ES256,
                                                    jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_pem_encrypted(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_pem_encrypted(
        ctx, jeton_text_span(given.sealed), jeton_str("p"), JETON_ES256, jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_der(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_parse_der(ctx, jeton_text_span(given.der), JETON_ES256,
                                                    jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_parse_public(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status =
        jeton_key_parse_public(ctx, jeton_text_span(given.public_jwk), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_bind(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_bind(given.key, JETON_ES256, jeton_str("b"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_from_secret(bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_from_secret(
        ctx, JETON_HS256, jeton_str("0123456789abcdef0123456789abcdef"), jeton_str("k"), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status generate(jeton_alg alg, bool *had, jeton_err *err)
{
    jeton_key *key = BOGUS;
    const jeton_status status = jeton_key_generate(ctx, alg, jeton_str(NULL), &key, err);
    *had = had_key(key);
    return status;
}

static jeton_status key_generate_secret(bool *had, jeton_err *err)
{
    return generate(JETON_HS256, had, err);
}

static jeton_status key_generate_pair(bool *had, jeton_err *err)
{
    return generate(JETON_ES256, had, err);
}

static jeton_status key_generate_ed25519(bool *had, jeton_err *err)
{
    return generate(JETON_ED25519, had, err);
}

static jeton_status key_print(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print(given.key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_secret(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print(given.secret, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_pem(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_print_pem(given.key, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_pem_encrypted(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status =
        jeton_key_print_pem_encrypted(given.key, jeton_str("p"), &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_print_der(bool *had, jeton_err *err)
{
    jeton_text *bytes = BOGUS;
    const jeton_status status = jeton_key_print_der(given.key, JETON_KEY_PRIVATE, &bytes, err);
    *had = had_text(bytes);
    return status;
}

static jeton_status key_thumbprint_uri(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_thumbprint_uri(given.key, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status key_thumbprint(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_key_thumbprint(given.key, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status keyset_parse(bool *had, jeton_err *err)
{
    jeton_keyset *set = BOGUS;
    const jeton_status status = jeton_keyset_parse(ctx, jeton_text_span(given.jwks), &set, err);
    if (status == JETON_OK) /* a key may not be skipped for want of memory */
        assert_int_equal(jeton_keyset_skipped(set), 0);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_parse_public(bool *had, jeton_err *err)
{
    jeton_keyset *set = BOGUS;
    const jeton_status status =
        jeton_keyset_parse_public(ctx, jeton_text_span(given.public_jwk), &set, err);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_new(bool *had, jeton_err *err)
{
    const jeton_key *const keys[] = {given.key, given.secret};
    jeton_keyset *set = BOGUS;
    const jeton_status status = jeton_keyset_new(ctx, keys, COUNT(keys), &set, err);
    *had = had_keyset(set);
    return status;
}

static jeton_status keyset_print(bool *had, jeton_err *err)
{
    jeton_text *text = BOGUS;
    const jeton_status status = jeton_keyset_print(given.keys, JETON_KEY_PRIVATE, &text, err);
    *had = had_text(text);
    return status;
}

static jeton_status claims_parse(bool *had, jeton_err *err)
{
    jeton_claims *claims = BOGUS;
    const jeton_status status =
        jeton_claims_parse(ctx, jeton_str("{\"sub\":\"a\",\"x\":[1,{}]}"), &claims, err);
    *had = claims != NULL;
    jeton_claims_free(&claims);
    return status;
}

/* Setters fail silently; signing tells. */
static jeton_status claims_set(bool *had, jeton_err *err)
{
    const jeton_span list[] = {jeton_str("a"), jeton_str("b")};
    jeton_claims *claims = BOGUS;
    jeton_text *token = NULL;
    jeton_status status = jeton_claims_new(ctx, &claims, err);
    assert_true((claims != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jeton_claims_set_text(claims, "text", jeton_str("t"));
        jeton_claims_set_int(claims, "int", 1);
        jeton_claims_set_bool(claims, "bool", true);
        jeton_claims_set_date(claims, "date", 1000);
        jeton_claims_set_list(claims, "list", list, COUNT(list));
        jeton_claims_set_json(claims, "json", jeton_str("{\"a\":[null]}"));
        jeton_claims_set_text(claims, "text", jeton_str("again"));
        token = BOGUS;
        status = jeton_sign(given.signer, claims, &token, err);
    }
    *had = had_text(token);
    jeton_claims_free(&claims);
    return status;
}

static jeton_status signer_new(bool *had, jeton_err *err)
{
    jeton_signer *signer = BOGUS;
    const jeton_status status =
        jeton_signer_new(ctx, given.key, JETON_ES256, &defaults, &signer, err);
    *had = signer != NULL;
    jeton_signer_free(&signer);
    return status;
}

static jeton_status sign(bool *had, jeton_err *err)
{
    jeton_text *token = BOGUS;
    const jeton_status status = jeton_sign(given.signer, given.claims, &token, err);
    *had = had_text(token);
    return status;
}

static jeton_status verifier_new(bool *had, jeton_err *err)
{
    jeton_verifier *verifier = BOGUS;
    const jeton_status status = jeton_verifier_new(ctx, &policy, given.keys, &verifier, err);
    *had = verifier != NULL;
    jeton_verifier_free(&verifier);
    return status;
}

static jeton_status verify(bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    *had = false;
    if (status == JETON_OK) {
        jeton_span sub;
        status = jeton_verify(given.verifier, jeton_text_span(given.token), verdict);
        assert_int_equal(jeton_verdict_status(verdict), status);
        assert_true((jeton_verdict_payload(verdict).len > 0) == (status == JETON_OK));
        *had = jeton_verdict_text(verdict, "sub", &sub);
        err->status = status; /* a verdict has its own reason */
    }
    jeton_verdict_free(&verdict);
    return status;
}

static jeton_status guard_new(bool *had, jeton_err *err)
{
    static const jeton_guard_settings settings = {
        .realm = "r", .csrf_methods = {"POST"}, .audiences = {"a"}};
    jeton_guard *guard = BOGUS;
    const jeton_status status = jeton_guard_new(ctx, &settings, given.verifier, &guard, err);
    *had = guard != NULL;
    jeton_guard_free(&guard);
    return status;
}

static size_t request_header(void *user, const char *name, jeton_span *value)
{
    (void)user;
    const bool is_asked = strcmp(name, "Content-Type") == 0;
    *value = jeton_str(is_asked ? "application/json" : NULL);
    return is_asked ? 1 : 0;
}

/* A token that is in query and body, and a rule: all that a check takes memory for. */
static jeton_status guard_check(bool *had, jeton_err *err)
{
    static const jeton_route route = {.locations = {JETON_IN_QUERY, JETON_IN_JSON},
                                      .claims = {{"sub", JETON_RULE_ONE_OF, "[\"alice\"]"}}};
    char query[2048];
    char body[2048];
    (void)snprintf(query, sizeof query, "jwt=%s", jeton_text_chars(given.token));
    (void)snprintf(body, sizeof body, "{\"access_token\":\"%s\"}", jeton_text_chars(given.token));
    const jeton_request request = {.method = "GET",
                                   .header = request_header,
                                   .query_text = jeton_str(query),
                                   .body = jeton_str(body)};
    jeton_visit *visit = BOGUS;
    jeton_decision decision = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        status = err->status = jeton_guard_check(given.guard, &route, visit, &decision);
        assert_true(status == JETON_OK || decision.http == 503);
    }
    *had = decision.identity.len > 0;
    jeton_visit_free(&visit);
    return status;
}

/* A refusal stands where there is no memory to explain it. */
static jeton_status guard_refuse(bool *had, jeton_err *err)
{
    static const jeton_request request = {.method = "GET", .header = request_header};
    jeton_visit *visit = BOGUS;
    jeton_decision decision = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        assert_int_equal(jeton_guard_check(given.guard, NULL, visit, &decision), JETON_E_MISSING);
        assert_int_equal(decision.http, 401);
        assert_true((decision.body.len > 0) == (decision.challenge != NULL));
        status = err->status = decision.body.len > 0 ? JETON_OK : JETON_E_NOMEM;
    }
    *had = decision.body.len > 0;
    jeton_visit_free(&visit);
    return status;
}

static jeton_status route_check(bool *had, jeton_err *err)
{
    static const jeton_route route = {.claims = {{"sub", JETON_RULE_ONE_OF, "[\"alice\"]"}}};
    const jeton_status status = jeton_route_check(ctx, &route, err);
    *had = status == JETON_OK;
    return status;
}

static jeton_status issuer_new(bool *had, jeton_err *err)
{
    jeton_issuer *issuer = BOGUS;
    const jeton_status status =
        jeton_issuer_new(ctx, given.secret, JETON_ALG_UNSET, NULL, NULL, &issuer, err);
    *had = issuer != NULL;
    jeton_issuer_free(&issuer);
    return status;
}

static void no_line(void *user, const char *line)
{
    (void)line;
    ++*(size_t *)user;
}

/* A token, and the cookies it travels in: both or none of them. */
static jeton_status issuer_access(bool *had, jeton_err *err)
{
    size_t lines = 0;
    jeton_issued issued;
    const jeton_grant grant = {
        .identity = jeton_str("alice"), .claims = "{\"a\":[1]}", .header = "{\"b\":2}"};
    jeton_status status = jeton_issuer_access(given.issuer, &grant, &issued, err);
    assert_true((issued.token != NULL) == (status == JETON_OK));
    if (status == JETON_OK)
        status = jeton_issuer_set_cookies(given.issuer, &issued, -1, no_line, &lines, err);
    assert_int_equal(lines, status == JETON_OK ? 2 : 0);
    if (status == JETON_OK)
        status = jeton_issuer_unset_cookies(given.issuer, JETON_ACCESS, no_line, &lines, err);
    jeton_text_free(&issued.token);
    *had = lines == 4;
    return status;
}

static jeton_status issuer_refresh(bool *had, jeton_err *err)
{
    jeton_issued issued;
    const jeton_grant grant = {.identity = jeton_str("alice"), .life = JETON_FOREVER};
    const jeton_status status = jeton_issuer_refresh(given.issuer, &grant, &issued, err);
    *had = issued.token != NULL || issued.csrf[0] != '\0';
    jeton_text_free(&issued.token);
    return status;
}

/* In place of a token that is always about to end. */
static jeton_status issuer_renew(bool *had, jeton_err *err)
{
    const size_t left = heap.left;
    jeton_verdict *verdict = NULL;
    jeton_issued issued;
    heap.left = SIZE_MAX;
    assert_int_equal(jeton_verdict_new(ctx, &verdict, NULL), JETON_OK);
    assert_int_equal(jeton_verify(given.verifier, jeton_text_span(given.token), verdict), JETON_OK);
    heap.left = left;
    const jeton_decision decision = {
        .allowed = true, .identity = jeton_str("alice"), .verdict = verdict};
    const jeton_status status =
        jeton_issuer_renew(given.issuer, &decision, UINT32_MAX, &issued, err);
    *had = issued.token != NULL;
    heap.left = SIZE_MAX;
    jeton_text_free(&issued.token);
    jeton_verdict_free(&verdict);
    return status;
}

/* A field of a body that could not be read is none. */
static jeton_status visit_field(bool *had, jeton_err *err)
{
    const jeton_request request = {
        .method = "POST", .header = request_header, .body = jeton_str("{\"a\":\"x\"}")};
    jeton_visit *visit = BOGUS;
    jeton_span value = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        status = err->status = jeton_visit_field(visit, "a", &value) ? JETON_OK : JETON_E_NOMEM;
    }
    *had = value.len > 0;
    jeton_visit_free(&visit);
    return status;
}

/* Claims and header of an accepted token, printed. */
static jeton_status verdict_print(bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_text *claim = NULL;
    jeton_text *member = NULL;
    const jeton_span token = jeton_text_span(given.token);
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    if (status == JETON_OK)
        status = err->status = jeton_verify(given.verifier, token, verdict);
    if (status == JETON_OK)
        status = jeton_verdict_print(verdict, "exp", &claim, err);
    if (status == JETON_OK)
        status = jeton_verdict_print_header(verdict, token, "alg", &member, err);
    *had = member != NULL;
    jeton_text_free(&claim);
    jeton_text_free(&member);
    jeton_verdict_free(&verdict);
    return status;
}

static jeton_status cache_new(bool *had, jeton_err *err)
{
    jeton_cache *cache = BOGUS;
    const jeton_status status = jeton_cache_new(ctx, NULL, &cache, err);
    *had = cache != NULL;
    jeton_cache_free(&cache);
    return status;
}

/* What the cache lacks refuses nothing: only the verdict's own memory does. */
static jeton_status verify_twice(const jeton_verifier *verifier, bool *had, jeton_err *err)
{
    jeton_verdict *verdict = BOGUS;
    jeton_status status = jeton_verdict_new(ctx, &verdict, err);
    *had = false;
    if (status == JETON_OK) {
        status = jeton_verify(verifier, jeton_text_span(given.token), verdict);
        if (status == JETON_OK)
            status = jeton_verify(verifier, jeton_text_span(given.token), verdict);
        *had = jeton_verdict_payload(verdict).len > 0;
        err->status = status;
    }
    jeton_verdict_free(&verdict);
    return status;
}

static jeton_status verify_with_a_cache(bool *had, jeton_err *err)
{
    jeton_cache *cache = NULL;
    jeton_status status = jeton_cache_new(ctx, NULL, &cache, err);
    *had = false;
    if (status == JETON_OK) {
        jeton_verifier_use_cache(given.caching, cache);
        status = verify_twice(given.caching, had, err);
        jeton_verifier_use_cache(given.caching, NULL);
    }
    jeton_cache_free(&cache);
    return status;
}

static _Alignas(JETON_SIGNATURE_CACHE_ALIGN) uint8_t shared[JETON_SIGNATURE_CACHE_BYTES];

static jeton_status signature_cache_new(bool *had, jeton_err *err)
{
    jeton_signature_cache *cache = BOGUS;
    jeton_status status = jeton_signature_cache_init(ctx, shared, sizeof shared, err);
    *had = false;
    if (status == JETON_OK) {
        status = jeton_signature_cache_new(ctx, shared, sizeof shared, &cache, err);
        *had = cache != NULL;
        jeton_signature_cache_free(&cache);
    }
    return status;
}

/* A verifier of a key of its own: a key keeps what it is known by. */
static jeton_status verifier_of_another(jeton_verifier **verifier, jeton_err *err)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    *verifier = NULL;
    jeton_status status = jeton_key_bind(given.key, JETON_ES256, jeton_str("e"), &key, err);
    const jeton_key *const one[] = {key};
    if (status == JETON_OK)
        status = jeton_keyset_new(ctx, one, 1, &keys, err);
    if (status == JETON_OK)
        status = jeton_verifier_new(ctx, &policy, keys, verifier, err);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    return status;
}

static jeton_status verify_with_signatures(bool *had, jeton_err *err)
{
    jeton_signature_cache *cache = NULL;
    jeton_verifier *verifier = NULL;
    jeton_status status = jeton_signature_cache_init(ctx, shared, sizeof shared, err);
    *had = false;
    if (status == JETON_OK)
        status = jeton_signature_cache_new(ctx, shared, sizeof shared, &cache, err);
    if (status == JETON_OK)
        status = verifier_of_another(&verifier, err);
    if (status == JETON_OK) {
        jeton_verifier_use_signatures(verifier, cache);
        status = verify_twice(verifier, had, err);
    }
    jeton_verifier_free(&verifier);
    jeton_signature_cache_free(&cache);
    return status;
}

/* Two signatures, with everything a header can have. */
static jeton_status make_jws(bool detached, jeton_text **text, jeton_err *err)
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
    const jeton_status status = make_jws(false, &text, err);
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

static jeton_status segment_open(bool *had, jeton_err *err)
{
    jeton_segment *segment = BOGUS;
    const jeton_status status = jeton_segment_open(ctx, segment_path, NULL, &segment, err);
    *had = segment != NULL;
    jeton_segment_free(&segment);
    return status;
}

static jeton_status segment_open_later(bool *had, jeton_err *err)
{
    const jeton_segment_options options = {.may_come = true};
    jeton_segment *segment = BOGUS;
    const jeton_status status = jeton_segment_open(ctx, segment_path, &options, &segment, err);
    *had = segment != NULL;
    jeton_segment_free(&segment);
    return status;
}

static jeton_status segment_verifier_new(bool *had, jeton_err *err)
{
    jeton_verifier *verifier = BOGUS;
    const jeton_status status =
        jeton_segment_verifier_new(ctx, &policy, given.segment, NULL, &verifier, err);
    *had = verifier != NULL;
    jeton_verifier_free(&verifier);
    return status;
}

static jeton_status context_new(bool *had, jeton_err *err)
{
    const jeton_ctx_options options = {
        .alloc = unit_alloc, .resize = unit_resize, .release = unit_release, .user = &heap};
    jeton_ctx *made = BOGUS;
    const jeton_status status = jeton_ctx_new(&options, &made, err);
    *had = made != NULL;
    jeton_ctx_free(&made);
    return status;
}

static const struct {
    const char *name;
    jeton_status (*call)(bool *had, jeton_err *err);
} calls[] = {
    {"jeton_ctx_new", context_new},
    {"jeton_key_parse", key_parse},
    {"jeton_key_parse_pem", key_parse_pem},
    {"jeton_key_parse_pem_encrypted", key_parse_pem_encrypted},
    {"jeton_key_parse_der", key_parse_der},
    {"jeton_key_parse_public", key_parse_public},
    {"jeton_key_bind", key_bind},
    {"jeton_key_from_secret", key_from_secret},
    {"jeton_key_generate, a secret", key_generate_secret},
    {"jeton_key_generate, a pair", key_generate_pair},
    {"jeton_key_generate, Ed25519", key_generate_ed25519},
    {"jeton_key_print", key_print},
    {"jeton_key_print, a secret", key_print_secret},
    {"jeton_key_print_pem", key_print_pem},
    {"jeton_key_print_pem_encrypted", key_print_pem_encrypted},
    {"jeton_key_print_der", key_print_der},
    {"jeton_key_thumbprint", key_thumbprint},
    {"jeton_key_thumbprint_uri", key_thumbprint_uri},
    {"jeton_keyset_parse", keyset_parse},
    {"jeton_keyset_parse_public", keyset_parse_public},
    {"jeton_keyset_new", keyset_new},
    {"jeton_keyset_print", keyset_print},
    {"jeton_claims_parse", claims_parse},
    {"jeton_claims_new and all setters", claims_set},
    {"jeton_signer_new", signer_new},
    {"jeton_sign", sign},
    {"jeton_jws_sign", jws_sign},
    {"jeton_jws_verify", jws_verify},
    {"jeton_jws_verify, detached", jws_verify_detached},
    {"jeton_jws_sign_begin to the end", jws_sign_in_parts},
    {"jeton_jws_verify_begin to the end", jws_verify_in_parts},
    {"jeton_jws_unsecured_print", jws_unsecured_print},
    {"jeton_jws_unsecured_parse", jws_unsecured_parse},
    {"jeton_verifier_new", verifier_new},
    {"jeton_verdict_print, jeton_verdict_print_header", verdict_print},
    {"jeton_verdict_new and jeton_verify", verify},
    {"jeton_guard_new", guard_new},
    {"jeton_visit_new and jeton_guard_check", guard_check},
    {"jeton_guard_check that refuses", guard_refuse},
    {"jeton_route_check", route_check},
    {"jeton_issuer_new", issuer_new},
    {"jeton_issuer_access and cookies", issuer_access},
    {"jeton_issuer_refresh", issuer_refresh},
    {"jeton_issuer_renew", issuer_renew},
    {"jeton_visit_field", visit_field},
    {"jeton_cache_new", cache_new},
    {"jeton_verify with a cache", verify_with_a_cache},
    {"jeton_signature_cache_new", signature_cache_new},
    {"jeton_verify with signatures", verify_with_signatures},
    {"jeton_segment_open", segment_open},
    {"jeton_segment_open, whatever is there", segment_open_later},
    {"jeton_segment_verifier_new", segment_verifier_new},
};

/* ---- the drive ------------------------------------------------------------------------------ */

static void each_call_survives_each_failing_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        const size_t live = heap.live;
        size_t needed = 0;
        for (jeton_status status = JETON_E_NOMEM; status != JETON_OK; needed++) {
            jeton_err err = {0};
            bool had = true;
            heap.left = needed;
            status = calls[i].call(&had, &err);
            if (status != JETON_OK && status != JETON_E_NOMEM)
                print_message("  %s, allocation %zu failing: %s\n", calls[i].name, needed,
                              jeton_status_name(status));
            assert_true(status == JETON_OK || status == JETON_E_NOMEM);
            assert_int_equal(err.status, status);
            assert_int_equal(had, status == JETON_OK);
            assert_int_equal(heap.live, live);
            assert_in_range(needed, 0, 1000);
        }
        print_message("  %s: %zu allocations\n", calls[i].name, needed - 1);
        assert_true(needed > 1); /* or the call does not use our heap at all */
    }
}

/* With one public key in it. */
static void write_segment(void)
{
    char *jwks = NULL;
    assert_true(asprintf(&jwks, "{\"keys\":[%s]}", jeton_text_chars(given.public_jwk)) > 0);
    image of = image_new(jwks);
    const int fd = mkstemp(segment_path);
    assert_true(fd >= 0);
    (void)close(fd);
    image_write(&of, of.size, segment_path, 0600);
    image_done(&of);
    free(jwks);
}

static int set_up(void **state)
{
    (void)state;
    ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    const jeton_span secret = jeton_str("0123456789abcdef0123456789abcdef");
    assert_int_equal(jeton_key_generate(ctx, JETON_ES256, jeton_str("e"), &given.key, NULL),
                     JETON_OK);
    assert_int_equal(
        jeton_key_from_secret(ctx, JETON_HS256, secret, jeton_str("h"), &given.secret, NULL),
        JETON_OK);
    const jeton_key *const keys[] = {given.key, given.secret};
    assert_int_equal(jeton_keyset_new(ctx, keys, COUNT(keys), &given.keys, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(given.key, JETON_KEY_PRIVATE, &given.jwk, NULL), JETON_OK);
    assert_int_equal(jeton_keyset_print(given.keys, JETON_KEY_PRIVATE, &given.jwks, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print_pem(given.key, JETON_KEY_PRIVATE, &given.pem, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_der(given.key, JETON_KEY_PRIVATE, &given.der, NULL), JETON_OK);
    assert_int_equal(jeton_key_print_pem_encrypted(given.key, jeton_str("p"), &given.sealed, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print(given.key, JETON_KEY_PUBLIC, &given.public_jwk, NULL),
                     JETON_OK);
    assert_int_equal(jeton_claims_new(ctx, &given.claims, NULL), JETON_OK);
    jeton_claims_set_text(given.claims, "sub", jeton_str("alice"));
    assert_int_equal(jeton_signer_new(ctx, given.key, JETON_ES256, &defaults, &given.signer, NULL),
                     JETON_OK);
    assert_int_equal(jeton_sign(given.signer, given.claims, &given.token, NULL), JETON_OK);
    assert_int_equal(make_jws(false, &given.jws, NULL), JETON_OK);
    assert_int_equal(make_jws(true, &given.detached, NULL), JETON_OK);
    assert_int_equal(
        jeton_jws_unsecured_print(ctx, NULL, jeton_str("octets"), &given.unsecured, NULL),
        JETON_OK);
    assert_int_equal(jeton_verifier_new(ctx, &policy, given.keys, &given.verifier, NULL), JETON_OK);
    assert_int_equal(jeton_verifier_new(ctx, &policy, given.keys, &given.caching, NULL), JETON_OK);
    write_segment();
    assert_int_equal(jeton_segment_open(ctx, segment_path, NULL, &given.segment, NULL), JETON_OK);
    assert_int_equal(jeton_guard_new(ctx, NULL, given.verifier, &given.guard, NULL), JETON_OK);
    assert_int_equal(
        jeton_issuer_new(ctx, given.secret, JETON_ALG_UNSET, NULL, NULL, &given.issuer, NULL),
        JETON_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_segment_free(&given.segment);
    (void)unlink(segment_path);
    jeton_text_free(&given.jws);
    jeton_text_free(&given.detached);
    jeton_text_free(&given.unsecured);
    jeton_guard_free(&given.guard);
    jeton_issuer_free(&given.issuer);
    jeton_verifier_free(&given.verifier);
    jeton_verifier_free(&given.caching);
    jeton_text_free(&given.token);
    jeton_signer_free(&given.signer);
    jeton_claims_free(&given.claims);
    jeton_text_free(&given.public_jwk);
    jeton_text_free(&given.sealed);
    jeton_text_free(&given.der);
    jeton_text_free(&given.pem);
    jeton_text_free(&given.jwks);
    jeton_text_free(&given.jwk);
    jeton_keyset_free(&given.keys);
    jeton_key_free(&given.secret);
    jeton_key_free(&given.key);
    unit_ctx_done(&ctx, &heap);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
