/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/tokens.h - a clock that stands still, a key for each algorithm, and tokens that
 * no honest signer would make. */
#ifndef JT_UNIT_TOKENS_H
#define JT_UNIT_TOKENS_H

#include "core/base64url.h"
#include "core/buf.h"
#include "core/limits.h"
#include "keys/key.h"
#include "json/tree.h"

#include <jeton.h>

#include "../unit.h"

#include <stdio.h>

#define NOW 1700000000 /* seconds, where the clock stands unless a test moves it */

/* The algorithms there are. The alias is taken for what it stands for, and so is ML-DSA, which not
 * every build has and whose keys are never unbound: keys/test_akp.c. */
static const jeton_alg token_algs[] = {
#define TOKEN_ALG(name, number, text)                                                              \
    JETON_##name == JETON_EDDSA || JETON_##name >= JETON_ML_DSA_44 ? JETON_ED25519 : JETON_##name,
    JETON_ALG_LIST(TOKEN_ALG)
#undef TOKEN_ALG
};

/* All of them, without the alias, as a policy names them. */
static inline uint32_t token_alg_bits(void)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < COUNT(token_algs); i++)
        bits |= JETON_ALG_BIT(token_algs[i]);
    return bits;
}

static jeton_time token_clock = (jeton_time)NOW * 1000;

static inline jeton_time token_now(void *user)
{
    (void)user;
    return token_clock;
}

/* The context with that clock; the same one each time. */
static inline const jeton_ctx *token_ctx(void)
{
    static jeton_ctx *ctx;
    const jeton_ctx_options options = {.now = token_now};
    if (ctx == NULL)
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    return ctx;
}

/* Renames a member of a JWK, so that it is ignored. */
static inline void token_hide(char *jwk, const char *name, const char *other)
{
    char *at = strstr(jwk, name);
    if (at != NULL)
        memcpy(at, other, strlen(other));
}

/* A private key bound to `alg` and without a kid or use; the same one each time, since making an
 * RSA key takes a while. */
static inline const jeton_key *token_key(jeton_alg alg)
{
    static jeton_key *keys[32];
    if (keys[alg] != NULL)
        return keys[alg];
    jeton_key *named = NULL;
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_generate(NULL, alg, jeton_str(NULL), &named, NULL), JETON_OK);
    assert_int_equal(jeton_key_print(named, JETON_KEY_PRIVATE, &jwk, NULL), JETON_OK);
    char *text = strdup(jeton_text_chars(jwk));
    token_hide(text, "\"kid\"", "\"dik\"");
    token_hide(text, "\"use\"", "\"esu\"");
    assert_int_equal(jeton_key_parse(NULL, jeton_str(text), &keys[alg], NULL), JETON_OK);
    assert_int_equal(jeton_key_id(keys[alg]).len, 0);
    assert_int_equal(jeton_key_alg(keys[alg]), alg);
    free(text);
    jeton_text_free(&jwk);
    jeton_key_free(&named);
    return keys[alg];
}

/* `key` with `members` ("\"kid\":\"a\",") put into its JWK, and no "alg" if `unbound`. Freed by the
 * caller. */
static inline jeton_key *token_key_like(const jeton_key *key, bool unbound, const char *members)
{
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &jwk, NULL), JETON_OK);
    char *old = strdup(jeton_text_chars(jwk));
    if (unbound)
        token_hide(old, "\"alg\"", "\"gla\"");
    char *text = NULL;
    assert_true(asprintf(&text, "{%s%s", members, old + 1) > 0);
    jeton_key *made = NULL;
    assert_int_equal(jeton_key_parse(NULL, jeton_str(text), &made, NULL), JETON_OK);
    free(text);
    free(old);
    jeton_text_free(&jwk);
    return made;
}

/* The key of a JWK within a larger JSON text. */
static inline jeton_status token_key_of(const jt_val *jwk, jeton_key **key)
{
    jt_tree *tree = NULL;
    jt_buf text = jt_buf_init(NULL);
    assert_int_equal(jt_tree_new(NULL, &tree, NULL), JETON_OK);
    assert_int_equal(jt_tree_print(tree, jt_tree_copy(tree, jwk), JT_COMPACT, &text, NULL),
                     JETON_OK);
    const jeton_status status = jeton_key_parse(NULL, jt_buf_span(&text), key, NULL);
    jt_buf_done(&text);
    jt_tree_free(&tree);
    return status;
}

static inline jeton_keyset *token_keyset(const jeton_key *key)
{
    jeton_keyset *set = NULL;
    assert_int_equal(jeton_keyset_new(NULL, &key, 1, &set, NULL), JETON_OK);
    return set;
}

/* Base64url of any bytes, with a NUL; freed by the caller. */
static inline char *token_encode(jeton_span bytes)
{
    const size_t chars = jt_base64url_chars(bytes.len);
    char *text = malloc(chars + 1);
    assert_non_null(text);
    jt_base64url_print(bytes, text);
    text[chars] = '\0';
    return text;
}

/* The three segments as one token; freed by the caller. */
static inline char *token_join(const char *header, const char *payload, const char *signature)
{
    char *token = NULL;
    assert_true(asprintf(&token, "%s.%s.%s", header, payload, signature) > 0);
    return token;
}

/* A token of any two texts with a good signature by `key`, whatever the header says; freed by the
 * caller. */
static inline char *token_forge_bytes(const jeton_key *key, jeton_alg alg, jeton_span header,
                                      jeton_span payload)
{
    char *head = token_encode(header);
    char *body = token_encode(payload);
    char *input = NULL;
    uint8_t sig[JT_LIMIT_SIGNATURE];
    size_t len = sizeof sig;
    assert_true(asprintf(&input, "%s.%s", head, body) > 0);
    assert_int_equal(jt_key_sign(key, alg, jeton_str(input), sig, &len, NULL), JETON_OK);
    char *tail = token_encode(jeton_bytes(sig, len));
    char *token = token_join(head, body, tail);
    free(head);
    free(body);
    free(input);
    free(tail);
    return token;
}

static inline char *token_forge(const jeton_key *key, jeton_alg alg, const char *header,
                                const char *payload)
{
    return token_forge_bytes(key, alg, jeton_str(header), jeton_str(payload));
}

/* The header that an honest signer would write. */
static inline const char *token_header(jeton_alg alg)
{
    static char header[64];
    snprintf(header, sizeof header, "{\"alg\":\"%s\"}", jeton_alg_name(alg));
    return header;
}

/* Verifies with a verifier of its own, into `verdict`. */
static inline jeton_status token_judge(const jeton_policy *policy, const jeton_keyset *keys,
                                       jeton_span token, jeton_verdict *verdict)
{
    jeton_verifier *verifier = NULL;
    assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &verifier, NULL), JETON_OK);
    const jeton_status status = jeton_verify(verifier, token, verdict);
    assert_int_equal(jeton_verdict_status(verdict), status);
    jeton_verifier_free(&verifier);
    return status;
}

/* The answer alone, about a token that `key` might have signed. A refusal must come with a reason,
 * and without claims. */
static inline jeton_status token_status(const jeton_policy *policy, const jeton_key *key,
                                        jeton_span token)
{
    jeton_keyset *keys = token_keyset(key);
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    const jeton_status status = token_judge(policy, keys, token, verdict);
    assert_true((jeton_verdict_why(verdict)[0] == '\0') == (status == JETON_OK));
    assert_true((jeton_verdict_payload(verdict).len > 0) == (status == JETON_OK));
    jeton_verdict_free(&verdict);
    jeton_keyset_free(&keys);
    return status;
}

#endif
