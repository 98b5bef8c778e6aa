/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/world.h - a segment that is written and read in one process, with tokens as
 * jeton serve makes them. */
#ifndef JT_UNIT_AGENT_WORLD_H
#define JT_UNIT_AGENT_WORLD_H

#include "agent/agent.h"
#include "core/base64url.h"
#include "revoke/names.h"
#include "segment/layout.h"
#include "sys/log.h"

#include <jeton.h>

#include "../unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct world {
    char folder[32], path[64], in_the_way[72]; /* a folder of that name keeps new files away */
    jt_revocations *revocations;
    jd_agent *agent;
    uint64_t n;         /* of the last entry */
    jeton_key *keys[2]; /* the first is published at the start */
    jeton_segment *segment;
    jeton_cache *cache;
    jeton_verifier *verifier; /* follows the segment */
    jeton_verdict *verdict;
} world;

static inline void world_publish(world *w, size_t first, size_t count)
{
    jeton_keyset *set = NULL;
    const jeton_key *const *keys = (const jeton_key *const *)&w->keys[first];
    assert_int_equal(jeton_keyset_new(NULL, keys, count, &set, NULL), JETON_OK);
    assert_int_equal(jd_agent_keys(w->agent, set, NULL), JETON_OK);
    jeton_keyset_free(&set);
}

static inline jeton_status world_try_agent(const world *w, const char *group, jd_agent **agent)
{
    jeton_err err = {0};
    const jd_agent_options options = {
        .path = w->path, .group = group, .revocations = w->revocations};
    *agent = BOGUS;
    const jeton_status status = jd_agent_open(&options, agent, &err);
    assert_int_equal(status, err.status);
    assert_int_equal(status == JETON_OK, *agent != NULL);
    return status;
}

static inline void world_start(world *w)
{
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_OK);
    world_publish(w, 0, 1);
}

static inline world *world_new(void)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/jeton-agent-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->path, sizeof w->path, "%s/segment", w->folder);
    (void)snprintf(w->in_the_way, sizeof w->in_the_way, "%s.new", w->path);
    jd_log_start(-1, JD_ERROR);
    assert_int_equal(jt_revocations_new(NULL, &w->revocations, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(w->keys); i++)
        assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str(NULL), &w->keys[i], NULL),
                         JETON_OK);
    world_start(w);
    assert_int_equal(jeton_segment_open(NULL, w->path, NULL, &w->segment, NULL), JETON_OK);
    assert_int_equal(jeton_cache_new(NULL, NULL, &w->cache, NULL), JETON_OK);
    const jeton_stale_rule patient = {.after_ms = 3600000}; /* however loaded the machine is */
    assert_int_equal(
        jeton_segment_verifier_new(NULL, NULL, w->segment, &patient, &w->verifier, NULL), JETON_OK);
    jeton_verifier_use_cache(w->verifier, w->cache);
    assert_int_equal(jeton_verdict_new(NULL, &w->verdict, NULL), JETON_OK);
    return w;
}

static inline void world_free(world *w)
{
    char lock[80];
    (void)snprintf(lock, sizeof lock, "%s.lock", w->path);
    jeton_verifier_free(&w->verifier);
    jeton_segment_free(&w->segment);
    jeton_verdict_free(&w->verdict); /* the last one to hold a mapping */
    jeton_cache_free(&w->cache);
    jd_agent_close(&w->agent);
    jt_revocations_free(&w->revocations);
    for (size_t i = 0; i < COUNT(w->keys); i++)
        jeton_key_free(&w->keys[i]);
    (void)rmdir(w->in_the_way);
    (void)unlink(w->path);
    (void)unlink(lock);
    assert_int_equal(rmdir(w->folder), 0);
    free(w);
}

/* ---- what happens --------------------------------------------------------------------------- */

/* As the server does it: into its own state, then into the segment. */
static inline void world_apply(world *w, jt_revoked kind, const uint8_t *id)
{
    jt_revocation entry = {.n = ++w->n, .kind = kind, .expires = INT64_MAX};
    jeton_err err = {0};
    if (id != NULL)
        memcpy(entry.id, id, sizeof entry.id);
    assert_int_equal(jt_revocations_apply(w->revocations, &entry, &err), JETON_OK);
    jd_agent_revoke(w->agent, &entry);
}

static inline void world_id(unsigned number, uint8_t id[JT_REVOKED_ID])
{
    memset(id, 0, JT_REVOKED_ID);
    memcpy(id, &number, sizeof number);
}

static inline void world_end_session(world *w, unsigned session)
{
    uint8_t id[JT_REVOKED_ID];
    world_id(session, id);
    world_apply(w, JT_REVOKED_SESSION, id);
}

/* ---- tokens --------------------------------------------------------------------------------- */

typedef struct world_token {
    unsigned user, session; /* session 0: a client's own */
    const char *client, *jti;
    int64_t rev;
} world_token;

static inline void world_set_id(jeton_claims *claims, const char *name, unsigned number)
{
    uint8_t id[JT_REVOKED_ID];
    char text[22];
    world_id(number, id);
    jt_base64url_print(jeton_bytes(id, sizeof id), text);
    jeton_claims_set_text(claims, name, jeton_bytes(text, sizeof text));
}

static inline jeton_text *world_sign(const world *w, size_t key, const world_token *of)
{
    const jeton_token_defaults defaults = {.lifetime = 3600, .typ = "at+jwt"};
    jeton_signer *signer = NULL;
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    const char *client = of->client != NULL ? of->client : "app";
    assert_int_equal(jeton_signer_new(NULL, w->keys[key], JETON_ES256, &defaults, &signer, NULL),
                     JETON_OK);
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    jeton_claims_set_text(claims, "jti", jeton_str(of->jti != NULL ? of->jti : "0123456789abcdef"));
    jeton_claims_set_text(claims, "client_id", jeton_str(client));
    jeton_claims_set_int(claims, "rev", of->rev);
    if (of->session != 0) {
        world_set_id(claims, "sub", of->user);
        world_set_id(claims, "sid", of->session);
    } else {
        jeton_claims_set_text(claims, "sub", jeton_str(client));
    }
    assert_int_equal(jeton_sign(signer, claims, &token, NULL), JETON_OK);
    jeton_claims_free(&claims);
    jeton_signer_free(&signer);
    return token;
}

static inline jeton_status world_verify(const world *w, const jeton_text *token)
{
    return jeton_verify(w->verifier, jeton_text_span(token), w->verdict);
}

/* A token made for the occasion. */
static inline jeton_status world_judge(const world *w, const world_token *of)
{
    jeton_text *token = world_sign(w, 0, of);
    const jeton_status status = world_verify(w, token);
    jeton_text_free(&token);
    return status;
}

static inline jeton_segment_info world_info(const world *w)
{
    jeton_segment_info info;
    memset(&info, 0xa5, sizeof info);
    jeton_segment_describe(w->segment, &info);
    return info;
}

#endif
