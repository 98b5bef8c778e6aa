/* SPDX-License-Identifier: Apache-2.0 */
/* own_world.c - libjeton with an allocator, a clock and limits of one's own: nothing of it comes
 * from the system but randomness, and that only because this program leaves it so. */
#include <jeton.h>
#include <stdio.h>
#include <stdlib.h>

/* What the functions below work on; a game would hand over its arena, a test its clock. */
typedef struct world {
    long blocks; /* that are in use */
    long taken;  /* ever */
    jeton_time now;
} world;

static void *world_alloc(void *user, size_t size)
{
    void *block = malloc(size);
    ((world *)user)->blocks += block != NULL;
    ((world *)user)->taken++;
    return block;
}

static void *world_resize(void *user, void *ptr, size_t size)
{
    void *block = realloc(ptr, size);
    ((world *)user)->blocks += ptr == NULL && block != NULL;
    ((world *)user)->taken++;
    return block;
}

static void world_release(void *user, void *ptr)
{
    ((world *)user)->blocks -= ptr != NULL;
    free(ptr);
}

static jeton_time world_now(void *user)
{
    return ((const world *)user)->now;
}

static jeton_status enter(world *in, jeton_ctx **ctx, jeton_err *err)
{
    const jeton_ctx_options options = {
        .alloc = world_alloc,
        .resize = world_resize,
        .release = world_release,
        .now = world_now,
        .user = in,
        .limits = {.token = 4096, .depth = 4}, /* what is 0 stays at its default */
    };
    return jeton_ctx_new(&options, ctx, err);
}

/* A token that lives for ten minutes, judged now, in an hour, and in an hour that never came. */
static bool live(world *in, const jeton_ctx *ctx, jeton_err *err)
{
    static const jeton_token_defaults defaults = {.lifetime = 600};
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    const bool made =
        jeton_key_generate(ctx, JETON_HS256, jeton_str("k1"), &key, err) == JETON_OK &&
        jeton_signer_new(ctx, key, JETON_HS256, &defaults, &signer, err) == JETON_OK &&
        jeton_claims_parse(ctx, jeton_str("{\"sub\":\"alice\"}"), &claims, err) == JETON_OK &&
        jeton_sign(signer, claims, &token, err) == JETON_OK &&
        jeton_keyset_new(ctx, (const jeton_key *[]){key}, 1, &keys, err) == JETON_OK &&
        jeton_verifier_new(ctx, NULL, keys, &verifier, err) == JETON_OK &&
        jeton_verdict_new(ctx, &verdict, err) == JETON_OK;
    if (made) {
        const jeton_status now = jeton_verify(verifier, jeton_text_span(token), verdict);
        const long before = in->taken;
        in->now += (jeton_time)3600 * 1000;
        const jeton_status later = jeton_verify(verifier, jeton_text_span(token), verdict);
        printf("now: %s, an hour later: %s\n", jeton_status_name(now), jeton_status_name(later));
        printf("blocks that the second verification took: %ld\n", in->taken - before);
    }
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_keyset_free(&keys);
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    jeton_key_free(&key);
    return made;
}

int main(void)
{
    world in = {.now = (jeton_time)1700000000 * 1000};
    jeton_ctx *ctx = NULL;
    jeton_err err = {0};
    const bool good = enter(&in, &ctx, &err) == JETON_OK && live(&in, ctx, &err);
    jeton_ctx_free(&ctx);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    printf("blocks left at the end: %ld\n", in.blocks);
    return good ? 0 : 1;
}
