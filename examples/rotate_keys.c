/* SPDX-License-Identifier: Apache-2.0 */
/* rotate_keys.c - several threads verify with one verifier while another one replaces it, because
 * the issuer has published new keys. */
#include <jeton.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* The verifier of the program, and who uses it: those that verify at this moment, and the program
 * itself. Only the pointer is taken under the lock, never a verification. */
typedef struct shared {
    jeton_verifier *verifier;
    unsigned users;
} shared;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static shared *current;

static shared *borrow(void)
{
    pthread_mutex_lock(&lock);
    shared *it = current;
    it->users++;
    pthread_mutex_unlock(&lock);
    return it;
}

static void give_back(shared *it)
{
    pthread_mutex_lock(&lock);
    const bool last = --it->users == 0;
    pthread_mutex_unlock(&lock);
    if (last) {
        jeton_verifier_free(&it->verifier);
        free(it);
    }
}

static jeton_status check(jeton_span token, jeton_verdict *verdict)
{
    shared *with = borrow();
    const jeton_status status = jeton_verify(with->verifier, token, verdict);
    give_back(with);
    return status;
}

/* Puts a verifier in the place of the one before, which is freed when its last user is done. */
static jeton_status replace(jeton_verifier *verifier)
{
    shared *next = malloc(sizeof *next);
    if (next == NULL)
        return JETON_E_NOMEM;
    *next = (shared){.verifier = verifier, .users = 1};
    pthread_mutex_lock(&lock);
    shared *before = current;
    current = next;
    pthread_mutex_unlock(&lock);
    if (before != NULL)
        give_back(before);
    return JETON_OK;
}

/* Call it with every JWKS the issuer answers. A set that cannot be read changes nothing: the keys
 * there are go on being good. */
static jeton_status take_keys(jeton_span jwks, jeton_err *err)
{
    static const jeton_policy policy = {.algs = JETON_ALG_BIT(JETON_ES256), .require = {"sub"}};
    jeton_keyset *keys = NULL;
    jeton_verifier *next = NULL;
    jeton_status status = jeton_keyset_parse_public(NULL, jwks, &keys, err);
    if (status == JETON_OK)
        status = jeton_verifier_new(NULL, &policy, keys, &next, err);
    if (status == JETON_OK)
        status = replace(next);
    if (status != JETON_OK)
        jeton_verifier_free(&next);
    jeton_keyset_free(&keys); /* the verifier has its own reference */
    return status;
}

/* The issuer: its keys, its JWKS, and tokens of its newest key. */
typedef struct issuer {
    jeton_key *keys[2];
    size_t count;
} issuer;

static jeton_status add_key(issuer *at, const char *kid)
{
    jeton_key **key = &at->keys[at->count++];
    return jeton_key_generate(NULL, JETON_ES256, jeton_str(kid), key, NULL);
}

static jeton_status publish(const issuer *at, jeton_text **jwks)
{
    jeton_keyset *set = NULL;
    const jeton_key *const *keys = (const jeton_key *const *)at->keys;
    jeton_status status = jeton_keyset_new(NULL, keys, at->count, &set, NULL);
    if (status == JETON_OK)
        status = jeton_keyset_print(set, JETON_KEY_PUBLIC, jwks, NULL);
    jeton_keyset_free(&set);
    return status;
}

static jeton_status issue(const issuer *at, jeton_text **token)
{
    static const jeton_token_defaults defaults = {.lifetime = 60};
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_status status =
        jeton_signer_new(NULL, at->keys[at->count - 1], JETON_ALG_UNSET, &defaults, &signer, NULL);
    if (status == JETON_OK)
        status = jeton_claims_parse(NULL, jeton_str("{\"sub\":\"alice\"}"), &claims, NULL);
    if (status == JETON_OK)
        status = jeton_sign(signer, claims, token, NULL);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    return status;
}

/* A thread of the service: its own verdict, the common verifier. */
typedef struct worker {
    pthread_t thread;
    jeton_span token;
    atomic_bool *stop;
    unsigned refused;
} worker;

static void *work(void *user)
{
    worker *self = user;
    jeton_verdict *verdict = NULL;
    if (jeton_verdict_new(NULL, &verdict, NULL) != JETON_OK) {
        self->refused++;
        return NULL;
    }
    do {
        self->refused += check(self->token, verdict) != JETON_OK;
    } while (!atomic_load(self->stop));
    jeton_verdict_free(&verdict);
    return NULL;
}

/* Takes the keys of the issuer as it publishes them now. */
static jeton_status refresh(const issuer *at)
{
    jeton_text *jwks = NULL;
    jeton_status status = publish(at, &jwks);
    if (status == JETON_OK)
        status = take_keys(jeton_text_span(jwks), NULL);
    jeton_text_free(&jwks);
    return status;
}

/* The issuer makes a second key. Its tokens are refused until the service has fetched the keys. */
static bool rotate(issuer *login, jeton_verdict *verdict)
{
    jeton_text *token = NULL;
    bool good = add_key(login, "k2") == JETON_OK && issue(login, &token) == JETON_OK;
    if (good) {
        const jeton_status before = check(jeton_text_span(token), verdict);
        printf("a token of the new key, before its key is known: %s\n", jeton_status_name(before));
        good = take_keys(jeton_str("{}"), NULL) != JETON_OK && refresh(login) == JETON_OK;
    }
    if (good) {
        const jeton_status after = check(jeton_text_span(token), verdict);
        printf("and after: %s\n", jeton_status_name(after));
    }
    jeton_text_free(&token);
    return good;
}

/* Rotates the keys while two threads verify tokens of the old one. */
static bool rotate_at_work(issuer *login, jeton_verdict *verdict, jeton_span old)
{
    atomic_bool stop = false;
    worker workers[2] = {{.token = old, .stop = &stop}, {.token = old, .stop = &stop}};
    size_t started = 0;
    while (started < 2 &&
           pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
        started++;
    const bool good = started == 2 && rotate(login, verdict);
    atomic_store(&stop, true);
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    printf("tokens of the old key that were refused meanwhile: %u\n",
           workers[0].refused + workers[1].refused);
    return good;
}

int main(void)
{
    issuer login = {0};
    jeton_verdict *verdict = NULL;
    jeton_text *old = NULL;
    const bool good = jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK &&
                      add_key(&login, "k1") == JETON_OK && refresh(&login) == JETON_OK &&
                      issue(&login, &old) == JETON_OK &&
                      rotate_at_work(&login, verdict, jeton_text_span(old));
    jeton_text_free(&old);
    jeton_verdict_free(&verdict);
    if (current != NULL)
        give_back(current);
    for (size_t i = 0; i < 2; i++)
        jeton_key_free(&login.keys[i]);
    return good ? 0 : 1;
}
