/* SPDX-License-Identifier: Apache-2.0 */
/* bench/segment.c - a segment with its writer, and a reader that asks. */
#include "segment.h"

#include "agent/agent.h"
#include "core/base64url.h"
#include "race.h"
#include "segment/view.h"

#include <jeton.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ENTRIES 10000U
#define ASKED   1024U

typedef struct bench {
    char folder[32], path[64];
    jt_revocations *revocations;
    jd_agent *agent;
    jeton_key *key;
    jeton_segment *segment;
    jeton_verifier *verifier;
    jeton_verdict *verdict;
    const jt_view *view;
    unsigned at;
} bench;

static void make_id(unsigned number, uint8_t id[JT_REVOKED_ID])
{
    for (size_t i = 0; i < JT_REVOKED_ID; i++, number = number * 2654435761U + 1)
        id[i] = (uint8_t)(number >> 24);
}

static bool make_agent(bench *b)
{
    jeton_keyset *set = NULL;
    const jd_agent_options options = {.path = b->path, .group = "", .locked = true};
    jd_agent_options with = options;
    if (jt_revocations_new(NULL, &b->revocations, NULL) != JETON_OK ||
        jeton_key_generate(NULL, JETON_ES256, jeton_str(NULL), &b->key, NULL) != JETON_OK)
        return false;
    with.revocations = b->revocations;
    const jeton_key *const keys[] = {b->key};
    const bool made = jd_agent_open(&with, &b->agent, NULL) == JETON_OK &&
                      jeton_keyset_new(NULL, keys, 1, &set, NULL) == JETON_OK &&
                      jd_agent_keys(b->agent, set, NULL) == JETON_OK;
    jeton_keyset_free(&set);
    return made;
}

static bool revoke_all(const bench *b)
{
    static const jt_revoked kinds[] = {JT_REVOKED_SESSION, JT_REVOKED_SUBJECT, JT_REVOKED_TOKEN};
    for (unsigned i = 0; i < ENTRIES; i++) {
        jt_revocation entry = {.n = i + 1, .kind = kinds[i % 3], .expires = INT64_MAX};
        make_id(i, entry.id);
        if (jt_revocations_apply(b->revocations, &entry, NULL) != JETON_OK)
            return false;
        jd_agent_revoke(b->agent, &entry);
    }
    return true;
}

/* A good token of a user, made as jeton serve makes them. */
static bool verify_one(bench *b)
{
    static const char claims_text[] =
        "{\"sub\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"sid\":\"BAAAAAAAAAAAAAAAAAAAAA\","
        "\"jti\":\"q3mZ8vWxT1c0LkQy\",\"client_id\":\"web\",\"rev\":20000,\"roles\":[\"editor\"],"
        "\"iss\":\"https://login.example.com\",\"aud\":\"https://api.example.com\","
        "\"iat\":1700000000,\"exp\":4102444800,\"scope\":\"read\"}";
    static const jeton_token_defaults defaults = {.typ = "at+jwt"};
    jeton_claims *claims = NULL;
    jeton_signer *signer = NULL;
    jeton_text *token = NULL;
    const bool good =
        jeton_claims_parse(NULL, jeton_str(claims_text), &claims, NULL) == JETON_OK &&
        jeton_signer_new(NULL, b->key, JETON_ES256, &defaults, &signer, NULL) == JETON_OK &&
        jeton_sign(signer, claims, &token, NULL) == JETON_OK &&
        jeton_verify(b->verifier, jeton_text_span(token), b->verdict) == JETON_OK;
    jeton_text_free(&token);
    jeton_signer_free(&signer);
    jeton_claims_free(&claims);
    return good;
}

static bool init(bench *b)
{
    *b = (bench){.folder = "/tmp/jeton-bench-XXXXXX"};
    if (mkdtemp(b->folder) == NULL)
        return false;
    (void)snprintf(b->path, sizeof b->path, "%s/segment", b->folder);
    if (!make_agent(b) || !revoke_all(b) ||
        jeton_segment_open(NULL, b->path, NULL, &b->segment, NULL) != JETON_OK ||
        jeton_segment_verifier_new(NULL, NULL, b->segment, NULL, &b->verifier, NULL) != JETON_OK ||
        jeton_verdict_new(NULL, &b->verdict, NULL) != JETON_OK || !verify_one(b))
        return false;
    b->view = b->verdict->keys.what;
    return true;
}

static void done(bench *b)
{
    jeton_verifier_free(&b->verifier);
    jeton_verdict_free(&b->verdict);
    jeton_segment_free(&b->segment);
    jd_agent_close(&b->agent);
    jt_revocations_free(&b->revocations);
    jeton_key_free(&b->key);
    (void)unlink(b->path);
    (void)rmdir(b->folder);
}

/* Every second one is there. */
static bool look_up(void *self)
{
    bench *b = self;
    uint8_t id[JT_REVOKED_ID];
    b->at = (b->at + 1) % ASKED;
    make_id(b->at * 3 + (b->at & 1) * ENTRIES * 3, id);
    const uint64_t n = jt_table_find(&b->view->map->table, JT_REVOKED_SESSION, id);
    return (n != 0) == ((b->at & 1) == 0);
}

static bool check(void *self)
{
    bench *b = self;
    return jeton_segment_check(b->segment, NULL, b->verdict) == JETON_OK;
}

bench_segment_times bench_segment(void)
{
    bench b;
    bench_runner runners[] = {{.run = look_up, .self = &b}, {.run = check, .self = &b}};
    const bool good = init(&b) && bench_race(runners, 2);
    done(&b);
    return good ? (bench_segment_times){runners[0].ns, runners[1].ns} : (bench_segment_times){0};
}
