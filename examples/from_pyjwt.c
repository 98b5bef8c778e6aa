/* SPDX-License-Identifier: Apache-2.0 */
/* from_pyjwt.c - what a Python program does with PyJWT, in C. With two arguments, a file with an
 * HMAC secret and a token that PyJWT made, it says what becomes of that token; without, of one of
 * its own. Exit status 1 when it is refused. */
#include <jeton.h>
#include <stdio.h>

/* SECRET_KEY = open("secret").read() */
static jeton_status secret_key(jeton_span secret, jeton_key **key, jeton_err *err)
{
    return jeton_key_from_secret(NULL, JETON_HS256, secret, jeton_str(NULL), key, err);
}

/* jwt.encode({"sub": user, "roles": ["admin"], "iss": …, "aud": …, "exp": now + 900}, SECRET_KEY)
 */
static jeton_status encode(const jeton_key *key, const char *user, jeton_text **token,
                           jeton_err *err)
{
    static const jeton_token_defaults defaults = {
        .issuer = "https://login.test", .audience = "shop", .lifetime = 900};
    const jeton_span roles[] = {jeton_str("admin")};
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_status status = jeton_signer_new(NULL, key, JETON_ALG_UNSET, &defaults, &signer, err);
    if (status == JETON_OK)
        status = jeton_claims_new(NULL, &claims, err);
    if (status == JETON_OK) {
        jeton_claims_set_text(claims, "sub", jeton_str(user));
        jeton_claims_set_list(claims, "roles", roles, 1);
        status = jeton_sign(signer, claims, token, err); /* also what a setter met */
    }
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    return status;
}

/* What jwt.decode() gets in every call is said once: a policy and the keys make a verifier. */
static jeton_status decoder(const jeton_key *key, jeton_verifier **verifier, jeton_err *err)
{
    static const jeton_policy policy = {
        .algs = JETON_ALG_BIT(JETON_HS256), /* algorithms=["HS256"] */
        .issuers = {"https://login.test"},  /* issuer="https://login.test" */
        .audiences = {"shop"},              /* audience="shop" */
        .require = {"exp", "sub"},          /* options={"require": ["exp", "sub"]} */
        .leeway = 10,                       /* leeway=10 */
    };
    jeton_keyset *keys = NULL;
    jeton_status status = jeton_keyset_new(NULL, &key, 1, &keys, err);
    if (status == JETON_OK)
        status = jeton_verifier_new(NULL, &policy, keys, verifier, err);
    jeton_keyset_free(&keys);
    return status;
}

/* try: claims = jwt.decode(…)
 * except jwt.ExpiredSignatureError: …
 * except jwt.InvalidTokenError: … */
static bool decode(const jeton_verifier *verifier, jeton_verdict *verdict, jeton_span token)
{
    jeton_span sub;
    const jeton_status status = jeton_verify(verifier, token, verdict);
    if (status == JETON_OK && jeton_verdict_text(verdict, "sub", &sub))
        printf("claims[\"sub\"] is %.*s\n", (int)sub.len, (const char *)sub.ptr);
    else if (status == JETON_E_EXPIRED)
        puts("log in again");
    else
        printf("invalid: %s\n", jeton_verdict_why(verdict));
    return status == JETON_OK;
}

static bool work(jeton_span secret, const char *given, jeton_err *err)
{
    jeton_key *key = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    jeton_text *token = NULL;
    bool good = secret_key(secret, &key, err) == JETON_OK &&
                decoder(key, &verifier, err) == JETON_OK &&
                jeton_verdict_new(NULL, &verdict, err) == JETON_OK &&
                (given != NULL || encode(key, "alice", &token, err) == JETON_OK);
    if (good)
        good = decode(verifier, verdict, given != NULL ? jeton_str(given) : jeton_text_span(token));
    jeton_text_free(&token);
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_key_free(&key);
    return good;
}

int main(int argc, char **argv)
{
    uint8_t secret[256] = "a secret of at least 32 octets, for HS256";
    size_t len = strlen((const char *)secret);
    jeton_err err = {0};
    FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
    if (argc > 2 && file == NULL)
        return 3;
    if (file != NULL) {
        len = fread(secret, 1, sizeof secret, file);
        (void)fclose(file);
    }
    const bool good = work(jeton_bytes(secret, len), argc > 2 ? argv[2] : NULL, &err);
    if (err.status != JETON_OK)
        fprintf(stderr, "%s\n", err.text);
    return good ? 0 : 1;
}
